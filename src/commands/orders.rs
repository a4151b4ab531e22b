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

const FLAGS: &[Flag] = &[Flag::value(
    JOURNAL,
    "DIR",
    "the folder of the notes, as journal of the provider says it",
)];

/// What the columns are called.
const COLUMNS: [&str; 6] = [
    "ORDERED",
    "WHAT",
    "ID",
    "EXTERNAL_REF",
    "EXCHANGE",
    "WORKSPACE",
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
        let noted = journal.all().map_err(|error| unreadable(&error))?;
        let of = |wanted: Standing| {
            let notes = noted
                .iter()
                .filter(move |(_, standing)| *standing == wanted);
            notes.map(|(note, _)| note).collect::<Vec<&Note>>()
        };
        let open = of(Standing::Open);
        let listed = std::io::stdout().lock().write_all(table(&open).as_bytes());
        listed.map_err(|error| unwritten(&error))?;
        let others = [Standing::Delivered, Standing::UnderWay].map(|standing| of(standing).len());
        eprint!("{}", told(&journal, open.len(), others));
        Ok(())
    }
}

/// A line for each order, below what its columns are called; nothing if there is none.
fn table(notes: &[&Note]) -> String {
    if notes.is_empty() {
        return String::new();
    }
    let rows = notes.iter().map(|note| row(note));
    let rows: Vec<[String; 6]> = [COLUMNS.map(str::to_owned)]
        .into_iter()
        .chain(rows)
        .collect();
    let width = |column: usize| {
        let widths = rows.iter().map(|row| row[column].chars().count());
        widths.max().unwrap_or_default()
    };
    let widths: Vec<usize> = (0..COLUMNS.len()).map(width).collect();
    let line = |row: &[String; 6]| {
        let cells = row.iter().zip(&widths);
        let cells = cells.map(|(cell, width)| format!("{cell:<width$}"));
        let cells: Vec<String> = cells.collect();
        format!("{}\n", cells.join("  ").trim_end())
    };
    rows.iter().map(line).collect()
}

fn row(note: &Note) -> [String; 6] {
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
    ]
}

/// What there is besides, and what to do next.
fn told(journal: &Journal, open: usize, [delivered, under_way]: [usize; 2]) -> String {
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
            "\nThese were ordered by runs that were cut off, and are in no state for all that is \
             known ({place}).\nThey may be billed. An apply of the same configuration in that \
             workspace goes on with them; what\nis not wanted any more is imported and destroyed, \
             or cancelled at the exchange. Where there is no\nid, the exchange may not have taken \
             the order: an apply finds out. What is in the state all the\nsame, the next plan \
             strikes out.\n"
        ),
    };
    if delivered > 0 {
        told.push_str(&format!(
            "Not listed: {delivered} that Terraform was given in a run that ended well, and that \
             no run has read since.\n"
        ));
    }
    if under_way > 0 {
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

fn unreadable(error: &Unusable) -> Diagnostic {
    Diagnostic::error(
        "The notes cannot be read",
        format!("{error}. Nothing was listed, and there may be orders that no state has."),
    )
}
