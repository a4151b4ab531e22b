//! What the harness itself has to be right about, and a short part of what it is for.

use std::collections::BTreeSet;

use fastrand::Rng;
use ixapi_chaos::estate::Estate;
use ixapi_chaos::run::{Course, go_through};

#[test]
fn a_whole_estate_lives_its_life_undisturbed() {
    let estate = Estate::whole(&mut Rng::with_seed(1));
    assert!(estate.resources.len() >= 40, "{}", estate.resources.len());
    let kinds: BTreeSet<&str> = estate
        .resources
        .iter()
        .map(|resource| resource.kind)
        .collect();
    for billed in [
        "connection",
        "port_reservation",
        "p2p_vc",
        "p2mp_vc",
        "mp2mp_vc",
        "cloud_vc",
        "nsc",
        "nfc",
        "routing_function",
    ] {
        assert!(kinds.contains(billed), "no {billed}");
    }
    let course = Course {
        name: "undisturbed".to_owned(),
        estate,
        troubles: Vec::new(),
        whole: true,
    };
    let found = go_through(&course);
    assert!(found.is_clean() && found.asked.is_empty(), "{found:#?}");
}
