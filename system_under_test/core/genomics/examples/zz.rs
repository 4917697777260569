use genomics::*;
use std::time::Instant;
fn main() {
    let p = std::env::args().nth(1).unwrap();
    let input = Input::open(p.as_ref()).unwrap();
    let (mut b, mut c, mut d) = (f64::MAX, f64::MAX, f64::MAX);
    for _ in 0..15 {
        let t = Instant::now();
        count_file_codons(&input, 0, std::num::NonZeroUsize::MIN, &NoCheckpoint).unwrap();
        b = b.min(t.elapsed().as_secs_f64());
        let t = Instant::now();
        parse(&input, &NoCheckpoint, &mut NoSink).unwrap();
        c = c.min(t.elapsed().as_secs_f64());
        let t = Instant::now();
        summarize(&input, &NoCheckpoint).unwrap();
        d = d.min(t.elapsed().as_secs_f64());
    }
    let n = input.bytes().len() as f64 / 1e9;
    println!("count {:.2} parse {:.2} summary {:.2} GB/s", n / b, n / c, n / d);
}
