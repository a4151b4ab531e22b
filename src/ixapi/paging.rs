//! Puts the pages of a list together (dictionary, section 4). An exchange that has more to give
//! answers 206; how to ask for the rest is agreed, how it announces the rest is not.

use std::collections::HashSet;

use super::Json;

/// The parameter that says how many rows to skip.
pub(super) const OFFSET: &str = "page_offset";

/// No list has this many pages; an exchange that goes on is going round in circles.
pub(super) const MOST_PAGES: usize = 1000;

/// The rows so far.
#[derive(Debug, Default)]
pub(super) struct Rows {
    rows: Vec<Json>,
    seen: HashSet<String>,
    received: usize,
}

/// Whether there is more to ask for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum More {
    /// Ask again, skipping this many rows.
    From(usize),
    /// The list is complete.
    Complete,
    /// The exchange says that there is more but sends nothing new.
    Stuck,
}

impl Rows {
    /// Adds a page. A row that is already there, because the list grew while it was read, is not
    /// taken twice.
    pub(super) fn add(&mut self, page: Vec<Json>, partial: bool) -> More {
        let received = page.len();
        let before = self.rows.len();
        if !partial && self.received == 0 {
            // The usual case, a list in one piece, needs no bookkeeping.
            self.rows = page;
            return More::Complete;
        }
        self.received += received;
        for row in page {
            if self.seen.insert(identity(&row)) {
                self.rows.push(row);
            }
        }
        match (partial, received) {
            // More to come, and nothing on the very first page: that is no end.
            (true, 0) if self.received == 0 => More::Stuck,
            (false, _) | (_, 0) => More::Complete,
            _ if self.rows.len() == before => More::Stuck,
            _ => More::From(self.received),
        }
    }

    pub(super) fn into_vec(self) -> Vec<Json> {
        self.rows
    }
}

/// What tells one row from another.
fn identity(row: &Json) -> String {
    match row.get("id") {
        Some(id) if !id.is_null() => id.to_string(),
        _ => row.to_string(),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]
    use super::*;
    use proptest::prelude::*;
    use serde_json::json;

    fn page(ids: std::ops::Range<usize>) -> Vec<Json> {
        ids.map(|id| json!({ "id": id.to_string() })).collect()
    }

    #[test]
    fn a_list_in_one_piece_is_taken_as_it_is_even_with_equal_rows() {
        let mut rows = Rows::default();
        assert_eq!(
            rows.add(vec![json!({"a": 1}), json!({"a": 1})], false),
            More::Complete
        );
        assert_eq!(rows.into_vec().len(), 2);
    }

    #[test]
    fn the_offset_advances_by_the_rows_received() {
        let mut rows = Rows::default();
        assert_eq!(rows.add(page(0..3), true), More::From(3));
        assert_eq!(
            rows.add(page(2..5), true),
            More::From(6),
            "one row came twice"
        );
        assert_eq!(rows.add(page(5..6), false), More::Complete);
        assert_eq!(rows.into_vec(), page(0..6));
    }

    #[test]
    fn an_empty_page_ends_the_list_and_a_page_without_news_is_noticed() {
        let mut rows = Rows::default();
        assert_eq!(rows.add(page(0..2), true), More::From(2));
        assert_eq!(rows.add(page(0..2), true), More::Stuck);
        assert_eq!(rows.add(Vec::new(), true), More::Complete);
        assert_eq!(rows.into_vec(), page(0..2));
    }

    #[test]
    fn an_empty_first_page_of_more_is_no_end() {
        assert_eq!(Rows::default().add(Vec::new(), true), More::Stuck);
    }

    proptest! {
        #[test]
        fn every_row_arrives_once_whatever_the_page_size(count in 0_usize..60, size in 1_usize..9) {
            let mut rows = Rows::default();
            let mut offset = 0;
            loop {
                let end = (offset + size).min(count);
                match rows.add(page(offset..end), end < count) {
                    More::From(next) => offset = next,
                    More::Complete => break,
                    More::Stuck => prop_assert!(false, "stuck"),
                }
            }
            prop_assert_eq!(rows.into_vec(), page(0..count));
        }
    }
}
