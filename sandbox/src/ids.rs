//! Identifiers and tokens. Not for secrets that matter: the generator is small and its seed is the
//! process's own.

use std::hash::{BuildHasher, Hasher, RandomState};

/// A source of identifiers that differ from run to run, so that a test cannot know them beforehand.
#[derive(Debug)]
pub struct Ids {
    seed: u64,
    next_access_port: u32,
    next_virtual_connect: u32,
    next_cloud_service: u32,
}

impl Default for Ids {
    fn default() -> Self {
        // The standard library seeds its hash maps from the operating system; that is random enough
        // for ids.
        let seed = RandomState::new().build_hasher().finish();
        // The port and circuit numbers go on where the guides' samples end.
        Ids {
            seed,
            next_access_port: 51_701,
            next_virtual_connect: 50_401,
            next_cloud_service: 52_543,
        }
    }
}

impl Ids {
    /// The next 64 bits (SplitMix64).
    fn bits(&mut self) -> u64 {
        self.seed = self.seed.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.seed;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A UUID of version 4, in lower case.
    pub fn uuid(&mut self) -> String {
        let (high, low) = (self.bits(), self.bits());
        format!(
            "{:08x}-{:04x}-4{:03x}-{:04x}-{:012x}",
            high >> 32,
            (high >> 16) & 0xffff,
            high & 0x0fff,
            0x8000 | ((low >> 48) & 0x3fff),
            low & 0xffff_ffff_ffff
        )
    }

    /// 256 bits in hex, for tokens.
    pub fn opaque(&mut self) -> String {
        (0..4).map(|_| format!("{:016x}", self.bits())).collect()
    }

    /// The number of the next access port, six digits.
    pub fn access_port(&mut self) -> String {
        let number = self.next_access_port;
        self.next_access_port += 1;
        format!("{number:06}")
    }

    /// The number of the next virtual connect, eight digits.
    pub fn virtual_connect(&mut self) -> String {
        let number = self.next_virtual_connect;
        self.next_virtual_connect += 1;
        format!("{number:08}")
    }

    /// The number in the id of a cloud circuit.
    pub fn cloud_service(&mut self) -> String {
        let number = self.next_cloud_service;
        self.next_cloud_service += 1;
        format!("{number:06}")
    }
}
