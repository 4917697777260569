//! The program as its users meet it: real sockets, the control API, toxics under traffic.

mod common;
mod toxics;

use std::io::{ErrorKind, Read, Write};
use std::net::{Shutdown, TcpStream};
use std::thread;
use std::time::{Duration, Instant};

use common::{Echo, Program, checksum, pattern};

const LIMIT: Duration = Duration::from_secs(10);

fn connect(address: &str) -> TcpStream {
    let stream = TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(LIMIT)).unwrap();
    stream.set_nodelay(true).unwrap();
    stream
}

fn ask(stream: &mut TcpStream) -> std::io::Result<Duration> {
    let began = Instant::now();
    stream.write_all(b"x")?;
    stream.read_exact(&mut [0])?;
    Ok(began.elapsed())
}

#[test]
fn bytes_pass_unchanged_and_half_closing_passes_too() {
    let (echo, program) = (Echo::start(), Program::start(&[]));
    let mut stream = connect(&program.create("p", &echo.address));
    stream.write_all(b"to the end").unwrap();
    stream.shutdown(Shutdown::Write).unwrap();
    let mut back = String::new();
    stream.read_to_string(&mut back).unwrap();
    assert_eq!(back, "to the end");
    let counters = program.get("/proxies/p/counters");
    assert!(counters.contains("\"upstream_bytes\":10"), "{counters}");
    assert!(counters.contains("\"downstream_bytes\":10"), "{counters}");
}

#[test]
fn latency_holds_every_piece_and_goes_with_its_toxic() {
    let (echo, program) = (Echo::start(), Program::start(&[]));
    let mut stream = connect(&program.create("p", &echo.address));
    ask(&mut stream).unwrap();
    program.post("/proxies/p/toxics", r#"{"type":"latency","attributes":{"latency":50}}"#);
    for _ in 0..5 {
        assert!(ask(&mut stream).unwrap() >= Duration::from_millis(50));
    }
    let counters = program.get("/proxies/p/counters");
    assert!(counters.contains("\"connections\":1"), "{counters}");
    assert!(counters.contains("\"chunks\":5"), "{counters}");
    program.delete("/proxies/p/toxics/latency_downstream");
    assert!(ask(&mut stream).unwrap() < Duration::from_millis(50));
}

#[test]
fn what_a_removed_latency_held_goes_on_at_once() {
    let (echo, program) = (Echo::start(), Program::start(&[]));
    let mut stream = connect(&program.create("p", &echo.address));
    program.post("/proxies/p/toxics", r#"{"type":"latency","attributes":{"latency":60000}}"#);
    stream.write_all(b"x").unwrap();
    let began = Instant::now();
    program.await_counter("p", "upstream_bytes", 1);
    program.delete("/proxies/p/toxics/latency_downstream");
    stream.read_exact(&mut [0]).unwrap();
    assert!(began.elapsed() < LIMIT);
}

#[test]
fn no_byte_is_lost_while_toxics_come_and_go() {
    const BYTES: usize = 24 << 20;
    let (echo, program) = (Echo::start(), Program::start(&["--seed", "7"]));
    let stream = connect(&program.create("p", &echo.address));
    let mut writer = stream.try_clone().unwrap();
    let sending = thread::spawn(move || {
        for chunk in pattern(BYTES).chunks(10_007) {
            writer.write_all(chunk).unwrap();
        }
        writer.shutdown(Shutdown::Write).unwrap();
    });
    let reading = thread::spawn(move || {
        let (mut stream, mut back) = (stream, Vec::new());
        stream.read_to_end(&mut back).unwrap();
        back
    });
    let mut changes = 0;
    while !reading.is_finished() {
        let stream = if changes % 2 == 0 { "upstream" } else { "downstream" };
        let (latency, jitter) = (changes % 7, changes % 5);
        program.post(
            "/proxies/p/toxics",
            &format!(
                r#"{{"name":"t","type":"latency","stream":"{stream}","attributes":{{"latency":{latency},"jitter":{jitter}}}}}"#
            ),
        );
        program.post("/proxies/p/toxics/t", r#"{"attributes":{"latency":3}}"#);
        program.delete("/proxies/p/toxics/t");
        changes += 1;
    }
    sending.join().unwrap();
    let back = reading.join().unwrap();
    assert!(changes > 5, "only {changes} changes while the bytes passed");
    assert_eq!((back.len(), checksum(&back)), (BYTES, checksum(&pattern(BYTES))));
}

#[test]
fn reset_peer_resets_the_living_and_the_new() {
    let (echo, program) = (Echo::start(), Program::start(&[]));
    let address = program.create("p", &echo.address);
    let mut living = connect(&address);
    ask(&mut living).unwrap();
    program.post("/proxies/p/toxics", r#"{"type":"reset_peer"}"#);
    assert_eq!(living.read(&mut [0]).unwrap_err().kind(), ErrorKind::ConnectionReset);
    let mut new = connect(&address);
    assert_eq!(new.read(&mut [0]).unwrap_err().kind(), ErrorKind::ConnectionReset);
    program.delete("/proxies/p/toxics/reset_peer_downstream");
    ask(&mut connect(&address)).unwrap();
}

#[test]
fn timeout_swallows_and_ends_what_it_left_a_hole_in() {
    let (echo, program) = (Echo::start(), Program::start(&[]));
    let mut stream = connect(&program.create("p", &echo.address));
    program.post("/proxies/p/toxics", r#"{"type":"timeout"}"#);
    stream.write_all(b"x").unwrap();
    stream.set_read_timeout(Some(Duration::from_millis(200))).unwrap();
    assert_eq!(stream.read(&mut [0]).unwrap_err().kind(), ErrorKind::WouldBlock);
    program.delete("/proxies/p/toxics/timeout_downstream");
    stream.set_read_timeout(Some(LIMIT)).unwrap();
    assert_eq!(stream.read(&mut [0]).unwrap(), 0);
}

#[test]
fn disabled_means_refused_and_cut_and_can_be_taken_back() {
    let (echo, program) = (Echo::start(), Program::start(&[]));
    let address = program.create("p", &echo.address);
    let mut living = connect(&address);
    ask(&mut living).unwrap();
    program.post("/proxies/p", r#"{"enabled":false}"#);
    assert_eq!(living.read(&mut [0]).unwrap(), 0);
    let refused = TcpStream::connect(&address).unwrap_err();
    assert_eq!(refused.kind(), ErrorKind::ConnectionRefused);
    assert!(program.get("/proxies/p/counters").contains("\"cut\":1"));
    program.post("/proxies/p", r#"{"enabled":true}"#);
    ask(&mut connect(&address)).unwrap();
}

#[test]
fn toxicity_hits_the_same_connections_for_the_same_seed() {
    let hits = |seed: &str| {
        let (echo, program) = (Echo::start(), Program::start(&["--seed", seed]));
        let address = program.create("p", &echo.address);
        program.post("/proxies/p/toxics", r#"{"type":"reset_peer","toxicity":0.5}"#);
        (0..40).map(|_| ask(&mut connect(&address)).is_err()).collect::<Vec<_>>()
    };
    let (one, again, other) = (hits("1"), hits("1"), hits("2"));
    assert_eq!(one, again);
    assert_ne!(one, other);
    let share = one.iter().filter(|&&hit| hit).count();
    assert!((8..=32).contains(&share), "{share} of 40 at 50 %");
}

#[test]
fn an_unreachable_upstream_is_a_reset_and_is_counted() {
    let program = Program::start(&[]);
    let mut stream = connect(&program.create("p", "127.0.0.1:1"));
    assert_eq!(stream.read(&mut [0]).unwrap_err().kind(), ErrorKind::ConnectionReset);
    assert!(program.get("/proxies/p/counters").contains("\"unreachable\":1"));
}

#[test]
fn control_answers_while_a_receiver_stalls_and_data_floods() {
    let (echo, program) = (Echo::start(), Program::start(&[]));
    let address = program.create("p", &echo.address);
    // Nobody reads what comes back: the lanes stay full.
    for _ in 0..8 {
        let mut flood = connect(&address);
        thread::spawn(move || while flood.write_all(&vec![7; 65_536]).is_ok() {});
    }
    program.await_counter("p", "upstream_bytes", 1 << 20);
    for _ in 0..20 {
        let began = Instant::now();
        program.post("/proxies/p/toxics", r#"{"type":"latency","attributes":{"latency":1}}"#);
        program.delete("/proxies/p/toxics/latency_downstream");
        assert!(began.elapsed() < Duration::from_secs(2));
    }
    program.post("/proxies/p", r#"{"enabled":false}"#);
    assert!(program.get("/proxies/p/counters").contains("\"live\":0"));
}

#[test]
fn errors_have_the_shape_and_status_of_the_api() {
    let program = Program::start(&[]);
    program.create("p", "127.0.0.1:1");
    let table = [
        ("GET", "/proxies/none", "", 404, "proxy not found"),
        ("POST", "/proxies", "{}", 400, "missing required field: name"),
        ("POST", "/proxies", r#"{"name":"x"}"#, 400, "missing required field: upstream"),
        ("POST", "/proxies", "{", 400, "bad request body"),
        ("POST", "/proxies", r#"{"name":"p","upstream":"h:1"}"#, 409, "proxy already exists"),
        ("POST", "/proxies/p/toxics", r#"{"type":"nix"}"#, 400, "invalid toxic type"),
        (
            "POST",
            "/proxies/p/toxics",
            r#"{"type":"latency","stream":"up"}"#,
            400,
            "stream was invalid",
        ),
        ("GET", "/proxies/p/toxics/t", "", 404, "toxic not found"),
        ("DELETE", "/proxies/p/toxics/t", "", 404, "toxic not found"),
        ("PUT", "/proxies", "", 405, "method not allowed"),
        ("GET", "/nowhere", "", 404, "not found"),
    ];
    for (method, path, body, status, error) in table {
        let (got, text) = program.call(method, path, body);
        assert_eq!(got, status, "{method} {path}: {text}");
        assert!(text.contains(error), "{method} {path}: {text}");
    }
}

#[test]
fn it_ends_on_sigterm_and_with_its_parent() {
    assert!(Program::start(&[]).terminate().success());
    assert!(Program::start(&["--die-with-parent"]).orphan().success());
}
