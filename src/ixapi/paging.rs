//! Puts the pages of a list together (dictionary, section 4). An exchange that has more to give
//! answers 206; how to ask for the rest is agreed, how it announces the rest is not.

use std::collections::HashSet;

use super::rows::{Page, Row};

/// The parameter that says how many rows to skip.
const OFFSET: &str = "page_offset";
/// The parameter that says how many rows to give at most.
const LIMIT: &str = "page_limit";

/// How many rows are asked for once an exchange has shown that it gives pages. It gives fewer if it
/// likes.
const MOST_ROWS: usize = 1000;

/// No list has this many pages; an exchange that goes on is going round in circles.
pub(super) const MOST_PAGES: usize = 1000;

/// How many pages are asked for side by side. What is asked for beyond the end is asked in vain.
const SIDE_BY_SIDE: usize = 4;

/// A list as far as it was read.
#[derive(Debug, Default)]
pub(super) struct Pages {
    rows: Rows,
    /// How many answers it took.
    pub(super) count: usize,
    /// How many bytes they had.
    pub(super) size: usize,
    /// Whether some answer was no list.
    improper: bool,
    end: Option<End>,
    /// Whether the exchange refuses to be told how many rows to give.
    is_free: bool,
    /// How many rows an answer has, where all have as many so far.
    step: Option<usize>,
    /// Whether the last answer called itself whole, and yet was as long as was asked for.
    may_be_whole: bool,
}

/// How a list ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum End {
    Whole,
    /// The exchange says that there is more but sends nothing new.
    Stuck,
}

/// Which part of a list is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Part {
    offset: usize,
    limit: Option<usize>,
}

/// The rows so far.
#[derive(Debug, Default)]
struct Rows {
    rows: Vec<Row>,
    /// How many were taken out.
    taken: usize,
    seen: HashSet<String>,
    received: usize,
}

/// Whether there is more to ask for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum More {
    /// Ask again, skipping this many rows.
    From(usize),
    /// The list has ended.
    End(End),
}

impl Part {
    /// The parameters that ask for it.
    pub(super) fn query(&self) -> impl Iterator<Item = (String, String)> {
        let limit = self
            .limit
            .map(|limit| (LIMIT.to_owned(), limit.to_string()));
        let offset = (self.offset > 0).then(|| (OFFSET.to_owned(), self.offset.to_string()));
        limit.into_iter().chain(offset)
    }
}

impl Pages {
    /// What to ask for next, side by side, so that there are no more than so many answers in all.
    /// Nothing if the list has ended.
    pub(super) fn next(&self, most: usize) -> Vec<Part> {
        let left = most.saturating_sub(self.count);
        if self.end.is_some() || left == 0 {
            return Vec::new();
        }
        let limit = (self.count > 0 && !self.is_free).then_some(MOST_ROWS);
        let received = self.rows.received;
        let Some(step) = self.step else {
            let offset = received;
            return vec![Part { offset, limit }];
        };
        let parts = left.min(SIDE_BY_SIDE).min(self.count);
        let parts = (0..parts).map(|part| received + part * step);
        parts.map(|offset| Part { offset, limit }).collect()
    }

    /// Adds what came of asking for a part. False if what was asked for side by side with it, and
    /// behind it, is of no use.
    pub(super) fn add(&mut self, part: Part, page: Page, size: usize, partial: bool) -> bool {
        let received = page.rows.len();
        // Who gives as many rows as were asked for may call that a success, and no end.
        let is_full = part.limit.is_some_and(|limit| received >= limit);
        self.may_be_whole = is_full && !partial;
        let partial = partial || is_full;
        self.improper |= !page.proper;
        self.count += 1;
        self.size += size;
        let is_first = self.count == 1;
        match self.rows.add(page.rows, partial) {
            More::End(end) => {
                self.end = Some(end);
                false
            }
            More::From(next) => {
                // The first page is as long as the exchange likes, the others as asked for.
                let is_even = match self.step {
                    Some(step) => next == part.offset + step,
                    None => !is_first,
                };
                self.step = is_even.then_some(received);
                is_even
            }
        }
    }

    /// The exchange has refused this part. Whether that may be because of what it was told of the
    /// length of pages: it is not told again. What it means may be said with any status, but for
    /// those that say that nobody has looked at it.
    pub(super) fn is_refused(&mut self, part: Part, status: Option<u16>) -> bool {
        let may_be = match status {
            Some(401 | 429 | 502..=504) | None => false,
            Some(status) => (400..600).contains(&status),
        };
        let is_refused = part.limit.is_some() && !self.is_free && may_be;
        self.is_free |= is_refused;
        is_refused
    }

    /// The exchange has refused this part. Whether that is because there is none: the list was
    /// whole before it.
    pub(super) fn ends_before(&mut self, status: Option<u16>) -> bool {
        let says_so = match status {
            // Whoever says this has not looked.
            Some(401 | 403 | 408 | 429) | None => false,
            Some(status) => (400..500).contains(&status),
        };
        let ends = self.may_be_whole && says_so;
        if ends {
            self.end = Some(End::Whole);
        }
        ends
    }

    /// Whether it was read to its end.
    pub(super) fn has_ended(&self) -> bool {
        self.end.is_some()
    }

    /// False if the exchange says that there is more but gives no more.
    pub(super) fn is_complete(&self) -> bool {
        self.end == Some(End::Whole)
    }

    /// False if some answer was neither a list nor an object of one, but null, nothing, or
    /// something else.
    pub(super) fn is_proper(&self) -> bool {
        !self.improper
    }

    /// The rows that came since they were taken last.
    pub(super) fn take(&mut self) -> Vec<Row> {
        self.rows.taken += self.rows.rows.len();
        std::mem::take(&mut self.rows.rows)
    }
}

impl Rows {
    /// Adds a page. A row that is already there, because the list grew while it was read, is not
    /// taken twice.
    fn add(&mut self, page: Vec<Row>, partial: bool) -> More {
        let received = page.len();
        let before = self.taken + self.rows.len();
        if !partial && self.received == 0 {
            // The usual case, a list in one piece, needs no bookkeeping.
            self.rows = page;
            return More::End(End::Whole);
        }
        self.received += received;
        for row in page {
            if self.seen.insert(row.identity()) {
                self.rows.push(row);
            }
        }
        match (partial, received) {
            // More to come, and nothing on the very first page: that is no end.
            (true, 0) if self.received == 0 => More::End(End::Stuck),
            (false, _) | (_, 0) => More::End(End::Whole),
            _ if self.taken + self.rows.len() == before => More::End(End::Stuck),
            _ => More::From(self.received),
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]
    use super::*;
    use proptest::prelude::*;
    use serde_json::json;

    fn page(ids: std::ops::Range<usize>) -> Vec<Row> {
        let ids = ids.map(|id| json!({ "id": id.to_string() }));
        ids.map(|row| Row::of(&row)).collect()
    }

    fn ids(rows: &[Row]) -> Vec<usize> {
        let ids = rows.iter().map(|row| row.id().unwrap());
        ids.map(|id| id.parse().unwrap()).collect()
    }

    /// Reads a list from an exchange that gives pages of at most this size. Returns the rows and
    /// the offsets of what was asked for.
    fn read(count: usize, size: usize, most: usize, takes_limits: bool) -> (Pages, Vec<usize>) {
        let (mut pages, mut offsets) = (Pages::default(), Vec::new());
        loop {
            let parts = pages.next(most);
            if parts.is_empty() {
                return (pages, offsets);
            }
            for part in parts {
                offsets.push(part.offset);
                if part.limit.is_some() && !takes_limits {
                    assert!(pages.is_refused(part, Some(400)));
                    break;
                }
                // Without being told, it gives half of what it could.
                let limit = part.limit.map_or(size.div_ceil(2), |limit| limit.min(size));
                let end = (part.offset + limit).min(count);
                let rows = page(part.offset.min(end)..end);
                let page = Page { rows, proper: true };
                if !pages.add(part, page, 1, end < count) {
                    break;
                }
            }
        }
    }

    #[test]
    fn a_list_in_one_piece_is_taken_as_it_is_even_with_equal_rows() {
        let mut rows = Rows::default();
        assert_eq!(
            rows.add(
                vec![Row::of(&json!({"a": 1})), Row::of(&json!({"a": 1}))],
                false
            ),
            More::End(End::Whole)
        );
        assert_eq!(rows.rows.len(), 2);
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
        assert_eq!(rows.add(page(5..6), false), More::End(End::Whole));
        assert_eq!(ids(&rows.rows), [0, 1, 2, 3, 4, 5]);
    }

    #[test]
    fn an_empty_page_ends_the_list_and_a_page_without_news_is_noticed() {
        let mut rows = Rows::default();
        assert_eq!(rows.add(page(0..2), true), More::From(2));
        assert_eq!(rows.add(page(0..2), true), More::End(End::Stuck));
        assert_eq!(rows.add(Vec::new(), true), More::End(End::Whole));
        assert_eq!(ids(&rows.rows), [0, 1]);
    }

    #[test]
    fn an_empty_first_page_of_more_is_no_end() {
        assert_eq!(Rows::default().add(Vec::new(), true), More::End(End::Stuck));
    }

    /// Some answer what is behind the end with a refusal; who did not look says nothing of the end.
    #[test]
    fn only_who_has_looked_says_where_a_list_ends() {
        for (status, ends) in [
            (Some(400), true),
            (Some(404), true),
            (Some(416), true),
            (Some(401), false),
            (Some(403), false),
            (Some(408), false),
            (Some(429), false),
            (Some(500), false),
            (None, false),
        ] {
            let mut pages = Pages {
                may_be_whole: true,
                ..Pages::default()
            };
            assert_eq!(pages.ends_before(status), ends, "{status:?}");
            assert_eq!(pages.is_complete(), ends, "{status:?}");
        }
    }

    #[test]
    fn pages_are_read_side_by_side_once_it_shows_how_long_they_are() {
        let (pages, offsets) = read(1000, 100, usize::MAX, true);
        assert_eq!(offsets[..4], [0, 50, 150, 250], "one, one, two");
        assert_eq!(offsets[4..8], [350, 450, 550, 650], "and then four each");
        assert!(pages.is_complete() && pages.is_proper());
        assert_eq!(pages.count, 11);
    }

    #[test]
    fn an_exchange_that_refuses_to_be_told_a_length_is_not_told_again() {
        let (mut pages, offsets) = read(120, 60, usize::MAX, false);
        assert_eq!(
            offsets,
            [0, 30, 30, 60, 90],
            "the second is asked for again"
        );
        assert_eq!(ids(&pages.take()).len(), 120);
        assert!(
            !pages.is_refused(
                Part {
                    offset: 0,
                    limit: Some(1)
                },
                Some(400)
            ),
            "twice"
        );
    }

    #[test]
    fn a_page_as_long_as_was_asked_for_is_no_end() {
        let mut pages = Pages::default();
        let first = pages.next(9)[0];
        let rows = page(0..5);
        pages.add(first, Page { rows, proper: true }, 1, true);
        let second = pages.next(9)[0];
        let rows = page(5..5 + MOST_ROWS);
        pages.add(second, Page { rows, proper: true }, 1, false);
        assert!(!pages.has_ended());
        let third = pages.next(9)[0];
        pages.add(
            third,
            Page {
                rows: Vec::new(),
                proper: true,
            },
            1,
            false,
        );
        assert!(pages.is_complete());
    }

    #[test]
    fn a_list_is_read_no_further_than_told_and_then_on() {
        let (mut pages, _) = read(100, 10, 3, true);
        assert_eq!((pages.count, pages.has_ended()), (3, false));
        assert_eq!(ids(&pages.take()), (0..25).collect::<Vec<_>>());
        assert_eq!(pages.next(4).len(), 1);
        assert_eq!(pages.next(9).len(), 3, "as many side by side as there were");
    }

    #[test]
    fn after_a_short_page_it_has_to_show_anew_how_long_they_are() {
        let (mut pages, mut asked) = (Pages::default(), 0);
        let lengths = [10, 10, 7, 10, 3];
        loop {
            let parts = pages.next(usize::MAX);
            let Some(part) = parts.first() else { break };
            assert_eq!(parts.len() == 1, [0, 1, 3].contains(&asked), "{parts:?}");
            let rows = page(part.offset..part.offset + lengths[asked]);
            asked += 1;
            let page = Page { rows, proper: true };
            pages.add(*part, page, 1, asked < lengths.len());
        }
        assert_eq!(ids(&pages.take()), (0..40).collect::<Vec<_>>());
    }

    proptest! {
        #[test]
        fn every_row_arrives_once_whatever_the_page_size(
            count in 0_usize..200,
            size in 1_usize..30,
            takes_limits: bool,
        ) {
            let (mut pages, _) = read(count, size, usize::MAX, takes_limits);
            prop_assert!(pages.is_complete());
            prop_assert_eq!(ids(&pages.take()), (0..count).collect::<Vec<_>>());
        }
    }
}
