//! A target under libFuzzer, which makes up inputs by the code that they reach. The target's name
//! is in the environment: `make fuzz TARGET=msgpack COUNT=10000000`.
#![no_main]

use std::sync::LazyLock;

use ixapi_fuzz::Target;
use libfuzzer_sys::fuzz_target;

static TARGET: LazyLock<&Target> = LazyLock::new(|| {
    let name = std::env::var("TARGET").unwrap_or_default();
    Target::named(&name).unwrap_or_else(|| {
        let known: Vec<&str> = ixapi_fuzz::TARGETS.iter().map(|target| target.name).collect();
        panic!("TARGET is {name:?}; it has to be one of {}", known.join(", "))
    })
});

fuzz_target!(|bytes: &[u8]| (TARGET.run)(bytes));
