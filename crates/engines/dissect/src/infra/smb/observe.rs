//! What SMB says about stations.

use std::fmt;

use model::{Field, Subject, Weakness};

use super::message::Status;
use super::smb1::{Details, Login, SetupRequest, SetupResponse};
use super::{smb1, smb2};
use crate::Notes;
use crate::display::{Guid, Hex};
use crate::infra::fields::joined;
use crate::infra::nbns::message::NetbiosName;
use crate::infra::utf16::Utf16;
use crate::infra::{gss, ntlm};

const CALLED_NAME: Field = Field::new("nbss.called_name");
const CALLING_NAME: Field = Field::new("nbss.calling_name");
const COMMAND: Field = Field::new("smb.cmd");
const DIALECT_NAME: Field = Field::new("smb.dialect.name");
const DIALECT_INDEX: Field = Field::new("smb.dialect.index");
const MODE: Field = Field::new("smb.sm");
const SERVER: Field = Field::new("smb.server");
const PRIMARY_DOMAIN: Field = Field::new("smb.primary_domain");
const NATIVE_OS: Field = Field::new("smb.native_os");
const NATIVE_LAN_MANAGER: Field = Field::new("smb.native_lanman");
const ACTION: Field = Field::new("smb.setup.action");
const ACCOUNT: Field = Field::new("smb.account");
const SERVER_GUID: Field = Field::new("smb.server_guid");
const DIALECT: Field = Field::new("smb2.dialect");
const SECURITY_MODE: Field = Field::new("smb2.sec_mode");
const CLIENT_GUID_2: Field = Field::new("smb2.client_guid");
const SERVER_GUID_2: Field = Field::new("smb2.server_guid");
const NET_NAME: Field = Field::new("smb2.negotiate_context.netname");
const SESSION_FLAGS: Field = Field::new("smb2.session_flags");

const OWN: &[Field] = &[
    CALLED_NAME,
    CALLING_NAME,
    DIALECT_NAME,
    DIALECT_INDEX,
    SERVER,
    PRIMARY_DOMAIN,
    NATIVE_OS,
    NATIVE_LAN_MANAGER,
    SERVER_GUID,
    DIALECT,
    CLIENT_GUID_2,
    SERVER_GUID_2,
    NET_NAME,
];

const COUNT: usize = OWN.len() + gss::FIELDS.len() + ntlm::FIELDS.len();

pub(super) static FIELDS: [Field; COUNT] = joined(&[OWN, gss::FIELDS, ntlm::FIELDS]);

/// A NetBIOS session is asked for: with `*SMBSERVER` nobody is named.
pub(super) fn session_request(called: NetbiosName, calling: NetbiosName, notes: &mut Notes) {
    if !called.is_wildcard() {
        notes.fact_display(Subject::Receiver, CALLED_NAME, called);
    }
    notes.fact_display(Subject::Sender, CALLING_NAME, calling);
}

/// SMB 1 is spoken, by a message other than a negotiation.
pub(super) fn smb1_in_use(header: smb1::Header, notes: &mut Notes) {
    let server = if header.is_response() { Subject::Sender } else { Subject::Receiver };
    notes.weakness(server, Weakness::Smb1, COMMAND);
}

/// The client speaks nothing but SMB 1.
pub(super) fn smb1_only(notes: &mut Notes) {
    notes.weakness(Subject::Sender, Weakness::Smb1, DIALECT_NAME);
}

/// A server chose a dialect of SMB 1.
pub(super) fn smb1_negotiated(dialect: Option<&[u8]>, answer: &smb1::Negotiated<'_>, notes: &mut Notes) {
    if let Some(name) = dialect {
        notes.fact_bytes(Subject::Sender, DIALECT_INDEX, name);
    }
    notes.weakness(Subject::Sender, Weakness::Smb1, DIALECT_INDEX);
    if !answer.security_mode.requires_signing() {
        notes.weakness(Subject::Sender, Weakness::SmbSigningNotRequired, MODE);
    }
    match &answer.details {
        Details::None => {}
        Details::Extended { guid, token } => {
            if *guid != [0; 16] {
                notes.fact_display(Subject::Sender, SERVER_GUID, OctetGuid(*guid));
            }
            gss::observe(token, notes);
        }
        Details::Named { domain, server } => {
            domain.note(Subject::Sender, PRIMARY_DOMAIN, notes);
            server.note(Subject::Sender, SERVER, notes);
        }
    }
}

/// A client logs in to a server of SMB 1; `in_clear` when the server wants its password as it is.
pub(super) fn smb1_request(request: &SetupRequest<'_>, in_clear: bool, notes: &mut Notes) {
    request.native_os.note(Subject::Sender, NATIVE_OS, notes);
    request.native_lan_manager.note(Subject::Sender, NATIVE_LAN_MANAGER, notes);
    request.domain.note(Subject::Sender, PRIMARY_DOMAIN, notes);
    match request.login {
        Login::Token(token) => gss::observe(token, notes),
        Login::Passwords { is_empty, has_user } => {
            if !is_empty {
                let weakness = if in_clear { Weakness::CleartextCredentials } else { Weakness::Ntlm };
                notes.weakness(Subject::Receiver, weakness, ACCOUNT);
            }
            if has_user {
                notes.weakness(Subject::Receiver, Weakness::CleartextUserName, ACCOUNT);
            }
        }
    }
}

/// The server's answer, `was_anonymous` when nobody logged in.
pub(super) fn smb1_response(
    status: Status,
    response: &SetupResponse<'_>,
    was_anonymous: bool,
    notes: &mut Notes,
) {
    response.native_os.note(Subject::Sender, NATIVE_OS, notes);
    response.native_lan_manager.note(Subject::Sender, NATIVE_LAN_MANAGER, notes);
    response.domain.note(Subject::Sender, PRIMARY_DOMAIN, notes);
    gss::observe(response.token, notes);
    if status == Status::SUCCESS && (response.is_guest || was_anonymous) {
        notes.weakness(Subject::Sender, Weakness::AnonymousAccess, ACTION);
    }
}

pub(super) fn smb2_offer(offer: &smb2::Offer<'_>, notes: &mut Notes) {
    if offer.client_guid != [0; 16] {
        notes.fact_display(Subject::Sender, CLIENT_GUID_2, Guid(offer.client_guid));
    }
    if let Some(name) = offer.server_name {
        notes.fact_display(Subject::Receiver, NET_NAME, Utf16(name));
    }
}

pub(super) fn smb2_negotiated(answer: &smb2::Negotiated<'_>, notes: &mut Notes) {
    if answer.dialect != smb2::Dialect::WILDCARD {
        notes.fact_display(Subject::Sender, DIALECT, format_args!("{:#06x}", answer.dialect.0));
    }
    if answer.server_guid != [0; 16] {
        notes.fact_display(Subject::Sender, SERVER_GUID_2, Guid(answer.server_guid));
    }
    if !answer.security_mode.requires_signing() {
        notes.weakness(Subject::Sender, Weakness::SmbSigningNotRequired, SECURITY_MODE);
    }
    gss::observe(answer.token, notes);
}

pub(super) fn token(token: &[u8], notes: &mut Notes) {
    gss::observe(token, notes);
}

/// A session was granted.
pub(super) fn smb2_session(flags: smb2::SessionFlags, notes: &mut Notes) {
    if flags.is_anonymous() {
        notes.weakness(Subject::Sender, Weakness::AnonymousAccess, SESSION_FLAGS);
    }
}

/// A GUID printed octet by octet, as Wireshark prints that of SMB 1.
struct OctetGuid([u8; 16]);

impl fmt::Display for OctetGuid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [a @ .., i, j, k, l, m, n, o, p] = self.0;
        let [b @ .., e, g, h, q] = a;
        let (first, second, third, fourth) = (Hex(&b), Hex(&[e, g]), Hex(&[h, q]), Hex(&[i, j]));
        write!(f, "{first}-{second}-{third}-{fourth}-{}", Hex(&[k, l, m, n, o, p]))
    }
}
