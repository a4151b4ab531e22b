//! Starts the provider for Terraform, or a command for a person.

use std::process::ExitCode;

use ixapi_provider::commands;
use ixapi_provider::provider::{IxApiProvider, SOURCE_ADDRESS};
use ixapi_provider::tfplugin::serve::{serve, serve_for_debugging};

/// How the program can be called by hand.
const USAGE: &str = "\
Usage: terraform-provider-ixapi [command]

Terraform starts this program itself and needs no argument.

  debug    serve until interrupted, and print the TF_REATTACH_PROVIDERS with which
           terraform uses this process (for debuggers and tests)
  version  print the version
";

fn main() -> ExitCode {
    let arguments: Result<Vec<String>, _> = std::env::args_os()
        .skip(1)
        .map(|it| it.into_string())
        .collect();
    let mut arguments = match arguments {
        Ok(arguments) => arguments.into_iter(),
        Err(argument) => {
            eprintln!("{} is no text: arguments are UTF-8.", argument.display());
            return ExitCode::FAILURE;
        }
    };
    match arguments.next().as_deref() {
        None => run(false),
        Some("debug") => run(true),
        Some("version" | "--version") => {
            eprintln!("terraform-provider-ixapi {}", env!("CARGO_PKG_VERSION"));
            ExitCode::SUCCESS
        }
        Some("help" | "--help" | "-h") => {
            eprint!("{USAGE}{}", commands::usage());
            ExitCode::SUCCESS
        }
        Some(name) => commands::run(name, arguments).unwrap_or_else(|| {
            let commands = commands::usage();
            eprint!("There is no command {name:?}.\n\n{USAGE}{commands}");
            ExitCode::FAILURE
        }),
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
