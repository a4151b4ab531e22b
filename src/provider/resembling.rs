//! Orders of a run that was cut off which are almost what is planned: what was ordered could be
//! changed into it. As it is, it is another order; whoever meant the same has to say so.

use crate::entities::declaration::Mode;
use crate::ixapi::{Json, lenient};
use crate::tfplugin::diagnostics::Diagnostic;
use crate::tfplugin::plan::{self, Change};
use crate::tfplugin::traits::Call;

use super::errors::import_block;
use super::journal::Note;
use super::reference;
use super::remote::Site;
use super::{answers, defaults, forgotten, lasting, namesake, recovery};

/// Tells of an order that is planned beside one of an earlier run which differs from it only in
/// what can be changed. One that its owner calls otherwise is another one.
pub async fn look(site: &Site<'_>, call: &Call<'_>, change: &Change) {
    let field = reference::field_of(site.resource, &change.planned);
    let is_nameless = field.is_some_and(|field| {
        field.mode == Mode::Drawn && change.config.get(field.attribute).is_null()
    });
    let journal = site.session.journal().filter(|_| is_nameless);
    let Some(journal) = journal else {
        return;
    };
    let (session, of) = (site.session, site.resource.of);
    let owners = namesake::owners(&change.planned);
    let is_near = |note: &Note| {
        let is_nameless = note.reference.as_deref().is_none_or(recovery::is_drawn);
        is_nameless && note.order.collection == of.path && note.order.owners == owners
    };
    let moved = session.defaults().former_hosts;
    for note in journal.all_open(site.home.host(), &moved, is_near) {
        let Some((id, object)) = there(site, &note).await else {
            continue;
        };
        let found = answers::first_seen(site.resource, &object);
        let config = defaults::as_configured(site.resource, &change.config, &change.planned);
        let into = plan::plan(call.schema, found, config.clone(), config, &[]);
        let is_changed = lasting::replaced(site.resource, call, &into.prior, &into.planned);
        if is_changed.is_empty() && session.run.tells_of_left_over(of, &id) {
            let differing = namesake::changed(site, &into);
            call.tell(is_beside(site, &note, &object, &id, &differing));
            return;
        }
    }
}

/// What came of a noted order, if it is live and of the kind that is planned.
async fn there(site: &Site<'_>, note: &Note) -> Option<(String, Json)> {
    let (looks, client) = (&site.session.looks, &site.client);
    let (id, object) = match &note.id {
        Some(id) => {
            let found = looks
                .find(client, site.resource.of.path, id, site.stop)
                .await;
            (id.clone(), (*found.ok()?).clone())
        }
        None => {
            let found = forgotten::bearer(&site.objects, note, site.stop).await;
            found.ok()??
        }
    };
    let is_it = reference::is_live(&object) && reference::is_of_the_kind(site, &object);
    is_it.then_some((id, object))
}

fn is_beside(
    site: &Site<'_>,
    note: &Note,
    object: &Json,
    id: &str,
    differing: &[String],
) -> Diagnostic {
    let (noun, name) = (site.resource.noun, site.resource.name);
    let state = object.get("state").and_then(lenient::text);
    let state = state.map(|state| format!(", in state {state}"));
    let differs = match differing {
        [] => "what the exchange does not show".to_owned(),
        some => some.join(", "),
    };
    Diagnostic::warning(
        format!("This orders another {noun} beside {id}"),
        format!(
            "A run that was cut off ordered {id} at {} on {}, and no state has it so far. It is \
             there{}, and differs from what is described here in {differs} alone. That is not just \
             what was ordered then, so that this is a new order, and both would be billed. If {id} \
             is what is described here, take it over, and it is changed:\n\n{}\n\nIf another \
             ixapi_{name} of the configuration describes exactly what was ordered, an apply goes \
             on with it there.",
            site.host(),
            note.at,
            state.unwrap_or_default(),
            import_block(site.resource, id)
        ),
    )
}
