//! Which devices a request asks for: parameters, and a filter.

use model::DeviceType;
use store::{DeviceQuery, Filter, Sort};

use crate::extract::Parameters;
use crate::problem::{Answer, Problem};

/// Parameters that choose devices.
const CHOICE: &[&str] = &["filter", "q", "lifecycle", "class", "type", "manufacturer", "unknown"];
/// Parameters of pages.
pub(super) const PAGE: &[&str] = &["cursor", "limit"];
/// What lists are sorted by.
const SORTS: &str = "clinical_class, device_type, first_seen, ip, last_seen, lifecycle, location, mac, manufacturer, name, os, serial, zone";
/// Entries of a page unless the request says otherwise, and at most.
const LIMIT: u32 = 50;
const LIMIT_MAX: u32 = 500;
/// Bytes of a filter or of a search.
const TEXT_MAX: usize = 1000;

/// The devices that a list asks for.
pub(super) fn list(parameters: Parameters) -> Answer<DeviceQuery> {
    let names = [CHOICE, PAGE, &["sort"]].concat();
    let parameters = parameters.only(&names)?;
    let mut query = choice(&parameters)?;
    (query.sort, query.descending) = sort(parameters.one("sort")?.unwrap_or("-last_seen"))?;
    query.cursor = parameters.parsed("cursor")?;
    query.limit = limit(&parameters)?;
    Ok(query)
}

/// All devices of a choice, in order.
pub(super) fn whole(parameters: Parameters) -> Answer<DeviceQuery> {
    let parameters = parameters.only(&[CHOICE, &["sort"]].concat())?;
    let mut query = choice(&parameters)?;
    (query.sort, query.descending) = sort(parameters.one("sort")?.unwrap_or("first_seen"))?;
    Ok(query)
}

/// The devices that facets are counted of.
pub(super) fn facets(parameters: Parameters) -> Answer<DeviceQuery> {
    choice(&parameters.only(CHOICE)?)
}

/// Entries that a page shall have.
pub(super) fn limit(parameters: &Parameters) -> Answer<u32> {
    match parameters.parsed::<u32>("limit")? {
        Some(limit @ 1..=LIMIT_MAX) => Ok(limit),
        Some(_) => Err(Problem::invalid("/limit", format!("it is between 1 and {LIMIT_MAX}"))),
        None => Ok(LIMIT),
    }
}

fn choice(parameters: &Parameters) -> Answer<DeviceQuery> {
    let (device_type, untyped) = types(parameters)?;
    let unknown = parameters.one("unknown")?.map(|value| flag("/unknown", value)).transpose()?;
    let mut query = DeviceQuery {
        lifecycle: parameters.all_parsed("lifecycle")?,
        clinical_class: parameters.all_parsed("class")?,
        device_type,
        manufacturer: parameters.all("manufacturer").map(str::to_owned).collect(),
        unknown: unknown.or(untyped),
        search: short("/q", parameters.one("q")?.unwrap_or_default())?.to_owned(),
        ..DeviceQuery::default()
    };
    if let Some(text) = parameters.one("filter")? {
        query.filter = Some(read(short("/filter", text)?)?);
    }
    Ok(query)
}

/// A filter; what is wrong is named with its place.
pub(super) fn read(text: &str) -> Answer<Filter> {
    crate::filter::parse(text).map_err(|error| Problem::invalid("/filter", error.to_string()))
}

/// Types, or `unknown` alone: those without one.
fn types(parameters: &Parameters) -> Answer<(Vec<DeviceType>, Option<bool>)> {
    let words: Vec<&str> = parameters.all("type").collect();
    match words.as_slice() {
        ["unknown"] => Ok((Vec::new(), Some(true))),
        words if words.contains(&"unknown") => {
            Err(Problem::invalid("/type", "`unknown` stands alone, not beside other types"))
        }
        _ => Ok((parameters.all_parsed("type")?, None)),
    }
}

fn short<'a>(pointer: &'static str, text: &'a str) -> Answer<&'a str> {
    let refuse = || Problem::invalid(pointer, format!("it is longer than {TEXT_MAX} bytes"));
    (text.len() <= TEXT_MAX).then_some(text).ok_or_else(refuse)
}

fn flag(pointer: &'static str, value: &str) -> Answer<bool> {
    match value {
        "true" | "yes" => Ok(true),
        "false" | "no" => Ok(false),
        _ => Err(Problem::invalid(pointer, format!("`{value}` is neither `true` nor `false`"))),
    }
}

pub(super) fn sort(text: &str) -> Answer<(Sort, bool)> {
    let (column, descending) = text.strip_prefix('-').map_or((text, false), |column| (column, true));
    let sort = match column {
        "last_seen" => Sort::LastSeen,
        "first_seen" => Sort::FirstSeen,
        "name" => Sort::Name,
        "manufacturer" => Sort::Manufacturer,
        "device_type" => Sort::DeviceType,
        "clinical_class" => Sort::ClinicalClass,
        "os" => Sort::Os,
        "serial" => Sort::Serial,
        "location" => Sort::Location,
        "lifecycle" => Sort::Lifecycle,
        "ip" => Sort::Ip,
        "mac" => Sort::Mac,
        "zone" => Sort::Zone,
        _ => {
            let detail =
                format!("there is no sorting by `{column}`; there are {SORTS}, and `-` turns it round");
            return Err(Problem::invalid("/sort", detail));
        }
    };
    Ok((sort, descending))
}
