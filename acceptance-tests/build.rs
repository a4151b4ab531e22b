//! Makes tests of every folder of `scenarios`: one for each dialect of the sandbox, and one for
//! every `# Sandbox:` line of its `main.tf`; and a test of every guide in `docs/guides`.

use std::error::Error;
use std::fs;
use std::path::Path;

#[path = "src/dialects.rs"]
mod dialects;

use dialects::DIALECTS;

fn main() -> Result<(), Box<dyn Error>> {
    scenarios()?;
    guides()
}

fn scenarios() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed=scenarios");
    let mut names: Vec<String> = fs::read_dir("scenarios")?
        .map(|entry| Ok(entry?.file_name().to_string_lossy().into_owned()))
        .collect::<Result<_, std::io::Error>>()?;
    names.sort();
    let mut tests = String::new();
    for name in names {
        let text = fs::read_to_string(Path::new("scenarios").join(&name).join("main.tf"))?;
        for dialect in lives_in(&name, &text)? {
            let suffix = format!("in_{dialect}");
            tests.push_str(&test(&name, &suffix, &["--dialect", dialect]));
        }
        for arguments in dialects::sandboxes(&text) {
            let suffix = format!("with_{}", arguments.join(" "));
            tests.push_str(&test(&name, &suffix, &arguments));
        }
    }
    write("scenarios.rs", &tests)
}

fn guides() -> Result<(), Box<dyn Error>> {
    const GUIDES: &str = "../docs/guides";
    println!("cargo::rerun-if-changed={GUIDES}");
    let mut tests = String::new();
    for entry in fs::read_dir(GUIDES)? {
        let file = entry?.file_name().to_string_lossy().into_owned();
        let name = file.trim_end_matches(".md");
        // One without configuration has nothing to apply; a test of its own keeps it true.
        if !Path::new("../examples/guides").join(name).is_dir() {
            continue;
        }
        let function = format!("the_guide_{}_works", name.replace('-', "_"));
        let call = format!("acceptance_tests::guide::follow({name:?});");
        tests.push_str(&format!("#[test]\nfn {function}() {{\n    {call}\n}}\n\n"));
    }
    write("guides.rs", &tests)
}

fn write(file: &str, tests: &str) -> Result<(), Box<dyn Error>> {
    let out = std::env::var("OUT_DIR")?;
    fs::write(Path::new(&out).join(file), tests)?;
    Ok(())
}

/// The dialects that a scenario is told in: all, unless it says why not.
fn lives_in(name: &str, text: &str) -> Result<Vec<&'static str>, String> {
    match dialects::only(text).map_err(|unknown| format!("{name}: {unknown}"))? {
        None => Ok(DIALECTS.to_vec()),
        Some(only) if only.reason.is_empty() => {
            Err(format!("{name}: say in brackets why in no other dialect"))
        }
        Some(only) => Ok(only.dialects),
    }
}

fn test(name: &str, suffix: &str, arguments: &[&str]) -> String {
    let words = suffix.replace(['-', ' '], "_");
    let words: Vec<&str> = words.split('_').filter(|word| !word.is_empty()).collect();
    let call = format!("acceptance_tests::life::live({name:?}, &{arguments:?});");
    format!(
        "#[test]\nfn {name}_{}() {{\n    {call}\n}}\n\n",
        words.join("_")
    )
}
