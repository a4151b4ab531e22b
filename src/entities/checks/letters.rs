//! Letters of authorisation: who writes which.

use crate::entities::connection::CONNECTIONS;
use crate::entities::declaration::{Scene, Verdict, passes};
use crate::entities::port_reservation::PORT_RESERVATIONS;
use crate::entities::product_offering::PRODUCT_OFFERINGS;

use super::same;

const CONNECTION: &str = "network_connection";
const RESERVATION: &str = "port_reservation";

/// A letter that is to be handed in, where the exchange itself issues it.
pub async fn issued_by_the_exchange(scene: &Scene<'_>) -> Verdict {
    let (attribute, connection) = match scene.text(CONNECTION) {
        Ok(id) => (CONNECTION, id.to_owned()),
        Err(_) => {
            let port = scene.named(&PORT_RESERVATIONS, RESERVATION).await?;
            (RESERVATION, port.text("connection")?)
        }
    };
    let connection = scene.one(&CONNECTIONS, &connection).await?;
    let offering = connection.text("product_offering")?;
    let offered = scene.one(&PRODUCT_OFFERINGS, &offering).await?;
    if !same(&offered.text("cross_connect_initiator")?, "subscriber") {
        return passes();
    }
    scene.refuse(
        attribute,
        "The exchange issues this letter of authorisation",
        format!(
            "{attribute} is {:?}, and the exchange at {} says that with offering {offering} you \
             order the cross connect yourself (cross_connect_initiator is \"subscriber\"). The \
             letter comes from the exchange then: read it with data \"ixapi_loa\", and upload \
             nothing.",
            scene.text(attribute)?,
            scene.host()
        ),
    )
}
