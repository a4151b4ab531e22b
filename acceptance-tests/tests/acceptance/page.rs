//! The page of the sandbox, in a real browser.

use std::path::PathBuf;

use acceptance_tests::browser::Browser;
use acceptance_tests::config::PROVIDER;
use acceptance_tests::programs;
use acceptance_tests::sandbox::{ACCOUNT_A, Sandbox};
use acceptance_tests::workspace::Workspace;
use serde_json::json;

/// A port that nobody waits for. Its name is one that a page must not take for its own.
const PORT: &str = r#"
resource "ixapi_connection" "port" {
  external_ref     = "<b>edge</b>"
  mode             = "standalone"
  port_quantity    = 1
  product_offering = "503234.AMS5-B.S"
  role_assignments = []
  wait_for_state   = "none"
}
"#;

fn url(sandbox: &Sandbox) -> String {
    format!("{}/", sandbox.exported("IXAPI_SANDBOX_URL"))
}

/// Whether a port of the map is in that state.
fn port_is(state: &str) -> String {
    format!(
        "document.querySelector('#map .box[data-node^=\"connections/\"] .chip')?.textContent \
         === {}",
        json!(state)
    )
}

#[test]
fn a_port_appears_by_itself_and_goes_into_service_when_the_clock_is_advanced() {
    let Some(mut browser) = Browser::start() else {
        return;
    };
    let sandbox = Sandbox::start(&["--step-ms", "3600000"]);
    browser.open(&url(&sandbox));
    browser.until("document.getElementById('link').dataset.is === 'live'");
    browser.until("!document.getElementById('empty').hidden");
    // It would be gone if the page was loaded again.
    browser.value("window.mark = 'the same page'");

    let workspace = Workspace::new(&sandbox, format!("{PROVIDER}{PORT}"));
    workspace.apply(&[]).ok();
    browser.until(&port_is("requested"));
    browser.until("document.getElementById('empty').hidden");
    browser.until("document.querySelector('#map .box .name').textContent === '<b>edge</b>'");
    assert_eq!(
        browser.value("document.querySelectorAll('main b').length"),
        0
    );
    let order = "[...document.querySelectorAll('#log li')].some((row) => \
                 row.querySelector('.method')?.textContent === 'POST' && \
                 row.querySelector('.path').textContent === '/connections' && \
                 row.querySelector('.chip').textContent === '201')";
    browser.until(order);

    browser.click("#hour");
    browser.until(&port_is("allocated"));
    browser.until("document.getElementById('bills').hidden");
    browser.click("#day");
    browser.until(&port_is("production"));
    browser.until("document.querySelectorAll('#bills tbody tr').length === 1");
    assert_eq!(browser.value("window.mark"), "the same page");
    let state = sandbox.live()[0]["state"].clone();
    assert_eq!(state, "production", "the page shows what is");
    assert_eq!(browser.complaints(), [""; 0]);
}

#[test]
fn what_the_control_room_can_do_has_a_button() {
    let Some(mut browser) = Browser::start() else {
        return;
    };
    let sandbox = Sandbox::start(&["--step-ms", "3600000"]);
    let owned = json!({
        "managing_account": ACCOUNT_A, "consuming_account": ACCOUNT_A,
        "billing_account": ACCOUNT_A,
    });
    let with = |more: serde_json::Value| {
        let mut body = owned.clone();
        let fields = body.as_object_mut().unwrap();
        fields.extend(more.as_object().unwrap().clone());
        body
    };
    let port = with(json!({
        "mode": "standalone", "port_quantity": 1, "product_offering": "503234.AMS5-B.S",
        "external_ref": "edge", "role_assignments": [],
    }));
    sandbox.order("connections", 1, &port);
    browser.open(&url(&sandbox));

    browser.click("#map [aria-label='Hold edge']");
    browser.until("document.querySelectorAll('#holds li').length === 1");
    browser.click("#day");
    browser.until("document.getElementById('said').textContent.startsWith('The exchange has')");
    browser.until(&port_is("requested"));
    browser.click("#holds button");
    browser.until(&port_is("production"));

    let circuit = with(json!({
        "type": "p2p_vc", "product_offering": "503121.AMS.LON", "external_ref": "to-b",
        "joining_member_account": acceptance_tests::sandbox::ACCOUNT_B,
    }));
    sandbox.order("network-services", 1, &circuit);
    browser.click("#replies [data-act^='accept']");
    browser
        .until("document.querySelectorAll('#map .box[data-node^=\"connections/\"]').length === 2");
    browser.until("document.querySelectorAll('#lines path').length === 1");
    browser.until("document.getElementById('replies').children.length === 0");

    let group = with(json!({
        "type": "mp2mp_vc", "product_offering": "503402.AMS", "external_ref": "everybody",
        "public": true,
    }));
    sandbox.order("network-services", 1, &group);
    browser.click("#replies [aria-label='Join as party B: everybody']");
    browser.until("document.querySelectorAll('#lines path').length === 2");
    browser.click("#replies [aria-label='Leave as party B: everybody']");
    browser.until("document.querySelectorAll('#replies [data-act^=\"join\"]').length === 1");

    browser.value("document.querySelector('[name=fault]').value = 'unavailable'");
    browser.value("document.querySelector('[name=method]').value = 'POST'");
    browser.click("#fail button");
    browser.until("document.querySelectorAll('#faults li').length === 1");
    let faults = sandbox.faults();
    assert_eq!(faults[0]["kind"], "unavailable");
    assert_eq!(faults[0]["method"], "POST");
    browser.click("#forget");
    browser.until("document.querySelectorAll('#faults li').length === 0");
    assert!(sandbox.faults().is_empty());
    assert_eq!(browser.complaints(), [""; 0]);
}

/// Pairs of text and ground as the style sheet names them.
const TEXTS: [(&str, &str); 13] = [
    ("text", "ground"),
    ("text", "card"),
    ("muted", "ground"),
    ("muted", "card"),
    ("accent", "card"),
    ("on-accent", "accent"),
    ("up-text", "up"),
    ("wait-text", "wait"),
    ("error-text", "error"),
    ("ending-text", "ending"),
    ("gone-text", "gone"),
    ("text", "wait"),
    ("muted", "wait"),
];

/// The contrast of two colours of six hexadecimal digits, as WCAG 2.2 defines it.
fn contrast(one: &str, other: &str) -> f64 {
    let light = |colour: &str| {
        let digits = colour.trim().trim_start_matches('#');
        let part = |at: usize| u8::from_str_radix(&digits[at..at + 2], 16).expect("two digits");
        let linear = |part: u8| {
            let part = f64::from(part) / 255.0;
            match part <= 0.04045 {
                true => part / 12.92,
                false => ((part + 0.055) / 1.055).powf(2.4),
            }
        };
        0.2126 * linear(part(0)) + 0.7152 * linear(part(2)) + 0.0722 * linear(part(4))
    };
    let (one, other) = (light(one), light(other));
    (one.max(other) + 0.05) / (one.min(other) + 0.05)
}

/// Where pictures of the page go, if somebody wants any: each size in each scheme.
const PICTURES: &str = "IXAPI_PAGE_PICTURES";
/// Whether the picture of the README is taken anew.
const UPDATE: &str = "UPDATE_PICTURE";

#[test]
fn a_full_estate_fits_phones_and_screens_and_can_be_read_by_day_and_night() {
    let Some(mut browser) = Browser::start() else {
        return;
    };
    let sandbox = Sandbox::start(&["--notice-days", "30", "--billing-days", "90"]);
    let full = include_str!("../../estates/full.tf");
    let workspace = Workspace::new(&sandbox, format!("{PROVIDER}{full}"));
    workspace.apply(&[]).ok();
    workspace.apply(&["-var=cancelled=true"]).ok();
    sandbox.hold(json!({"external_ref": "ams-new-100g", "state": "allocated"}));
    sandbox.order(
        "connections",
        1,
        &json!({
            "managing_account": ACCOUNT_A, "consuming_account": ACCOUNT_A,
            "billing_account": ACCOUNT_A, "mode": "standalone", "port_quantity": 1,
            "product_offering": "503236.AMS5-B.S", "external_ref": "ams-new-100g",
            "role_assignments": [],
        }),
    );
    sandbox.fault(json!({"kind": "unavailable", "method": "PATCH"}));
    browser.open(&url(&sandbox));
    browser.click("#services [data-act^='accept']");
    browser.until("document.querySelectorAll('#lines path').length >= 5");
    browser.until("document.querySelectorAll('#replies [data-act^=\"ask\"]').length === 1");
    for scheme in ["light", "dark"] {
        browser.prefer(scheme);
        for width in [360, 768, 1280] {
            browser.resize(width, 900);
            browser.until(&format!("innerWidth === {width}"));
            browser.until("document.getElementById('lines').getBoundingClientRect().width > 0");
            let widest = browser.value("document.scrollingElement.scrollWidth");
            assert!(
                widest.as_u64() <= Some(u64::from(width)),
                "{widest} of {width}"
            );
            if let Some(folder) = std::env::var_os(PICTURES) {
                browser.value("scrollTo(0, 0)");
                let file = PathBuf::from(folder).join(format!("{width}-{scheme}.png"));
                browser.picture(true, &file);
            }
        }
        for (text, ground) in TEXTS {
            let mut colour = |name: &str| {
                let style = "getComputedStyle(document.documentElement)";
                let value = browser.value(&format!("{style}.getPropertyValue('--{name}')"));
                value.as_str().unwrap_or_default().to_owned()
            };
            let found = contrast(&colour(text), &colour(ground));
            assert!(found >= 4.5, "{scheme}: {text} on {ground} has {found:.2}");
        }
    }
    if std::env::var_os(UPDATE).is_some() {
        browser.prefer("light");
        browser.resize(1280, 960);
        browser.until("innerWidth === 1280");
        browser.value("scrollTo(0, 0)");
        let file = programs::repository().join("sandbox/page.png");
        browser.picture(false, &file);
    }
    assert_eq!(browser.complaints(), [""; 0]);
}
