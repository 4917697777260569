//! An echo server, and the program under test with its control API.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::process::{Child, ChildStdin, Command, ExitStatus, Stdio};
use std::thread;
use std::time::{Duration, Instant};

const LIMIT: Duration = Duration::from_secs(10);

/// Bytes in which a gap, a repetition or a swap is visible.
pub fn pattern(bytes: usize) -> Vec<u8> {
    (0..bytes as u64).map(|at| (at.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 56) as u8).collect()
}

/// FNV-1a.
pub fn checksum(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash, &byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    })
}

/// Sends back what it receives, and the end of the stream too.
pub struct Echo {
    pub address: String,
}

impl Echo {
    pub fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap().to_string();
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                thread::spawn(move || echo(stream));
            }
        });
        Self { address }
    }
}

fn echo(mut stream: TcpStream) {
    let mut buffer = vec![0; 65_536];
    while let Ok(count @ 1..) = stream.read(&mut buffer) {
        if stream.write_all(&buffer[..count]).is_err() {
            return;
        }
    }
    let _ = stream.shutdown(Shutdown::Write);
}

/// The running program, killed when dropped.
pub struct Program {
    child: Child,
    stdin: Option<ChildStdin>,
    control: String,
}

impl Program {
    pub fn start(arguments: &[&str]) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_gonogo-proxy"))
            .args(["--control", "127.0.0.1:0"])
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let control = line.split('"').nth(3).unwrap().to_owned();
        let stdin = child.stdin.take();
        Self { child, stdin, control }
    }

    /// Create a proxy on a free port; the address it listens on.
    pub fn create(&self, name: &str, upstream: &str) -> String {
        let body = format!(r#"{{"name":"{name}","upstream":"{upstream}"}}"#);
        let shown = self.expect("POST", "/proxies", &body, 201);
        let (_, rest) = shown.split_once("\"listen\":\"").unwrap();
        rest.split('"').next().unwrap().to_owned()
    }

    pub fn get(&self, path: &str) -> String {
        self.expect("GET", path, "", 200)
    }

    pub fn post(&self, path: &str, body: &str) -> String {
        self.expect("POST", path, body, 200)
    }

    pub fn delete(&self, path: &str) {
        self.expect("DELETE", path, "", 204);
    }

    /// Wait until a counter of a proxy has at least that value.
    pub fn await_counter(&self, proxy: &str, name: &str, at_least: u64) {
        let began = Instant::now();
        loop {
            let shown = self.get(&format!("/proxies/{proxy}/counters"));
            let (_, rest) = shown.split_once(&format!("\"{name}\":")).unwrap();
            let digits: String = rest.chars().take_while(char::is_ascii_digit).collect();
            if digits.parse::<u64>().unwrap() >= at_least {
                return;
            }
            assert!(began.elapsed() < LIMIT, "{shown}");
            thread::sleep(Duration::from_millis(5));
        }
    }

    /// One request: status and body.
    pub fn call(&self, method: &str, path: &str, body: &str) -> (u16, String) {
        let mut stream = TcpStream::connect(&self.control).unwrap();
        stream.set_read_timeout(Some(LIMIT)).unwrap();
        let length = body.len();
        write!(
            stream,
            "{method} {path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-length: {length}\r\n\r\n{body}"
        )
        .unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        let status = answer.split(' ').nth(1).unwrap().parse().unwrap();
        let (_, body) = answer.split_once("\r\n\r\n").unwrap();
        (status, body.to_owned())
    }

    /// Send SIGTERM; its exit status.
    pub fn terminate(mut self) -> ExitStatus {
        let pid = self.child.id().to_string();
        assert!(Command::new("kill").args(["-TERM", &pid]).status().unwrap().success());
        self.ended()
    }

    /// Close its standard input, as the death of its parent does; its exit status.
    pub fn orphan(mut self) -> ExitStatus {
        self.stdin = None;
        self.ended()
    }

    fn ended(&mut self) -> ExitStatus {
        let began = Instant::now();
        loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                return status;
            }
            assert!(began.elapsed() < LIMIT, "the program does not exit");
            thread::sleep(Duration::from_millis(5));
        }
    }

    fn expect(&self, method: &str, path: &str, body: &str, status: u16) -> String {
        let (got, text) = self.call(method, path, body);
        assert_eq!(got, status, "{method} {path}: {text}");
        text
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
