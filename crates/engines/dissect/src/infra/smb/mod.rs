//! SMB 1, 2 and 3 over TCP and over the NetBIOS session service (MS-CIFS, MS-SMB, MS-SMB2; RFC 1001, RFC 1002).
//!
//! Read: NetBIOS names of a session request; negotiation (dialect, signing, server GUID, names); session set-up
//! (native system and LAN manager, security tokens, guest access). Recognized: encryption. Never read: names and
//! contents of files and shares (they can name a patient): every other message is passed over by its length. User
//! names, passwords and responses are never kept.

mod anomaly;
mod message;
mod observe;
mod session;
mod smb1;
mod smb2;
#[cfg(test)]
mod tests;

use crate::{Exposure, Group, Match, Probe, Protocol, StreamProtocol};

/// SMB.
pub static PROTOCOL: StreamProtocol = StreamProtocol {
    protocol: Protocol {
        name: "smb",
        title: "Server Message Block (SMB, CIFS)",
        group: Group::Infrastructure,
        standard: "MS-CIFS, MS-SMB, MS-SMB2, MS-NLMP, RFC 1002",
        exposure: Exposure::Negotiated,
        carries_patient_data: false,
        fields: &observe::FIELDS,
        anomalies: anomaly::SmbAnomaly::NAMES,
    },
    ports: &[445, 139],
    probe,
    start: || Box::new(session::Smb::default()),
};

/// A message of SMB behind its length, or a NetBIOS session request or the answer to it.
fn probe(probe: &Probe<'_>) -> Match {
    match probe.bytes {
        [message::SESSION_MESSAGE, _, _, _, rest @ ..] => message::probe_protocol(rest),
        [message::SESSION_REQUEST, 0, 0, _, rest @ ..] => message::probe_names(rest),
        [message::POSITIVE_RESPONSE, 0, 0, 0] if probe.responder_port_is(&[139]) => Match::Yes,
        [message::SESSION_MESSAGE | message::SESSION_REQUEST | message::POSITIVE_RESPONSE, rest @ ..]
            if rest.len() < 3 =>
        {
            Match::NeedMore
        }
        _ => Match::No,
    }
}
