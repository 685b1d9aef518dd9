//! Questions as the UI asks them.

use anyhow::{Context, Result};
use serde_json::{Value, json};
use ureq::Agent;

use crate::times::Times;

/// Somebody who is logged in.
pub(crate) struct Client {
    agent: Agent,
    url: String,
}

impl Client {
    pub(crate) fn log_in(url: &str, name: &str, password: &str) -> Result<Self> {
        let agent: Agent = Agent::config_builder().build().into();
        let url = url.trim_end_matches('/').to_owned();
        let given = json!({ "name": name, "password": password }).to_string();
        agent
            .post(format!("{url}/api/v1/session"))
            .header("Content-Type", "application/json")
            .header("Origin", &url)
            .send(given)?;
        Ok(Self { agent, url })
    }

    /// Whether somebody answers.
    pub(crate) fn probe(url: &str, path: &str) -> Result<()> {
        ureq::get(format!("{}{path}", url.trim_end_matches('/'))).call()?;
        Ok(())
    }

    fn get(&self, path: &str) -> Result<String> {
        let answer = self.agent.get(format!("{}{path}", self.url)).call().with_context(|| path.to_owned())?;
        Ok(answer.into_body().read_to_string()?)
    }

    fn json(&self, path: &str) -> Result<Value> {
        Ok(serde_json::from_str(&self.get(path)?)?)
    }

    /// The `total` of a list.
    pub(crate) fn total(&mut self, path: &str) -> Result<u64> {
        self.json(path)?.get("total").and_then(Value::as_u64).context("a total")
    }

    /// A figure of `/metrics`.
    pub(crate) fn metric(&mut self, name: &str) -> Result<f64> {
        let text = self.get("/metrics")?;
        let line = text.lines().find_map(|line| line.strip_prefix(name)).with_context(|| name.to_owned())?;
        Ok(line.trim().parse()?)
    }
}

/// Every question, each in several forms so that no answer is remembered.
pub(crate) fn all(client: &mut Client, devices: u32) -> Result<Vec<Times>> {
    let list = client.json("/api/v1/devices?limit=500")?;
    let items = list.get("items").and_then(Value::as_array).context("a list")?;
    let ids: Vec<String> =
        items.iter().filter_map(|row| row.get("id")?.as_str().map(str::to_owned)).collect();
    let nth = |run: u32| ids.get(usize::try_from(run).unwrap_or_default() % ids.len()).context("a device");
    let get = |path: &str| client.get(path).map(drop);
    Ok(vec![
        Times::of("list, last seen first", 100.0, |run| {
            get(&format!("/api/v1/devices?limit={}", 50 + run % 9))
        })?,
        Times::of("list, by name", 100.0, |run| {
            get(&format!("/api/v1/devices?sort=name&limit={}", 50 + run % 9))
        })?,
        Times::of("list, narrowed", 100.0, |run| {
            let state =
                if run % 2 == 0 { "class=unknown" } else { "lifecycle=discovered&class=non_clinical" };
            get(&format!("/api/v1/devices?{state}&limit={}", 50 + run % 9))
        })?,
        Times::of("search, one device", 200.0, |run| {
            get(&format!("/api/v1/devices?q=device-{:06}", (run * 1_709) % devices))
        })?,
        Times::of("search, many devices", 200.0, |run| {
            get(&format!("/api/v1/devices?q=ward-{}-", run % 97))
        })?,
        Times::of("search, none", 200.0, |run| get(&format!("/api/v1/devices?q=nothing-{run}")))?,
        Times::of("device page, all its requests", 150.0, |run| {
            let id = nth(run)?;
            get(&format!("/api/v1/devices/{id}"))?;
            get(&format!("/api/v1/devices/{id}/conversations?limit=50"))?;
            get(&format!("/api/v1/devices/{id}/changes?limit=50"))
        })?,
        Times::of("facets", 200.0, |run| get(&format!("/api/v1/devices/facets?q=ward-{}", run % 97)))?,
    ])
}
