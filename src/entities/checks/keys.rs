//! Service keys, which say to whose port a circuit goes.

use crate::entities::declaration::{Scene, Skipped, Verdict, passes};
use crate::entities::service_key::KEYS;
use crate::tfplugin::value::Value;

/// What a service key is told by.
pub const SERVICE_KEY: &[&str] = &["service_key", "service_key_wo_version"];

const KEY: &str = "service_key";
/// The same, never stored.
const UNSTORED: &str = "service_key_wo";

/// A circuit cannot be ordered with a key that the exchange does not know. The key is a secret, and
/// is not quoted.
pub async fn key_of_a_port(scene: &Scene<'_>) -> Verdict {
    if !scene.is_order() {
        // The key of a circuit that is there is noted, and sent to nobody.
        return passes();
    }
    let given = match scene.value(KEY) {
        Value::Null => UNSTORED,
        _ => KEY,
    };
    match scene.named(&KEYS, given).await {
        Err(Skipped::Missing) => scene.refuse(
            given,
            "This is not a service key",
            format!(
                "The exchange at {} was asked for the port of this service_key, and does not know \
                 it. A circuit cannot be ordered with it, and nothing is cancelled for that. Ask \
                 whose port it is for the key that it has now. If the exchange has its service \
                 keys elsewhere, say where: service_key_extension of the provider.",
                scene.host()
            ),
        ),
        Err(skipped) => Err(skipped),
        Ok(_) => passes(),
    }
}
