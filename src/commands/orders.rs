//! `orders`: lists what runs of Terraform have ordered and no run has seen in a state since.

use std::io::{self, Write};

use async_trait::async_trait;

use crate::entities::COLLECTIONS;
use crate::provider::configuration::{self, WHERE_ORDERS_ARE_NOTED};
use crate::provider::journal::{Journal, Note, Standing, Unusable};
use crate::tfplugin::diagnostics::{Diagnostic, Diagnostics};

use super::Command;
use super::arguments::{Arguments, Flag};

/// The command.
pub struct Orders;

const JOURNAL: &str = "--journal";

const ALL: &str = "--all";

const FLAGS: &[Flag] = &[
    Flag::value(
        JOURNAL,
        "DIR",
        "the folder of the notes, as journal of the provider says it",
    ),
    Flag::switch(
        ALL,
        "list also what runs have ordered that ended well or are still at work",
    ),
];

/// What the columns are called.
const COLUMNS: [&str; 7] = [
    "ORDERED",
    "WHAT",
    "ID",
    "EXTERNAL_REF",
    "EXCHANGE",
    "WORKSPACE",
    "STANDING",
];

#[async_trait]
impl Command for Orders {
    fn name(&self) -> &'static str {
        "orders"
    }

    fn summary(&self) -> &'static str {
        "list what a run that was cut off has ordered"
    }

    fn about(&self) -> &'static str {
        "\
Lists the orders that runs of Terraform have noted and that no run has seen in a
state since: when and where they were placed, and the id if there is one. Run it
in the folder of the configuration after a run that was killed: terraform destroy
does not know of them as long as the state is empty. The notes alone are read;
the exchange is not asked, and nothing is changed.
"
    }

    fn flags(&self) -> &'static [Flag] {
        FLAGS
    }

    fn environment(&self) -> &'static str {
        "\
Without the flag, the notes are where IX_API_JOURNAL says, or else in Terraform's
own folder (TF_DATA_DIR, or .terraform).
"
    }

    async fn run(&self, arguments: &Arguments) -> Result<(), Diagnostics> {
        let journal = configuration::journal_at(arguments.value(JOURNAL)).ok_or_else(is_off)?;
        let all = journal.all().map_err(|error| unreadable(&[error]));
        let (mut noted, damaged) = all?;
        let count = |wanted: Standing| {
            let standings = noted.iter().filter(|(_, standing)| *standing == wanted);
            standings.count()
        };
        let counts = [Standing::Open, Standing::Delivered, Standing::UnderWay].map(count);
        let lists_all = arguments.has(ALL);
        noted.retain(|(_, standing)| lists_all || *standing == Standing::Open);
        let listed = std::io::stdout().lock().write_all(table(&noted).as_bytes());
        listed.map_err(|error| unwritten(&error))?;
        eprint!("{}", told(&journal, counts, lists_all));
        match damaged.is_empty() {
            true => Ok(()),
            false => Err(unreadable(&damaged).into()),
        }
    }
}

/// A line for each order, below what its columns are called; nothing if there is none.
fn table(notes: &[(Note, Standing)]) -> String {
    if notes.is_empty() {
        return String::new();
    }
    let rows = notes.iter().map(|(note, standing)| row(note, *standing));
    let rows: Vec<[String; COLUMNS.len()]> = [COLUMNS.map(str::to_owned)]
        .into_iter()
        .chain(rows)
        .collect();
    let width = |column: usize| {
        let widths = rows.iter().map(|row| row[column].chars().count());
        widths.max().unwrap_or_default()
    };
    let widths: Vec<usize> = (0..COLUMNS.len()).map(width).collect();
    let line = |row: &[String; COLUMNS.len()]| {
        let cells = row.iter().zip(&widths);
        let cells = cells.map(|(cell, width)| format!("{cell:<width$}"));
        let cells: Vec<String> = cells.collect();
        format!("{}\n", cells.join("  ").trim_end())
    };
    rows.iter().map(line).collect()
}

fn row(note: &Note, standing: Standing) -> [String; COLUMNS.len()] {
    let path = note.order.collection.as_str();
    let known = COLLECTIONS.iter().find(|known| known.path == path);
    let or_dash = |text: &Option<String>| text.clone().unwrap_or_else(|| "-".to_owned());
    [
        note.at.clone(),
        known.map_or(path, |known| known.name).to_owned(),
        or_dash(&note.id),
        or_dash(&note.reference),
        note.order.exchange.clone(),
        note.workspace.clone(),
        match standing {
            Standing::Open => "open",
            Standing::Delivered => "delivered",
            Standing::UnderWay => "under-way",
        }
        .to_owned(),
    ]
}

/// What there is besides, and what to do next.
fn told(journal: &Journal, counts: [usize; 3], lists_all: bool) -> String {
    let [open, delivered, under_way] = counts;
    let folder = journal.folder();
    let place = folder.display();
    if !folder.exists() {
        return format!(
            "There is no folder {place}: nothing is noted there. Run this where Terraform runs, \
             or name the folder with {JOURNAL}.\n"
        );
    }
    let mut told = match open {
        0 => format!("No order is open in {place}.\n"),
        _ => format!(
            "\nWhat is open was ordered by runs that were cut off, and is in no state for all that \
             is known ({place}). It may be billed.\nAn apply of the same configuration in that \
             workspace goes on with it. What is not wanted any more is imported and destroyed, or \
             cancelled at the exchange.\nWhere there is no id, the exchange may not have taken the \
             order: an apply finds out. What is in the state all the same, the next plan strikes \
             out.\n"
        ),
    };
    if delivered > 0 && !lists_all {
        told.push_str(&format!(
            "Not listed: {delivered} that Terraform was given in a run that ended well, and that \
             no run has read since ({ALL}).\n"
        ));
    }
    if under_way > 0 && !lists_all {
        told.push_str(&format!(
            "Not listed: {under_way} of a run that is still at work.\n"
        ));
    }
    told
}

fn is_off() -> Diagnostic {
    Diagnostic::error(
        "No orders are noted",
        format!(
            "{WHERE_ORDERS_ARE_NOTED} says that nothing is noted. Name a folder with {JOURNAL}."
        ),
    )
}

fn unwritten(error: &io::Error) -> Diagnostic {
    let story = format!("Standard output does not take the list: {error}.");
    Diagnostic::error("The orders could not be listed", story)
}

fn unreadable(errors: &[Unusable]) -> Diagnostic {
    let errors: Vec<String> = errors.iter().map(ToString::to_string).collect();
    Diagnostic::error(
        "Not all notes can be read",
        format!(
            "{}. There may be orders there that no state has and that are not listed here: look \
             at the exchange.",
            errors.join("; ")
        ),
    )
}
