//! Makes tests of every folder of `scenarios`: one for each dialect of the sandbox, and one for
//! every `# Sandbox:` line of its `main.tf`; and a test of every guide in `docs/guides`.

use std::error::Error;
use std::fs;
use std::path::Path;

/// The dialects in which every scenario lives its life.
const DIALECTS: [&str; 2] = ["ix-api", "digital-realty"];
/// How a scenario names the only dialects that it can be told in; the reason follows in brackets.
const ONLY: &str = "# Dialects:";
/// How a scenario names the arguments of a further sandbox that it runs with.
const SANDBOX: &str = "# Sandbox:";

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
        for dialect in dialects(&name, &text)? {
            let suffix = format!("in_{dialect}");
            tests.push_str(&test(&name, &suffix, &["--dialect", dialect]));
        }
        let lines = text.lines().filter_map(|line| line.strip_prefix(SANDBOX));
        for line in lines.filter(|line| !line.trim().is_empty()) {
            let arguments: Vec<&str> = line.split_whitespace().collect();
            tests.push_str(&test(&name, &format!("with{line}"), &arguments));
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

/// The dialects that a scenario is told in.
fn dialects(name: &str, text: &str) -> Result<Vec<&'static str>, String> {
    let Some(line) = text.lines().find_map(|line| line.strip_prefix(ONLY)) else {
        return Ok(DIALECTS.to_vec());
    };
    let (named, reason) = line.split_once('(').unwrap_or((line, ""));
    if reason.is_empty() {
        return Err(format!("{name}: say why, in brackets, after {ONLY}"));
    }
    let known = |named: &str| {
        let mut known = DIALECTS.into_iter();
        known
            .find(|known| *known == named)
            .ok_or_else(|| format!("{name}: {named:?} is not one of {}", DIALECTS.join(", ")))
    };
    named.split(',').map(|named| known(named.trim())).collect()
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
