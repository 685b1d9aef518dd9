//! `bedrail sensor token`, `cancel` and `revoke`: which sensors a hub listens to.

use std::io::{Write as _, stdout};

use anyhow::anyhow;
use serde_json::{Value, json};

use crate::cli::{SensorCancelArgs, SensorRevokeArgs, SensorTokenArgs};
use crate::client::Client;
use crate::commands::ask::tell;
use crate::exit::{Done, Outcome, Refusal};
use crate::report::records::text;

/// Makes a token that one sensor is enrolled with.
pub(super) fn token(args: &SensorTokenArgs) -> Outcome {
    let client = Client::logged_in()?;
    let made = client.post("/api/v1/sensors/enrolments", &json!({ "name": args.name }))?.body;
    let field = |name: &str| text(&made, name).unwrap_or_default();
    let mut out = stdout().lock();
    if args.json {
        serde_json::to_writer_pretty(&mut out, &made)?;
        writeln!(out)?;
    } else {
        writeln!(out, "{}", field("token"))?;
    }
    let (sensor, ends) = (field("sensor"), field("expires_at"));
    tell(&format!(
        "{sensor} may be enrolled once until {ends}; on its machine: bedrail sensor enrol --hub URL --data FOLDER < token"
    ));
    Ok(Done::Whole)
}

/// Takes a token back.
pub(super) fn cancel(args: &SensorCancelArgs) -> Outcome {
    let client = Client::logged_in()?;
    let id = args.sensor.as_str();
    let answer = client.get("/api/v1/sensors/enrolments", &[])?.body;
    let tokens = answer.get("items").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
    let Some(token) = tokens.iter().find(|token| text(token, "sensor") == Some(id)) else {
        let told = format!("no token waits for `{id}`; `bedrail sensor tokens` lists them");
        return Err(anyhow!(Refusal::NotFound(told)));
    };
    let name = text(token, "name").unwrap_or("no name");
    if args.dry_run {
        tell(&format!("the token of {id} ({name}) would be taken back; nothing was changed"));
        return Ok(Done::Whole);
    }
    client.delete(&format!("/api/v1/sensors/enrolments/{id}"))?;
    tell(&format!("the token of {id} ({name}) is taken back"));
    Ok(Done::Whole)
}

/// Shuts a sensor out.
pub(super) fn revoke(args: &SensorRevokeArgs) -> Outcome {
    let client = Client::logged_in()?;
    let (id, name) = chosen(&client, &args.sensor)?;
    if args.dry_run {
        tell(&format!("{id} ({name}) would be shut out for ever; nothing was changed"));
        return Ok(Done::Whole);
    }
    client.post(&format!("/api/v1/sensors/{id}/revoke"), &json!({ "why": args.why }))?;
    tell(&format!("{id} ({name}) is shut out; what it reported stays"));
    Ok(Done::Whole)
}

/// Id and name of the one sensor that `wanted` names.
fn chosen(client: &Client, wanted: &str) -> anyhow::Result<(String, String)> {
    let answer = client.get("/api/v1/sensors", &[])?.body;
    let sensors = answer.get("items").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
    let known = sensors
        .iter()
        .filter_map(|sensor| Some((text(sensor, "id")?, text(sensor, "name").unwrap_or("no name"))));
    let meant: Vec<_> = known.filter(|(id, name)| *id == wanted || *name == wanted).collect();
    match meant.as_slice() {
        [(id, name)] => Ok(((*id).to_owned(), (*name).to_owned())),
        [] => {
            let told = format!("the hub knows no sensor `{wanted}`; `bedrail sensor list` lists them");
            Err(anyhow!(Refusal::NotFound(told)))
        }
        several => {
            let ids: Vec<&str> = several.iter().map(|(id, _)| *id).collect();
            let told = format!("`{wanted}` means several sensors: {}; name one by id", ids.join(", "));
            Err(anyhow!(Refusal::Usage(told)))
        }
    }
}
