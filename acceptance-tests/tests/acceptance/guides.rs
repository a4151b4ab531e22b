//! Whoever follows a guide gets what it says; `build.rs` makes a test of every guide.

include!(concat!(env!("OUT_DIR"), "/guides.rs"));
