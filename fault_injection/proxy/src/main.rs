//! `gonogo-proxy`: see [`gonogo_proxy`].

use std::env;
use std::hash::{BuildHasher, RandomState};
use std::io::{self, Read, Write};
use std::process::{ExitCode, exit};
use std::sync::Arc;
use std::thread;

use gonogo_proxy::{Args, Carriers, Registry, USAGE, serve};
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use serde_json::json;
use tokio::net::TcpListener;
use tokio::runtime::Builder;
use tokio::select;
use tokio::signal::unix::{SignalKind, signal};

const USAGE_ERROR: u8 = 2;

fn main() -> ExitCode {
    let words: Vec<String> = env::args().skip(1).collect();
    if words.iter().any(|word| word == "--help" || word == "-h") {
        println!("{USAGE}");
        return ExitCode::SUCCESS;
    }
    let args = match Args::parse(words) {
        Ok(args) => args,
        Err(wrong) => {
            eprintln!("{wrong}\n{USAGE}");
            return ExitCode::from(USAGE_ERROR);
        }
    };
    match run(&args) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("gonogo-proxy: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(args: &Args) -> io::Result<()> {
    take_every_descriptor()?;
    let carriers = Carriers::start()?;
    let control = Builder::new_current_thread().enable_all().build()?;
    if args.die_with_parent {
        thread::spawn(end_with_stdin);
    }
    control.block_on(answer(args, carriers))
}

/// A connection takes up to four: what is usual for a shell would be a limit of the system's.
fn take_every_descriptor() -> io::Result<()> {
    let limit = getrlimit(Resource::Nofile);
    let most = Rlimit { current: limit.maximum, ..limit };
    Ok(setrlimit(Resource::Nofile, most)?)
}

async fn answer(args: &Args, carriers: Carriers) -> io::Result<()> {
    let listener = TcpListener::bind(args.control).await?;
    let mut terminated = signal(SignalKind::terminate())?;
    let mut interrupted = signal(SignalKind::interrupt())?;
    let seed = args.seed.unwrap_or_else(|| RandomState::new().hash_one(()));
    let line = json!({"control": listener.local_addr()?.to_string(), "seed": seed});
    writeln!(io::stdout(), "{line}")?;
    select! {
        () = serve(listener, Arc::new(Registry::new(seed, carriers))) => {}
        _ = terminated.recv() => {}
        _ = interrupted.recv() => {}
    }
    Ok(())
}

/// Whoever started this holds the other end: its death, however it dies, is the end of the pipe.
fn end_with_stdin() {
    let mut bytes = [0_u8; 512];
    while io::stdin().read(&mut bytes).is_ok_and(|count| count > 0) {}
    exit(0);
}
