//! The hub that runs: its port, whether it answers, and whether the login is still one.

use std::net::{SocketAddr, TcpListener};
use std::path::Path;

use super::Finding;
use crate::client::{Client, Hub};
use crate::report::records::text;

pub(super) fn examine(data: Option<&Path>, listen: SocketAddr) -> Vec<Finding> {
    let mut findings = Vec::new();
    if let Some(data) = data {
        match hub::is_in_use(data) {
            Ok(true) => findings.push(answers(data, listen)),
            Ok(false) => findings.extend(stopped(listen)),
            Err(error) => {
                let says = format!("cannot see whether a hub runs: {error}");
                findings.push(Finding::warning("hub", says, "run this as the user of the hub or as root"));
            }
        }
    }
    findings.push(login());
    findings
}

/// No hub runs on the folder: then its port should be free.
fn stopped(listen: SocketAddr) -> Vec<Finding> {
    let port = match TcpListener::bind(listen) {
        Ok(_) => Finding::ok("port", format!("{listen} is free")),
        Err(error) => {
            let says = format!("the hub could not listen on {listen}: {error}");
            Finding::problem(
                "port",
                says,
                "end what listens there (`ss -ltnp`), or give the hub another --listen",
            )
        }
    };
    let next = "systemctl start bedrail-hub, or `bedrail hub --data FOLDER`";
    vec![port, Finding::warning("hub", "no hub runs on this folder", next)]
}

/// Asks the hub that runs whether it can answer. Its own certificate, from its folder, is the one it has to show.
fn answers(data: &Path, listen: SocketAddr) -> Finding {
    let certificate = data.join("tls").join("hub.crt");
    let ip = if listen.ip().is_unspecified() { std::net::Ipv4Addr::LOCALHOST.into() } else { listen.ip() };
    let place = SocketAddr::new(ip, listen.port());
    let scheme = if certificate.exists() { "https" } else { "http" };
    let asked = format!("{scheme}://{place}").parse::<Hub>().map_err(anyhow::Error::msg).and_then(|hub| {
        let client = match scheme {
            "https" => Client::local(hub, &certificate)?,
            _ => Client::new(hub, &crate::client::Trust::System)?,
        };
        Ok(client.get("/readyz", &[])?)
    });
    match asked {
        Ok(_) => Finding::ok("hub", format!("it answers at {place}")),
        Err(error) => {
            let next = "name the address that it listens on with --listen, and look into its log (`journalctl -u bedrail-hub`)";
            Finding::problem("hub", format!("a hub runs, but not so that it could answer: {error:#}"), next)
        }
    }
}

/// Whether the login of this user is still one.
fn login() -> Finding {
    let client = match Client::logged_in() {
        Ok(client) => client,
        Err(error) => return Finding::ok("login", format!("{error:#}")),
    };
    let hub = client.hub().clone();
    match client.get("/api/v1/about", &[]) {
        Ok(about) => {
            let version = text(&about.body, "version").unwrap_or("unknown");
            if version == env!("CARGO_PKG_VERSION") {
                return Finding::ok("login", format!("{hub} answers as version {version}"));
            }
            let says = format!("{hub} has version {version}, and this is {}", env!("CARGO_PKG_VERSION"));
            Finding::warning("login", says, "use the same version here and there")
        }
        Err(failure) => {
            let says = format!("{:#}", anyhow::Error::new(failure));
            Finding::warning("login", says, format!("bedrail login {hub}"))
        }
    }
}
