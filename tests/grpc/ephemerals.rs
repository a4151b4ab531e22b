//! What is opened, used and never stored.

use ixapi_provider::tfplugin::msgpack;
use ixapi_provider::tfplugin::proto::tfplugin6::{
    Diagnostic, DynamicValue, close_ephemeral_resource, open_ephemeral_resource,
    renew_ephemeral_resource, stop_provider, validate_ephemeral_resource_config,
};
use ixapi_provider::tfplugin::value::Value;
use prost::bytes::Bytes;

use crate::client::{errors, warnings};
use crate::toy::{Shop, TICKET, TICKET_ENDS, ticket_schema};

fn wire(values: &[(&str, Value)]) -> Option<DynamicValue> {
    let schema = ticket_schema();
    let mut ticket = schema.object.empty();
    for (name, value) in values {
        ticket.put(name, value.clone());
    }
    let msgpack = msgpack::encode(&ticket, &schema.object.value_type()).unwrap();
    Some(DynamicValue {
        msgpack: msgpack.into(),
        ..Default::default()
    })
}

fn opening(name: &str) -> open_ephemeral_resource::Request {
    open_ephemeral_resource::Request {
        type_name: TICKET.to_owned(),
        config: wire(&[("name", name.into())]),
        ..Default::default()
    }
}

async fn open(shop: &Shop, name: &str) -> open_ephemeral_resource::Response {
    let answer = shop.provider().open_ephemeral_resource(opening(name)).await;
    answer.unwrap().into_inner()
}

async fn renew(shop: &Shop, private: Option<Bytes>) -> renew_ephemeral_resource::Response {
    let request = renew_ephemeral_resource::Request {
        type_name: TICKET.to_owned(),
        private,
    };
    let answer = shop.provider().renew_ephemeral_resource(request).await;
    answer.unwrap().into_inner()
}

async fn close(shop: &Shop, private: Option<Bytes>) -> Vec<Diagnostic> {
    let request = close_ephemeral_resource::Request {
        type_name: TICKET.to_owned(),
        private,
    };
    let answer = shop.provider().close_ephemeral_resource(request).await;
    answer.unwrap().into_inner().diagnostics
}

#[tokio::test]
async fn a_value_is_opened_renewed_and_closed_with_what_was_noted_of_it() {
    let shop = Shop::open().await;
    let opened = open(&shop, "Ada").await;
    assert_eq!(
        warnings(&opened.diagnostics)[0].summary,
        "Doors close at eight"
    );
    let kind = ticket_schema().object.value_type();
    let value = msgpack::decode(&opened.result.unwrap().msgpack, &kind).unwrap();
    let expected = [
        ("name", "Ada".into()),
        ("row", Value::Null),
        ("seat", "12B".into()),
    ];
    assert_eq!(
        value,
        Value::object(expected),
        "nothing is unknown of what is there"
    );
    let ends = TICKET_ENDS.cast_signed();
    assert_eq!(opened.renew_at.unwrap().seconds, ends);

    let renewed = renew(&shop, opened.private).await;
    assert_eq!(renewed.renew_at.unwrap().seconds, 2 * ends);
    let renewed = renew(&shop, renewed.private).await;
    assert_eq!(renewed.renew_at.unwrap().seconds, 3 * ends);
    let told = close(&shop, renewed.private).await;
    assert_eq!(warnings(&told)[0].summary, "Ada has left");
}

#[tokio::test]
async fn what_lasts_is_not_renewed_and_what_was_never_noted_is_closed_all_the_same() {
    let shop = Shop::open().await;
    assert!(open(&shop, "lasting").await.renew_at.is_none());
    let opened = open(&shop, "last").await;
    assert!(renew(&shop, opened.private).await.renew_at.is_none());
    assert_eq!(close(&shop, None).await[0].summary, "nobody has left");
}

#[tokio::test]
async fn what_cannot_be_opened_is_told_and_there_is_no_value() {
    ixapi_provider::tfplugin::panics::install_hook();
    let shop = Shop::open().await;
    let ends = [
        ("fail", "Sold out"),
        ("panic", "Bug in the provider"),
        ("nothing", "Bug in the provider"),
    ];
    for (name, summary) in ends {
        let answer = open(&shop, name).await;
        assert_eq!(errors(&answer.diagnostics)[0].summary, summary, "{name}");
        assert_eq!(
            warnings(&answer.diagnostics).len(),
            1,
            "what was told before"
        );
        assert!(answer.result.is_none() && answer.renew_at.is_none());
    }
}

#[tokio::test]
async fn a_renewal_or_an_end_that_fails_is_told() {
    ixapi_provider::tfplugin::panics::install_hook();
    let shop = Shop::open().await;
    for (name, summary) in [("lost", "Lost"), ("breaks", "Bug in the provider")] {
        let opened = open(&shop, name).await;
        let renewed = renew(&shop, opened.private).await;
        assert_eq!(errors(&renewed.diagnostics)[0].summary, summary);
        assert!(renewed.renew_at.is_none());
        let told = close(&shop, renewed.private).await;
        assert_eq!(
            errors(&told)[0].summary,
            summary,
            "it is still known what it is"
        );
    }
}

#[tokio::test]
async fn an_interruption_ends_the_opening() {
    let shop = Shop::open().await;
    let interrupting = async {
        shop.has_waiting(1).await;
        let request = stop_provider::Request {};
        shop.provider().stop_provider(request).await.unwrap();
    };
    let (opened, ()) = tokio::join!(open(&shop, "wait"), interrupting);
    assert_eq!(errors(&opened.diagnostics)[0].summary, "Interrupted");
}

#[tokio::test]
async fn a_configuration_is_checked_first_and_a_type_has_to_be_there() {
    let shop = Shop::open().await;
    let told = async |type_name: &str, values: &[(&str, Value)]| {
        let request = validate_ephemeral_resource_config::Request {
            type_name: type_name.to_owned(),
            config: wire(values),
        };
        let mut provider = shop.provider();
        let answer = provider.validate_ephemeral_resource_config(request).await;
        answer.unwrap().into_inner().diagnostics
    };
    assert!(told(TICKET, &[("name", Value::Unknown)]).await.is_empty());
    assert_eq!(
        told(TICKET, &[("name", "".into())]).await[0].summary,
        "No name"
    );
    let seated = [("name", "Ada".into()), ("seat", "1A".into())];
    assert_eq!(told(TICKET, &seated).await[0].summary, "seat cannot be set");
    let unknown = told("toy_train", &[("name", "Ada".into())]).await;
    assert_eq!(unknown[0].summary, "Unknown ephemeral resource");
    let request = open_ephemeral_resource::Request {
        type_name: "toy_train".to_owned(),
        ..opening("Ada")
    };
    let answer = shop.provider().open_ephemeral_resource(request).await;
    assert_eq!(answer.unwrap().get_ref().diagnostics.len(), 1);
}
