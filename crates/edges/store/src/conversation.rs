//! Who talks with whom, as lists of conversations.

use model::{Conversation, DeviceId, SensorId, Timestamp};

use crate::convert::{flag, small, station, text, time};
use crate::evidence::{CONVERSATION_COLUMNS, conversation};
use crate::names::Names;
use crate::page::{self, Cursor, Page};
use crate::query::Conditions;
use crate::sql::{self, Row, Sql, Value};
use crate::{Error, Result};

/// Which conversations, the latest first. What is `None` does not matter.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ConversationQuery {
    /// With this device at one end.
    pub device: Option<DeviceId>,
    /// With this device at one end too.
    pub peer: Option<DeviceId>,
    /// That speak this.
    pub protocol: Option<String>,
    /// Encrypted, or not.
    pub encrypted: Option<bool>,
    /// With patient data that a listener could read, or without.
    pub patient_data: Option<bool>,
    /// With frames since then.
    pub since: Option<Timestamp>,
    /// After the page that gave this.
    pub cursor: Option<Cursor>,
    /// At most so many; 0 is as many as a page holds.
    pub limit: u32,
}

/// A conversation as one sensor saw it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConversationRow {
    /// Who saw it.
    pub sensor: SensorId,
    /// The conversation, over all hours.
    pub conversation: Conversation,
    /// The device that opened it, if the originator is one.
    pub originator: Option<DeviceId>,
    /// The device that was called, if the responder is one.
    pub responder: Option<DeviceId>,
}

/// What conversations are sorted by: their last frame, and their key, so that no two are the same.
const ORDER: [&str; 7] = ["last_seen", "originator", "responder", "transport", "port", "protocol", "sensor"];

pub(crate) async fn conversations(
    sql: &mut dyn Sql,
    names: &Names,
    query: ConversationQuery,
) -> Result<Page<ConversationRow>> {
    let mut conditions = Conditions::default();
    for device in [&query.device, &query.peer].into_iter().flatten() {
        if !with_device(sql, device, &mut conditions).await? {
            return Ok(Page { items: Vec::new(), next: None });
        }
    }
    narrow(&query, &mut conditions)?;
    let limit = page::limit(query.limit);
    let at_most = conditions.bind(small(limit + 1));
    let order = ORDER.map(|column| format!("c.{column} DESC")).join(", ");
    let statement = format!(
        "SELECT {CONVERSATION_COLUMNS}, c.sensor, o.device, r.device FROM conversation c \
         LEFT JOIN device_station o ON o.station = c.originator \
         LEFT JOIN device_station r ON r.station = c.responder \
         {} ORDER BY {order} LIMIT {at_most}",
        conditions.text()
    );
    let read = |row: &mut Row| {
        Ok(ConversationRow {
            conversation: conversation(row, names)?,
            sensor: row.parsed("a sensor")?,
            originator: device(row.text_or_null()?)?,
            responder: device(row.text_or_null()?)?,
        })
    };
    let found = sql::all(sql, &statement, conditions.into_values(), read).await?;
    Ok(Page::of(found, limit, cursor))
}

/// With one of the stations of a device at one end; false when it has none.
async fn with_device(sql: &mut dyn Sql, device: &DeviceId, conditions: &mut Conditions) -> Result<bool> {
    let query = "SELECT station FROM device_station WHERE device = $1";
    let stations = sql::all(sql, query, vec![text(device.as_str())], |row| row.bytes()).await?;
    let places: Vec<String> =
        stations.into_iter().map(|station| conditions.bind(Value::Bytes(station))).collect();
    let places = places.join(", ");
    if places.is_empty() {
        return Ok(false);
    }
    conditions.and(format!("(c.originator IN ({places}) OR c.responder IN ({places}))"));
    Ok(true)
}

fn narrow(query: &ConversationQuery, conditions: &mut Conditions) -> Result<()> {
    let plain = [
        ("c.protocol =", query.protocol.as_deref().map(text)),
        ("c.encrypted =", query.encrypted.map(flag)),
        ("c.patient_data =", query.patient_data.map(flag)),
        ("c.last_seen >=", query.since.map(time)),
    ];
    for (comparison, value) in plain {
        if let Some(value) = value {
            let place = conditions.bind(value);
            conditions.and(format!("{comparison} {place}"));
        }
    }
    if let Some(cursor) = &query.cursor {
        let places = after(cursor)?.map(|value| conditions.bind(value)).join(", ");
        let columns = ORDER.map(|column| format!("c.{column}")).join(", ");
        conditions.and(format!("({columns}) < ({places})"));
    }
    Ok(())
}

fn cursor(row: &ConversationRow) -> Cursor {
    let key = &row.conversation.key;
    let keys = [
        row.conversation.last_seen.nanos().to_string(),
        page::hex(&station_bytes(key.originator)),
        page::hex(&station_bytes(key.responder)),
        key.transport.to_string(),
        key.port.to_string(),
        key.protocol.unwrap_or_default().to_owned(),
        row.sensor.to_string(),
    ];
    Cursor::new("conversation", &keys.each_ref().map(String::as_str))
}

/// The values of [`ORDER`] that a cursor holds.
fn after(cursor: &Cursor) -> Result<[Value; 7]> {
    let [last_seen, originator, responder, transport, port, protocol, sensor] =
        cursor.parts("conversation")?;
    let int = |text: String| text.parse().map(Value::Int).map_err(|_| Error::BadCursor);
    let bytes = |text: String| page::unhex(&text).map(Value::Bytes).ok_or(Error::BadCursor);
    Ok([
        int(last_seen)?,
        bytes(originator)?,
        bytes(responder)?,
        int(transport)?,
        int(port)?,
        text(protocol),
        text(sensor),
    ])
}

fn station_bytes(endpoint: model::Endpoint) -> Vec<u8> {
    match station(endpoint) {
        Value::Bytes(bytes) => bytes,
        Value::Null | Value::Int(_) | Value::Text(_) => Vec::new(),
    }
}

fn device(id: Option<String>) -> Result<Option<DeviceId>> {
    id.map(DeviceId::new).transpose().map_err(|_| Error::Unreadable { what: "a device id" })
}

/// Forgets a piece of the oldest hour before `before`: all conversations of some originators, with which it is `most`
/// rows or a little more. 0 when there is none left. The totals stay.
pub(crate) async fn forget_hours(sql: &mut dyn Sql, before: Timestamp, most: u32) -> Result<u64> {
    let oldest = "SELECT MIN(hour) FROM conversation_hour WHERE hour < $1";
    let hour = sql::one(sql, oldest, vec![time(before)], |row| row.int_or_null()).await?.flatten();
    let Some(hour) = hour.map(Value::Int) else { return Ok(0) };
    let last =
        "SELECT originator FROM conversation_hour WHERE hour = $1 ORDER BY originator LIMIT 1 OFFSET $2";
    let last = sql::one(sql, last, vec![hour.clone(), small(most)], |row| row.bytes()).await?;
    match last {
        Some(last) => {
            let delete = "DELETE FROM conversation_hour WHERE hour = $1 AND originator <= $2";
            sql.execute(delete, vec![hour, Value::Bytes(last)]).await
        }
        None => sql.execute("DELETE FROM conversation_hour WHERE hour = $1", vec![hour]).await,
    }
}
