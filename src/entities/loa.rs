//! The letter with which a cross connect is ordered.

use super::checks;
use super::connection::CONNECTIONS;
use super::declaration::{Answer, Format, Lookup, Subject, Upload, check};
use super::port_reservation::PORT_RESERVATIONS;

/// A letter of authorisation (dictionary §7.4, LOA; cloud access port guide).
pub static LOA: Lookup = Lookup {
    name: "loa",
    noun: "letter of authorisation",
    description: "The letter of authorisation (LOA) of a port, with which you order the cross \
                  connect to it where the offering's `cross_connect_initiator` is `subscriber`. It \
                  can be fetched once the port is `allocated`. Exchanges may give none for a LAG \
                  as a whole: then ask for that of each port reservation.",
    subjects: &[
        Subject {
            argument: "network_connection",
            of: &CONNECTIONS,
        },
        Subject {
            argument: "port_reservation",
            of: &PORT_RESERVATIONS,
        },
    ],
    below: "loa",
    arguments: &[],
    answer: Answer::Document(Some(&UPLOAD)),
};

/// The arguments that say whose letter it is.
const OF: &[&str] = &["network_connection", "port_reservation"];

/// A letter that the customer hands in.
static UPLOAD: Upload = Upload {
    description: "The letter of authorisation (LOA) that you hand in where the exchange orders the \
                  cross connect (`cross_connect_initiator` of the offering is `exchange`): the \
                  port stays `allocated` until it is there. A file that changes is uploaded \
                  again, in place. What was uploaded cannot be taken back: destroying it deletes \
                  nothing at the exchange. Exchanges may want one for each port reservation of a \
                  LAG, and none for the LAG as a whole.",
    media_type: "application/octet-stream",
    format: Format {
        name: "PDF",
        is: is_pdf,
    },
    plan: &[&[
        check(OF, |scene| {
            Box::pin(checks::exists(scene, "network_connection", &CONNECTIONS))
        }),
        check(OF, |scene| {
            Box::pin(checks::exists(
                scene,
                "port_reservation",
                &PORT_RESERVATIONS,
            ))
        }),
        check(OF, |scene| Box::pin(checks::issued_by_the_exchange(scene))),
    ]],
};

/// How far a reader of PDF looks for the header: some writers put something before it.
const HEADER_WITHIN: usize = 1024;

fn is_pdf(document: &[u8]) -> bool {
    let beginning = document.get(..HEADER_WITHIN).unwrap_or(document);
    beginning.windows(5).any(|bytes| bytes == b"%PDF-")
}

#[cfg(test)]
mod tests {
    use super::is_pdf;

    #[test]
    fn a_pdf_is_told_by_its_header() {
        assert!(is_pdf(b"%PDF-1.7\n") && is_pdf(b"\xef\xbb\xbf%PDF-1.4"));
        assert!(!is_pdf(b"PK\x03\x04") && !is_pdf(b"") && !is_pdf(b"JVBERi0xLjQ="));
    }
}
