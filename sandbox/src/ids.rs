//! Identifiers and tokens. Not for secrets that matter: the generator is small and its seed is the
//! process's own.

use std::collections::BTreeMap;
use std::hash::{BuildHasher, Hasher, RandomState};

use crate::collection::{NETWORK_SERVICES, PORTS};

/// A source of identifiers that differ from run to run, so that a test cannot know them beforehand.
#[derive(Debug)]
pub struct Ids {
    seed: u64,
    next_access_port: u32,
    next_virtual_connect: u32,
    next_cloud_service: u32,
    style: Style,
}

/// What ids look like, whatever they are for.
#[derive(Debug)]
enum Style {
    /// As in the guides.
    Guides,
    /// Short numbers, which each collection counts on its own: the next ones.
    Numbers(BTreeMap<&'static str, u32>),
    /// With all that paths and queries have to encode.
    Awkward,
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
            style: Style::Guides,
        }
    }
}

/// The first of the ids that are short numbers.
const FIRST_NUMBER: u32 = 1001;

impl Ids {
    /// The next 64 bits (SplitMix64).
    fn bits(&mut self) -> u64 {
        self.seed = self.seed.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.seed;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A source of ids that are short numbers: as tables of a database count them, so that what is
    /// in different collections may have the same.
    pub fn numeric() -> Ids {
        Ids {
            style: Style::Numbers(BTreeMap::new()),
            ..Ids::default()
        }
    }

    /// A source of ids that have to be encoded in paths and queries, whatever they are for.
    pub fn awkward() -> Ids {
        Ids {
            style: Style::Awkward,
            ..Ids::default()
        }
    }

    /// The next id of such an object, where all look the same.
    fn styled(&mut self, kind: &'static str) -> Option<String> {
        match &mut self.style {
            Style::Guides => None,
            Style::Numbers(next) => {
                let next = next.entry(kind).or_insert(FIRST_NUMBER);
                let number = *next;
                *next += 1;
                Some(number.to_string())
            }
            Style::Awkward => {
                let bits = self.bits();
                Some(format!(
                    "ix:{:08x}/+{:08x}==",
                    bits >> 32,
                    bits & 0xffff_ffff
                ))
            }
        }
    }

    /// A UUID of version 4, in lower case, for such an object.
    pub fn uuid(&mut self, kind: &'static str) -> String {
        if let Some(id) = self.styled(kind) {
            return id;
        }
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

    /// The next access port of a kind, as `CANL`: with a number of six digits.
    pub fn access_port(&mut self, kind: &str) -> String {
        if let Some(id) = self.styled(PORTS.path) {
            return id;
        }
        let number = self.next_access_port;
        self.next_access_port += 1;
        format!("{kind}-{number:06}")
    }

    /// The next virtual connect: with a number of eight digits.
    pub fn virtual_connect(&mut self) -> String {
        if let Some(id) = self.styled(NETWORK_SERVICES.path) {
            return id;
        }
        let number = self.next_virtual_connect;
        self.next_virtual_connect += 1;
        format!("VLC{number:08}")
    }

    /// The number in the id of a cloud circuit.
    pub fn cloud_service(&mut self) -> String {
        let number = self.next_cloud_service;
        self.next_cloud_service += 1;
        format!("{number:06}")
    }
}
