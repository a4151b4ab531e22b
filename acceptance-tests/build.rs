//! Makes a test of every folder of `scenarios`, and of every `# Sandbox:` line of its `main.tf`.

use std::error::Error;
use std::fs;
use std::path::Path;

/// How a scenario names the arguments of a sandbox that it runs with. Several lines are several
/// tests; without any, it runs once, with an ordinary sandbox.
const SANDBOX: &str = "# Sandbox:";

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed=scenarios");
    let mut names: Vec<String> = fs::read_dir("scenarios")?
        .map(|entry| Ok(entry?.file_name().to_string_lossy().into_owned()))
        .collect::<Result<_, std::io::Error>>()?;
    names.sort();
    let mut tests = String::new();
    for name in names {
        let text = fs::read_to_string(Path::new("scenarios").join(&name).join("main.tf"))?;
        let mut variants: Vec<Vec<&str>> = text
            .lines()
            .filter_map(|line| line.strip_prefix(SANDBOX))
            .map(|arguments| arguments.split_whitespace().collect())
            .collect();
        if variants.is_empty() {
            variants.push(Vec::new());
        }
        for arguments in variants {
            tests.push_str(&test(&name, &arguments));
        }
    }
    let out = std::env::var("OUT_DIR")?;
    fs::write(Path::new(&out).join("scenarios.rs"), tests)?;
    Ok(())
}

fn test(name: &str, arguments: &[&str]) -> String {
    let with = match arguments {
        [] => String::new(),
        some => format!("_with_{}", some.join("_").replace(['-', ' '], "_")),
    };
    let function = format!("{name}{with}")
        .replace("___", "_")
        .replace("__", "_");
    let call = format!("acceptance_tests::life::live({name:?}, &{arguments:?});");
    format!("#[test]\nfn {function}() {{\n    {call}\n}}\n\n")
}
