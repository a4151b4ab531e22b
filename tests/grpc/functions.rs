//! Functions: values in, a value or one error out.

use ixapi_provider::tfplugin::msgpack;
use ixapi_provider::tfplugin::proto::tfplugin6::{
    DynamicValue, FunctionError, call_function, get_functions,
};
use ixapi_provider::tfplugin::types::Type;
use ixapi_provider::tfplugin::value::Value;

use crate::toy::{REPEAT, Shop};

fn wire(value: &Value, kind: &Type) -> DynamicValue {
    DynamicValue {
        msgpack: msgpack::encode(value, kind).unwrap().into(),
        ..Default::default()
    }
}

async fn answer(shop: &Shop, name: &str, arguments: Vec<DynamicValue>) -> call_function::Response {
    let request = call_function::Request {
        name: name.to_owned(),
        arguments,
    };
    shop.provider()
        .call_function(request)
        .await
        .unwrap()
        .into_inner()
}

async fn repeat(shop: &Shop, word: Value, times: &[i64]) -> Result<Value, FunctionError> {
    let mut arguments = vec![wire(&word, &Type::String)];
    arguments.extend(
        times
            .iter()
            .map(|times| wire(&(*times).into(), &Type::Number)),
    );
    let answer = answer(shop, REPEAT, arguments).await;
    assert_ne!(answer.result.is_some(), answer.error.is_some());
    answer.error.map_or_else(
        || {
            let result = answer.result.unwrap().msgpack;
            Ok(msgpack::decode(&result, &Type::list(Type::String)).unwrap())
        },
        Err,
    )
}

#[tokio::test]
async fn a_function_is_described_and_called() {
    let shop = Shop::open().await;
    let request = get_functions::Request {};
    let functions = shop.provider().get_functions(request).await.unwrap();
    let described = functions.get_ref().functions[REPEAT].clone();
    assert_eq!(described.parameters[0].name, "word");
    assert_eq!(described.variadic_parameter.unwrap().r#type, r#""number""#);
    assert_eq!(described.r#return.unwrap().r#type, r#"["list","string"]"#);
    assert_eq!(described.summary, "Repeats");

    let twice = repeat(&shop, "ha".into(), &[2, 1]).await.unwrap();
    assert_eq!(twice, Value::List(vec!["haha".into(), "ha".into()]));
    assert_eq!(
        repeat(&shop, "ha".into(), &[]).await,
        Ok(Value::List(vec![]))
    );
    // Nothing is known of what comes of what is not known.
    let unknown = repeat(&shop, Value::Unknown, &[1]).await.unwrap();
    assert!(unknown.is_unknown());
}

#[tokio::test]
async fn an_error_points_at_the_argument() {
    let shop = Shop::open().await;
    let error = repeat(&shop, "ha".into(), &[1, 2, -1]).await.unwrap_err();
    assert_eq!(error.text, "Not so often", "Terraform ends the sentence");
    assert_eq!(error.function_argument, Some(3));
}

#[tokio::test]
async fn what_goes_wrong_in_a_function_is_its_error() {
    ixapi_provider::tfplugin::panics::install_hook();
    let shop = Shop::open().await;
    for word in ["panic", "misfit"] {
        let error = repeat(&shop, word.into(), &[]).await.unwrap_err();
        assert!(
            error.text.starts_with("Bug in the provider: "),
            "{}",
            error.text
        );
        assert_eq!(error.function_argument, None);
    }
    let ha = wire(&"ha".into(), &Type::String);
    let told = async |name: &str, arguments| {
        let error = answer(&shop, name, arguments).await.error;
        error.unwrap().text
    };
    assert!(
        told("train", vec![])
            .await
            .contains("no function \"train\"")
    );
    assert!(told(REPEAT, vec![]).await.contains("takes 1 arguments"));
    let wrong = told(REPEAT, vec![ha.clone(), ha]).await;
    assert!(
        wrong.starts_with("Cannot read the argument times"),
        "{wrong}"
    );
}
