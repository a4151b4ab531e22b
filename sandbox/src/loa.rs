//! Letters of authorisation: a PDF of one page, written by hand so that it needs nobody's library.

use crate::answer::Answer;
use crate::exchange::Exchange;
use crate::problem::Problem;
use crate::store::{Collection, Object};

impl Exchange {
    /// `GET …/loa` of a connection or of a port reservation.
    pub fn letter_of_authorisation(&self, object: &Object) -> Result<Answer, Problem> {
        if !matches!(
            object.state(),
            "allocated" | "production" | "production_change_pending"
        ) {
            return Err(Problem::unable_to_fulfill(format!(
                "There is a letter of authorisation for {} once it is allocated; it is {}.",
                object.id,
                object.state()
            )));
        }
        let reservation = match object.collection {
            Collection::Connections if object.text("mode") != "standalone" => {
                return Err(Problem::unable_to_fulfill(format!(
                    "{} is a group of ports: get the letter of each of its port reservations.",
                    object.id
                )));
            }
            Collection::Connections => self
                .store
                .get(Collection::PortReservations, &object.id)
                .unwrap_or(object),
            _ => object,
        };
        let lines = [
            "LETTER OF AUTHORISATION".to_owned(),
            format!("Port: {}", reservation.id),
            format!(
                "Exchange side demarcation: {}",
                reservation.text("exchange_side_demarc")
            ),
            format!("Connecting party: {}", reservation.text("connecting_party")),
            "Issued by ixapi-sandbox. It authorises nobody to connect anything.".to_owned(),
        ];
        Ok(Answer::pdf(pdf(&lines)))
    }
}

/// A page of A4 with the lines on it. What Helvetica's standard encoding may lack is replaced by `?`.
fn pdf(lines: &[String]) -> Vec<u8> {
    let mut text = String::from("BT /F1 12 Tf 14 TL 72 770 Td\n");
    for line in lines {
        let plain: String = line
            .chars()
            .map(|letter| {
                if letter.is_ascii_graphic() || letter == ' ' {
                    letter
                } else {
                    '?'
                }
            })
            .collect();
        let escaped = plain
            .replace('\\', "\\\\")
            .replace('(', "\\(")
            .replace(')', "\\)");
        text.push_str(&format!("({escaped}) Tj T*\n"));
    }
    text.push_str("ET");
    let objects = [
        "<< /Type /Catalog /Pages 2 0 R >>".to_owned(),
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>".to_owned(),
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 5 0 R /Resources << /Font << /F1 4 0 R >> >> >>".to_owned(),
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>".to_owned(),
        format!("<< /Length {} >>\nstream\n{text}\nendstream", text.len()),
    ];
    let mut file = String::from("%PDF-1.4\n");
    let mut offsets = Vec::new();
    for (number, object) in objects.iter().enumerate() {
        offsets.push(file.len());
        file.push_str(&format!("{} 0 obj\n{object}\nendobj\n", number + 1));
    }
    let table = file.len();
    file.push_str(&format!(
        "xref\n0 {}\n0000000000 65535 f \n",
        objects.len() + 1
    ));
    for offset in offsets {
        file.push_str(&format!("{offset:010} 00000 n \n"));
    }
    file.push_str(&format!(
        "trailer\n<< /Size {} /Root 1 0 R >>\nstartxref\n{table}\n%%EOF\n",
        objects.len() + 1
    ));
    file.into_bytes()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn the_offsets_of_the_cross_reference_table_lead_to_the_objects() {
        let file = String::from_utf8(pdf(&["Port: (LON) \\ é".to_owned()])).unwrap();
        let table: usize = file
            .split("startxref\n")
            .nth(1)
            .unwrap()
            .lines()
            .next()
            .unwrap()
            .parse()
            .unwrap();
        assert!(file[table..].starts_with("xref\n0 6\n"));
        for (number, line) in file[table..].lines().skip(3).take(5).enumerate() {
            let offset: usize = line[..10].parse().unwrap();
            assert!(file[offset..].starts_with(&format!("{} 0 obj", number + 1)));
        }
        assert!(file.contains("(Port: \\(LON\\) \\\\ ?) Tj"));
    }
}
