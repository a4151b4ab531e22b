//! The command line: starts an exchange, says where it is and what opens it, and goes away when it
//! is told to.

use std::io::{self, BufRead, BufReader, Write};
use std::net::SocketAddr;
use std::process::{Command, ExitCode, Stdio};

use clap::Parser;
use ixapi_sandbox::front::ServeError;
use ixapi_sandbox::parties::Party;
use ixapi_sandbox::{BASE_PATH, Settings};
use tokio::net::TcpListener;

/// An IX-API v2 exchange on this machine, for trying the provider out and for its tests.
///
/// When it listens, it prints its URL and credentials as `export` lines that a shell can `eval`.
#[derive(Debug, Parser)]
#[command(version)]
struct Cli {
    /// Where to listen: a loopback address; port 0 takes a free port.
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:0")]
    listen: SocketAddr,

    #[command(flatten)]
    settings: Settings,

    /// End when the process that started this one ends.
    #[arg(long, conflicts_with = "background")]
    exit_with_parent: bool,

    /// Print the export lines and go on in the background: `eval "$(ixapi-sandbox --background)"`.
    #[arg(long)]
    background: bool,
}

/// The line that is printed last, by which the foreground half knows that all is said.
const LAST_VARIABLE: &str = "IXAPI_SANDBOX_URL";

fn main() -> ExitCode {
    let cli = Cli::parse();
    let done = if cli.background {
        go_to_background()
    } else {
        run(cli)
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("ixapi-sandbox: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(cli: Cli) -> Result<(), ServeError> {
    let parent = parent_id();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    runtime.block_on(async {
        if !cli.listen.ip().is_loopback() {
            return Err(ServeError::NotLoopback(cli.listen));
        }
        let listener = TcpListener::bind(cli.listen).await?;
        // Whoever reads the lines may send a signal at once, so it must find its receiver.
        let stopped = stop_signals()?;
        announce(listener.local_addr()?);
        tokio::select! {
            served = ixapi_sandbox::serve(listener, cli.settings) => served,
            () = stopped => Ok(()),
            () = orphaned(parent), if cli.exit_with_parent => Ok(()),
        }
    })
}

/// Prints the export lines. A reader that went away is no reason to stop.
fn announce(address: SocketAddr) {
    let (a, b) = (Party::A.credentials(), Party::B.credentials());
    let url = format!("http://{address}");
    let api = format!("{url}{BASE_PATH}");
    let token_url = format!("{url}/connect/token");
    let process = std::process::id().to_string();
    let variables = [
        ("IX_API_HOST", api.as_str()),
        ("IX_API_AUTH", "oauth2"),
        ("IX_API_KEY", a.client_id),
        ("IX_API_SECRET", a.client_secret),
        ("IX_API_OAUTH2_TOKEN_URL", &token_url),
        ("IXAPI_SANDBOX_B_KEY", b.client_id),
        ("IXAPI_SANDBOX_B_SECRET", b.client_secret),
        ("IXAPI_SANDBOX_LEGACY_KEY", a.api_key),
        ("IXAPI_SANDBOX_LEGACY_SECRET", a.api_secret),
        ("IXAPI_SANDBOX_B_LEGACY_KEY", b.api_key),
        ("IXAPI_SANDBOX_B_LEGACY_SECRET", b.api_secret),
        ("IXAPI_SANDBOX_PID", &process),
        (LAST_VARIABLE, &url),
    ];
    let lines: String = variables
        .iter()
        .map(|(name, value)| format!("export {name}={value}\n"))
        .collect();
    let mut out = io::stdout().lock();
    let _ = out.write_all(lines.as_bytes()).and_then(|()| out.flush());
}

/// Starts this program again without `--background`, repeats its export lines and leaves it
/// running. Its output is closed by that, so that a shell's `$( )` does not wait for it.
fn go_to_background() -> Result<(), ServeError> {
    let arguments = std::env::args_os()
        .skip(1)
        .filter(|argument| argument != "--background");
    let mut server = Command::new(std::env::current_exe()?)
        .args(arguments)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()?;
    let said = server.stdout.take().map(BufReader::new);
    let mut out = io::stdout().lock();
    for line in said.into_iter().flat_map(BufRead::lines) {
        let line = line?;
        writeln!(out, "{line}")?;
        if line.starts_with(&format!("export {LAST_VARIABLE}=")) {
            return Ok(out.flush()?);
        }
    }
    Err(io::Error::other(
        "the server ended before it listened; start it without --background to see why",
    )
    .into())
}

/// Listens for the signals that end the program; what it returns is done when one of them has come.
#[cfg(unix)]
fn stop_signals() -> io::Result<impl Future<Output = ()>> {
    use tokio::signal::unix::{SignalKind, signal};
    let (mut terminate, mut interrupt) = (
        signal(SignalKind::terminate())?,
        signal(SignalKind::interrupt())?,
    );
    Ok(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
    })
}

/// Listens for Ctrl-C; what it returns is done when it has come.
#[cfg(windows)]
fn stop_signals() -> io::Result<impl Future<Output = ()>> {
    let mut interrupt = tokio::signal::windows::ctrl_c()?;
    Ok(async move {
        interrupt.recv().await;
    })
}

#[cfg(unix)]
fn parent_id() -> u32 {
    std::os::unix::process::parent_id()
}

#[cfg(not(unix))]
fn parent_id() -> u32 {
    0
}

/// Returns once the parent process has ended: the system then gives this process another one.
async fn orphaned(parent: u32) {
    const LOOK_EVERY: std::time::Duration = std::time::Duration::from_millis(100);
    while parent_id() == parent {
        tokio::time::sleep(LOOK_EVERY).await;
    }
}
