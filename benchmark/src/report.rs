//! Numbers as a person reads them: tables, in Markdown, aligned so that a terminal shows them too.

use std::fmt::Write as _;
use std::time::Duration;

/// A table with a title row.
#[derive(Clone, Debug, Default)]
pub struct Table {
    rows: Vec<Vec<String>>,
}

impl Table {
    /// A table with these columns.
    pub fn new(columns: &[&str]) -> Table {
        Table {
            rows: vec![columns.iter().map(|name| (*name).to_owned()).collect()],
        }
    }

    /// Adds a row.
    pub fn row(&mut self, cells: impl IntoIterator<Item = String>) {
        self.rows.push(cells.into_iter().collect());
    }

    /// The table, its first column to the left and all others to the right.
    pub fn markdown(&self) -> String {
        let columns = self.rows.first().map_or(0, Vec::len);
        let width = |column: usize| {
            let cells = self.rows.iter().filter_map(|row| row.get(column));
            cells.map(|cell| cell.chars().count()).max().unwrap_or(0)
        };
        let widths: Vec<usize> = (0..columns).map(|column| width(column).max(2)).collect();
        let mut text = String::new();
        for (number, row) in self.rows.iter().enumerate() {
            for (column, (cell, width)) in row.iter().zip(&widths).enumerate() {
                let width = *width;
                // Writing into a text cannot fail.
                let _ = match column {
                    0 => write!(text, "| {cell:<width$} "),
                    _ => write!(text, "| {cell:>width$} "),
                };
            }
            text.push_str("|\n");
            if number == 0 {
                for (column, width) in widths.iter().enumerate() {
                    let end = if column == 0 { "-" } else { ":" };
                    let _ = write!(text, "| {}{end} ", "-".repeat(width - 1));
                }
                text.push_str("|\n");
            }
        }
        text
    }
}

/// The value in the middle; of an even number, the greater of the two.
pub fn median<T: Ord + Copy>(values: &mut [T]) -> T {
    values.sort();
    values[values.len() / 2]
}

/// How many times the second the first is.
pub fn ratio(a: Duration, b: Duration) -> f64 {
    a.as_secs_f64() / b.as_secs_f64()
}

/// A ratio, as text.
pub fn times(ratio: f64) -> String {
    format!("{ratio:.2} ×")
}

/// A short time, as text.
pub fn milliseconds(time: Duration) -> String {
    format!("{:.1} ms", time.as_secs_f64() * 1000.0)
}

/// A longer time, as text.
pub fn seconds(time: Duration) -> String {
    format!("{:.2} s", time.as_secs_f64())
}

/// A size, as text.
pub fn size(bytes: u64) -> String {
    format!("{:.1} MiB", bytes as f64 / 1024.0 / 1024.0)
}

/// A number with its thousands apart: 10,000.
pub fn thousands(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// A great number, in millions.
pub fn millions(count: u64) -> String {
    let rounded = (count + 5_000) / 10_000;
    format!("{}.{:02} M", rounded / 100, rounded % 100)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_is_the_value_in_the_middle() {
        assert_eq!(median(&mut [3, 1, 2]), 2);
        assert_eq!(median(&mut [4, 1, 2, 3]), 3);
    }

    #[test]
    fn millions_are_rounded() {
        assert_eq!(millions(21_965_001), "21.97 M");
        assert_eq!(millions(9_995_000), "10.00 M");
        assert_eq!(millions(4_000), "0.00 M");
    }

    #[test]
    fn a_table_is_aligned() {
        let mut table = Table::new(&["what", "×"]);
        table.row(["plan".to_owned(), times(1.5)]);
        let expected = "\
| what |      × |
| ---- | -----: |
| plan | 1.50 × |
";
        assert_eq!(table.markdown(), expected);
    }

    #[test]
    fn thousands_are_apart() {
        assert_eq!(
            [7, 999, 1_000, 10_000].map(thousands),
            ["7", "999", "1,000", "10,000"]
        );
    }
}
