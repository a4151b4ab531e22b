//! What was saved and noted outlives every failure: what was ordered once is never ordered twice.

use ixapi_provider::tfplugin::proto::tfplugin6::{apply_resource_change, import_resource_state};
use ixapi_provider::tfplugin::value::Value;
use serde_json::{Value as Json, json};

use crate::client::{errors, warnings};
use crate::toy::{NOTES, Shop, TOY, toy, unwire};

fn notes(private: &[u8]) -> Json {
    match private {
        b"" => json!({}),
        private => serde_json::from_slice(private).unwrap(),
    }
}

async fn create(name: &str) -> apply_resource_change::Response {
    ixapi_provider::tfplugin::panics::install_hook();
    let shop = Shop::open().await;
    let config = toy(&[
        ("name", name.into()),
        ("mood", "gloomy".into()),
        ("secret", "hush".into()),
    ]);
    shop.bring_about(&Value::Null, &config).await
}

/// A state as it is saved of an object that has just come to exist.
fn early(name: &str) -> Value {
    toy(&[
        ("id", "R-1".into()),
        ("name", name.into()),
        ("mood", "gloomy".into()),
    ])
}

#[tokio::test]
async fn a_mistake_after_saving_is_a_warning_and_the_object_is_in_the_state() {
    let names = [
        "panic after saving",
        "nothing after saving",
        "nonsense after saving",
    ];
    for name in names {
        let answer = create(name).await;
        // An error would have Terraform replace what has just been ordered.
        assert!(errors(&answer.diagnostics).is_empty(), "{name}");
        let [told, bug] = warnings(&answer.diagnostics)[..] else {
            panic!("two warnings, not {:?}", answer.diagnostics);
        };
        assert_eq!(told.summary, "It takes a while", "told before");
        assert_eq!(bug.summary, "Bug in the provider: toy_robot R-1");
        for part in ["The object exists", "is in the state", "report"] {
            assert!(bug.detail.contains(part), "{part}: {}", bug.detail);
        }
        // Nothing unknown, nothing write-only.
        assert_eq!(unwire(answer.new_state), early(name));
        let expected = json!({
            "made": "on Tuesday", "host": "factory.example", "configured": ["mood"],
        });
        assert_eq!(notes(&answer.private), expected, "{name}");
        assert!(answer.new_identity.is_some());
    }
    let answer = create("panic after saving").await;
    let detail = &warnings(&answer.diagnostics)[1].detail;
    assert!(detail.contains("the robot broke") && detail.contains("toys.example/issues"));
}

#[tokio::test]
async fn an_error_after_saving_is_an_error_and_the_object_is_in_the_state() {
    let answer = create("fail after saving").await;
    assert_eq!(errors(&answer.diagnostics)[0].summary, "Refused");
    assert_eq!(unwire(answer.new_state), early("fail after saving"));
    assert_eq!(notes(&answer.private)["host"], "factory.example");
}

#[tokio::test]
async fn a_create_that_made_nothing_is_a_mistake_of_ours() {
    let answer = create("nothing").await;
    assert_eq!(
        errors(&answer.diagnostics)[0].summary,
        "Bug in the provider"
    );
    assert!(
        answer.diagnostics[0]
            .detail
            .contains("may have been ordered")
    );
    assert!(unwire(answer.new_state).is_null());
}

#[tokio::test]
async fn what_create_returned_is_saved_even_if_our_own_work_on_it_fails() {
    let answer = create("breaks when asked who it is").await;
    assert!(errors(&answer.diagnostics).is_empty());
    assert_eq!(warnings(&answer.diagnostics).len(), 1);
    let state = unwire(answer.new_state);
    assert_eq!(state.get("id"), &"panic".into());
    assert_eq!(state.get("state"), &"built".into());
    assert!(answer.new_identity.is_none());
}

async fn update(note: &str) -> apply_resource_change::Response {
    ixapi_provider::tfplugin::panics::install_hook();
    let shop = Shop::open().await;
    let config = toy(&[("name", "a".into()), ("note", note.into())]);
    shop.bring_about(&existing(), &config).await
}

fn existing() -> Value {
    toy(&[
        ("id", "R-1".into()),
        ("name", "a".into()),
        ("state", "built".into()),
    ])
}

fn changed(note: &str) -> Value {
    let mut state = existing();
    state.put("note", note.into());
    state.put("state", "changed".into());
    state
}

#[tokio::test]
async fn a_change_that_was_done_and_then_panicked_is_a_warning() {
    let answer = update("panic when done").await;
    assert!(errors(&answer.diagnostics).is_empty());
    let bug = warnings(&answer.diagnostics)[0];
    assert_eq!(bug.summary, "Bug in the provider: toy_robot R-1");
    assert_eq!(unwire(answer.new_state), changed("panic when done"));
}

#[tokio::test]
async fn a_change_that_stopped_halfway_does_not_look_done() {
    for note in ["panic halfway", "fail halfway"] {
        let answer = update(note).await;
        // No harm is done by an error: only new objects are tainted.
        assert_eq!(errors(&answer.diagnostics).len(), 1, "{note}");
        assert_eq!(unwire(answer.new_state), changed("halfway"));
    }
}

#[tokio::test]
async fn a_change_that_left_nothing_is_a_mistake_and_keeps_the_state() {
    let answer = update("nothing").await;
    assert_eq!(
        errors(&answer.diagnostics)[0].summary,
        "Bug in the provider"
    );
    assert_eq!(unwire(answer.new_state), existing());
}

#[tokio::test]
async fn notes_go_in_and_out_of_every_call() {
    let shop = Shop::open().await;
    let request = import_resource_state::Request {
        type_name: TOY.to_owned(),
        id: "R-1".to_owned(),
        ..Default::default()
    };
    let imported = shop.provider().import_resource_state(request).await;
    let imported = imported.unwrap().into_inner().imported_resources.remove(0);
    assert_eq!(notes(&imported.private), json!({"host": "factory.example"}));
    // Where the call itself ends badly too.
    let config = toy(&[("name", "a".into()), ("note", "refuse".into())]);
    let plan = shop.plan(&existing(), &config, &config).await;
    assert_eq!(errors(&plan.diagnostics).len(), 1);
    let expected = json!({"made": "on Tuesday", "planned": "once"});
    assert_eq!(notes(&plan.planned_private), expected);
}

#[tokio::test]
async fn a_choice_is_given_back_when_it_is_configured_no_more() {
    let shop = Shop::open().await;
    let chosen = toy(&[("name", "a".into()), ("mood", "gloomy".into())]);
    let left_out = toy(&[("name", "a".into())]);

    let created = shop.bring_about(&Value::Null, &chosen).await;
    let noted = String::from_utf8(created.private.to_vec()).unwrap();
    assert_eq!(notes(noted.as_bytes())["configured"], json!(["mood"]));
    let state = unwire(created.new_state);

    let same = shop.plan_with(&noted, &state, &chosen, &chosen).await;
    assert_eq!(unwire(same.planned_state), state);

    let plan = shop.plan_with(&noted, &state, &left_out, &left_out).await;
    assert_eq!(
        warnings(&plan.diagnostics)[0].summary,
        "mood is given back",
        "the resource knows"
    );
    let planned = unwire(plan.planned_state);
    assert!(planned.get("mood").is_unknown() && planned.get("state").is_unknown());

    let updated = shop.apply_with(&noted, &state, &planned, &left_out).await;
    assert_eq!(warnings(&updated.diagnostics)[0].summary, "mood went back");
    let noted = String::from_utf8(updated.private.to_vec()).unwrap();
    assert_eq!(notes(noted.as_bytes()), json!({"made": "on Tuesday"}));

    // From now on it is the other side's, as for one that was never configured or was imported.
    let state = toy(&[
        ("id", "R-1".into()),
        ("name", "a".into()),
        ("mood", "merry".into()),
        ("state", "built".into()),
    ]);
    for noted in [noted.as_str(), NOTES, ""] {
        let plan = shop.plan_with(noted, &state, &left_out, &left_out).await;
        assert_eq!(unwire(plan.planned_state), state);
    }
}

#[tokio::test]
async fn a_failed_change_gives_back_again() {
    let shop = Shop::open().await;
    let noted = r#"{"configured":["mood"]}"#;
    let mut state = existing();
    state.put("mood", "gloomy".into());
    let config = toy(&[("name", "a".into()), ("note", "fail".into())]);
    let plan = shop.plan_with(noted, &state, &config, &config).await;
    let planned = unwire(plan.planned_state);
    let failed = shop.apply_with(noted, &state, &planned, &config).await;
    assert_eq!(errors(&failed.diagnostics).len(), 1);
    assert_eq!(failed.private, noted);
}
