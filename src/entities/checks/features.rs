//! Features of a network service, such as a route server: what they do not take.

use crate::entities::declaration::{Scene, Seen, Skipped, Verdict, passes};
use crate::entities::network_feature::NETWORK_FEATURES;
use crate::tfplugin::diagnostics::{Diagnostic, Diagnostics};
use crate::tfplugin::path::{Path, Step};
use crate::tfplugin::value::Value;

use super::same;

const FEATURE: &str = "network_feature";

async fn feature(scene: &Scene<'_>) -> Result<Seen, Skipped> {
    scene.named(&NETWORK_FEATURES, FEATURE).await
}

/// What is said of a feature.
fn said(scene: &Scene<'_>, what: &str) -> Result<String, Skipped> {
    let (id, host) = (scene.text(FEATURE)?, scene.host());
    Ok(format!(
        "the exchange at {host} says that feature {id} {what}"
    ))
}

/// Flags that the feature does not have, and those that are to be off and cannot be.
pub async fn refused_flags(scene: &Scene<'_>) -> Verdict {
    let Value::Map(flags) = scene.value("flags") else {
        return passes();
    };
    let shown = feature(scene).await?.parts("flags")?;
    let named: Result<Vec<(String, Seen)>, Skipped> = shown
        .into_iter()
        .map(|flag| Ok((flag.text("name")?, flag)))
        .collect();
    let known = named?;
    let mut refused = Diagnostics::default();
    for (name, value) in flags {
        let flag = known.iter().find(|(known, _)| known == name);
        let mandatory = flag.is_some_and(|(_, flag)| flag.flag("mandatory").unwrap_or_default());
        let wrong = match flag {
            None => no_such_flag(scene, name, &known)?,
            Some(_) if mandatory && *value == Value::Bool(false) => always_on(scene, name)?,
            Some(_) => continue,
        };
        refused.push(wrong.at(Path::attribute("flags").step(Step::Key(name.clone()))));
    }
    Ok(refused)
}

fn no_such_flag(
    scene: &Scene<'_>,
    name: &str,
    known: &[(String, Seen)],
) -> Result<Diagnostic, Skipped> {
    let names: Vec<&str> = known.iter().map(|(name, _)| name.as_str()).collect();
    let has = match names.as_slice() {
        [] => "has no flags".to_owned(),
        names => format!("has these: {}", names.join(", ")),
    };
    Ok(Diagnostic::error(
        "The network feature does not have this flag",
        format!(
            "flags names {name:?}, and {}. Correct the name, or remove it.",
            said(scene, &has)?
        ),
    ))
}

fn always_on(scene: &Scene<'_>, name: &str) -> Result<Diagnostic, Skipped> {
    Ok(Diagnostic::error(
        "The flag cannot be switched off",
        format!(
            "flags has {name} = false, and {}. Set it to true, or leave it out.",
            said(scene, "has it as mandatory")?
        ),
    ))
}

/// A BGP session that is to be opened by the side that does not do so.
pub async fn another_side_opens(scene: &Scene<'_>) -> Verdict {
    let wanted = scene.text("bgp_session_type")?;
    let known = feature(scene).await?.texts("available_bgp_session_types")?;
    if known.is_empty() || known.iter().any(|kind| same(kind, wanted)) {
        return passes();
    }
    let has = format!(
        "has these: {} (available_bgp_session_types)",
        known.join(", ")
    );
    scene.refuse(
        "bgp_session_type",
        "The network feature does not have this type of BGP session",
        format!(
            "bgp_session_type is {wanted:?}, and {}. Choose one of them, or another feature.",
            said(scene, &has)?
        ),
    )
}
