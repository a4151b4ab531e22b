//! A provider of something else, made of the protocol server alone: that is a framework, and knows
//! nothing of exchanges.

use std::fs;
use std::path::PathBuf;

use acceptance_tests::programs;
use acceptance_tests::workspace::{Workspace, quoted};

/// A folder with the provider in it, under the name by which a CLI finds it.
fn provider(workspace: &Workspace) -> PathBuf {
    let profile = programs::folder();
    let target = profile.parent().expect("a profile is in a target folder");
    let built = programs::cargo_build()
        .args(["-p", programs::PROVIDER, "--example", "another-provider"])
        .arg("--target-dir")
        .arg(target)
        .status();
    assert!(built.expect("cargo starts").success());
    let suffix = std::env::consts::EXE_SUFFIX;
    let built = target.join(format!("debug/examples/another-provider{suffix}"));
    let folder = workspace.path("provider");
    fs::create_dir_all(&folder).unwrap();
    let named = folder.join(format!("terraform-provider-pages{suffix}"));
    fs::copy(built, named).unwrap();
    folder
}

fn config(workspace: &Workspace, text: &str) {
    let folder = quoted(&workspace.path("pages"));
    workspace.configure(format!(
        r#"terraform {{
  required_providers {{
    pages = {{
      source = "example/pages"
    }}
  }}
}}

provider "pages" {{
  folder = {folder}
}}

resource "pages_page" "welcome" {{
  name = "welcome"
  text = "{text}"
}}

data "pages_page" "welcome" {{
  name = pages_page.welcome.name
}}
"#
    ));
}

#[test]
fn it_orders_changes_imports_and_ends_pages() {
    let workspace = Workspace::bare("");
    let folder = provider(&workspace);
    let overrides = format!(
        "provider_installation {{\n  dev_overrides {{\n    \"example/pages\" = {}\n  }}\n}}\n",
        quoted(&folder)
    );
    workspace.write("cli.tfrc", overrides);
    let page = workspace.path("pages/welcome");
    fs::create_dir_all(workspace.path("pages")).unwrap();
    config(&workspace, "Hello.");
    workspace.apply(&[]).ok();
    assert_eq!(fs::read_to_string(&page).unwrap(), "Hello.");
    workspace.plan(&[]).empty();
    config(&workspace, "Good morning.");
    let change = workspace.planned_change("pages_page.welcome");
    assert_eq!(change["actions"], serde_json::json!(["update"]));
    assert_eq!(change["after_unknown"]["letters"], true);
    workspace.apply(&[]).ok();
    assert_eq!(workspace.held("pages_page.welcome").values["letters"], 13);
    workspace.run(&["state", "rm", "pages_page.welcome"]).ok();
    workspace.apply(&[]).one_error(&["There is such a page"]);
    workspace
        .run(&["import", "pages_page.welcome", "welcome"])
        .ok();
    workspace.plan(&[]).empty();
    fs::remove_file(&page).unwrap();
    let gone = workspace.planned_change("pages_page.welcome");
    assert_eq!(gone["actions"], serde_json::json!(["create"]));
    workspace.apply(&[]).ok();
    workspace.destroy(&[]).ok();
    assert!(!page.exists());
}
