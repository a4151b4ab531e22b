//! What the harness itself has to be right about, and a short part of what it is for.

#![allow(clippy::expect_used)]

use std::collections::BTreeSet;
use std::time::Duration;

use fastrand::Rng;
use ixapi_chaos::estate::Estate;
use ixapi_chaos::run::{Course, go_through};
use ixapi_chaos::summary::{Summary, told};
use ixapi_chaos::trouble::{BLOWS, Phase, SIGNALS, Sent, Trouble};

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
    assert!(summary.disturbed > summary.runs / 2, "{summary}");
}

#[test]
fn nothing_is_ordered_twice_lost_or_replaced_whatever_goes_wrong() {
    nothing_is_lost(1..50);
}

#[test]
fn nor_is_it_with_other_seeds() {
    nothing_is_lost(51..100);
}

/// What was found once. The last port that a LAG may have was ordered by a run that was killed, and
/// the next plan refused it; a contact that could not be given a role was made anew.
#[test]
fn what_was_found_once_is_not_found_again() {
    let blow = BLOWS.iter().position(|(name, _)| *name == "403");
    let blow = blow.expect("a refusal");
    let refused = |island: &str, index: u32| Course::of_case(island, Phase::Create, blow, index);
    let mut killed = refused("lag", 0);
    for (requests, signal) in (10..30).step_by(4).zip(SIGNALS.into_iter().cycle()) {
        killed.troubles = vec![Trouble {
            phase: Phase::Create,
            blows: Vec::new(),
            signal: Some(Sent {
                signal,
                requests,
                delay: Duration::ZERO,
                unanswered: true,
            }),
        }];
        let found = go_through(&killed);
        assert!(found.is_clean(), "{}", told(&killed, &found));
    }
    for index in 6..12 {
        let course = refused("people", index);
        let found = go_through(&course);
        assert!(found.is_clean(), "{}", told(&course, &found));
    }
}

/// Terraform is killed before it wrote its state, and the folder with the notes is lost as well:
/// what has a reference of its own is found by that, and a person takes it over.
#[test]
fn what_has_a_reference_is_found_although_the_notes_are_lost() {
    let islands = ["circuit", "group", "broadcast", "exchange-first", "routed"];
    for (seed, island) in (0..10).zip(islands.into_iter().cycle()) {
        let course = Course::of_loss(seed, &[island], true);
        let found = go_through(&course);
        assert!(found.is_clean(), "{}", told(&course, &found));
    }
}
