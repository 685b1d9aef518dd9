//! Security tokens of GSS-API (RFC 2743, 3.1) and SPNEGO (RFC 4178; MS-SPNG), which carry NTLMSSP and Kerberos.
//!
//! Read: what [`super::ntlm`] reads of NTLMSSP, what [`super::kerberos`] reads of a ticket, and the name that old servers give as a hint. Not read: lists of
//! mechanisms, checksums.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use model::{Field, Subject};
use wire::{Limit, Reader, Result};

use super::ber::{Tag, expect, optional, value};
use super::fields::joined;
use super::{kerberos, ntlm};
use crate::Notes;

const HINT_NAME: Field = Field::new("spnego.hintName");

/// Fields that [`observe`] notes beside those of the mechanisms.
pub(super) const FIELDS: &[Field] =
    &joined::<{ 1 + kerberos::TICKET_FIELDS.len() }>(&[&[HINT_NAME], kerberos::TICKET_FIELDS]);

/// `[APPLICATION 0]`: the first token of a context, with its mechanism.
const INITIAL: Tag = Tag(0x60);

/// 1.3.6.1.5.5.2
const SPNEGO: &[u8] = b"\x2b\x06\x01\x05\x05\x02";

/// 1.2.840.113554.1.2.2
const KERBEROS: &[u8] = b"\x2a\x86\x48\x86\xf7\x12\x01\x02\x02";

/// What stands before an AP-REQ in a token of Kerberos (RFC 4121, 4.1).
const AP_REQUEST: &[u8] = &[1, 0];

/// Names that stand where none is given (MS-SPNG, 2.2.1; old Samba).
const NO_HINTS: [&[u8]; 2] = [b"not_defined_in_RFC4178@please_ignore", b"NONE"];

/// Notes what a security token says about its sender; nothing when it is of a mechanism that is not read.
pub(super) fn observe(token: &[u8], notes: &mut Notes) {
    match token.first() {
        Some(b'N') => ntlm::observe(token, notes),
        Some(0x60 | 0xa0 | 0xa1) => {
            // Nothing is noted of what cannot be unwrapped.
            let _unwrapped = unwrap(token, notes);
        }
        _ => {}
    }
}

/// Token in text.
const TEXT: Limit = Limit::new("gss_token_text", 16 << 10, "servers of HTTP take heads of 16 KiB at most");

/// Like [`observe`] for what follows the scheme `NTLM` or `Negotiate` in a header field of HTTP (RFC 4559, 4): the
/// token in base64.
pub(super) fn observe_base64(text: &[u8], notes: &mut Notes) {
    let text = text.trim_ascii();
    if text.is_empty() || !TEXT.allows(text.len()) {
        return;
    }
    if let Ok(token) = STANDARD.decode(text) {
        observe(&token, notes);
    }
}

/// The mechanism's token within the token of GSS-API or SPNEGO.
fn unwrap(token: &[u8], notes: &mut Notes) -> Result<()> {
    let mut reader = Reader::closed(token);
    let (tag, mut content) = value(&mut reader)?;
    if tag != INITIAL {
        return negotiation(tag, &mut content, notes);
    }
    let mechanism = expect(&mut content, Tag::OID)?;
    if mechanism.as_slice() == SPNEGO {
        let (tag, mut inner) = value(&mut content)?;
        negotiation(tag, &mut inner, notes)?;
    } else {
        kerberos(mechanism, content, notes);
    }
    Ok(())
}

fn kerberos(mechanism: Reader<'_>, token: Reader<'_>, notes: &mut Notes) {
    if mechanism.as_slice() == KERBEROS
        && let Some(request) = token.as_slice().strip_prefix(AP_REQUEST)
    {
        kerberos::ticket(request, notes);
    }
}

/// NegTokenInit and NegTokenResp (RFC 4178, 4.2): both have the mechanism's token as `[2]`.
fn negotiation(tag: Tag, content: &mut Reader<'_>, notes: &mut Notes) -> Result<()> {
    let mut fields = expect(content, Tag::SEQUENCE)?;
    while !fields.is_empty() {
        let (field, mut content) = value(&mut fields)?;
        if field == Tag::context(2) {
            mechanism(expect(&mut content, Tag::OCTETS)?, notes)?;
        } else if field == Tag::context(3) && tag == Tag::context(0) {
            hint(&mut content, notes)?;
        }
    }
    Ok(())
}

fn mechanism(mut token: Reader<'_>, notes: &mut Notes) -> Result<()> {
    if let Some(mut content) = optional(&mut token, INITIAL)? {
        let mechanism = expect(&mut content, Tag::OID)?;
        kerberos(mechanism, content, notes);
    } else {
        ntlm::observe(token.as_slice(), notes);
    }
    Ok(())
}

/// NegHints of NegTokenInit2 (MS-SPNG, 2.2.1); a checksum stands there in a NegTokenInit.
fn hint(content: &mut Reader<'_>, notes: &mut Notes) -> Result<()> {
    let Some(mut hints) = optional(content, Tag::SEQUENCE)? else { return Ok(()) };
    if let Some(mut name) = optional(&mut hints, Tag::context(0))? {
        let name = expect(&mut name, Tag::GENERAL_STRING)?.rest();
        if !NO_HINTS.contains(&name) {
            notes.fact_bytes(Subject::Sender, HINT_NAME, name);
        }
    }
    Ok(())
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::infra::ntlm::tests::{authenticate, challenge};
    use crate::kit::Recording;

    pub(in crate::infra) fn tlv(tag: u8, content: &[u8]) -> Vec<u8> {
        match content.len() {
            short @ 0..=127 => [&[tag, u8::try_from(short).unwrap()], content].concat(),
            long => [&[tag, 0x82], &u16::try_from(long).unwrap().to_be_bytes()[..], content].concat(),
        }
    }

    /// A NegTokenResp with a mechanism's token.
    pub(in crate::infra) fn response(token: &[u8]) -> Vec<u8> {
        tlv(0xa1, &tlv(0x30, &[tlv(0xa0, &[0x0a, 1, 1]), tlv(0xa2, &tlv(4, token))].concat()))
    }

    /// A NegTokenInit with a mechanism's token.
    fn offer_of(token: &[u8]) -> Vec<u8> {
        let mechanisms = tlv(0xa0, &tlv(0x30, &tlv(6, KERBEROS)));
        let inner = tlv(0xa0, &tlv(0x30, &[mechanisms, tlv(0xa2, &tlv(4, token))].concat()));
        tlv(0x60, &[tlv(6, SPNEGO), inner].concat())
    }

    /// A NegTokenInit2 with a hint.
    pub(in crate::infra) fn offer(hint: &[u8]) -> Vec<u8> {
        let mechanisms = tlv(0xa0, &tlv(0x30, &tlv(6, b"\x2b\x06\x01\x04\x01\x82\x37\x02\x02\x0a")));
        let hints = tlv(0xa3, &tlv(0x30, &tlv(0xa0, &tlv(0x1b, hint))));
        let inner = tlv(0xa0, &tlv(0x30, &[mechanisms, hints].concat()));
        tlv(0x60, &[tlv(6, SPNEGO), inner].concat())
    }

    fn recording(token: &[u8]) -> Recording {
        let mut notes = Notes::new();
        observe(token, &mut notes);
        Recording::of(&notes)
    }

    #[test]
    fn unwraps_ntlm_and_takes_it_bare() {
        for token in [challenge(), response(&challenge())] {
            let recording = recording(&token);
            assert_eq!(recording.values("ntlmssp.challenge.target_info.nb_computer_name"), ["PACS01"]);
        }
        assert_eq!(recording(&response(&authenticate("x"))).values("ntlmssp.auth.hostname"), ["CT-CONSOLE"]);
    }

    #[test]
    fn ticket_names_the_service_that_it_is_for() {
        let ticket = crate::infra::kerberos::tests::ap_request("cifs", "PACS01.ward.example", 23);
        let token = tlv(0x60, &[tlv(6, KERBEROS), AP_REQUEST.to_vec(), ticket].concat());
        for token in [offer_of(&token), response(&token), token] {
            let recording = recording(&token);
            assert_eq!(recording.values("kerberos.SNameString"), ["cifs/PACS01.ward.example"]);
            let weak: Vec<_> =
                recording.weaknesses.iter().map(|note| (note.subject, note.weakness)).collect();
            assert_eq!(weak, [(Subject::Receiver, model::Weakness::WeakKerberosEncryption)]);
            assert!(recording.facts.iter().all(|fact| fact.0 == Subject::Receiver));
        }
    }

    #[test]
    fn hint_names_the_server_unless_it_says_nothing() {
        assert_eq!(
            recording(&offer(b"nas01$@WARD.EXAMPLE")).values(HINT_NAME.name()),
            ["nas01$@WARD.EXAMPLE"]
        );
        assert!(recording(&offer(b"not_defined_in_RFC4178@please_ignore")).facts.is_empty());
    }

    #[test]
    fn reads_base64_and_nothing_of_what_is_not() {
        let mut notes = Notes::new();
        observe_base64(STANDARD.encode(challenge()).as_bytes(), &mut notes);
        assert_eq!(Recording::of(&notes).values("ntlmssp.version"), ["10.0.14393"]);
        notes.clear();
        observe_base64(b"realm=\"x\"", &mut notes);
        observe_base64(b"", &mut notes);
        assert!(notes.is_empty());
    }

    #[test]
    fn every_prefix_is_survived() {
        for token in [response(&challenge()), offer(b"nas01$@WARD.EXAMPLE")] {
            for length in 0..token.len() {
                assert!(recording(&token[..length]).anomalies.is_empty());
            }
        }
    }
}
