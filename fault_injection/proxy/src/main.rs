//! `gonogo-proxy`: see [`gonogo_proxy`].

use std::env;
use std::hash::{BuildHasher, RandomState};
use std::io::{self, Read, Write};
use std::process::{ExitCode, exit};
use std::sync::Arc;
use std::thread;

use gonogo_proxy::{Args, Registry, USAGE, Workers, serve};
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
        Err(error) => {
            eprintln!("gonogo-proxy: {error}\n{USAGE}");
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
    raise_descriptor_limit()?;
    let workers = Workers::start()?;
    let control = Builder::new_current_thread().enable_all().build()?;
    if args.die_with_parent {
        thread::spawn(exit_with_stdin);
    }
    control.block_on(serve_control(args, workers))
}

/// A connection takes up to four descriptors: the soft limit of a shell would limit the system
/// under test.
fn raise_descriptor_limit() -> io::Result<()> {
    let limit = getrlimit(Resource::Nofile);
    let most = Rlimit { current: limit.maximum, ..limit };
    Ok(setrlimit(Resource::Nofile, most)?)
}

async fn serve_control(args: &Args, workers: Workers) -> io::Result<()> {
    let listener = TcpListener::bind(args.control).await?;
    let mut terminated = signal(SignalKind::terminate())?;
    let mut interrupted = signal(SignalKind::interrupt())?;
    let seed = args.seed.unwrap_or_else(|| RandomState::new().hash_one(()));
    let line = json!({"control": listener.local_addr()?.to_string(), "seed": seed});
    writeln!(io::stdout(), "{line}")?;
    select! {
        () = serve(listener, Arc::new(Registry::new(seed, workers))) => {}
        _ = terminated.recv() => {}
        _ = interrupted.recv() => {}
    }
    Ok(())
}

/// The parent holds the other end of the pipe: when it dies, in whatever way, the pipe closes.
fn exit_with_stdin() {
    let mut bytes = [0_u8; 512];
    while io::stdin().read(&mut bytes).is_ok_and(|count| count > 0) {}
    exit(0);
}
