//! Looks that are shared answer what looks alone answer, and ask for less.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::collections::BTreeMap;
use std::sync::Mutex;

use proptest::prelude::*;
use serde_json::json;

use super::super::client::Client;
use super::super::known::ENOUGH;
use super::super::lenient::id_of;
use super::super::stub::{Reply, Seen as Asked, Stub, document, empty, json, never, token};
use super::*;

/// Nothing is added to an answer.
const NOTHING: Kept<'static> = &|_| 0;

/// How the lists of an exchange are, beside being right.
#[derive(Clone, Debug, Default)]
struct Manners {
    /// The most rows of an answer; all, if none is said.
    page: Option<usize>,
    /// Whether a page may be as long as a client likes.
    takes_limits: bool,
    /// Whether the parameter `id` means nothing.
    ignores_ids: bool,
    /// A list ends after so many rows, as if there were no more.
    cut_after: Option<usize>,
    /// A field that lists leave out of objects of this type; of all, if it is empty.
    leaves_out: Option<(&'static str, &'static str)>,
    /// The objects whose rows hide what is in them.
    hides: Option<&'static str>,
    /// Whether nothing is ever shown of what is null.
    omits_nulls: bool,
    /// A field that lists show nothing of, though they have it.
    nulls: Option<&'static str>,
    /// What is answered instead of a list.
    instead: Option<u16>,
    /// Whether that is answered to everything.
    is_down: bool,
}

/// What an exchange has, by id.
type Estate = BTreeMap<String, Json>;

struct Exchange {
    stub: Stub,
    estate: Arc<Mutex<Estate>>,
    /// As it was seen last.
    known: Mutex<Estate>,
    shared: Objects,
    alone: Objects,
}

fn object(number: usize) -> Json {
    let types = ["p2p_vc", "exchange_lan", "cloud_vc"];
    json!({
        "id": format!("V-{number}"),
        "type": types[number % 3],
        "state": "production",
        "owner": format!("O-{}", number % 7),
        "capacity": number,
        "reference": number.is_multiple_of(2).then_some("ours"),
        "vlan_config": {"vlan_type": "vlan", "vlan": number},
    })
}

fn estate(numbers: impl IntoIterator<Item = usize>) -> Estate {
    let objects = numbers.into_iter().map(object);
    objects
        .map(|object| (id_of(&object).unwrap(), object))
        .collect()
}

/// What an exchange shows of an object anywhere.
fn said(manners: &Manners, object: &Json) -> Json {
    let mut said = object.clone();
    if manners.omits_nulls {
        said.as_object_mut()
            .unwrap()
            .retain(|_, value| !value.is_null());
    }
    said
}

/// What a state has of an object after an answer: what that does not say is as it was known.
fn merged(answer: Json, known: Option<&Json>) -> Json {
    let mut merged = answer;
    let known = known.and_then(Json::as_object).into_iter().flatten();
    for (name, value) in known {
        if merged[name].is_null() {
            merged[name] = value.clone();
        }
    }
    merged
}

/// What a list shows of an object.
fn shown(manners: &Manners, object: &Json) -> Json {
    let mut row = said(manners, object);
    let fields = row.as_object_mut().unwrap();
    if let Some((field, of)) = manners.leaves_out
        && (of.is_empty() || object["type"] == *of)
    {
        fields.remove(field);
    }
    if let Some(field) = manners.nulls {
        fields.insert(field.to_owned(), Json::Null);
    }
    if manners.hides == object["id"].as_str() {
        fields.insert("reference".to_owned(), Json::Null);
        fields.insert("vlan_config".to_owned(), json!({"vlan_type": "vlan"}));
    }
    row
}

fn answer(manners: &Manners, estate: &mut Estate, asked: &Asked) -> Reply {
    let (path, query) = asked.target.split_once('?').unwrap_or((&asked.target, ""));
    if path == "/token" {
        return token("token");
    }
    let parameter = |name: &str| {
        let mut pairs = url::form_urlencoded::parse(query.as_bytes());
        pairs
            .find(|(known, _)| known == name)
            .map(|(_, value)| value.into_owned())
    };
    if let Some(status) = manners.instead
        && (manners.is_down || path == "/api/services")
    {
        return match status {
            200 => document("text/html", b"<html>Try later</html>"),
            status => empty(status),
        };
    }
    match (asked.method.as_str(), path.strip_prefix("/api/services/")) {
        ("GET", Some(id)) => match estate.get(id) {
            Some(object) => json(200, said(manners, object)),
            None => empty(404),
        },
        ("PATCH", Some(id)) => match estate.get_mut(id) {
            Some(object) => {
                object["capacity"] = json!(object["capacity"].as_u64().unwrap() + 1000);
                json(200, said(manners, object))
            }
            None => empty(404),
        },
        ("DELETE", Some(id)) => match estate.remove(id) {
            Some(_) => empty(204),
            None => empty(404),
        },
        ("GET", None) => {
            let ids = parameter("id").filter(|_| !manners.ignores_ids);
            let owner = parameter("owner");
            let number = |name: &str| parameter(name).and_then(|text| text.parse::<usize>().ok());
            let skip = number("page_offset").unwrap_or(0);
            let rows: Vec<Json> = estate
                .values()
                .filter(|one| {
                    let id = one["id"].as_str().unwrap();
                    ids.as_ref()
                        .is_none_or(|ids| ids.split(',').any(|asked| asked == id))
                })
                .filter(|one| owner.as_ref().is_none_or(|owner| one["owner"] == **owner))
                .take(manners.cut_after.unwrap_or(usize::MAX))
                .map(|object| shown(manners, object))
                .collect();
            let limit = number("page_limit").filter(|_| manners.takes_limits);
            let most = limit.or(manners.page).unwrap_or(usize::MAX);
            let page: Vec<Json> = rows.iter().skip(skip).take(most).cloned().collect();
            let status = match skip + page.len() < rows.len() {
                true => 206,
                false => 200,
            };
            json(status, Json::Array(page))
        }
        _ => empty(418),
    }
}

impl Exchange {
    async fn of(manners: Manners, estate: Estate) -> Exchange {
        let last_seen = Mutex::new(estate.clone());
        let estate = Arc::new(Mutex::new(estate));
        let known = estate.clone();
        let stub = Stub::deciding(move |asked| answer(&manners, &mut known.lock().unwrap(), asked));
        let stub = stub.await;
        let mut settings = stub.settings();
        let shared = Client::new(settings.clone()).unwrap().objects("/services");
        settings.shared_reads = false;
        let alone = Client::new(settings).unwrap().objects("/services");
        Exchange {
            stub,
            estate,
            known: last_seen,
            shared,
            alone,
        }
    }

    /// Looks at these, ten at a time as Terraform does.
    async fn look(&self, numbers: impl IntoIterator<Item = usize>) -> Vec<Option<Json>> {
        let moment = self.shared.lately();
        self.look_since(moment, numbers).await
    }

    async fn look_since(
        &self,
        moment: Instant,
        numbers: impl IntoIterator<Item = usize>,
    ) -> Vec<Option<Json>> {
        let looks = numbers.into_iter().map(|number| async move {
            let id = format!("V-{number}");
            let known = self.known.lock().unwrap().get(&id).cloned();
            let known = known.as_ref();
            let is_new = |row: &Json| known != Some(&merged(row.clone(), known));
            let kept = |answer: &Json| {
                let mut hasher = std::hash::DefaultHasher::new();
                for (name, value) in known.and_then(Json::as_object).into_iter().flatten() {
                    if answer.get(name) != Some(value) {
                        std::hash::Hash::hash(name, &mut hasher);
                    }
                }
                std::hash::Hasher::finish(&hasher)
            };
            let found = match self.shared.look(&id, moment, &kept, &never()).await {
                // As a refresh does: what a list says is taken if it says nothing new.
                Ok(Look::Shared(row)) if is_new(&row) => self.shared.find(&id, &never()).await,
                found => found.map(Look::into_object),
            };
            match found {
                Ok(object) => {
                    let object = merged(object, known);
                    self.known.lock().unwrap().insert(id, object.clone());
                    Some(object)
                }
                Err(error) if error.is_not_found() => None,
                Err(error) => panic!("{error}"),
            }
        });
        let ahead = futures_util::stream::iter(looks);
        let ahead = futures_util::StreamExt::buffered(ahead, 10);
        futures_util::StreamExt::collect(ahead).await
    }

    /// What each object's own address answers.
    async fn truth(&self, numbers: impl IntoIterator<Item = usize>) -> Vec<Option<Json>> {
        self.truth_beside(&Estate::new(), numbers).await
    }

    /// The same, where so much was known before.
    async fn truth_beside(
        &self,
        known: &Estate,
        numbers: impl IntoIterator<Item = usize>,
    ) -> Vec<Option<Json>> {
        let mut truth = Vec::new();
        for number in numbers {
            let id = format!("V-{number}");
            let found = self.alone.find(&id, &never()).await;
            truth.push(found.ok().map(|found| merged(found, known.get(&id))));
        }
        truth
    }

    /// What was asked since there were so many requests: lists, and objects alone.
    fn asked(&self, since: usize) -> (usize, usize) {
        let calls = self.stub.calls();
        let calls = &calls[since..];
        let lists = calls.iter().filter(|call| !call.contains("/services/"));
        let lists = lists.count();
        (lists, calls.len() - lists)
    }

    /// Looks at so many objects, which have to be as they are. Returns what was asked.
    async fn costs(&self, count: usize) -> (usize, usize) {
        let looked = self.look(0..count).await;
        let asked = self.asked(0);
        assert_eq!(looked, self.truth(0..count).await);
        asked
    }
}

#[tokio::test]
async fn a_handful_is_looked_at_alone_and_many_by_one_list() {
    for (count, expected) in [(1, (0, 1)), (4, (0, 4)), (5, (1, 4)), (500, (1, 4))] {
        let exchange = Exchange::of(Manners::default(), estate(0..count)).await;
        let (lists, alone) = exchange.costs(count).await;
        // Forms that the handful did not show are proven by one each, or by ten at once.
        let (least, most) = (expected.1, expected.1 + usize::from(count > 4) * 20);
        assert_eq!(lists, expected.0, "{count}");
        assert!((least..=most).contains(&alone), "{count}: {alone}");
    }
}

#[tokio::test]
async fn no_more_pages_are_read_than_looks_were_made() {
    let manners = Manners {
        page: Some(5),
        ..Manners::default()
    };
    let exchange = Exchange::of(manners, estate(0..500)).await;
    let (lists, alone) = exchange.costs(20).await;
    assert!(lists + alone <= 2 * 20, "{lists} lists, {alone} alone");
    let manners = Manners {
        page: Some(50),
        takes_limits: true,
        ..Manners::default()
    };
    let exchange = Exchange::of(manners, estate(0..900)).await;
    let (lists, alone) = exchange.costs(900).await;
    assert!(lists <= 3 && alone < 30, "{lists} lists, {alone} alone");
}

#[tokio::test]
async fn pages_are_read_on_as_more_is_looked_at() {
    let manners = Manners {
        page: Some(20),
        ..Manners::default()
    };
    let exchange = Exchange::of(manners, estate(0..600)).await;
    let (lists, alone) = exchange.costs(600).await;
    assert!(lists <= 40 && alone <= 60, "{lists} lists, {alone} alone");
}

#[tokio::test]
async fn a_list_that_leaves_something_out_is_noticed_and_given_up() {
    let leaves_out = Some(("capacity", ""));
    let exchange = Exchange::of(
        Manners {
            leaves_out,
            ..Manners::default()
        },
        estate(0..60),
    )
    .await;
    let (lists, alone) = exchange.costs(60).await;
    assert_eq!(
        (lists, alone),
        (1, 60),
        "one list, to see that it is of no use"
    );
}

#[tokio::test]
async fn a_list_that_shows_less_of_some_is_noticed_at_the_first_of_them() {
    for manners in [
        Manners {
            leaves_out: Some(("capacity", "cloud_vc")),
            ..Manners::default()
        },
        Manners {
            leaves_out: Some(("reference", "p2p_vc")),
            ..Manners::default()
        },
        Manners {
            nulls: Some("reference"),
            ..Manners::default()
        },
        Manners {
            hides: Some("V-40"),
            ..Manners::default()
        },
    ] {
        let exchange = Exchange::of(manners.clone(), estate(0..90)).await;
        let (lists, alone) = exchange.costs(90).await;
        assert!(lists == 1 && alone >= 40, "{manners:?}: {alone}");
    }
}

#[tokio::test]
async fn what_a_list_does_not_show_is_looked_at_alone() {
    for manners in [
        Manners {
            cut_after: Some(40),
            ..Manners::default()
        },
        Manners {
            cut_after: Some(0),
            ..Manners::default()
        },
        Manners {
            cut_after: Some(3),
            page: Some(2),
            ..Manners::default()
        },
    ] {
        let exchange = Exchange::of(manners.clone(), estate(0..60)).await;
        let (lists, _) = exchange.costs(70).await;
        assert!(lists < 20, "{manners:?}: {lists}");
    }
}

#[tokio::test]
async fn lists_that_are_refused_or_are_none_are_not_asked_for_again() {
    for (status, most) in [(403, 2), (404, 2), (200, 2), (503, 6), (500, 6)] {
        let manners = Manners {
            instead: Some(status),
            ..Manners::default()
        };
        let exchange = Exchange::of(manners, estate(0..40)).await;
        let (lists, alone) = exchange.costs(40).await;
        assert_eq!(alone, 40, "{status}");
        assert!((1..=most).contains(&lists), "{status}: {lists}");
    }
}

#[tokio::test]
async fn a_change_of_this_run_makes_all_that_was_seen_before_old() {
    let exchange = Exchange::of(Manners::default(), estate(0..100)).await;
    exchange.look(0..50).await;
    exchange
        .shared
        .update("V-70", &json!({}), &never())
        .await
        .unwrap();
    exchange
        .shared
        .delete("V-80", None, &never())
        .await
        .unwrap();
    let asked = exchange.stub.calls().len();
    let looked = exchange.look(50..100).await;
    assert_eq!(
        exchange.asked(asked),
        (1, 2),
        "a list, the one that changed and the one that is gone"
    );
    assert_eq!(looked, exchange.truth(50..100).await);
    assert_eq!(looked[20].as_ref().unwrap()["capacity"], 1070);
    assert_eq!(looked[30], None);
}

#[tokio::test]
async fn what_others_change_is_seen_by_whoever_asks_for_it_as_it_is_now() {
    let exchange = Exchange::of(Manners::default(), estate(0..100)).await;
    exchange.look(0..50).await;
    exchange.estate.lock().unwrap().get_mut("V-60").unwrap()["state"] = json!("error");
    let looked = exchange.look_since(Instant::now(), 50..100).await;
    assert_eq!(looked, exchange.truth(50..100).await);
}

#[tokio::test]
async fn who_looks_twice_looks_anew() {
    let exchange = Exchange::of(Manners::default(), estate(0..50)).await;
    exchange.look(0..50).await;
    exchange.estate.lock().unwrap().get_mut("V-30").unwrap()["state"] = json!("error");
    assert_eq!(exchange.look([30]).await, exchange.truth([30]).await);
}

#[tokio::test]
async fn an_interrupted_look_does_not_keep_others_from_looking() {
    let exchange = Exchange::of(Manners::default(), estate(0..50)).await;
    exchange.look(0..4).await;
    let stop = CancellationToken::new();
    stop.cancel();
    let moment = exchange.shared.lately();
    let error = exchange
        .shared
        .look("V-9", moment, NOTHING, &stop)
        .await
        .unwrap_err();
    assert!(error.is_interrupted(), "{error}");
    let given_up = exchange.shared.look("V-10", moment, NOTHING, &stop);
    drop(given_up);
    assert_eq!(exchange.look(5..50).await, exchange.truth(5..50).await);
}

/// All who wait look at the moments that they are told.
async fn wait_for(exchange: &Exchange, count: usize, rounds: usize) {
    let watches: Vec<_> = (0..count)
        .map(|number| exchange.shared.watch(&format!("V-{number}")))
        .collect();
    for round in 0..rounds {
        let waits = watches
            .iter()
            .enumerate()
            .map(|(number, watch)| async move {
                let due = watch.next(Duration::from_millis(40));
                tokio::time::sleep_until(due).await;
                let seen = watch.look(due, &never()).await.unwrap().into_object();
                assert_eq!(seen["capacity"], number + round, "as it is now");
            });
        join_all(waits).await;
        for object in exchange.estate.lock().unwrap().values_mut() {
            object["capacity"] = json!(object["capacity"].as_u64().unwrap() + 1);
        }
    }
}

#[tokio::test]
async fn all_who_wait_share_one_look() {
    for (count, ignores_ids) in [(30, false), (30, true), (300, false), (300, true)] {
        let manners = Manners {
            ignores_ids,
            ..Manners::default()
        };
        let exchange = Exchange::of(manners, estate(0..400)).await;
        wait_for(&exchange, count, 6).await;
        let (lists, alone) = exchange.asked(0);
        // One a round, and one more where a machine is slow.
        assert!(lists <= 6 * 2, "{count}: {lists} lists");
        // A handful to compare with, and one of each form that it did not show.
        assert!(alone <= HANDFUL + 8, "{count}: {alone} alone");
    }
}

#[tokio::test]
async fn who_waits_is_told_that_the_exchange_does_not_answer_and_only_one_looks_alone() {
    let manners = Manners {
        instead: Some(503),
        is_down: true,
        ..Manners::default()
    };
    let exchange = Exchange::of(manners, estate(0..40)).await;
    let stop = never();
    for _ in 0..HANDFUL {
        let look = exchange.shared.look("V-0", Instant::now(), NOTHING, &stop);
        assert!(look.await.is_err());
    }
    let watches: Vec<_> = (0..40)
        .map(|number| exchange.shared.watch(&format!("V-{number}")))
        .collect();
    let before = exchange.stub.calls().len();
    for _ in 0..5 {
        let due = watches[0].next(Duration::from_millis(1));
        tokio::time::sleep_until(due).await;
        let looks = watches.iter().map(|watch| watch.look(due, &stop));
        for look in join_all(looks).await {
            assert!(look.unwrap_err().is_transient());
        }
    }
    let attempts = usize::try_from(super::super::stub::FAST.attempts).unwrap();
    assert_eq!(exchange.asked(before), (5, 5 * attempts));
}

#[tokio::test]
async fn who_waits_is_answered_though_no_list_is() {
    for status in [500, 503, 403] {
        let manners = Manners {
            instead: Some(status),
            ..Manners::default()
        };
        let exchange = Exchange::of(manners, estate(0..40)).await;
        exchange.look(0..4).await;
        let watches: Vec<_> = (0..20)
            .map(|number| exchange.shared.watch(&format!("V-{number}")))
            .collect();
        for round in 0..8 {
            let due = watches[0].next(Duration::from_millis(1));
            tokio::time::sleep_until(due).await;
            let stop = never();
            let looks = watches.iter().map(|watch| watch.look(due, &stop));
            let answered = join_all(looks)
                .await
                .iter()
                .filter(|look| look.is_ok())
                .count();
            assert!(
                answered > 0,
                "{status}: the one that asked, in round {round}"
            );
            assert!(
                answered == 20 || round < 2 * ENOUGH,
                "{status} {round}: {answered}"
            );
        }
    }
}

#[tokio::test]
async fn what_belongs_to_many_is_listed_once() {
    for (manners, most) in [
        (Manners::default(), HANDFUL + 1),
        (
            Manners {
                leaves_out: Some(("capacity", "")),
                ..Manners::default()
            },
            usize::MAX,
        ),
        (
            Manners {
                cut_after: Some(30),
                ..Manners::default()
            },
            usize::MAX,
        ),
        (
            Manners {
                page: Some(9),
                ..Manners::default()
            },
            usize::MAX,
        ),
    ] {
        let exchange = Exchange::of(manners.clone(), estate(0..60)).await;
        let moment = exchange.shared.lately();
        for number in 0..9 {
            let owner = format!("O-{number}");
            let stop = never();
            let own = exchange
                .shared
                .belonging_since(moment, "owner", &owner, &stop);
            let (own, _) = own.await.unwrap();
            let asked = exchange.stub.calls().len() - number;
            assert!(asked <= most, "{manners:?}: {asked}");
            let truth = exchange
                .alone
                .belonging("owner", &owner, &stop)
                .await
                .unwrap();
            if manners.leaves_out.is_none() && manners.cut_after.is_none() {
                assert_eq!(own, truth, "{manners:?} {owner}");
            }
        }
    }
}

/// What happens at an exchange.
#[derive(Clone, Debug)]
enum Step {
    Looks(Vec<usize>),
    Changes(usize),
    Ends(usize),
    /// Another changes something; who looks after that wants to see it.
    OtherChanges(usize),
    OtherEnds(usize),
}

fn step() -> impl Strategy<Value = Step> {
    let number = 0..80_usize;
    prop_oneof![
        6 => prop::collection::vec(number.clone(), 1..60).prop_map(Step::Looks),
        1 => number.clone().prop_map(Step::Changes),
        1 => number.clone().prop_map(Step::Ends),
        1 => number.clone().prop_map(Step::OtherChanges),
        1 => number.prop_map(Step::OtherEnds),
    ]
}

fn manners() -> impl Strategy<Value = Manners> {
    let leaves_out = prop::sample::select(vec![
        ("capacity", "p2p_vc"),
        ("reference", ""),
        ("reference", "cloud_vc"),
        ("vlan_config", "exchange_lan"),
    ]);
    let instead = prop::sample::select(vec![200_u16, 403, 404, 500, 503]);
    (
        prop::option::of(1..50_usize),
        any::<bool>(),
        any::<bool>(),
        any::<bool>(),
        prop::option::weighted(0.2, 0..80_usize),
        prop::option::weighted(0.3, leaves_out),
        prop::option::weighted(0.3, prop::sample::select(vec!["V-3", "V-20", "V-50"])),
        prop::option::weighted(0.2, prop::sample::select(vec!["reference", "state"])),
        prop::option::weighted(0.1, instead),
    )
        .prop_map(
            |(page, takes, ignores_ids, omits, cut, leaves_out, hides, nulls, instead)| Manners {
                page,
                takes_limits: takes,
                ignores_ids,
                omits_nulls: omits,
                cut_after: cut,
                leaves_out,
                hides,
                nulls,
                instead,
                is_down: false,
            },
        )
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, ..ProptestConfig::default() })]

    #[test]
    fn shared_looks_answer_what_looks_alone_answer(
        manners in manners(),
        numbers in prop::collection::btree_set(0..80_usize, 0..80),
        steps in prop::collection::vec(step(), 1..12),
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let exchange = Exchange::of(manners, estate(numbers)).await;
            let mut moment = exchange.shared.lately();
            for step in steps {
                match step {
                    Step::Looks(numbers) => {
                        let moment = moment.max(exchange.shared.lately());
                        let known = exchange.known.lock().unwrap().clone();
                        let looked = exchange.look_since(moment, numbers.clone()).await;
                        assert_eq!(looked, exchange.truth_beside(&known, numbers).await);
                    }
                    Step::Changes(number) => {
                        let id = format!("V-{number}");
                        let _ = exchange.shared.update(&id, &json!({}), &never()).await;
                    }
                    Step::Ends(number) => {
                        let id = format!("V-{number}");
                        let _ = exchange.shared.delete(&id, None, &never()).await;
                    }
                    Step::OtherChanges(number) => {
                        let mut estate = exchange.estate.lock().unwrap();
                        if let Some(one) = estate.get_mut(&format!("V-{number}")) {
                            one["state"] = json!("error");
                            if !one["reference"].is_null() {
                                one["reference"] = json!("theirs");
                            }
                        }
                        moment = Instant::now();
                    }
                    Step::OtherEnds(number) => {
                        exchange.estate.lock().unwrap().remove(&format!("V-{number}"));
                        moment = Instant::now();
                    }
                }
            }
        });
    }
}
