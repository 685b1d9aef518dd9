//! `bedrail device set`: what people state about a device, beside what is observed.

use serde_json::{Map, Value, json};

use super::{chosen, path};
use crate::cli::SetArgs;
use crate::client::Client;
use crate::commands::ask::tell;
use crate::exit::{Done, Outcome, Refusal};

/// States it, unless somebody changed the device meanwhile.
pub(super) fn run(client: &Client, args: &SetArgs) -> Outcome {
    let values = args.values.iter().map(|text| parse(text)).collect::<Result<Map<_, _>, _>>()?;
    let path = path(&chosen(client, &args.device)?);
    let before = client.get(&path, &[])?;
    let told: Vec<String> = values.iter().map(|(field, value)| line(&before.body, field, value)).collect();
    if args.dry_run {
        tell(&format!("{}\nnothing was changed", told.join("\n")));
        return Ok(Done::Whole);
    }
    let tag = before.tag.as_deref().unwrap_or_default();
    client.patch(&path, tag, &json!({ "asserted": values, "why": args.why }))?;
    tell(&told.join("\n"));
    Ok(Done::Whole)
}

/// `field=value`; nothing after `=` takes a statement back.
fn parse(text: &str) -> Result<(String, Value), Refusal> {
    let wrong = || Refusal::Usage(format!("`{text}` is no `FIELD=VALUE`, such as `location=Ward 3`"));
    let (field, value) =
        text.split_once('=').filter(|(field, _)| !field.trim().is_empty()).ok_or_else(wrong)?;
    let value = if value.is_empty() { Value::Null } else { Value::from(value) };
    Ok((field.trim().to_owned(), value))
}

/// `location: `3` -> `4``
fn line(device: &Value, field: &str, value: &Value) -> String {
    let stated = device.get("asserted").and_then(Value::as_array);
    let is_it = |stated: &&Value| stated.get("attribute").and_then(Value::as_str) == Some(field);
    let before = stated.and_then(|all| all.iter().find(is_it)).and_then(|stated| stated.get("value"));
    let shown = |value: Option<&Value>| match value.and_then(Value::as_str) {
        Some(text) => format!("`{text}`"),
        None => "not stated".to_owned(),
    };
    format!("{field}: {} -> {}", shown(before), shown(Some(value)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_may_hold_what_the_field_may_not() {
        assert_eq!(parse("location=a=b").unwrap(), ("location".to_owned(), json!("a=b")));
        assert_eq!(parse("location=").unwrap(), ("location".to_owned(), Value::Null));
        assert!(parse("location").is_err() && parse("=x").is_err());
    }
}
