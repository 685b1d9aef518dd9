//! Sessions: an opaque cookie, over after half an hour without a request and after half a day in any case.

use std::collections::HashMap;
use std::sync::Mutex;

use audit::{Origin, Subject, Text, Who};
use axum::http::{HeaderMap, header};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use model::Timestamp;
use sha2::{Digest, Sha256};
use store::{SessionHash, Store};
use subtle::ConstantTimeEq;

use super::Role;
use crate::problem::{Answer, Problem};
use crate::trail;
use crate::world::{NoChance, World};

/// Name of the cookie.
pub(crate) const COOKIE: &str = "bedrail_session";
/// A session without a request is over after this.
const IDLE_NS: u64 = 30 * 60 * 1_000_000_000;
/// A session is over after this, whatever happens.
const WHOLE_NS: u64 = 12 * 60 * 60 * 1_000_000_000;

/// 256 random bits that make their bearer somebody.
pub(crate) struct Secret([u8; 32]);

/// Somebody who is logged in, and with what.
#[derive(Debug, Clone)]
pub(crate) struct Visitor {
    /// Name of the account.
    pub(crate) name: String,
    /// What the account may do.
    pub(crate) role: Role,
    /// What a write has to bring in `X-CSRF-Token`.
    pub(crate) csrf: String,
    /// When the person was here before this session.
    pub(crate) last_visit: Option<Timestamp>,
    /// From where: the address of the request, and the beginning of the hash of the session.
    pub(crate) origin: Origin,
    hash: SessionHash,
}

/// When each session was used last. After a start of the hub a session counts as used when it is first seen.
#[derive(Debug, Default)]
pub(crate) struct Sessions(Mutex<HashMap<[u8; 32], Use>>);

#[derive(Debug, Clone, Copy)]
struct Use {
    last: Timestamp,
    last_visit: Option<Timestamp>,
}

impl Secret {
    fn new(world: &World) -> Result<Self, NoChance> {
        world.bytes().map(Self)
    }

    fn of(headers: &HeaderMap) -> Option<Self> {
        let cookies = headers.get_all(header::COOKIE).iter().filter_map(|line| line.to_str().ok());
        let mut pairs =
            cookies.flat_map(|line| line.split(';')).filter_map(|pair| pair.trim().split_once('='));
        let (_, value) = pairs.find(|(name, _)| *name == COOKIE)?;
        let bytes = URL_SAFE_NO_PAD.decode(value).ok()?;
        bytes.try_into().ok().map(Self)
    }

    /// What the cookie holds.
    pub(crate) fn text(&self) -> String {
        URL_SAFE_NO_PAD.encode(self.0)
    }

    /// What the store holds.
    fn hash(&self) -> SessionHash {
        SessionHash(self.derive(b"session"))
    }

    fn csrf(&self) -> String {
        URL_SAFE_NO_PAD.encode(self.derive(b"csrf"))
    }

    fn derive(&self, what: &[u8]) -> [u8; 32] {
        Sha256::new().chain_update(b"bedrail ").chain_update(what).chain_update(self.0).finalize().into()
    }
}

/// What stands for a session in the audit log: it opens nothing.
fn shown(hash: &SessionHash) -> Text {
    Text::of(&audit::hex(hash.0.get(..8).unwrap_or_default()))
}

impl Visitor {
    /// Whether a write comes from a page that this session was shown.
    pub(crate) fn is_own_request(&self, headers: &HeaderMap) -> bool {
        let token = headers.get("x-csrf-token").map_or(&b""[..], |token| token.as_bytes());
        token.ct_eq(self.csrf.as_bytes()).into()
    }
}

impl Sessions {
    /// Makes a session for an account.
    pub(crate) async fn begin(
        &self,
        store: &Store,
        world: &World,
        user: &store::User,
        mut trace: store::Trace,
    ) -> Answer<(Secret, Visitor)> {
        let now = world.steady();
        let secret = Secret::new(world)?;
        let role = user.role.parse().map_err(|_| Problem::forbidden("this account has no role"))?;
        let expires = Timestamp::from_nanos(now.nanos().saturating_add(WHOLE_NS));
        trace.origin.session = Some(shown(&secret.hash()));
        let origin = trace.origin.clone();
        let (who, subject) = (Who::Person(Text::of(&user.name)), Subject::of("account", &user.name));
        let login = trail::entry(trace, who, "login", subject);
        store.put_session(&secret.hash(), &user.name, (now, expires), login).await?;
        let last_visit = store.visit(&user.name, world.now()).await?;
        self.note(&secret.hash(), Use { last: now, last_visit });
        let visitor = Visitor {
            name: user.name.clone(),
            role,
            csrf: secret.csrf(),
            last_visit,
            origin,
            hash: secret.hash(),
        };
        Ok((secret, visitor))
    }

    /// Who sends a request; it counts as use.
    pub(crate) async fn visitor(
        &self,
        store: &Store,
        now: Timestamp,
        headers: &HeaderMap,
    ) -> Answer<Option<Visitor>> {
        let Some(secret) = Secret::of(headers) else { return Ok(None) };
        let hash = secret.hash();
        let Some(session) = store.session(&hash, now).await? else { return Ok(None) };
        // Of a run of the hub whose clock was ahead: it must not live longer.
        let is_before_its_time = now < session.created;
        let before = self.use_of(&hash).unwrap_or(Use { last: now, last_visit: session.user.last_visit });
        if is_before_its_time || now.since(before.last) > IDLE_NS {
            self.forget(&hash);
            store.end_session(&hash, None).await?;
            return Ok(None);
        }
        self.note(&hash, Use { last: now, ..before });
        let role = session.user.role.parse().map_err(|_| Problem::forbidden("this account has no role"))?;
        let (csrf, last_visit) = (secret.csrf(), before.last_visit);
        let origin = Origin { address: None, session: Some(shown(&hash)) };
        Ok(Some(Visitor { name: session.user.name, role, csrf, last_visit, origin, hash }))
    }

    /// Whether a session still is one; that does not count as use.
    pub(crate) async fn is_alive(&self, store: &Store, now: Timestamp, visitor: &Visitor) -> bool {
        let used = self.use_of(&visitor.hash).is_some_and(|used| now.since(used.last) <= IDLE_NS);
        used && matches!(store.session(&visitor.hash, now).await, Ok(Some(_)))
    }

    /// Ends a session; `logout` is the record of it.
    pub(crate) async fn end(&self, store: &Store, visitor: &Visitor, logout: audit::Entry) -> Answer<()> {
        self.forget(&visitor.hash);
        Ok(store.end_session(&visitor.hash, Some(logout)).await?)
    }

    /// Forgets what is long over, here and in the store.
    pub(crate) async fn sweep(&self, store: &Store, now: Timestamp) -> store::Result<()> {
        let is_over = |used: &Use| now.since(used.last) > IDLE_NS;
        let over: Vec<[u8; 32]> = match self.0.lock() {
            Ok(uses) => uses.iter().filter(|(_, used)| is_over(used)).map(|(hash, _)| *hash).collect(),
            Err(_) => Vec::new(),
        };
        for hash in over.into_iter().map(SessionHash) {
            store.end_session(&hash, None).await?;
            self.forget(&hash);
        }
        store.forget_sessions(now).await.map(drop)
    }

    fn use_of(&self, hash: &SessionHash) -> Option<Use> {
        self.0.lock().ok()?.get(&hash.0).copied()
    }

    fn note(&self, hash: &SessionHash, used: Use) {
        if let Ok(mut uses) = self.0.lock() {
            uses.insert(hash.0, used);
        }
    }

    fn forget(&self, hash: &SessionHash) {
        if let Ok(mut uses) = self.0.lock() {
            uses.remove(&hash.0);
        }
    }
}

/// The header that gives a browser its session.
pub(crate) fn cookie(secret: &Secret, secure: bool) -> String {
    format!("{COOKIE}={}; HttpOnly; SameSite=Strict; Path=/{}", secret.text(), secure_word(secure))
}

/// The header that takes it away.
pub(crate) fn clearing_cookie(secure: bool) -> String {
    format!("{COOKIE}=; HttpOnly; SameSite=Strict; Path=/; Max-Age=0{}", secure_word(secure))
}

const fn secure_word(secure: bool) -> &'static str {
    if secure { "; Secure" } else { "" }
}
