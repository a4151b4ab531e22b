//! The answers to what others ask for: to join a circuit, or to change one's own.

use std::sync::Arc;

use async_trait::async_trait;

use crate::entities::declaration::Resource;
use crate::entities::{CHANGE_REQUEST, MANAGING, OWNERS, P2P_VC};
use crate::ixapi::{Changed, Json, State, lenient};
use crate::tfplugin::diagnostics::{Diagnostic, Diagnostics};
use crate::tfplugin::path::Path;
use crate::tfplugin::schema::{Mode, Schema};
use crate::tfplugin::streams::Parts;
use crate::tfplugin::traits::{Action, Call};
use crate::tfplugin::value::Value;

use super::super::cancellation::Ending;
use super::super::errors::Attempt;
use super::super::messages::sentence;
use super::super::remote::Remote;
use super::super::session::Session;
use super::super::timeouts::Operation;
use super::super::{PREFIX, answers, reference};
use super::{
    accounts, argument, empty, is_open, is_own, looked_at, not_own, remote, schema, tell, text,
};

/// The argument that holds the id of the circuit.
const CIRCUIT: &str = "network_service";
/// The argument that holds the id of the offering that is agreed to.
const OFFERING: &str = "product_offering";

/// `ixapi_decline_circuit`
pub struct DecliningCircuit(pub Arc<Session>);

/// `ixapi_accept_change`
pub struct AcceptingChange(pub Arc<Session>);

/// `ixapi_decline_change`
pub struct DecliningChange(pub Arc<Session>);

/// A circuit that somebody has asked something about.
struct Circuit<'a> {
    remote: Remote<'a>,
    object: Json,
    state: Value,
}

fn circuit_schema(description: &str, of: &str) -> Schema {
    let id = text(CIRCUIT, Mode::Required, format!("Id of {of}."));
    schema(description, vec![id])
}

async fn circuit<'a>(
    session: &'a Session,
    call: &'a Call<'_>,
    config: &Value,
) -> Result<Circuit<'a>, Diagnostics> {
    let remote = remote(session, &P2P_VC, argument(config, CIRCUIT)?, call)?;
    let object = looked_at(&remote).await?;
    Ok(Circuit {
        state: answers::first_seen(&P2P_VC, &object),
        remote,
        object,
    })
}

/// The offering that an object has, or a wish asks for.
fn offering(object: &Json) -> Option<String> {
    let offering = object.get(OFFERING).and_then(lenient::text);
    offering.filter(|offering| !offering.is_empty())
}

fn refused(summary: String, detail: String) -> Diagnostics {
    let detail = format!("{detail} Nothing was sent.");
    Diagnostic::error(sentence(&summary), detail)
        .at(Path::attribute(CIRCUIT))
        .into()
}

impl Circuit<'_> {
    /// Whether it is to be declined; not if it is already.
    ///
    /// # Errors
    /// That it is one's own, or not for oneself, or has been joined: ending it would be something
    /// else.
    async fn is_to_be_declined(&self) -> Result<bool, Diagnostics> {
        let the_object = self.remote.the_object();
        let state = State::of(&self.object);
        if state.as_ref().is_some_and(State::is_ending) {
            return Ok(false);
        }
        let accounts = accounts(&self.remote).await?;
        let are_named = |field: &&str| accounts.are_named(&self.object, field);
        if OWNERS.iter().any(are_named) {
            return Err(refused(
                format!("{the_object} is your own"),
                format!(
                    "An account of yours has ordered it. To end it, destroy it, or use \
                     {PREFIX}_cancel."
                ),
            ));
        }
        if !are_named(&"joining_member_account") {
            return Err(refused(
                format!("{the_object} is not for an account of yours"),
                "Only the account that is asked to join a circuit can decline it.".to_owned(),
            ));
        }
        if state != Some(State::Requested) {
            let state = state.map_or_else(|| "without a state".to_owned(), |it| it.to_string());
            return Err(refused(
                format!("{the_object} cannot be declined any more"),
                format!(
                    "It is {state}: both sides have joined it. To leave it, end your \
                     {PREFIX}_nsc."
                ),
            ));
        }
        let configs = self.remote.client.objects("/network-service-configs");
        let mine = configs.belonging(CIRCUIT, &self.remote.id, self.remote.stop);
        let attempt = Attempt::On(Operation::Read, &self.remote);
        let mine = mine.await.map_err(|error| attempt.explain(&error))?;
        let is_mine =
            |config: &&Json| reference::is_live(config) && accounts.are_named(config, MANAGING);
        if let Some(config) = mine.iter().find(is_mine) {
            let id = crate::ixapi::id_of(config).unwrap_or_default();
            return Err(refused(
                format!("{the_object} is joined already"),
                format!("Your config {id} joins it. To leave it, end that {PREFIX}_nsc."),
            ));
        }
        Ok(true)
    }

    /// What the other side asks for, as a change of the circuit.
    async fn wish(&self) -> Result<Option<Json>, Diagnostics> {
        let attempt = Attempt::On(Operation::Read, &self.remote);
        let wish = self.remote.wish(&self.state).await;
        let wish = wish.map_err(|error| attempt.explain(&error))?;
        // What asks for no offering asks for nothing, or is no change request.
        Ok(wish.filter(|wish| offering(wish).is_some()))
    }

    /// What a change request asks for: the fields of the circuit that are to be other ones.
    fn wished(&self, wish: &Json) -> Vec<(&'static str, Json)> {
        let fields = CHANGE_REQUEST.of.shape.all_fields();
        let fields = fields.filter(|field| field.is_configurable());
        let wished = fields.filter_map(|field| {
            let value = wish.get(field.name).filter(|value| !value.is_null())?;
            Some((field.name, value.clone()))
        });
        wished.collect()
    }

    /// The body of the change that grants it.
    fn granting(&self, wish: &Json) -> Json {
        let always = P2P_VC
            .fields_of(&self.state)
            .filter(|field| field.always_sent);
        let mut body = serde_json::Map::new();
        body.extend(always.filter_map(|field| {
            Some((field.name.to_owned(), self.object.get(field.name)?.clone()))
        }));
        let told_apart_by = P2P_VC.of.shape.told_apart_by;
        if let Some(variant) = self.object.get(told_apart_by) {
            body.insert(told_apart_by.to_owned(), variant.clone());
        }
        // What the exchange sets itself follows from the offering.
        let may_be_sent = |name: &str| {
            let mut fields = P2P_VC.fields_of(&self.state);
            fields.any(|field| field.name == name && field.is_configurable())
        };
        let wished = self.wished(wish).into_iter();
        let wished = wished.filter(|(name, _)| may_be_sent(name));
        body.extend(wished.map(|(name, value)| (name.to_owned(), value)));
        Json::Object(body)
    }

    fn told(&self, wish: &Json) -> String {
        let wished = self.wished(wish).into_iter().map(|(name, value)| {
            let before = self.object.get(name).and_then(lenient::text);
            let after = lenient::text(&value).unwrap_or_else(|| value.to_string());
            format!("{name} {} -> {after}", before.unwrap_or_default())
        });
        wished.collect::<Vec<_>>().join(", ")
    }

    /// What is asked for, if it is what a person has agreed to.
    ///
    /// # Errors
    /// That nothing is asked for, or something else.
    async fn agreed(&self, config: &Value) -> Result<Option<Json>, Diagnostics> {
        if !is_own(&self.remote, &self.object).await? {
            return Err(not_own(&self.remote, CIRCUIT));
        }
        let wanted = argument(config, OFFERING)?;
        let is_it = |offering: String| offering.eq_ignore_ascii_case(wanted);
        let Some(wish) = self.wish().await? else {
            return match offering(&self.object).is_some_and(is_it) {
                true => Ok(None),
                false => Err(self.nothing_asked()),
            };
        };
        if offering(&wish).is_some_and(is_it) {
            return Ok(Some(wish));
        }
        Err(Diagnostic::error(
            sentence(&format!(
                "{} is asked for something else",
                self.remote.the_object()
            )),
            format!(
                "{OFFERING} is {wanted:?}, and its other side asks for {}. Nothing was sent.",
                self.told(&wish)
            ),
        )
        .at(Path::attribute(OFFERING))
        .into())
    }

    /// What is asked of this circuit of one's own.
    ///
    /// # Errors
    /// That nothing is, or that the circuit is another party's, who alone can decline.
    async fn to_decline(&self) -> Result<Json, Diagnostics> {
        if !is_own(&self.remote, &self.object).await? {
            return Err(not_own(&self.remote, CIRCUIT));
        }
        self.wish().await?.ok_or_else(|| self.nothing_asked())
    }

    fn nothing_asked(&self) -> Diagnostics {
        refused(
            format!("nobody asks for a change of {}", self.remote.the_object()),
            format!(
                "{} has no change request there. It may be answered or taken back already.",
                self.remote.host()
            ),
        )
    }
}

#[async_trait]
impl Action for DecliningCircuit {
    fn schema(&self) -> Schema {
        circuit_schema(
            "Declines a point-to-point circuit that somebody else has ordered to one of your \
             ports: it becomes `cancelled`, and its owner sees that it was not accepted. To accept \
             it, order an `ixapi_nsc` for it. A circuit of your own, or one that you have joined, \
             is never touched.",
            "the circuit that somebody else has ordered",
        )
    }

    fn validate(&self, config: &Value) -> Diagnostics {
        empty(config, CIRCUIT)
    }

    async fn plan(&self, call: &Call<'_>, config: &Value) -> Result<(), Diagnostics> {
        if is_open(&self.0, config) {
            return Ok(());
        }
        let circuit = circuit(&self.0, call, config).await?;
        if circuit.is_to_be_declined().await? {
            let by = circuit.object.get(MANAGING).and_then(lenient::text);
            let by = by.unwrap_or_default();
            call.tell(Diagnostic::warning(
                sentence(&format!("{} will be declined", circuit.remote.the_object())),
                format!("Account {by} has ordered it. What is declined has to be ordered anew."),
            ));
        }
        Ok(())
    }

    async fn invoke(
        &self,
        call: &Call<'_>,
        config: &Value,
        progress: &Parts<String>,
    ) -> Result<(), Diagnostics> {
        let circuit = circuit(&self.0, call, config).await?;
        let the_object = circuit.remote.the_object();
        if !circuit.is_to_be_declined().await? {
            tell(
                progress,
                format!("{the_object} is declined or ended already"),
            )
            .await;
            return Ok(());
        }
        tell(progress, format!("declining {the_object}")).await;
        let _changing = self.0.changing(&P2P_VC);
        let attempt = Attempt::End(&circuit.remote);
        let said = match circuit.remote.end(attempt, &circuit.state, None).await? {
            Ending::UnderWay(object) => match State::of(&object) {
                Some(state) => format!("{the_object} is declined: it is {state}"),
                None => format!("the exchange has taken it that {the_object} is declined"),
            },
            Ending::Gone => format!("{the_object} is declined"),
        };
        tell(progress, said).await;
        Ok(())
    }
}

#[async_trait]
impl Action for AcceptingChange {
    fn schema(&self) -> Schema {
        let offering = "Id of the offering that is agreed to. Where the other side asks for \
                        another one by then, nothing is changed.";
        schema(
            "Grants what the other side of a circuit of yours asks for (`ixapi_change_request`): \
             the circuit gets the product offering that is wanted, and costs what that costs. \
             Where Terraform manages the circuit, configure the same there, or the next apply sets \
             it back. What is granted already is not changed again.",
            vec![
                text(CIRCUIT, Mode::Required, "Id of your circuit.".to_owned()),
                text(OFFERING, Mode::Required, offering.to_owned()),
            ],
        )
    }

    fn validate(&self, config: &Value) -> Diagnostics {
        let mut wrong = empty(config, CIRCUIT);
        wrong.append(empty(config, OFFERING));
        wrong
    }

    async fn plan(&self, call: &Call<'_>, config: &Value) -> Result<(), Diagnostics> {
        if is_open(&self.0, config) {
            return Ok(());
        }
        let circuit = circuit(&self.0, call, config).await?;
        if let Some(wish) = circuit.agreed(config).await? {
            call.tell(Diagnostic::warning(
                sentence(&format!("{} will be changed", circuit.remote.the_object())),
                format!(
                    "Its other side asks for {}. The circuit costs what the new offering costs.",
                    circuit.told(&wish)
                ),
            ));
        }
        Ok(())
    }

    async fn invoke(
        &self,
        call: &Call<'_>,
        config: &Value,
        progress: &Parts<String>,
    ) -> Result<(), Diagnostics> {
        let circuit = circuit(&self.0, call, config).await?;
        let remote = &circuit.remote;
        let the_object = remote.the_object();
        let Some(wish) = circuit.agreed(config).await? else {
            tell(progress, format!("{the_object} has that offering already")).await;
            return Ok(());
        };
        tell(
            progress,
            format!("changing {the_object}: {}", circuit.told(&wish)),
        )
        .await;
        let _changing = self.0.changing(&P2P_VC);
        let attempt = Attempt::On(Operation::Update, remote);
        let changed = {
            let lanes = remote.lanes(&[&circuit.state]).await;
            let _lanes = lanes.map_err(|early| attempt.interrupted(early))?;
            remote.change(&circuit.granting(&wish)).await
        };
        let now = match changed.map_err(|error| attempt.explain(&error))? {
            Changed::Object(object) => object,
            // What answers with something else may not have passed it on.
            Changed::Silently | Changed::Otherwise => looked_at(remote).await?,
        };
        // An exchange may go on showing what was before the change; its request is gone then.
        if offering(&now) != offering(&wish) && circuit.wish().await?.is_some() {
            return Err(Diagnostic::error(
                format!("It is not sure that {the_object} is being changed"),
                format!(
                    "{} took the change, shows the circuit as before, and still has the request. \
                     Invoke this again later: what is granted by then is not changed again.",
                    remote.host()
                ),
            )
            .into());
        }
        let state = State::of(&now).map(|state| format!("; it is {state}"));
        let granted = format!("the change is granted{}", state.unwrap_or_default());
        tell(progress, granted).await;
        Ok(())
    }
}

#[async_trait]
impl Action for DecliningChange {
    fn schema(&self) -> Schema {
        circuit_schema(
            "Declines what the other side of a circuit of yours asks for \
             (`ixapi_change_request`). The circuit stays as it is.",
            "your circuit",
        )
    }

    fn validate(&self, config: &Value) -> Diagnostics {
        empty(config, CIRCUIT)
    }

    async fn plan(&self, call: &Call<'_>, config: &Value) -> Result<(), Diagnostics> {
        if is_open(&self.0, config) {
            return Ok(());
        }
        let circuit = circuit(&self.0, call, config).await?;
        let wish = circuit.to_decline().await?;
        call.tell(Diagnostic::warning(
            sentence(&format!(
                "A change of {} will be declined",
                circuit.remote.the_object()
            )),
            format!("Its other side asks for {}.", circuit.told(&wish)),
        ));
        Ok(())
    }

    async fn invoke(
        &self,
        call: &Call<'_>,
        config: &Value,
        progress: &Parts<String>,
    ) -> Result<(), Diagnostics> {
        let circuit = circuit(&self.0, call, config).await?;
        let wish = circuit.to_decline().await?;
        let request: &'static Resource = &CHANGE_REQUEST;
        let id = &circuit.remote.id;
        let request = remote(&self.0, request, id, call)?;
        let told = circuit.told(&wish);
        tell(
            progress,
            format!("declining {told} of {}", circuit.remote.the_object()),
        )
        .await;
        let _changing = self.0.changing(&P2P_VC);
        let asked = Value::object([(CIRCUIT, Value::text(id))]);
        let ended = request.end(Attempt::End(&request), &asked, None).await?;
        let is_gone = matches!(ended, Ending::Gone);
        if is_gone && offering(&looked_at(&circuit.remote).await?) == offering(&wish) {
            return Err(refused(
                format!(
                    "the change of {} was granted meanwhile",
                    circuit.remote.the_object()
                ),
                "Somebody has granted it before it could be declined.".to_owned(),
            ));
        }
        tell(progress, "the change is declined".to_owned()).await;
        Ok(())
    }
}
