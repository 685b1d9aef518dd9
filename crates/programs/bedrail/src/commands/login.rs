//! `bedrail login` and `bedrail logout`.

use std::fs;

use anyhow::Context;

use super::ask::{agrees, is_somebody_there, secret, tell};
use crate::cli::LoginArgs;
use crate::client::{Client, Failure, Hub, Trust, forget, presented};
use crate::exit::{Done, Outcome, Refusal};

/// Logs in and keeps the session for the commands that follow.
pub(crate) fn log_in(args: &LoginArgs) -> Outcome {
    let hub: Hub = args.hub.parse().map_err(Refusal::Usage)?;
    let trust = trust(&hub, args)?;
    let client = Client::new(hub.clone(), &trust)?;
    let password = secret(&format!("password of {} at {hub}", args.user))?;
    let login = client.log_in(&args.user, &password, trust)?;
    tell(&format!("logged in to {hub} as {} ({})", login.user, login.role));
    Ok(Done::Whole)
}

/// Ends the session at the hub and forgets it here.
pub(crate) fn log_out() -> Outcome {
    let ended = Client::logged_in().and_then(|client| Ok(client.delete("/api/v1/session")?));
    if !forget()? {
        tell("there was no login");
        return Ok(Done::Whole);
    }
    match ended {
        Ok(()) => tell("logged out"),
        Err(error) if matches!(error.downcast_ref(), Some(Failure::Over(_))) => {
            tell("the login was over already")
        }
        Err(error) => {
            tell(&format!(
                "forgot the login, but the hub could not be told ({error:#}); there it is over after 30 minutes"
            ));
            return Ok(Done::Partial);
        }
    }
    Ok(Done::Whole)
}

/// Whose certificate the hub may show.
fn trust(hub: &Hub, args: &LoginArgs) -> anyhow::Result<Trust> {
    if !hub.is_encrypted() {
        return Ok(Trust::System);
    }
    if let Some(path) = &args.ca {
        let pem = fs::read_to_string(path).with_context(|| format!("cannot read `{}`", path.display()))?;
        return Ok(Trust::Authority(pem));
    }
    if let Some(fingerprint) = &args.fingerprint {
        return named(hub, fingerprint);
    }
    match Client::new(hub.clone(), &Trust::System)?.get("/livez", &[]) {
        Ok(_) => Ok(Trust::System),
        Err(Failure::Untrusted { .. }) => on_first_use(hub),
        Err(failure) => Err(failure.into()),
    }
}

/// The certificate with the fingerprint that somebody gave.
fn named(hub: &Hub, fingerprint: &str) -> anyhow::Result<Trust> {
    let digits = |text: &str| text.chars().filter(char::is_ascii_hexdigit).collect::<String>().to_uppercase();
    let shown = presented(hub)?;
    if digits(fingerprint) != digits(&shown) {
        let told =
            format!("{hub} shows another certificate than the one named: its SHA-256 fingerprint is {shown}");
        anyhow::bail!(Refusal::NotPermitted(told));
    }
    Ok(Trust::Fingerprint(shown))
}

/// A certificate that nobody vouches for, when a person says that it is the right one.
fn on_first_use(hub: &Hub) -> anyhow::Result<Trust> {
    let shown = presented(hub)?;
    if !is_somebody_there() {
        let told = format!(
            "no authority of this machine vouches for the certificate of {hub}, whose SHA-256 fingerprint is {shown}; \
             if the hub printed the same when it started, add `--fingerprint {shown}`"
        );
        anyhow::bail!(Refusal::NotPermitted(told));
    }
    tell(&format!(
        "No authority of this machine vouches for the certificate of {hub}.\nIts SHA-256 fingerprint is\n  {shown}\n\
         The hub printed its own when it started; compare the two."
    ));
    if !agrees("Are they the same, and is this certificate to be trusted from now on?")? {
        anyhow::bail!(Refusal::NotPermitted("the certificate is not trusted".to_owned()));
    }
    Ok(Trust::Fingerprint(shown))
}
