//! Bad input, as a table: of every resource type a wrong type, a value out of range, a wrong
//! reference, a field of another variant and what is somebody else's; each is answered with one
//! error on the attribute, and nothing is ordered.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use acceptance_tests::config::{
    Block, NOC, address, circuit, config, contact, lan, mac, peering, port, session, side,
};
use acceptance_tests::run::Run;
use acceptance_tests::sandbox::{ACCOUNT_B, Sandbox};
use acceptance_tests::workspace::Workspace;

/// What is wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Wrong {
    /// Found by Terraform itself, before anything is asked of the exchange.
    Type,
    /// Out of range, or a word that there is not: found likewise.
    Range,
    /// A field that goes with another variant: found likewise.
    Variant,
    /// Something that there is not, or that is of another kind.
    Reference,
    /// Something that there is, and that belongs to somebody else.
    Owner,
}

use Wrong::{Owner, Range, Reference, Type, Variant};

impl Wrong {
    /// Whether the configuration alone shows it.
    fn shows_at_once(self) -> bool {
        self <= Variant
    }
}

/// A mistake, and what is answered.
struct Row {
    wrong: Wrong,
    block: Block,
    /// The argument at whose line the error is.
    at: &'static str,
    words: Vec<&'static str>,
}

/// `block` with `at` set to an expression that is wrong.
fn row(wrong: Wrong, block: Block, at: &'static str, value: &str, words: &[&'static str]) -> Row {
    Row {
        wrong,
        block: block.with(at, value),
        at,
        words: words.to_vec(),
    }
}

/// Longer than any text may be.
const LONG: &str = "join(\"\", [for number in range(200) : \"x\"])";
/// Types whose objects are all of one kind: there is no other variant to take a field from.
const WITHOUT_VARIANTS: [&str; 7] = [
    "contact",
    "ip",
    "mac",
    "nfc",
    "p2p_vc",
    "port_reservation",
    "role_assignment",
];
/// Types whose mistakes are in this table; what came later has a test of its own.
const HERE: [&str; 10] = [
    "connection",
    "contact",
    "ip",
    "loa",
    "mac",
    "nfc",
    "nsc",
    "p2p_vc",
    "port_reservation",
    "role_assignment",
];

/// What belongs to party B.
struct Foreign {
    port: String,
    contact: String,
    config: String,
}

fn rows(of_b: &Foreign) -> Vec<Row> {
    let b = quoted(ACCOUNT_B);
    let tables = [
        ports(&b, of_b),
        people(&b, of_b),
        circuits(&b, of_b),
        peers(&b, of_b),
        letters(of_b),
    ];
    tables.into_iter().flatten().collect()
}

fn ports(b: &str, of_b: &Foreign) -> Vec<Row> {
    // With one reference for all, that would be the mistake.
    let port = || port("bad").without("external_ref");
    let added = || {
        Block::new("resource", "port_reservation", "bad")
            .with("network_connection", "ixapi_connection.lag.id")
    };
    let lag = || port().with("mode", "\"lag_lacp\"");
    let circuits = "\"503122.AMS.AMS\"";
    vec![
        row(Type, port(), "port_quantity", "\"two\"", &["number"]),
        row(Range, lag(), "port_quantity", "9", &["9", "1 to 8"]),
        row(Range, port(), "mode", "\"lag\"", &["lag", "lag_lacp"]),
        row(Variant, port(), "port_quantity", "2", &["standalone"]),
        row(
            Reference,
            port(),
            "product_offering",
            circuits,
            &["503122.AMS.AMS"],
        ),
        row(Owner, port(), "billing_account", b, &[ACCOUNT_B]),
        row(Owner, port(), "managing_account", b, &[ACCOUNT_B]),
        row(Type, added(), "external_ref", "[\"third\"]", &["string"]),
        row(
            Range,
            added(),
            "wait_for_state",
            "\"ready\"",
            &["ready", "allocated"],
        ),
        row(
            Reference,
            added(),
            "network_connection",
            "\"CANL-0\"",
            &["CANL-0"],
        ),
        row(
            Owner,
            added(),
            "network_connection",
            &quoted(&of_b.port),
            &[],
        ),
    ]
}

fn people(b: &str, of_b: &Foreign) -> Vec<Row> {
    let contact = || contact("bad");
    let assignment = || {
        Block::new("resource", "role_assignment", "bad")
            .with("role", &quoted(NOC))
            .with("contact", "ixapi_contact.noc.id")
    };
    let mac = || mac("bad");
    let of_b_contact = quoted(&of_b.contact);
    vec![
        row(Type, contact(), "name", "[\"noc\"]", &["string"]),
        row(Range, contact(), "name", LONG, &["128"]),
        row(Reference, contact(), "roles", "[\"noc\"]", &["noc"]),
        row(Owner, contact(), "managing_account", b, &[ACCOUNT_B]),
        row(Type, assignment(), "role", "[\"noc\"]", &["string"]),
        row(Range, assignment(), "role", "\"\"", &["role"]),
        row(Reference, assignment(), "role", "\"noc\"", &["noc"]),
        row(Owner, assignment(), "contact", &of_b_contact, &[]),
        row(
            Type,
            mac(),
            "address",
            "[\"42:23:bc:8e:b8:bb\"]",
            &["string"],
        ),
        row(
            Range,
            mac(),
            "address",
            "\"42:23:bc:8e:b8\"",
            &["42:23:bc:8e:b8"],
        ),
        row(
            Range,
            mac(),
            "valid_not_after",
            "\"tomorrow\"",
            &["tomorrow"],
        ),
        row(
            Reference,
            mac(),
            "consuming_account",
            "\"A0000001\"",
            &["A0000001"],
        ),
        row(Owner, mac(), "managing_account", b, &[ACCOUNT_B]),
    ]
}

fn circuits(b: &str, of_b: &Foreign) -> Vec<Row> {
    let circuit = || circuit("bad");
    let side = || side("bad", "port", "{ vlan_type = \"dot1q\", vlan = 77 }");
    let ports = "\"503234.AMS5-B.S\"";
    vec![
        row(Type, circuit(), "display_name", "[\"mine\"]", &["string"]),
        row(Range, circuit(), "purchase_order", LONG, &["80"]),
        row(
            Reference,
            circuit(),
            "product_offering",
            ports,
            &["503234.AMS5-B.S"],
        ),
        row(Owner, circuit(), "billing_account", b, &[ACCOUNT_B]),
        row(Type, side(), "capacity", "\"much\"", &["number"]),
        row(Range, side(), "capacity", "0", &["0", "at least 1"]),
        row(Range, side(), "type", "\"p2p\"", &["p2p", "p2p_vc"]),
        row(
            Variant,
            side(),
            "listed",
            "true",
            &["listed", "exchange_lan"],
        ),
        row(Reference, side(), "network_service", "\"none\"", &["none"]),
        row(
            Owner,
            side(),
            "network_connection",
            &quoted(&of_b.port),
            &[],
        ),
        row(Owner, side(), "billing_account", b, &[ACCOUNT_B]),
    ]
}

fn peers(b: &str, of_b: &Foreign) -> Vec<Row> {
    let lan = || lan("bad").with("vlan_config", "{ vlan_type = \"dot1q\", vlan = 78 }");
    let session = || session("bad");
    let address = || address("bad");
    let of_b_config = quoted(&of_b.config);
    vec![
        row(Type, lan(), "asns", "[\"AS-EXAMPLE\"]", &["number"]),
        row(Reference, lan(), "macs", "[\"none\"]", &["none"]),
        row(Owner, lan(), "network_connection", &quoted(&of_b.port), &[]),
        row(Type, session(), "asn", "\"AS64512\"", &["number"]),
        row(Range, session(), "asn", "4294967296", &["4294967296"]),
        row(
            Range,
            session(),
            "session_mode",
            "\"secret\"",
            &["secret", "public"],
        ),
        row(
            Reference,
            session(),
            "network_feature",
            "\"RS-9\"",
            &["RS-9"],
        ),
        row(Owner, session(), "managing_account", b, &[ACCOUNT_B]),
        row(Type, address(), "version", "\"six\"", &["number"]),
        row(Range, address(), "version", "7", &["7", "4 or 6"]),
        row(
            Reference,
            address(),
            "network_service_config",
            "\"none\"",
            &["none"],
        ),
        row(
            Owner,
            address(),
            "network_service_config",
            &of_b_config,
            &[],
        ),
    ]
}

fn letters(of_b: &Foreign) -> Vec<Row> {
    let letter =
        || Block::new("resource", "loa", "bad").with("content_base64", "base64encode(\"letter\")");
    let of = "network_connection";
    let ours = "ixapi_connection.port.id";
    let content = |content: &str, words| {
        let letter = letter().with(of, ours);
        row(Range, letter, "content_base64", content, words)
    };
    let other = letter().with("port_reservation", "\"CANL-0\"");
    vec![
        row(Type, letter(), of, "[\"port\"]", &["string"]),
        content("\"\"", &["empty", "filebase64"]),
        content("\"%PDF-1.4\"", &["no Base64", "character 1"]),
        row(Variant, other, of, "\"CANL-1\"", &["exactly one"]),
        row(Reference, letter(), of, "\"CANL-0\"", &["CANL-0"]),
        row(
            Reference,
            letter(),
            "port_reservation",
            "\"CANL-0\"",
            &["CANL-0"],
        ),
        row(
            Reference,
            letter(),
            of,
            ours,
            &["issues this letter", "subscriber"],
        ),
        row(
            Owner,
            letter(),
            of,
            &quoted(&of_b.port),
            &["does not know it"],
        ),
    ]
}

fn quoted(text: &str) -> String {
    format!("{text:?}")
}

/// What all the mistakes are made beside.
fn good() -> Vec<Block> {
    let mut blocks = peering();
    // An address has one session with a feature: the bad ones would be refused for that.
    blocks.retain(|block| block.entity() != "nfc");
    blocks.push(circuit("circuit"));
    blocks.push(port("lag").with("mode", "\"lag_lacp\""));
    blocks
}

#[test]
fn bad_input_of_every_resource_is_answered_at_its_attribute() {
    let sandbox = Sandbox::start(&[]);
    let of_b = foreign(&sandbox);
    let workspace = Workspace::new(&sandbox, config(good()));
    workspace.apply(&[]).ok();
    let live = sandbox.live();

    let rows = rows(&of_b).into_iter();
    let (mut at_once, mut later): (Vec<Row>, Vec<Row>) =
        rows.partition(|row| row.wrong.shows_at_once());
    number(&mut at_once);
    let log = sandbox.during(|| {
        let run = with(&workspace, &at_once, |workspace| workspace.validate());
        let answered = answered(&run, &at_once);
        assert_eq!(answered.len(), at_once.len(), "{run}");
    });
    assert!(log.0.is_empty(), "{:#?}", log.0);

    number(&mut later);
    // What a plan finds keeps the rest from being tried: as long as there are answers, we go on.
    while !later.is_empty() {
        let run = with(&workspace, &later, |workspace| workspace.apply(&[]));
        let answered = answered(&run, &later);
        assert!(
            !answered.is_empty(),
            "nothing is wrong with the rest: {run}"
        );
        later.retain(|row| !answered.contains(row.block.name()));
    }
    // A contact is there before its roles are refused; it costs nothing.
    let paid = |mut objects: Vec<Value>| {
        objects.retain(|object| object["collection"] != "contacts");
        objects
    };
    assert_eq!(paid(sandbox.live()), paid(live.clone()));
    workspace.configure(config(good()));
    workspace.apply(&[]).ok();
    assert_eq!(sandbox.live(), live);
    workspace.plan(&[]).empty();
}

#[test]
fn the_table_of_bad_input_has_all_of_every_resource() {
    let of_b = Foreign {
        port: String::new(),
        contact: String::new(),
        config: String::new(),
    };
    let mut seen: BTreeMap<String, BTreeSet<Wrong>> = BTreeMap::new();
    for row in rows(&of_b) {
        let kinds = seen.entry(row.block.entity().to_owned()).or_default();
        kinds.insert(row.wrong);
    }
    for name in HERE {
        let kinds = seen.remove(name).unwrap_or_default();
        for wrong in [Type, Range, Variant, Reference, Owner] {
            let exempt = wrong == Variant && WITHOUT_VARIANTS.contains(&name);
            assert_ne!(kinds.contains(&wrong), exempt, "{name}: {wrong:?}");
        }
    }
    assert!(seen.is_empty(), "{seen:?}");
}

fn foreign(sandbox: &Sandbox) -> Foreign {
    let ours = [contact("noc"), port("port"), lan("lan")];
    let [contact, port, lan] = ours.map(|block| block.owned_by(ACCOUNT_B));
    let contact = contact.with("roles", &format!("[{NOC:?}]"));
    let theirs = Workspace::of_party_b(sandbox, config([contact, port, lan]));
    theirs.apply(&[]).ok();
    let id = |address: &str| theirs.held(address).text("id").to_owned();
    Foreign {
        port: id("ixapi_connection.port"),
        contact: id("ixapi_contact.noc"),
        config: id("ixapi_nsc.lan"),
    }
}

/// Gives every row a name of its own, by which its error is found.
fn number(rows: &mut [Row]) {
    for (number, row) in rows.iter_mut().enumerate() {
        row.block = row.block.clone().named(&format!("bad_{number}"));
    }
}

fn with(workspace: &Workspace, rows: &[Row], run: impl FnOnce(&Workspace) -> Run) -> Run {
    let bad = rows.iter().map(|row| row.block.clone());
    workspace.configure(config(good().into_iter().chain(bad)));
    run(workspace).fails()
}

/// The names of the rows that an error is about, each of which has to be as it should.
fn answered(run: &Run, rows: &[Row]) -> BTreeSet<String> {
    let mut answered = BTreeSet::new();
    for error in run.errors() {
        let row = rows
            .iter()
            .find(|row| error.block.ends_with(&quoted(row.block.name())))
            .unwrap_or_else(|| panic!("{error:#?} is about none of the mistakes"));
        let what = format!("{:?} {}: {error:#?}", row.wrong, row.block);
        let at = error.line.trim();
        assert!(at.starts_with(row.at), "not at {}: {what}", row.at);
        for word in &row.words {
            assert!(error.said().contains(word), "no {word:?}: {what}");
        }
        let is_first = answered.insert(row.block.name().to_owned());
        assert!(is_first, "a second error: {what}");
    }
    answered
}
