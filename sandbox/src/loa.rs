//! Letters of authorisation: who orders the cross connect needs one from the other side (section
//! 7.4 of the IX-API data dictionary). Where the subscriber does, the exchange issues a PDF of one
//! page, written by hand so that it needs nobody's library; where the exchange does, the subscriber
//! uploads one, and the installation waits for it.

use serde_json::json;

use crate::answer::Answer;
use crate::collection::{CONNECTIONS, PORT_RESERVATIONS, PRODUCT_OFFERINGS};
use crate::exchange::{Action, Exchange, Request};
use crate::object::Object;
use crate::parties::Party;
use crate::problem::Problem;

/// `…/loa` of a connection or of a port reservation.
pub const LOA: Action = Action {
    name: "loa",
    get: download,
    post: Some(upload),
    delete: None,
};

/// What an uploaded letter is kept under, byte by byte.
const UPLOADED: &str = "loa";

/// Whether the exchange orders the cross connects of connections with this offering.
pub fn is_uploaded(exchange: &Exchange, offering: &str) -> bool {
    let offering = exchange.catalogue.get(PRODUCT_OFFERINGS.path, offering);
    offering.is_some_and(|offering| offering.text("cross_connect_initiator") == "exchange")
}

fn is_uploaded_for(exchange: &Exchange, object: &Object) -> bool {
    let connection = match object.collection {
        CONNECTIONS => Some(object),
        _ => exchange.store.get(CONNECTIONS, object.text("connection")),
    };
    connection.is_some_and(|connection| is_uploaded(exchange, connection.text("product_offering")))
}

/// A group of ports has no letter of its own.
fn refuse_group(object: &Object) -> Result<(), Problem> {
    if object.collection == CONNECTIONS && object.text("mode") != "standalone" {
        return Err(Problem::unable_to_fulfill(format!(
            "{} is a group of ports: there is a letter for each of its port reservations.",
            object.id
        )));
    }
    Ok(())
}

fn download(
    exchange: &Exchange,
    _: Party,
    object: &Object,
    _: &Request<'_>,
) -> Result<Answer, Problem> {
    if is_uploaded_for(exchange, object) {
        return uploaded(exchange, object);
    }
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
    refuse_group(object)?;
    let reservation = match object.collection {
        CONNECTIONS => exchange
            .store
            .get(PORT_RESERVATIONS, &object.id)
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

/// The letter that was uploaded. A standalone connection and its reservation share it.
fn uploaded(exchange: &Exchange, object: &Object) -> Result<Answer, Problem> {
    refuse_group(object)?;
    let reservation = exchange.store.get(PORT_RESERVATIONS, &object.id);
    let letter = reservation.and_then(|port| port.hidden.get(UPLOADED)?.as_array());
    let letter = letter.ok_or_else(|| {
        Problem::unable_to_fulfill(format!(
            "The cross connect of {} is ordered by the exchange: its LOA is uploaded by you.",
            object.id
        ))
    })?;
    let bytes = letter
        .iter()
        .filter_map(|byte| byte.as_u64()?.try_into().ok());
    Ok(Answer::document(bytes.collect()))
}

fn upload(
    exchange: &mut Exchange,
    party: Party,
    object: Object,
    request: &Request<'_>,
) -> Result<Answer, Problem> {
    let id = &object.id;
    if !is_uploaded_for(exchange, &object) {
        return Err(Problem::unable_to_fulfill(format!(
            "The cross connect of {id} is ordered by the subscriber, so its LOA is issued here and \
             cannot be uploaded."
        )));
    }
    let media_type = request.content_type.split(';').next().unwrap_or_default();
    if media_type.trim() != "application/octet-stream" {
        return Err(Problem::unsupported_media_type(
            "A letter of authorisation is uploaded as application/octet-stream.",
        ));
    }
    if request.body.is_empty() {
        return Err(Problem::unreadable("The letter of authorisation is empty."));
    }
    refuse_group(&object)?;
    if !object.is_live() {
        let state = object.state();
        return Err(Problem::unable_to_fulfill(format!("{id} is {state}.")));
    }
    // A standalone connection and its reservation share their id.
    authorise(exchange, id, request.body);
    let shown = exchange.find(party, object.collection, id)?;
    Ok(exchange.answer_with(200, party, shown))
}

/// The letter for a port is there: it is installed, and its connection with it once it has all.
fn authorise(exchange: &mut Exchange, reservation: &str, letter: &[u8]) {
    let moment = exchange.moment();
    let install = |object: &mut Object| {
        let first = object
            .hidden
            .insert(UPLOADED.into(), json!(letter))
            .is_none();
        if let Some(life) = object.life.as_mut().filter(|_| first) {
            life.install(moment);
        }
        object.text("connection").to_owned()
    };
    let store = &mut exchange.store;
    let Some(connection) = store.change(PORT_RESERVATIONS, reservation, install) else {
        return;
    };
    let complete = store
        .naming(PORT_RESERVATIONS, "connection", &connection)
        .filter(|port| port.is_live())
        .all(|port| port.hidden.contains_key(UPLOADED));
    if complete {
        store.change(CONNECTIONS, &connection, install);
    }
}

/// A page of A4 with the lines on it. What Helvetica's standard encoding may lack is replaced by
/// `?`.
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
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 5 0 R \
         /Resources << /Font << /F1 4 0 R >> >> >>"
            .to_owned(),
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
