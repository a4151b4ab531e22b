//! `export`: writes the configuration of what is at the exchange, with the `import` blocks that
//! bring it into a state.

mod files;
mod names;
mod text;

use std::path::Path;

use async_trait::async_trait;

use crate::entities::declaration::Resource;
use crate::provider::PREFIX;
use crate::provider::estate::{self, Estate, Wanted};
use crate::tfplugin::diagnostics::{Diagnostic, Diagnostics};

use super::arguments::{Arguments, Flag};
use super::{Command, Progress, open};

use files::{File, Folder};

/// The command.
pub struct Export;

const OUT: &str = "--out";
const ACCOUNT: &str = "--account";
const TYPE: &str = "--type";

const FLAGS: &[Flag] = &[
    Flag::value(OUT, "DIR", "a new folder for the files, or an empty one").required(),
    Flag::value(ACCOUNT, "ID", "only what this account manages or uses"),
    Flag::value(
        TYPE,
        "TYPE",
        "only this resource type, such as connection; may be repeated",
    )
    .repeated(),
];

#[async_trait]
impl Command for Export {
    fn name(&self) -> &'static str {
        "export"
    }

    fn summary(&self) -> &'static str {
        "write the configuration of what is at the exchange, and how to import it"
    }

    fn about(&self) -> &'static str {
        "\
Writes what you have at the exchange as configuration, one file for each kind of
object, with an import block beside each resource. A plan in that folder says
what is to be imported, and that nothing is to be added, changed or destroyed.
It only reads: nothing is changed at the exchange. What has ended or is being
cancelled, and what is other parties', is left out.
"
    }

    fn flags(&self) -> &'static [Flag] {
        FLAGS
    }

    async fn run(&self, arguments: &Arguments) -> Result<(), Diagnostics> {
        let folder = Folder::at(arguments.value(OUT).unwrap_or_default());
        let wanted = Wanted {
            resources: resources(arguments)?,
            account: arguments.value(ACCOUNT).map(str::to_owned),
        };
        // What is in the way is told before anything is asked for.
        folder.is_free()?;
        let session = open(self.name())?;
        let progress = Progress::start();
        let estate = estate::read(&session, &wanted, &|how_far| progress.tell(how_far)).await?;
        drop(progress);
        let files = text::files(&estate, session.client()?.host());
        if !estate.objects.is_empty() {
            folder.write(&files)?;
        }
        eprint!("{}", summary(&estate, &files, &folder));
        match estate.forbidden.is_empty() {
            true => Ok(()),
            false => Err(not_all(&estate).into()),
        }
    }
}

/// The resource types that are wanted.
fn resources(arguments: &Arguments) -> Result<Vec<&'static Resource>, Diagnostic> {
    let mut wanted: Vec<&'static str> = Vec::new();
    for given in arguments.values(TYPE) {
        let prefix = format!("{PREFIX}_");
        let name = given.strip_prefix(&prefix).unwrap_or(given);
        match estate::listed().find(|resource| resource.name == name) {
            Some(resource) => wanted.push(resource.name),
            None => return Err(unknown_type(given)),
        }
    }
    let all = estate::listed();
    Ok(all
        .filter(|resource| wanted.is_empty() || wanted.contains(&resource.name))
        .collect())
}

fn unknown_type(given: &str) -> Diagnostic {
    let known: Vec<&str> = estate::listed().map(|resource| resource.name).collect();
    Diagnostic::error(
        format!("There is no type {given:?} to export"),
        format!("{TYPE} takes one of {}.", known.join(", ")),
    )
}

/// What nobody has seen may be billed all the same.
fn not_all(estate: &Estate) -> Diagnostic {
    let forbidden: Vec<&str> = estate.forbidden.iter().copied().collect();
    Diagnostic::error(
        "Not everything could be read",
        format!(
            "The exchange forbids these credentials to list {}: if there are such objects, they \
             are not in this export, and go on being billed.",
            forbidden.join(", ")
        ),
    )
}

/// What was written and what was not, and what to do next.
fn summary(estate: &Estate, files: &[File], folder: &Folder) -> String {
    let mut told = String::new();
    let count = estate.objects.len();
    if count == 0 {
        told.push_str("There is nothing to export; nothing was written.\n");
    } else {
        let place = folder.path().display();
        told.push_str(&format!(
            "Wrote {} to {place}:\n\n",
            counted(count, "resource")
        ));
        for file in files {
            let holds = match file.resources {
                0 => String::new(),
                holds => format!("{holds:>6}"),
            };
            told.push_str(&format!("  {:<32}{holds}\n", file.name));
        }
    }
    let mut left = Vec::new();
    if estate.ending > 0 {
        left.push(format!(
            "  {:>6} that ended or are being cancelled\n",
            estate.ending
        ));
    }
    if estate.others > 0 {
        left.push(format!("  {:>6} of other accounts\n", estate.others));
    }
    if estate.parts > 0 {
        left.push(format!(
            "  {:>6} that come with what was written\n",
            estate.parts
        ));
    }
    for (kind, id, unsaid) in &estate.incomplete {
        let said = format!("{PREFIX}_{kind} {id}: the exchange does not show {unsaid}");
        left.push(format!("  {:>6} {said}\n", 1));
    }
    if !left.is_empty() {
        told.push_str(&format!("\nNot exported:\n\n{}", left.concat()));
    }
    if !estate.absent.is_empty() {
        let absent: Vec<&str> = estate.absent.iter().copied().collect();
        told.push_str(&format!(
            "\nThis exchange answers that it has no such objects: {}.\n",
            absent.join(", ")
        ));
    }
    if count > 0 {
        let secrets = files.iter().any(|file| file.name == files::VARIABLES);
        if secrets {
            told.push_str(&format!(
                "\nSecrets are not written. {} names those that the plan asks for.\n",
                files::VARIABLES
            ));
        }
        told.push_str(&format!(
            "\nNext: cd {} && terraform init && terraform plan\n{}",
            shell(folder.path()),
            promised(estate)
        ));
    }
    told
}

/// What the plan will say.
fn promised(estate: &Estate) -> String {
    let count = estate.objects.len();
    let on_their_way = estate.objects.iter().filter(|held| held.is_on_its_way());
    let still = match on_their_way.count() {
        0 => {
            return format!(
                "The plan should say: {count} to import, 0 to add, 0 to change, 0 to destroy.\n"
            );
        }
        1 => "1 is still on its way: the plan shows it as a change in place, which waits for it \
              and sends nothing."
            .to_owned(),
        many => format!(
            "{many} are still on their way: the plan shows them as a change in place, which waits \
             for them and sends nothing."
        ),
    };
    format!("The plan should say: {count} to import, 0 to add, 0 to destroy.\n{still}\n")
}

fn counted(count: usize, noun: &str) -> String {
    match count {
        1 => format!("1 {noun}"),
        _ => format!("{count} {noun}s"),
    }
}

/// A path as a word of a shell.
fn shell(path: &Path) -> String {
    let path = path.display().to_string();
    let is_plain = |letter: char| letter.is_alphanumeric() || "/._-+".contains(letter);
    match path.chars().all(is_plain) {
        true => path,
        false => format!("'{}'", path.replace('\'', "'\\''")),
    }
}

#[cfg(test)]
mod tests {
    use crate::provider::testing::held;
    use crate::tfplugin::value::Value;

    use super::*;

    /// The end of what is said of ports in these states.
    fn next(states: &[&str]) -> String {
        let port = |state: &&str| held("connection", "P", &[("state", Value::text(*state))]);
        let estate = Estate {
            objects: states.iter().map(port).collect(),
            ..Estate::default()
        };
        let said = summary(&estate, &[], &Folder::at("estate"));
        said.split_once("\nNext: ")
            .map_or(String::new(), |(_, next)| next.to_owned())
    }

    #[test]
    fn no_change_is_promised_where_nothing_is_on_its_way() {
        let next = next(&["production", "allocated"]);
        let promise = "The plan should say: 2 to import, 0 to add, 0 to change, 0 to destroy.\n";
        assert!(next.ends_with(promise), "{next}");
        assert!(!next.contains("way"), "{next}");
    }

    #[test]
    fn what_is_still_on_its_way_is_counted() {
        let some = next(&["production", "requested", "production_change_pending"]);
        assert!(!some.contains("0 to change"), "{some}");
        assert!(some.contains("3 to import, 0 to add, 0 to destroy.\n2 are still on their way: "));
        let one = next(&["production", "requested"]);
        assert!(
            one.contains("\n1 is still on its way: the plan shows it as a change"),
            "{one}"
        );
    }
}
