//! Ctrl-C, SIGTERM and Shutdown while work is in flight.

use std::time::{Duration, Instant};

use ixapi_provider::tfplugin::proto::tfplugin6::{get_metadata, read_resource, stop_provider};
use ixapi_provider::tfplugin::signals::Ending;
use ixapi_provider::tfplugin::value::Value;
use tokio::time::{sleep, timeout};

use crate::client::{PATIENCE, warnings};
use crate::toy::{SLOWLY, Shop, TOY, toy, unwire, wire};

/// Long enough to see that a call goes on waiting.
const A_WHILE: Duration = Duration::from_millis(200);

fn waiting() -> Value {
    toy(&[("name", "wait".into())])
}

#[tokio::test]
async fn an_interruption_ends_the_waits_and_not_the_server() {
    let shop = Shop::open().await;
    let waiting = waiting();
    for round in 0..2 {
        let apply = shop.bring_about(&Value::Null, &waiting);
        let another = shop.bring_about(&Value::Null, &waiting);
        let interrupt = async {
            shop.has_waiting(2 * (round + 1)).await;
            let request = stop_provider::Request {};
            shop.provider().stop_provider(request).await.unwrap()
        };
        let (one, other, stopped) =
            timeout(PATIENCE, async { tokio::join!(apply, another, interrupt) })
                .await
                .expect("an end to the waits");
        assert_eq!(stopped.get_ref().error, "");
        for answer in [one, other] {
            assert_eq!(warnings(&answer.diagnostics)[0].summary, "Interrupted");
            let state = unwire(answer.new_state);
            assert_eq!(state.get("id"), &"R-1".into(), "round {round}");
        }
    }
}

#[tokio::test]
async fn calls_after_an_interruption_are_not_interrupted() {
    let shop = Shop::open().await;
    let request = stop_provider::Request {};
    shop.provider().stop_provider(request).await.unwrap();
    let waiting = waiting();
    let apply = shop.bring_about(&Value::Null, &waiting);
    let a_while = async {
        shop.has_waiting(1).await;
        sleep(A_WHILE).await;
    };
    tokio::select! {
        _ = apply => panic!("it should wait"),
        () = a_while => {}
    }
}

/// A second interruption has Terraform leave without a look at the answers, and it says good-bye as
/// if it had.
#[tokio::test]
async fn only_what_nobody_interrupted_ends_in_good_order() {
    let mut shop = Shop::open().await;
    shop.bring_about(&Value::Null, &toy(&[])).await;
    assert_eq!(shop.close().await, 1);

    let mut shop = Shop::open().await;
    shop.bring_about(&Value::Null, &toy(&[])).await;
    let request = stop_provider::Request {};
    shop.provider().stop_provider(request).await.unwrap();
    assert_eq!(shop.close().await, 0);
}

#[tokio::test]
async fn a_waiting_call_keeps_no_other_waiting() {
    let shop = Shop::open().await;
    let waiting = waiting();
    let apply = shop.bring_about(&Value::Null, &waiting);
    let others = async {
        shop.has_waiting(1).await;
        for _ in 0..10 {
            let request = get_metadata::Request {};
            shop.provider().get_metadata(request).await.unwrap();
        }
    };
    tokio::select! {
        _ = apply => panic!("it should wait"),
        () = others => {}
    }
}

#[tokio::test]
async fn a_termination_lets_the_work_in_flight_save_what_it_did() {
    let mut shop = Shop::open().await;
    let serving = std::mem::replace(&mut shop.serving, tokio::spawn(async {}));
    let slow = toy(&[("name", "save slowly".into())]);
    let apply = shop.bring_about(&Value::Null, &slow);
    let terminate = async {
        shop.has_waiting(1).await;
        let started = Instant::now();
        shop.endings.send(Ending::Terminated).await.unwrap();
        serving.await.unwrap();
        started.elapsed()
    };
    let both = async { tokio::join!(apply, terminate) };
    let (answer, took) = timeout(PATIENCE, both).await.expect("an end");
    assert_eq!(unwire(answer.new_state).get("id"), &"R-1".into());
    // In a process of its own, the end of the server is the end of the work.
    assert!(took >= SLOWLY, "{took:?}");
    assert!(!shop.socket.exists());
}

/// Terraform was killed: nobody hears what came of it, but what was sent can be noted.
#[tokio::test]
async fn a_change_whose_client_goes_away_is_interrupted_and_brought_to_its_end() {
    for ending in [Some(Ending::Orphaned), None] {
        let mut shop = Shop::open().await;
        let serving = std::mem::replace(&mut shop.serving, tokio::spawn(async {}));
        let slow = toy(&[("name", "save slowly".into())]);
        let apply = shop.bring_about(&Value::Null, &slow);
        tokio::select! {
            _ = apply => panic!("it should wait"),
            () = shop.has_waiting(1) => {}
        }
        let started = Instant::now();
        match ending {
            Some(ending) => shop.endings.send(ending).await.unwrap(),
            None => crate::client::shut_down(&shop.channel).await,
        }
        timeout(PATIENCE, serving).await.expect("an end").unwrap();
        let took = started.elapsed();
        assert!(took >= SLOWLY, "{ending:?}: {took:?}");
    }
}

#[tokio::test]
async fn shutdown_is_answered_and_then_waits_for_no_one() {
    let mut shop = Shop::open().await;
    let mut provider = shop.provider();
    let stubborn = provider.read_resource(read_resource::Request {
        type_name: TOY.to_owned(),
        current_state: wire(&toy(&[("name", "never answer".into())])),
        ..Default::default()
    });
    let shutdown = async {
        shop.has_waiting(1).await;
        // It ends in time, and so without a grace.
        shop.close().await
    };
    let farewells = tokio::select! {
        _ = stubborn => panic!("nobody answers it"),
        end = shutdown => end,
    };
    // What is at work has not been answered.
    assert_eq!(farewells, 0);
    assert!(!shop.socket.exists());
}
