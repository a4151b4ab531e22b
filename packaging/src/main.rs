//! The command line of packing and releasing.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Parser, Subcommand};
use ixapi_packaging::notices::Metadata;
use ixapi_packaging::{Error, Program, archive, changelog, sums};

/// Packs the provider as the Registries of Terraform and OpenTofu want it.
#[derive(Parser)]
#[command(version)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Write the archive of one program for one platform. To be called in the folder of the
    /// workspace.
    Archive {
        /// Which program it is.
        #[arg(value_enum)]
        program: Program,
        /// The program.
        #[arg(long, value_name = "FILE")]
        binary: PathBuf,
        /// The system and processor that it is for, such as linux_amd64.
        #[arg(long, value_name = "OS_ARCH")]
        platform: String,
        /// The target that it was built for, such as x86_64-unknown-linux-musl.
        #[arg(long, value_name = "TRIPLE")]
        target: String,
        /// The folder for the archive, which is made if need be.
        #[arg(long, value_name = "DIR")]
        out: PathBuf,
    },
    /// Write the manifest, and the checksums of all archives in a folder, by which the Registries
    /// know them.
    Sums {
        /// The folder.
        #[arg(long, value_name = "DIR")]
        out: PathBuf,
    },
    /// Check that a tag names this version, and that the change log says what is new in it. Prints
    /// what it says.
    Release {
        /// The tag, such as v1.2.3.
        tag: String,
        /// The change log.
        #[arg(long, value_name = "FILE", default_value = "CHANGELOG.md")]
        changelog: PathBuf,
    },
}

fn main() -> ExitCode {
    match run(Cli::parse().command) {
        Ok(told) => match writeln!(std::io::stdout().lock(), "{told}") {
            Ok(()) => ExitCode::SUCCESS,
            Err(_) => ExitCode::FAILURE,
        },
        Err(error) => {
            eprintln!("packaging: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(command: Command) -> Result<String, Error> {
    match command {
        Command::Archive {
            program,
            binary,
            platform,
            target,
            out,
        } => {
            let notices = Metadata::ask(Path::new("."), &target)?.notices(program)?;
            let written = archive::write(program, &binary, &platform, &notices, &out);
            written.map(|path| path.display().to_string())
        }
        Command::Sums { out } => sums::write(&out).map(|path| path.display().to_string()),
        Command::Release { tag, changelog } => {
            changelog::check_tag(&tag)?;
            let text = std::fs::read_to_string(&changelog);
            let text = text.map_err(Error::of(&changelog))?;
            changelog::Changelog::read(&text)?.of_version(ixapi_packaging::VERSION)
        }
    }
}
