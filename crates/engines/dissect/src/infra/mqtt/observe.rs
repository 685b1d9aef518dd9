//! What MQTT packets say about stations.

use model::{Field, Subject, Weakness};

use super::message::Connect;
use crate::Notes;

const VERSION: Field = Field::new("mqtt.ver");
const CLIENT_ID: Field = Field::new("mqtt.clientid");
const TOPIC: Field = Field::new("mqtt.topic");
const USER_NAME: Field = Field::new("mqtt.conflag.uname");
const PASSWORD: Field = Field::new("mqtt.conflag.passwd");
const ACCEPTED: Field = Field::new("mqtt.conack.val");

pub(super) const FIELDS: &[Field] = &[VERSION, CLIENT_ID, TOPIC, USER_NAME, PASSWORD, ACCEPTED];

/// What a client says of itself; the weakness is the broker's, which accepts it.
pub(super) fn connect(connect: &Connect<'_>, notes: &mut Notes) {
    notes.fact_display(Subject::Sender, VERSION, connect.version);
    notes.fact_bytes(Subject::Sender, CLIENT_ID, connect.client_id);
    if connect.user_name {
        notes.weakness(Subject::Receiver, Weakness::CleartextUserName, USER_NAME);
    }
    if connect.password {
        notes.weakness(Subject::Receiver, Weakness::CleartextCredentials, PASSWORD);
    }
}

/// The first level of a topic that a client publishes under.
pub(super) fn topic(level: &[u8], notes: &mut Notes) {
    notes.fact_bytes(Subject::Sender, TOPIC, level);
}

/// A broker accepted a client that did not say who it is.
pub(super) fn accepted_anybody(notes: &mut Notes) {
    notes.weakness(Subject::Sender, Weakness::NoAuthentication, ACCEPTED);
}
