//! Starts the provider: for Terraform, or for a person who asks for its version or debugs it.

use std::process::ExitCode;

use ixapi_provider::provider::{IxApiProvider, SOURCE_ADDRESS};
use ixapi_provider::tfplugin::serve::{serve, serve_for_debugging};

/// How the program can be called by hand.
const USAGE: &str = "\
Usage: terraform-provider-ixapi [debug | version]

Terraform starts this program itself and needs no argument.

  debug    serve until interrupted, and print the TF_REATTACH_PROVIDERS with which
           terraform uses this process (for debuggers and tests)
  version  print the version
";

fn main() -> ExitCode {
    match std::env::args().nth(1).as_deref() {
        None => run(false),
        Some("debug") => run(true),
        Some("version" | "--version") => {
            eprintln!("terraform-provider-ixapi {}", env!("CARGO_PKG_VERSION"));
            ExitCode::SUCCESS
        }
        Some("help" | "--help" | "-h") => {
            eprint!("{USAGE}");
            ExitCode::SUCCESS
        }
        Some(other) => {
            eprint!("There is no sub-command {other:?}.\n\n{USAGE}");
            ExitCode::FAILURE
        }
    }
}

fn run(debugging: bool) -> ExitCode {
    // One thread: starting a pool would cost every one of Terraform's many starts.
    let runtime = match tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
    {
        Ok(runtime) => runtime,
        Err(error) => {
            eprintln!("terraform-provider-ixapi cannot start: {error}");
            return ExitCode::FAILURE;
        }
    };
    let provider = IxApiProvider::new();
    let outcome = runtime.block_on(async {
        if debugging {
            serve_for_debugging(provider, SOURCE_ADDRESS).await
        } else {
            serve(provider).await
        }
    });
    // A name that is still being looked up must not keep Terraform waiting.
    runtime.shutdown_background();
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}
