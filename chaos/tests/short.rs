//! What the harness itself has to be right about, and a short part of what it is for.

use std::collections::BTreeSet;

use fastrand::Rng;
use ixapi_chaos::estate::Estate;
use ixapi_chaos::run::{Course, go_through};
use ixapi_chaos::summary::{Summary, told};

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
        forgets: false,
    };
    let found = go_through(&course);
    assert!(found.is_clean() && found.asked.is_empty(), "{found:#?}");
}

/// So many seeds, each of which says how it is repeated alone if it fails.
fn nothing_is_lost(seeds: std::ops::Range<u64>) {
    let (mut summary, mut failures) = (Summary::default(), Vec::new());
    for seed in seeds {
        let course = Course::of_seed(seed);
        let found = go_through(&course);
        summary.add(&found);
        if !found.is_clean() {
            failures.push(told(&course, &found));
        }
    }
    assert!(failures.is_empty(), "{summary}\n{}", failures.join("\n"));
    // A harness in which nothing goes wrong proves nothing.
    let disturbed = summary.disturbed > summary.runs / 2;
    assert!(disturbed || summary.runs == 1, "{summary}");
}

#[test]
fn nothing_is_ordered_twice_lost_or_replaced_whatever_goes_wrong() {
    nothing_is_lost(1..50);
}

#[test]
fn nor_is_it_with_other_seeds() {
    nothing_is_lost(51..100);
}

/// Seeds that have found something once.
#[test]
fn what_was_found_once_is_not_found_again() {
    for seed in [28, 35, 44, 70, 86, 129, 21, 94, 24] {
        nothing_is_lost(seed..seed + 1);
    }
}
