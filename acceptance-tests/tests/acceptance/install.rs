//! The provider as people install it: laid out by the script behind `make install` and `make demo`,
//! found by `terraform init`.

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use tempfile::TempDir;

use acceptance_tests::config::{config, port};
use acceptance_tests::programs;
use acceptance_tests::sandbox::Sandbox;
use acceptance_tests::workspace::{Workspace, quoted};

/// Terraform and OpenTofu complete the source address each in its own way. Written out, either
/// finds the provider under both, so one of them is enough to test the layout for the other.
const REGISTRIES: [&str; 2] = ["registry.terraform.io", "registry.opentofu.org"];

/// Lays the provider out with the scripts' own function.
fn mirror(folder: &Path, binary: &Path) {
    let made = Command::new("bash")
        .args(["-c", "source \"$1\"; mirror \"$2\" \"$3\"", "bash"])
        .arg(programs::repository().join("scripts/common.sh"))
        .args([folder, binary])
        .output()
        .expect("bash starts");
    assert!(made.status.success(), "{made:?}");
}

/// What earlier installations left behind: OpenTofu's name as a link to the folder of all versions,
/// which neither Terraform nor OpenTofu follows.
fn lay_out_with_a_linked_folder(folder: &Path) {
    mirror(folder, &programs::sandbox());
    let linked = folder.join("registry.opentofu.org/ixapi-rs/ixapi");
    fs::remove_dir_all(&linked).unwrap();
    let target = "../../registry.terraform.io/ixapi-rs/ixapi";
    let made = Command::new("ln").args(["-s", target]).arg(linked).status();
    assert!(made.expect("the command ln starts").success());
}

/// A folder that installs from this mirror alone.
fn workspace(mirror: &Path) -> Workspace {
    Workspace::bare(&format!(
        "provider_installation {{\n  filesystem_mirror {{\n    path = {}\n  }}\n}}\n",
        quoted(mirror)
    ))
}

/// The only file of the only package that init has installed; OpenTofu's lock beside it is none.
fn installed(workspace: &Workspace) -> PathBuf {
    let mut path = workspace.path(".terraform/providers");
    while path.is_dir() {
        let entries: Vec<_> = fs::read_dir(&path)
            .unwrap()
            .map(|entry| entry.unwrap().path())
            .filter(|path| path.extension().is_none_or(|extension| extension != "lock"))
            .collect();
        let [entry] = entries.as_slice() else {
            panic!("{} holds {entries:?}", path.display());
        };
        path.clone_from(entry);
    }
    path
}

/// Under the names of both registries, init finds this build.
fn assert_both_find(mirror: &Path, binary: &Path) {
    for registry in REGISTRIES {
        let workspace = workspace(mirror);
        let source = format!("{registry}/ixapi-rs/ixapi");
        workspace.configure(config([]).replace("ixapi-rs/ixapi", &source));
        workspace.run(&["init", "-input=false", "-no-color"]).ok();
        let found = installed(&workspace);
        assert!(
            fs::read(&found).unwrap() == fs::read(binary).unwrap(),
            "{source} is another build: {}",
            found.display()
        );
    }
}

#[test]
fn the_provider_is_installed_from_a_mirror_and_works() {
    let sandbox = Sandbox::start(&[]);
    let folder = tempfile::tempdir().unwrap();
    mirror(folder.path(), &programs::provider());
    let mut workspace = workspace(folder.path());
    for (name, value) in sandbox.environment() {
        workspace.set(name, value);
    }
    workspace.configure(config([port("port")]));
    workspace.run(&["init", "-input=false", "-no-color"]).ok();
    workspace.apply(&[]).quiet();
    workspace.plan(&[]).empty();
    workspace.destroy(&[]).ok();
    assert!(sandbox.live().is_empty());
}

/// The files that a release would have for this machine's platform, of the programs at hand.
fn packaged(out: &Path) -> Vec<String> {
    let packaged = programs::builder("bash")
        .arg(programs::repository().join("scripts/package.sh"))
        .arg("--programs")
        .arg(programs::folder())
        .arg("--out")
        .arg(out)
        .output()
        .expect("bash starts");
    assert!(packaged.status.success(), "{packaged:?}");
    let files = fs::read_dir(out).unwrap();
    let mut names: Vec<String> = files
        .map(|file| file.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

/// The text of a file of this name below a folder.
fn text_below(folder: &Path, name: &str) -> Option<String> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap());
    entries.into_iter().find_map(|entry| match entry.path() {
        path if path.is_dir() => text_below(&path, name),
        path if entry.file_name() == name => fs::read_to_string(path).ok(),
        _ => None,
    })
}

#[test]
fn what_is_released_is_installed_from_its_archive_and_works() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("dist");
    let names = packaged(&out);
    let [sandbox_sums, sandbox_archive, sums, archive, manifest] = names.as_slice() else {
        panic!("{names:?}");
    };
    let provider = "terraform-provider-ixapi_";
    assert!(sums.starts_with(provider) && sums.ends_with("_SHA256SUMS"));
    assert!(manifest.starts_with(provider) && manifest.ends_with("_manifest.json"));
    let listed = |sums: &str| -> Vec<String> {
        let text = fs::read_to_string(out.join(sums)).unwrap();
        let names = text.lines().map(|line| line.split_once("  ").unwrap().1);
        names.map(str::to_owned).collect()
    };
    assert_eq!(listed(sums), [archive.clone(), manifest.clone()]);
    assert_eq!(listed(sandbox_sums), std::slice::from_ref(sandbox_archive));
    // As a mirror has it that was filled from a Registry: the archive, by its name alone.
    let mirror = folder.path().join("mirror");
    for registry in REGISTRIES {
        let place = mirror.join(registry).join("ixapi-rs/ixapi");
        fs::create_dir_all(&place).unwrap();
        fs::copy(out.join(archive), place.join(archive)).unwrap();
    }
    let sandbox = Sandbox::start(&[]);
    let mut workspace = workspace(&mirror);
    for (name, value) in sandbox.environment() {
        workspace.set(name, value);
    }
    workspace.configure(config([port("port")]));
    workspace.run(&["init", "-input=false", "-no-color"]).ok();
    let licenses = text_below(&workspace.path(".terraform"), "THIRD-PARTY-LICENSES");
    let licenses = licenses.expect("whose work is built in");
    assert!(licenses.contains("\n  rustls 0."), "{licenses}");
    workspace.apply(&[]).quiet();
    workspace.plan(&[]).empty();
    workspace.destroy(&[]).ok();
    assert!(sandbox.live().is_empty());
}

#[test]
fn terraform_and_opentofu_find_a_first_installation() {
    let folder = tempfile::tempdir().unwrap();
    mirror(folder.path(), &programs::provider());
    assert_both_find(folder.path(), &programs::provider());
}

#[test]
fn a_second_installation_takes_the_place_of_the_first() {
    let folder = tempfile::tempdir().unwrap();
    // Any other program does for an earlier build.
    mirror(folder.path(), &programs::sandbox());
    mirror(folder.path(), &programs::provider());
    assert_both_find(folder.path(), &programs::provider());
}

#[test]
fn an_installation_takes_the_place_of_one_with_a_linked_folder() {
    let folder = tempfile::tempdir().unwrap();
    lay_out_with_a_linked_folder(folder.path());
    mirror(folder.path(), &programs::provider());
    assert_both_find(folder.path(), &programs::provider());
}

/// The key of a release is not at hand here: one is made that is good for this test alone.
#[test]
fn the_sums_of_a_release_are_signed_as_the_registries_want_it() {
    let gpg = |folder: &Path, arguments: &[&str]| {
        let mut command = Command::new("gpg");
        command
            .env("GNUPGHOME", folder)
            .arg("--batch")
            .args(arguments);
        command.output()
    };
    let keys = TempDir::with_prefix("ixapi-gpg-").unwrap();
    if gpg(keys.path(), &["--version"]).is_err() {
        let _ = writeln!(
            std::io::stderr(),
            "the signature of a release: left out: no gpg"
        );
        return;
    }
    let dist = TempDir::with_prefix("ixapi-dist-").unwrap();
    let sums = dist
        .path()
        .join("terraform-provider-ixapi_1.2.3_SHA256SUMS");
    fs::write(
        &sums,
        "0000  terraform-provider-ixapi_1.2.3_linux_amd64.zip\n",
    )
    .unwrap();
    let sign = |key: &str| {
        let script = programs::repository().join("scripts/sign.sh");
        let mut sign = Command::new("bash");
        sign.arg(script).arg(dist.path());
        sign.env("GPG_PRIVATE_KEY", key)
            .env("PASSPHRASE", "not a secret");
        sign.output().expect("bash starts")
    };
    let of_kind = |kind: &str| {
        let folder = TempDir::with_prefix("ixapi-gpg-").unwrap();
        let loopback = [
            "--pinentry-mode",
            "loopback",
            "--passphrase",
            "not a secret",
        ];
        let make = [
            "--quick-generate-key",
            "release@example.net",
            kind,
            "sign",
            "1d",
        ];
        let made = gpg(folder.path(), &[&loopback[..], &make[..]].concat()).unwrap();
        assert!(made.status.success(), "{made:?}");
        let export = ["--armor", "--export-secret-keys"];
        let key = gpg(folder.path(), &[&loopback[..], &export[..]].concat()).unwrap();
        let public = gpg(folder.path(), &["--armor", "--export"]).unwrap();
        [key, public].map(|output| String::from_utf8(output.stdout).unwrap())
    };
    let [key, public] = of_kind("rsa2048");
    let signed = sign(&key);
    assert!(signed.status.success(), "{signed:?}");
    let file = keys.path().join("public");
    fs::write(&file, public).unwrap();
    let imported = gpg(keys.path(), &["--import", file.to_str().unwrap()]).unwrap();
    assert!(imported.status.success(), "{imported:?}");
    let verify = || {
        let signature = format!("{}.sig", sums.display());
        let verified = gpg(
            keys.path(),
            &["--verify", &signature, sums.to_str().unwrap()],
        );
        verified.unwrap().status.success()
    };
    assert!(verify());
    fs::write(
        &sums,
        "1111  terraform-provider-ixapi_1.2.3_linux_amd64.zip\n",
    )
    .unwrap();
    assert!(!verify(), "a signature of other sums");
    // The Registry of Terraform knows no such keys.
    let [key, _] = of_kind("ed25519");
    let refused = sign(&key);
    assert!(!refused.status.success());
    let said = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert!(said.contains("make one with RSA"), "{said}");
    assert!(!said.contains("PRIVATE KEY"), "{said}");
}
