//! What a configuration leaves out and the provider finds.

use serde_json::json;

use crate::ixapi::Json;
use crate::provider::session::Defaults;
use crate::provider::testing::exchange::*;
use crate::tfplugin::traits::Resource;
use crate::tfplugin::value::Value;

const ACCOUNTS: [&str; 3] = ["managing_account", "consuming_account", "billing_account"];

/// The same without its accounts.
fn without_accounts(mut config: Json) -> Json {
    for account in ACCOUNTS {
        config[account] = Json::Null;
    }
    config
}

fn to_account(account: &str) -> Defaults {
    Defaults {
        account: account.into(),
        ..Defaults::default()
    }
}

#[track_caller]
fn are(object: &Value, account: &str) {
    for name in ACCOUNTS {
        assert_eq!(object.get(name), &account.into(), "{name}");
    }
}

#[tokio::test]
async fn ones_own_account_is_found_once_and_shown_in_the_plan() {
    let exchange = Exchange::instant().await;
    let ports = exchange.resource("connection");
    let bare = without_accounts(port(json!({})));
    for _ in 0..3 {
        let (_, planned) = ports.plan(None, &bare).await;
        are(&planned.kept_in_silence().state, OWN);
    }
    assert_eq!(exchange.asked_for("/account"), 1);
    assert_eq!(exchange.asked_for("/accounts"), 0);
}

#[tokio::test]
async fn an_exchange_that_does_not_tell_lists_it_among_others() {
    let exchange = Exchange::instant().await;
    exchange.faults([refusal(404).on("GET", "/account")]);
    let ports = exchange.resource("connection");
    let bare = without_accounts(port(json!({})));
    for _ in 0..2 {
        let (_, planned) = ports.plan(None, &bare).await;
        are(&planned.kept().state, OWN);
    }
    assert_eq!(exchange.asked_for("/account"), 1);
    assert_eq!(exchange.asked_for("/accounts"), 1);
}

#[tokio::test]
async fn nothing_is_asked_where_every_resource_or_the_provider_says_its_accounts() {
    let exchange = Exchange::instant().await;
    let ports = exchange.resource("connection");
    let (_, planned) = ports.plan(None, &port(json!({}))).await;
    planned.kept_in_silence();
    assert_eq!(exchange.asked_for("/account"), 0);
    exchange.defaulting(to_account(RESOLD));
    let bare = without_accounts(port(json!({ "consuming_account": RESOLD })));
    let (_, planned) = ports.plan(None, &bare).await;
    are(&planned.kept_in_silence().state, RESOLD);
    let partly = port(json!({ "consuming_account": null }));
    let planned = ports.plan(None, &partly).await.1.kept().state;
    assert_eq!(planned.get("managing_account"), &OWN.into());
    assert_eq!(planned.get("consuming_account"), &RESOLD.into());
    assert_eq!(exchange.asked_for("/account"), 0);
}

#[tokio::test]
async fn another_account_of_the_provider_is_a_change_in_place_and_never_a_replacement() {
    let exchange = Exchange::instant().await;
    exchange.defaulting(to_account(OWN));
    let ports = exchange.resource("connection");
    let bare = without_accounts(port(json!({})));
    let kept = ports.create(&bare).await.kept();
    exchange.control().clear_log();
    let (change, planned) = ports.plan(Some(&kept), &bare).await;
    assert_eq!(change.planned, kept.state, "nothing differs");
    planned.kept_in_silence();
    assert!(exchange.log().is_empty());
    exchange.defaulting(to_account(RESOLD));
    let (change, _) = ports.plan(Some(&kept), &bare).await;
    assert!(change.replaces.is_empty());
    are(&change.planned, RESOLD);
    let kept = ports.apply(&kept, &change).await.kept();
    are(&kept.state, RESOLD);
    let sent = exchange.bodies("PATCH");
    let wanted = json!({
        "managing_account": RESOLD, "consuming_account": RESOLD, "billing_account": RESOLD,
    });
    assert_eq!(sent, [wanted]);
    // Who says an account is not asked.
    let said = port(json!({ "managing_account": RESOLD }));
    let (change, _) = ports.plan(Some(&kept), &said).await;
    assert_eq!(change.planned.get("managing_account"), &RESOLD.into());
    assert_eq!(change.planned.get("billing_account"), &OWN.into());
}

/// IX-API takes it with the order only.
#[tokio::test]
async fn the_account_that_pays_for_a_session_stays_as_it_was_ordered() {
    let exchange = Exchange::instant().await;
    let sessions = exchange.resource("nfc");
    let mut kept = Kept {
        state: sessions.schema.object.empty(),
        notes: Default::default(),
    };
    for name in ACCOUNTS {
        kept.state.put(name, OWN.into());
    }
    exchange.defaulting(to_account(RESOLD));
    let mut config = Value::object([("asn", 1.into())]);
    let call = sessions.call();
    let filled = sessions.managed.fill_in(&call, &kept.state, &mut config);
    filled.await.unwrap();
    assert_eq!(config.get("managing_account"), &RESOLD.into());
    assert!(config.get("billing_account").is_null());
}

#[tokio::test]
async fn an_account_that_is_known_later_leaves_what_exists_alone() {
    let exchange = Exchange::instant().await;
    let ports = exchange.resource("connection");
    let bare = without_accounts(port(json!({})));
    let kept = ports.create(&bare).await.kept();
    are(&kept.state, OWN);
    exchange.defaulting(Defaults {
        account: Value::Unknown,
        ..Defaults::default()
    });
    exchange.control().clear_log();
    let (change, _) = ports.plan(Some(&kept), &bare).await;
    assert_eq!(change.planned, kept.state);
    let (change, planned) = ports.plan(None, &bare).await;
    planned.kept();
    for name in ACCOUNTS {
        assert!(change.planned.get(name).is_unknown(), "{name}");
    }
    assert_eq!(exchange.asked_for("/account"), 0);
}

/// It would be unknown in the plan that Terraform makes anew before it applies, where the plan that
/// a person has seen shows it: Terraform takes that for a fault of the provider.
#[tokio::test]
async fn an_account_that_cannot_be_learnt_is_an_error_and_nothing_is_ordered() {
    let exchange = Exchange::instant().await;
    let contacts = exchange.resource("contact");
    let bare = without_accounts(contact(&[NOC]));
    let planned = contacts.plan(None, &bare).await.1.kept_in_silence();
    assert_eq!(planned.text("managing_account"), OWN);
    for (status, refused_list) in [(500, false), (403, true)] {
        exchange.next_run();
        exchange.faults([refusal(status).on("GET", "/account")]);
        if refused_list {
            exchange.faults([refusal(status).on("GET", "/account")]);
        }
        // In the same run, it is not asked again.
        for _ in 0..2 {
            let error = contacts.plan(None, &bare).await.1.error();
            let status = status.to_string();
            let words = [
                "error at managing_account: Your account could not be learnt",
                &status,
                "again when it answers",
                "IX_API_ACCOUNT",
                "Nothing was ordered.",
            ];
            says(&error, &words);
            assert_eq!(error.matches("error at").count(), 1, "{error}");
        }
    }
    assert!(exchange.sent().is_empty());
    exchange.next_run();
    let made = contacts.create(&bare).await.kept();
    assert_eq!(made.text("consuming_account"), OWN);
}

#[tokio::test]
async fn several_accounts_of_ones_own_are_named_with_the_block_to_write() {
    let exchange = Exchange::instant().await;
    let two = json!([
        { "id": "A1", "name": "One", "managing_account": "A1" },
        { "id": "A2", "managing_account": "A2" },
    ]);
    exchange.faults([
        refusal(404).on("GET", "/account"),
        answer(200, two).on("GET", "/accounts"),
    ]);
    let ports = exchange.resource("connection");
    let bare = without_accounts(port(json!({})));
    let (_, planned) = ports.plan(None, &bare).await;
    says(
        &planned.error(),
        &[
            "error at managing_account: Which account orders?",
            "2 accounts of your own: A1 (One), A2.",
            "account = \"A1\"",
        ],
    );
}

/// One mistake in the provider block is one error, however many resources it reaches.
#[tokio::test]
async fn an_account_of_the_provider_that_is_none_is_told_once_and_nothing_is_ordered() {
    for (account, why) in [
        ("A0015750", "shows no such account"),
        (OTHER, "any other party's account"),
    ] {
        let exchange = Exchange::instant().await;
        let ports = exchange.resource("connection");
        let contacts = exchange.resource("contact");
        let there = ports.create(&port(json!({}))).await.kept();
        let bare = without_accounts(port(json!({})));
        exchange.defaulting(to_account(account));
        exchange.control().clear_log();
        let error = ports.plan(None, &bare).await.1.error();
        let words = [
            "error: The provider's account is not yours",
            account,
            why,
            "IX_API_ACCOUNT",
            "provider block",
        ];
        says(&error, &words);
        assert_eq!(error.matches("error").count(), 1, "{error}");
        for _ in 0..2 {
            let (change, planned) = ports.plan(None, &bare).await;
            planned.kept_in_silence();
            assert!(change.planned.get("billing_account").is_unknown());
            let person = without_accounts(contact(&[NOC]));
            contacts.plan(None, &person).await.1.kept_in_silence();
            let (change, planned) = ports.plan(Some(&there), &bare).await;
            planned.kept_in_silence();
            assert_eq!(change.planned, there.state);
        }
        // Should Terraform go on nevertheless, it is an error of each.
        for _ in 0..2 {
            let refused = ports.create(&bare).await.error();
            says(
                &refused,
                &["The provider's account", account, "Nothing was ordered."],
            );
        }
        assert!(exchange.sent().is_empty());
        // Who says an account is not concerned.
        ports.plan(None, &port(json!({}))).await.1.kept_in_silence();
    }
    // And it is told of what exists, if that is planned first.
    let exchange = Exchange::instant().await;
    let ports = exchange.resource("connection");
    let there = ports.create(&port(json!({}))).await.kept();
    exchange.defaulting(to_account(OTHER));
    let bare = without_accounts(port(json!({})));
    let error = ports.plan(Some(&there), &bare).await.1.error();
    says(&error, &["The provider's account is not yours", OTHER]);
}

#[tokio::test]
async fn an_account_of_the_provider_that_cannot_be_looked_at_is_taken() {
    let exchange = Exchange::instant().await;
    exchange.defaulting(to_account(OWN));
    exchange.faults([refusal(403).on("GET", "/accounts/")]);
    let bare = without_accounts(port(json!({})));
    let planned = exchange.resource("connection").plan(None, &bare).await.1;
    says(&planned.warning(), &["Not everything could be checked"]);
    are(&planned.kept().state, OWN);
}

#[tokio::test]
async fn an_imported_object_does_not_differ_by_its_accounts() {
    let exchange = Exchange::instant().await;
    let ports = exchange.resource("connection");
    let resold = port(json!({ "consuming_account": RESOLD }));
    let kept = ports.create(&resold).await.kept();
    let imported = ports.import(kept.id()).await.kept();
    let imported = ports.read(&imported).await.kept();
    let bare = without_accounts(port(json!({})));
    let (change, planned) = ports.plan(Some(&imported), &bare).await;
    assert_eq!(change.planned, imported.state);
    planned.kept_in_silence();
}
