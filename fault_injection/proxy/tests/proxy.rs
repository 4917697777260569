//! The program from outside: real sockets, the control API, toxics under traffic.

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

/// Bytes pass unchanged, the end of one direction leaves the other open, and the counters agree.
#[test]
fn bytes_and_half_closed_streams_pass() {
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

/// Every round trip takes at least the asked latency until the toxic is removed.
#[test]
fn latency_delays_every_chunk_until_its_toxic_is_removed() {
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

/// Bytes that a toxic held are delivered when it is removed, not when they were due.
#[test]
fn removing_latency_releases_what_it_held() {
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

/// A stream stays complete and in order while latency is added, changed and removed.
#[test]
fn no_byte_is_lost_while_latency_is_added_changed_and_removed() {
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

/// Open and new connections are reset; without the toxic new ones work.
#[test]
fn reset_peer_resets_open_and_new_connections() {
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

/// Data is dropped, and a connection that lost data is closed when the toxic is removed.
#[test]
fn timeout_drops_data_and_then_closes_the_connection() {
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

/// A disabled proxy closes its connections and refuses new ones; an enabled one accepts again.
#[test]
fn a_disabled_proxy_refuses_and_cuts_until_it_is_enabled() {
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

/// The seed decides which connections a toxic affects, about as many as the toxicity says.
#[test]
fn toxicity_selects_the_same_connections_for_the_same_seed() {
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

/// A client of an upstream that cannot be reached is reset, and the counter says so.
#[test]
fn an_unreachable_upstream_is_a_reset_and_is_counted() {
    let program = Program::start(&[]);
    let mut stream = connect(&program.create("p", "127.0.0.1:1"));
    assert_eq!(stream.read(&mut [0]).unwrap_err().kind(), ErrorKind::ConnectionReset);
    assert!(program.get("/proxies/p/counters").contains("\"unreachable\":1"));
}

/// The control API responds, and connections can be cut, while receivers stall and data floods.
#[test]
fn the_control_api_responds_under_full_load() {
    let (echo, program) = (Echo::start(), Program::start(&[]));
    let address = program.create("p", &echo.address);
    // Nobody reads the replies: both directions stay full.
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

/// Errors have the status and the text of Toxiproxy's.
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

/// SIGTERM, and the end of the standard input, exit with success.
#[test]
fn it_exits_on_sigterm_and_with_its_parent() {
    assert!(Program::start(&[]).terminate().success());
    assert!(Program::start(&["--die-with-parent"]).orphan().success());
}
