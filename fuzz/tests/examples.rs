//! The kept examples, and what is made of them: a few seconds of each target.
#![allow(clippy::expect_used)]

use std::panic::{AssertUnwindSafe, catch_unwind};

use ixapi_fuzz::{Target, corpus, mutated};

/// How many inputs are made up for a target. The runs that decide something are the guided ones.
const MADE_UP: usize = 30_000;

/// Where the made-up inputs begin; the same ones each time.
const SEED: u64 = 23;

fn holds(name: &str) {
    let target = Target::named(name).expect("a target");
    let examples = corpus(target);
    assert!(!examples.is_empty());
    let mut rng = fastrand::Rng::with_seed(SEED);
    let made_up = (0..MADE_UP).map(|_| mutated(&examples, &mut rng));
    for bytes in examples.iter().cloned().chain(made_up) {
        let survived = catch_unwind(AssertUnwindSafe(|| (target.run)(&bytes)));
        assert!(
            survived.is_ok(),
            "{name} breaks at {:?}",
            bytes.escape_ascii().to_string()
        );
    }
}

macro_rules! each {
    ($($name:ident)*) => {
        $(#[test]
        fn $name() {
            holds(stringify!($name));
        })*

        #[test]
        fn each_target_is_tried() {
            let tried = [$(stringify!($name)),*];
            let targets = ixapi_fuzz::TARGETS.iter().map(|target| target.name);
            assert!(targets.eq(tried));
        }
    };
}

each!(msgpack types states problems answers scalars dates hcl);
