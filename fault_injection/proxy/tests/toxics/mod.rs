//! The effect of each toxic, and of its removal, on real sockets.

use std::io::{ErrorKind, Read, Write};
use std::net::{Shutdown, TcpStream};
use std::thread;
use std::time::{Duration, Instant};

use crate::common::{Echo, Program, checksum, pattern};

const LIMIT: Duration = Duration::from_secs(20);
/// A busy machine may slow down a transfer; one of so many runs at the asked rate.
const ATTEMPTS: usize = 6;

fn connect(address: &str) -> TcpStream {
    let stream = TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(LIMIT)).unwrap();
    stream.set_nodelay(true).unwrap();
    stream
}

/// Send that many bytes and read them back; the time this takes.
fn round_trip(stream: &mut TcpStream, bytes: usize) -> Duration {
    let (sent, began) = (pattern(bytes), Instant::now());
    let mut writer = stream.try_clone().unwrap();
    let copy = sent.clone();
    let writing = thread::spawn(move || writer.write_all(&copy).unwrap());
    let mut back = vec![0; bytes];
    stream.read_exact(&mut back).unwrap();
    let taken = began.elapsed();
    writing.join().unwrap();
    assert_eq!(checksum(&back), checksum(&sent));
    taken
}

/// The rate is never more than a tenth above the asked one and, when the machine is not busy, not
/// more than a tenth below; it ends with the toxic.
#[test]
fn bandwidth_is_the_asked_rate_within_a_tenth() {
    let (echo, program) = (Echo::start(), Program::start(&[]));
    let mut stream = connect(&program.create("p", &echo.address));
    round_trip(&mut stream, 1);
    for (rate, bytes) in [(200_u32, 200_000), (5_000, 5_000_000)] {
        program.post(
            "/proxies/p/toxics",
            &format!(r#"{{"name":"t","type":"bandwidth","attributes":{{"rate":{rate}}}}}"#),
        );
        let asked = f64::from(rate);
        let mut achieved = (0..ATTEMPTS).map(|_| {
            let taken = round_trip(&mut stream, bytes).as_secs_f64();
            let kb_per_s = f64::from(u32::try_from(bytes).unwrap()) / 1000.0 / taken;
            assert!(kb_per_s < 1.1 * asked, "{kb_per_s:.0} KB/s instead of {rate}");
            kb_per_s
        });
        let reached = achieved.any(|kb_per_s| kb_per_s > 0.9 * asked);
        assert!(reached, "never {rate} KB/s in {ATTEMPTS} attempts");
        program.delete("/proxies/p/toxics/t");
    }
    assert!(round_trip(&mut stream, 200_000) < Duration::from_millis(900));
}

/// A sender that is faster than the rate is blocked by TCP, not buffered without limit.
#[test]
fn bandwidth_makes_the_sender_wait() {
    let (echo, program) = (Echo::start(), Program::start(&[]));
    let mut stream = connect(&program.create("p", &echo.address));
    program.post(
        "/proxies/p/toxics",
        r#"{"type":"bandwidth","stream":"upstream","attributes":{"rate":10}}"#,
    );
    stream.set_write_timeout(Some(Duration::from_millis(300))).unwrap();
    let error = stream.write_all(&vec![1; 64 << 20]).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::WouldBlock);
}

/// The end of the stream comes late, data does not.
#[test]
fn slow_close_delays_the_end_and_nothing_else() {
    let (echo, program) = (Echo::start(), Program::start(&[]));
    let mut stream = connect(&program.create("p", &echo.address));
    program.post("/proxies/p/toxics", r#"{"type":"slow_close","attributes":{"delay":400}}"#);
    assert!(round_trip(&mut stream, 1000) < Duration::from_millis(400));
    let began = Instant::now();
    stream.shutdown(Shutdown::Write).unwrap();
    assert_eq!(stream.read(&mut [0]).unwrap(), 0);
    assert!(began.elapsed() >= Duration::from_millis(400));
}

/// Data arrives in slices of the asked size, complete and in order, until the toxic is removed.
#[test]
fn slicer_sends_slices_of_the_asked_size() {
    let (echo, program) = (Echo::start(), Program::start(&["--seed", "7"]));
    let mut stream = connect(&program.create("p", &echo.address));
    program.post(
        "/proxies/p/toxics",
        r#"{"type":"slicer","attributes":{"average_size":100,"size_variation":20,"delay":20000}}"#,
    );
    stream.write_all(&pattern(1000)).unwrap();
    let (mut sizes, mut back) = (Vec::new(), Vec::new());
    let mut buffer = [0; 4096];
    while back.len() < 1000 {
        let count = stream.read(&mut buffer).unwrap();
        sizes.push(count);
        back.extend_from_slice(&buffer[..count]);
    }
    assert_eq!(back, pattern(1000));
    // On a busy machine, one read may return two slices.
    assert!(sizes.len() >= 5, "{sizes:?}");
    assert!(sizes.iter().any(|&size| (80..=120).contains(&size)), "{sizes:?}");
    program.delete("/proxies/p/toxics/slicer_downstream");
    assert!(round_trip(&mut stream, 1000) < Duration::from_millis(180));
}

/// A connection is closed after exactly the asked bytes; without the toxic nothing is limited.
#[test]
fn limit_data_passes_exactly_its_bytes_and_closes() {
    let (echo, program) = (Echo::start(), Program::start(&[]));
    let address = program.create("p", &echo.address);
    program.post("/proxies/p/toxics", r#"{"type":"limit_data","attributes":{"bytes":1500}}"#);
    let mut stream = connect(&address);
    round_trip(&mut stream, 1000);
    stream.write_all(&pattern(1000)).unwrap();
    let mut back = Vec::new();
    stream.read_to_end(&mut back).unwrap();
    assert_eq!(back, pattern(1000)[..500]);
    let counters = program.get("/proxies/p/counters");
    assert!(counters.contains("\"ended\":1"), "{counters}");
    program.delete("/proxies/p/toxics/limit_data_downstream");
    round_trip(&mut connect(&address), 5000);
}

/// A new limit counts the bytes from before the change too.
#[test]
fn limit_data_keeps_its_count_when_it_is_changed() {
    let (echo, program) = (Echo::start(), Program::start(&[]));
    let mut stream = connect(&program.create("p", &echo.address));
    program.post("/proxies/p/toxics", r#"{"type":"limit_data","attributes":{"bytes":1500}}"#);
    round_trip(&mut stream, 1000);
    program.post("/proxies/p/toxics/limit_data_downstream", r#"{"attributes":{"bytes":1200}}"#);
    stream.write_all(&pattern(1000)).unwrap();
    let mut back = Vec::new();
    stream.read_to_end(&mut back).unwrap();
    assert_eq!(back.len(), 200);
}

/// About the asked fraction of the chunks is late, and the counter agrees.
#[test]
fn stall_delays_the_asked_fraction_of_the_chunks() {
    let (echo, program) = (Echo::start(), Program::start(&["--seed", "7"]));
    let mut stream = connect(&program.create("p", &echo.address));
    program.post(
        "/proxies/p/toxics",
        r#"{"type":"stall","attributes":{"probability":0.2,"stall":100}}"#,
    );
    let late =
        (0..100).filter(|_| round_trip(&mut stream, 1) >= Duration::from_millis(100)).count();
    assert!((8..=35).contains(&late), "{late} of 100 late at 20 %");
    let counters = program.get("/proxies/p/counters");
    let shown = counters.split("\"chunks\":").nth(1).unwrap().split(',').next().unwrap();
    let hit: usize = shown.parse().unwrap();
    assert!(hit > 0 && hit <= late, "{counters}");
}

/// The toxics that drop nothing leave a stream complete and in order through every change.
#[test]
fn no_byte_is_lost_while_lossless_toxics_are_added_changed_and_removed() {
    const BYTES: usize = 8 << 20;
    const TOXICS: [(&str, &str, &str); 5] = [
        ("bandwidth", r#"{"rate":2000}"#, r#"{"rate":40000}"#),
        ("slicer", r#"{"average_size":3000,"size_variation":999}"#, r#"{"average_size":9000}"#),
        ("stall", r#"{"probability":0.3,"stall":3}"#, r#"{"stall":1}"#),
        ("slow_close", r#"{"delay":5}"#, r#"{"delay":1}"#),
        ("limit_data", r#"{"bytes":100000000}"#, r#"{"bytes":200000000}"#),
    ];
    let (echo, program) = (Echo::start(), Program::start(&["--seed", "7"]));
    let mut stream = connect(&program.create("p", &echo.address));
    let moving = thread::spawn(move || round_trip(&mut stream, BYTES));
    let mut changes = 0;
    while !moving.is_finished() || changes < TOXICS.len() {
        let (kind, first, then) = TOXICS[changes % TOXICS.len()];
        let stream = if changes % 2 == 0 { "upstream" } else { "downstream" };
        program.post(
            "/proxies/p/toxics",
            &format!(r#"{{"name":"t","type":"{kind}","stream":"{stream}","attributes":{first}}}"#),
        );
        thread::sleep(Duration::from_millis(20));
        program.post("/proxies/p/toxics/t", &format!(r#"{{"attributes":{then}}}"#));
        thread::sleep(Duration::from_millis(10));
        program.delete("/proxies/p/toxics/t");
        changes += 1;
    }
    moving.join().unwrap();
}

/// A probability above 1 is a bad request that names the value.
#[test]
fn a_fraction_outside_its_range_is_refused() {
    let program = Program::start(&[]);
    program.create("p", "127.0.0.1:1");
    let body = r#"{"type":"stall","attributes":{"probability":1.5}}"#;
    let (status, text) = program.call("POST", "/proxies/p/toxics", body);
    assert_eq!(status, 400);
    assert!(text.contains("1.5 is not a fraction"), "{text}");
}
