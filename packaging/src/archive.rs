//! Archives whose bytes follow from their members' names and contents alone, so that they are the
//! same wherever and whenever they are made of the same program. The usual tools would write this
//! machine's times and modes into them. (The form is that of APPNOTE.TXT 6.3.10.)

use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use flate2::Compression;
use flate2::write::DeflateEncoder;

use crate::{Error, Program, VERSION, notices};

/// The system and processor of each archive, as the Registries name them.
const PLATFORMS: [&str; 8] = [
    "darwin_amd64",
    "darwin_arm64",
    "freebsd_amd64",
    "linux_amd64",
    "linux_arm",
    "linux_arm64",
    "windows_amd64",
    "windows_arm64",
];

/// What goes with every program: whoever has it may know how it can be had as source.
const LICENSE: &str = include_str!("../../LICENSE");

/// The mode of a regular file that anybody may run.
const PROGRAM: u32 = 0o100_755;
/// The mode of one that anybody may read.
const TEXT: u32 = 0o100_644;

/// The earliest moment that a zip can tell, 1980-01-01 00:00: two bytes of time, two of date.
const NO_TIME: [u8; 4] = [0, 0, 0x21, 0];
/// What a reader has to know: 2.0, which has deflate.
const NEEDED: [u8; 2] = [20, 0];
/// Who wrote it: 2.0 on Unix, so that the modes count.
const MADE_BY: [u8; 2] = [20, 3];
/// Names are UTF-8.
const FLAGS: [u8; 2] = [0, 0b1000];
const DEFLATED: [u8; 2] = [8, 0];

/// Writes the archive of a program, with the licences of what is linked into it.
///
/// # Errors
/// That no such platform is known, or what the system says.
pub fn write(
    program: Program,
    binary: &Path,
    platform: &str,
    notices: &str,
    out: &Path,
) -> Result<PathBuf, Error> {
    if !PLATFORMS.contains(&platform) {
        return Err(Error::Refused(format!(
            "{platform} is no platform that is released; these are: {}",
            PLATFORMS.join(", ")
        )));
    }
    let content = fs::read(binary).map_err(Error::of(binary))?;
    fs::create_dir_all(out).map_err(Error::of(out))?;
    let path = out.join(name(program, platform));
    let archive = pack(&[
        (&program.file(platform), &content, PROGRAM),
        ("LICENSE", LICENSE.as_bytes(), TEXT),
        (notices::NAME, notices.as_bytes(), TEXT),
    ]);
    let written = archive.and_then(|archive| fs::write(&path, archive));
    written.map_err(Error::of(&path))?;
    Ok(path)
}

/// What an archive is called.
pub fn name(program: Program, platform: &str) -> String {
    format!("{}_{VERSION}_{platform}.zip", program.name())
}

/// A zip of these members: name, content and mode.
fn pack(members: &[(&str, &[u8], u32)]) -> io::Result<Vec<u8>> {
    let mut zip = Vec::new();
    let mut directory = Vec::new();
    for (name, content, mode) in members {
        let place = four_bytes(zip.len())?;
        let mut deflated = DeflateEncoder::new(Vec::new(), Compression::best());
        deflated.write_all(content)?;
        let deflated = deflated.finish()?;
        let mut crc = flate2::Crc::new();
        crc.update(content);
        // What the member's own header and the directory say in the same words.
        let said = [
            NEEDED.as_slice(),
            &FLAGS,
            &DEFLATED,
            &NO_TIME,
            &crc.sum().to_le_bytes(),
            &four_bytes(deflated.len())?,
            &four_bytes(content.len())?,
            &two_bytes(name.len())?,
            // No extra field.
            &[0; 2],
        ]
        .concat();
        zip.extend([b"PK\x03\x04", said.as_slice(), name.as_bytes(), &deflated].concat());
        let entry = [
            b"PK\x01\x02".as_slice(),
            &MADE_BY,
            &said,
            // No comment, the first disk, nothing about what is inside.
            &[0; 6],
            &(mode << 16).to_le_bytes(),
            &place,
            name.as_bytes(),
        ];
        directory.extend(entry.concat());
    }
    let count = two_bytes(members.len())?;
    let end = [
        b"PK\x05\x06".as_slice(),
        // One disk.
        &[0; 4],
        &count,
        &count,
        &four_bytes(directory.len())?,
        &four_bytes(zip.len())?,
        // No comment.
        &[0; 2],
    ];
    let end = end.concat();
    zip.extend(directory);
    zip.extend(end);
    Ok(zip)
}

/// This form has no more for a length.
fn four_bytes(length: usize) -> io::Result<[u8; 4]> {
    match u32::try_from(length) {
        Ok(length) => Ok(length.to_le_bytes()),
        Err(_) => Err(io::ErrorKind::FileTooLarge.into()),
    }
}

fn two_bytes(length: usize) -> io::Result<[u8; 2]> {
    match u16::try_from(length) {
        Ok(length) => Ok(length.to_le_bytes()),
        Err(_) => Err(io::ErrorKind::FileTooLarge.into()),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use std::io::Read as _;

    use super::*;

    /// The members of an archive, and the modes that its directory gives them.
    fn unpacked(zip: &[u8]) -> Vec<(String, Vec<u8>, u32)> {
        let number = |from: &[u8], at: usize| {
            u32::from_le_bytes(from[at..at + 4].try_into().unwrap()) as usize
        };
        let end = &zip[zip.len() - 22..];
        assert_eq!(end[..4], *b"PK\x05\x06");
        let mut entry = &zip[number(end, 16)..];
        let mut members = Vec::new();
        while entry[..4] == *b"PK\x01\x02" {
            let length = usize::from(u16::from_le_bytes([entry[28], entry[29]]));
            let (member, next) = entry.split_at(46 + length);
            let name = String::from_utf8(member[46..].to_vec()).unwrap();
            let header = &zip[number(member, 42)..];
            assert_eq!(header[..4], *b"PK\x03\x04");
            assert_eq!(header[4..30], member[6..32], "header and directory differ");
            assert_eq!(header[10..14], NO_TIME);
            let deflated = &header[30 + length..][..number(member, 20)];
            let mut content = Vec::new();
            let mut inflating = flate2::read::DeflateDecoder::new(deflated);
            inflating.read_to_end(&mut content).unwrap();
            assert_eq!(content.len(), number(member, 24));
            let mut crc = flate2::Crc::new();
            crc.update(&content);
            assert_eq!(crc.sum() as usize, number(member, 16));
            let mode = u32::try_from(number(member, 38)).unwrap() >> 16;
            members.push((name, content, mode));
            entry = next;
        }
        members
    }

    fn packed(program: Program, platform: &str) -> (String, Vec<u8>) {
        let folder = tempfile::tempdir().unwrap();
        let binary = folder.path().join("a program");
        fs::write(&binary, "0123456789".repeat(1000)).unwrap();
        let path = write(
            program,
            &binary,
            platform,
            "theirs",
            &folder.path().join("out"),
        )
        .unwrap();
        let name = path.file_name().unwrap().to_str().unwrap().to_owned();
        (name, fs::read(path).unwrap())
    }

    #[test]
    fn an_archive_holds_the_program_under_the_name_that_a_cli_looks_for() {
        for (program, platform, archive, file) in [
            (
                Program::Provider,
                "linux_amd64",
                format!("terraform-provider-ixapi_{VERSION}_linux_amd64.zip"),
                format!("terraform-provider-ixapi_v{VERSION}"),
            ),
            (
                Program::Provider,
                "windows_arm64",
                format!("terraform-provider-ixapi_{VERSION}_windows_arm64.zip"),
                format!("terraform-provider-ixapi_v{VERSION}.exe"),
            ),
            (
                Program::Sandbox,
                "darwin_arm64",
                format!("ixapi-sandbox_{VERSION}_darwin_arm64.zip"),
                "ixapi-sandbox".to_owned(),
            ),
        ] {
            let (name, bytes) = packed(program, platform);
            assert_eq!(name, archive);
            let license = ("LICENSE".to_owned(), LICENSE.as_bytes().to_vec(), TEXT);
            let theirs = (notices::NAME.to_owned(), b"theirs".to_vec(), TEXT);
            let content = "0123456789".repeat(1000).into_bytes();
            let members = [(file, content, PROGRAM), license, theirs];
            assert_eq!(unpacked(&bytes), members);
        }
    }

    #[test]
    fn the_same_program_is_the_same_archive() {
        let once = packed(Program::Provider, "linux_amd64");
        assert_eq!(packed(Program::Provider, "linux_amd64"), once);
    }

    #[test]
    fn what_is_not_released_is_refused() {
        let refused = write(
            Program::Provider,
            Path::new("x"),
            "plan9_amd64",
            "theirs",
            Path::new("out"),
        );
        let told = refused.unwrap_err().to_string();
        assert!(
            told.contains("plan9_amd64") && told.contains("linux_arm64"),
            "{told}"
        );
    }
}
