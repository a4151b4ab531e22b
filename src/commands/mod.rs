//! What a person runs by hand, beside Terraform: sub-commands, over the provider's own code and
//! the environment variables of its block.
//!
//! A command is a [`Command`] in [`COMMANDS`]. It says which flags it takes; how they are read, how
//! `--help` looks, how the exchange is reached and how a failure is told are the same for all.
//! Results go to files or standard output, everything else to standard error.

mod arguments;
pub mod doctor;
mod export;
pub mod hcl;
mod new_file;
mod orders;

use std::io::IsTerminal;
use std::process::ExitCode;

use async_trait::async_trait;

use crate::provider::configuration;
use crate::provider::session::Session;
use crate::tfplugin::diagnostics::{Diagnostic, Diagnostics, Severity};

pub use arguments::{Arguments, Flag};

/// All commands, in the order in which `help` lists them.
pub static COMMANDS: &[&dyn Command] = &[&export::Export, &doctor::Doctor, &orders::Orders];

/// The name of the program.
const PROGRAM: &str = env!("CARGO_PKG_NAME");

/// The end of most `--help`: where the exchange's address and the credentials come from.
const ENVIRONMENT: &str = "\
The exchange and the credentials come from the provider's environment variables: IX_API_HOST,
IX_API_KEY, IX_API_SECRET and, where it uses OAuth2, IX_API_OAUTH2_TOKEN_URL.
";

/// A sub-command.
#[async_trait]
pub trait Command: Sync {
    /// What it is called.
    fn name(&self) -> &'static str;

    /// What it does, in a few words, for the list of commands.
    fn summary(&self) -> &'static str;

    /// What it does, whole sentences in lines of at most 80 characters, for `--help`.
    fn about(&self) -> &'static str;

    /// The flags that it takes, beside `--help`.
    fn flags(&self) -> &'static [Flag];

    /// What it takes from the environment, for the end of `--help`.
    fn environment(&self) -> &'static str {
        ENVIRONMENT
    }

    /// Does it. What is told on the way goes to [`say`]; an error ends the program with 1.
    ///
    /// # Errors
    /// Why it could not be done, and what was not done.
    async fn run(&self, arguments: &Arguments) -> Result<(), Diagnostics>;
}

/// The lines of all commands for the usage of the program.
pub fn usage() -> String {
    let lines = COMMANDS.iter();
    let lines = lines.map(|command| format!("  {:<8} {}\n", command.name(), command.summary()));
    lines.collect()
}

/// Runs the command of that name; `None` if there is none.
pub fn run(name: &str, arguments: impl Iterator<Item = String>) -> Option<ExitCode> {
    let command = COMMANDS.iter().find(|command| command.name() == name)?;
    Some(run_one(*command, arguments))
}

fn run_one(command: &dyn Command, arguments: impl Iterator<Item = String>) -> ExitCode {
    let arguments: Vec<String> = arguments.collect();
    if arguments
        .iter()
        .any(|word| word == "--help" || word == "-h")
    {
        eprint!("{}", help(command));
        return ExitCode::SUCCESS;
    }
    let arguments = match Arguments::read(command.flags(), arguments) {
        Ok(arguments) => arguments,
        Err(wrong) => {
            let name = command.name();
            eprintln!("{PROGRAM} {name}: {wrong}\n\nSee {PROGRAM} {name} --help.");
            return ExitCode::from(2);
        }
    };
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build();
    let runtime = match runtime {
        Ok(runtime) => runtime,
        Err(error) => {
            eprintln!("{PROGRAM} cannot start: {error}");
            return ExitCode::FAILURE;
        }
    };
    let outcome = runtime.block_on(command.run(&arguments));
    runtime.shutdown_background();
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            say(&why);
            ExitCode::FAILURE
        }
    }
}

/// What `--help` of a command shows.
fn help(command: &dyn Command) -> String {
    let flags = command.flags();
    let usage: String = flags.iter().map(Flag::usage).collect();
    let lines: String = flags.iter().map(Flag::line).collect();
    let (name, about) = (command.name(), command.about());
    let environment = command.environment();
    format!("Usage: {PROGRAM} {name}{usage}\n\n{about}\n{lines}\n{environment}")
}

/// Opens the session of a command, by the provider's environment variables alone. Nothing is sent
/// yet, and no journal is kept, since a command orders nothing.
///
/// # Errors
/// Which variables are missing or wrong.
pub fn open(command: &str) -> Result<Session, Diagnostics> {
    let session = Session::default();
    let said = configuration::by_environment(&session, command);
    match said.has_errors() {
        true => Err(said),
        false => Ok(session),
    }
}

/// Tells a person something.
pub fn say(messages: &Diagnostics) {
    for message in &messages.0 {
        eprint!("{}", written(message));
    }
}

fn written(message: &Diagnostic) -> String {
    let severity = match message.severity {
        Severity::Error => "Error",
        Severity::Warning => "Warning",
    };
    format!("\n{severity}: {}\n\n{}\n", message.summary, message.detail)
}

/// A line that says how far a command is, on a terminal only: each takes the place of the one
/// before it. When it is dropped the line is empty.
pub struct Progress(bool);

impl Progress {
    /// The progress of a command that begins.
    #[must_use]
    pub fn start() -> Progress {
        Progress(std::io::stderr().is_terminal())
    }

    /// It is as far as that.
    pub fn tell(&self, how_far: &str) {
        if self.0 {
            eprint!("\r\x1b[K{how_far}");
        }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.tell("");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Greet;

    #[async_trait]
    impl Command for Greet {
        fn name(&self) -> &'static str {
            "greet"
        }

        fn summary(&self) -> &'static str {
            "say hello"
        }

        fn about(&self) -> &'static str {
            "Says hello.\n"
        }

        fn flags(&self) -> &'static [Flag] {
            const FLAGS: &[Flag] = &[
                Flag::value("--to", "NAME", "whom to greet").required(),
                Flag::switch("--loud", "shout"),
            ];
            FLAGS
        }

        async fn run(&self, arguments: &Arguments) -> Result<(), Diagnostics> {
            match arguments.value("--to") {
                Some("nobody") => Err(Diagnostic::error("Nobody is here", "Not greeted.").into()),
                _ => Ok(()),
            }
        }
    }

    fn ends(words: &[&str]) -> String {
        let code = run_one(&Greet, words.iter().map(|word| (*word).to_owned()));
        format!("{code:?}")
    }

    #[test]
    fn help_shows_each_flag_and_where_the_exchange_is_said() {
        let help = help(&Greet);
        assert!(
            help.contains(" greet --to NAME [--loud]\n\nSays hello.\n"),
            "{help}"
        );
        assert!(help.contains("  --to NAME"), "{help}");
        assert!(
            help.contains("whom to greet") && help.contains("IX_API_HOST"),
            "{help}"
        );
    }

    #[test]
    fn the_exit_code_tells_done_from_failed_and_from_misspelt() {
        let [done, failed, misspelt] = [0, 1, 2].map(|code| format!("{:?}", ExitCode::from(code)));
        assert_eq!(ends(&["--to", "you"]), done);
        assert_eq!(ends(&["--help"]), done);
        assert_eq!(ends(&["--to", "nobody"]), failed);
        assert_eq!(ends(&["--too", "you"]), misspelt);
    }

    #[test]
    fn a_message_is_its_summary_and_its_story() {
        let message = Diagnostic::warning("No ports", "There are none.");
        assert_eq!(
            written(&message),
            "\nWarning: No ports\n\nThere are none.\n"
        );
    }
}
