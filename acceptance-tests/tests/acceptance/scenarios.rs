//! Every scenario lives its life; `build.rs` makes a test of every folder.

include!(concat!(env!("OUT_DIR"), "/scenarios.rs"));
