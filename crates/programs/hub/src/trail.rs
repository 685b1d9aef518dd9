//! What the hub writes into the audit log beside the acts on the store, which write their own records.

use std::net::IpAddr;

use audit::{Detail, Entry, Origin, Outcome, Subject, Text, Who, Word};
use axum::extract::ConnectInfo;
use axum::http::Extensions;

use crate::app::App;
use crate::auth::Visitor;
use crate::envelope::RequestId;
use crate::problem::Answer;
use crate::serve::Peer;

/// Where a request comes from.
pub(crate) fn from(address: IpAddr) -> Origin {
    Origin { address: Some(Text::of(&address.to_string())), session: None }
}

/// Where the connection of a request comes from, when it came over a network.
pub(crate) fn address(extensions: &Extensions) -> Option<Text> {
    extensions
        .get::<ConnectInfo<Peer>>()
        .map(|ConnectInfo(Peer(address))| Text::of(&address.ip().to_string()))
}

/// Of a request that is no decision about something in the store.
pub(crate) fn trace(app: &App, origin: Origin, request: Option<&RequestId>) -> store::Trace {
    store::Trace { at: app.world.now(), origin, request: request.map(|request| request.0.clone()) }
}

/// Somebody did something, or tried to.
pub(crate) fn entry(trace: store::Trace, who: Who, act: &str, subject: Subject) -> Entry {
    Entry {
        at: trace.at,
        who,
        act: Word::of(act),
        subject,
        outcome: Outcome::Done,
        origin: trace.origin,
        request: trace.request.as_deref().map(Text::of),
        detail: Detail::default(),
    }
}

/// Somebody who is logged in did something.
pub(crate) fn by(app: &App, visitor: &Visitor, request: &RequestId, act: &str, subject: Subject) -> Entry {
    let who = Who::Person(Text::of(&visitor.name));
    entry(trace(app, visitor.origin.clone(), Some(request)), who, act, subject)
}

/// With what came of it.
pub(crate) fn with_result(mut entry: Entry, result: String) -> Entry {
    entry.detail.after = Some(Text::of(&result));
    entry
}

/// Writes one entry down before the answer goes out.
pub(crate) async fn write(app: &App, entry: Entry) -> Answer<()> {
    app.store.append_audit(vec![entry]).await?;
    Ok(())
}

/// A name and a password that do not go together; `wait_s` is how long nobody of that name may try again from there.
pub(crate) fn failed_login(trace: store::Trace, name: &str, wait_s: u64) -> Entry {
    let after = (wait_s > 0).then(|| Text::of(&format!("locked out for {wait_s} s")));
    let tried = entry(trace, Who::Nobody, "login", Subject::of("account", name));
    Entry { outcome: Outcome::Failed, detail: Detail { after, ..Detail::default() }, ..tried }
}
