//! Other bytes from given ones.

use fastrand::Rng;

/// Longer ones are cut: they find nothing that shorter ones do not.
const LONGEST: usize = 4096;

/// What parsers take for something else than it is.
const WORDS: [&[u8]; 16] = [
    b"null",
    b"-0",
    b"1e999",
    b"18446744073709551616",
    b"\"\\ud800\"",
    b"[[[[[[[[",
    b"{\"a\":",
    b"9999-12-31T23:59:60Z",
    b"-00:00",
    b"${",
    b"%%{",
    b"\\u0000",
    b"\xef\xbb\xbf",
    b"\xff\xff\xff\xff",
    b"\xc1",
    b"\xdd\xff\xff\xff\xff",
];

/// Bytes near those of one of the examples.
pub fn mutated(examples: &[Vec<u8>], rng: &mut Rng) -> Vec<u8> {
    let mut bytes = rng.choice(examples).cloned().unwrap_or_default();
    for _ in 0..rng.usize(1..=6) {
        change(&mut bytes, examples, rng);
    }
    bytes.truncate(LONGEST);
    bytes
}

fn change(bytes: &mut Vec<u8>, examples: &[Vec<u8>], rng: &mut Rng) {
    let at = rng.usize(0..=bytes.len());
    let to = at + rng.usize(0..=(bytes.len() - at).min(16));
    match rng.u8(0..7) {
        0 => bytes.insert(at, rng.u8(..)),
        1 => drop(bytes.drain(at..to)),
        2 => drop(bytes.splice(
            at..to,
            rng.choice(WORDS).unwrap_or_default().iter().copied(),
        )),
        3 => {
            let twice = bytes[at..to].to_vec();
            drop(bytes.splice(at..at, twice));
        }
        4 => {
            if let Some(byte) = bytes.get_mut(at) {
                *byte ^= 1 << rng.u8(0..8);
            }
        }
        5 => {
            if let Some(byte) = bytes.get_mut(at) {
                *byte = rng.u8(..);
            }
        }
        _ => {
            let other = rng.choice(examples).map(Vec::as_slice).unwrap_or_default();
            let from = rng.usize(0..=other.len());
            bytes.truncate(at);
            bytes.extend_from_slice(&other[from..]);
        }
    }
}
