//! What the provider asks a person: whether an object that looks like an order is what came of it.
//! Here it is answered as its text says, by whoever knows what is in the state.

use std::fs;
use std::path::PathBuf;

use serde_json::Value as Json;

/// What a person is asked because nobody else can know.
#[derive(Clone, Debug)]
pub struct Question {
    /// What may have come of an order, the likeliest first.
    pub candidates: Vec<String>,
    /// The number of an order, and the page that it is on.
    note: Option<(u64, PathBuf)>,
}

impl Question {
    /// What an error asks, if it asks anything.
    pub fn of(detail: &str) -> Option<Question> {
        if !detail.contains("import {") {
            return None;
        }
        let between = |from: &str, to: &str| {
            let (_, rest) = detail.split_once(from)?;
            Some(rest.split_once(to)?.0.to_owned())
        };
        let listed = between("These look like it: ", ". If");
        let mut candidates: Vec<String> = listed
            .iter()
            .flat_map(|list| list.split(", ").map(str::to_owned))
            .collect();
        candidates.extend(between("id = \"", "\""));
        let note = detail.split_once("order number ").and_then(|(_, rest)| {
            let (number, rest) = rest.split_once(" in ")?;
            let end = rest.find(".orders")? + ".orders".len();
            Some((number.parse().ok()?, PathBuf::from(&rest[..end])))
        });
        Some(Question { candidates, note })
    }

    /// Takes the note of the order away.
    pub fn strike(&self) {
        let Some((number, page)) = &self.note else {
            return;
        };
        let Ok(text) = fs::read_to_string(page) else {
            return;
        };
        let kept: String = text
            .split_inclusive('\n')
            .filter(|line| {
                let line: Json = serde_json::from_str(line).unwrap_or_default();
                line["order"]["number"] != *number
            })
            .collect();
        fs::write(page, kept).expect("the page can be written");
    }
}
