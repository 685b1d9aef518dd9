//! NTLMSSP messages (MS-NLMP, 2.2), which many protocols carry: SMB, HTTP, LDAP.
//!
//! Read: names of the server and its domain in the challenge, name of the workstation, version of the system. Never
//! kept: user names, responses, keys. Messages in SPNEGO are unwrapped by [`super::gss`].

use model::{Field, Subject, Weakness};
use wire::{Limit, Reader, Result};

use super::utf16::Text;
use crate::Notes;

const MESSAGE_TYPE: Field = Field::new("ntlmssp.messagetype");
const CALLING_WORKSTATION: Field = Field::new("ntlmssp.negotiate.callingworkstation");
const CALLING_DOMAIN: Field = Field::new("ntlmssp.negotiate.domain");
const TARGET_NAME: Field = Field::new("ntlmssp.challenge.target_name");
const NB_COMPUTER: Field = Field::new("ntlmssp.challenge.target_info.nb_computer_name");
const NB_DOMAIN: Field = Field::new("ntlmssp.challenge.target_info.nb_domain_name");
const DNS_COMPUTER: Field = Field::new("ntlmssp.challenge.target_info.dns_computer_name");
const DNS_DOMAIN: Field = Field::new("ntlmssp.challenge.target_info.dns_domain_name");
const DNS_TREE: Field = Field::new("ntlmssp.challenge.target_info.dns_tree_name");
const HOST_NAME: Field = Field::new("ntlmssp.auth.hostname");
const AUTH_DOMAIN: Field = Field::new("ntlmssp.auth.domain");
const USER_NAME: Field = Field::new("ntlmssp.auth.username");
const VERSION: Field = Field::new("ntlmssp.version");

/// Every field that [`observe`] notes.
pub(super) const FIELDS: &[Field] = &[
    MESSAGE_TYPE,
    CALLING_WORKSTATION,
    CALLING_DOMAIN,
    TARGET_NAME,
    NB_COMPUTER,
    NB_DOMAIN,
    DNS_COMPUTER,
    DNS_DOMAIN,
    DNS_TREE,
    HOST_NAME,
    AUTH_DOMAIN,
    VERSION,
];

const SIGNATURE: &[u8; 8] = b"NTLMSSP\0";

/// Entries of a target information list.
const TARGET_INFO: Limit =
    Limit::new("ntlm_target_info", 16, "eleven kinds of entries are defined (2.2.2.1)");

/// NEGOTIATE flags (2.2.2.5).
#[derive(Debug, Clone, Copy)]
struct Flags(u32);

/// A message, from its signature on; offsets count from there.
#[derive(Debug, Clone, Copy)]
struct Message<'a>(&'a [u8]);

/// Whether `bytes` start with an NTLMSSP message.
pub(super) fn is_message(bytes: &[u8]) -> bool {
    bytes.starts_with(SIGNATURE)
}

/// Notes what the NTLMSSP message in `bytes` says about its sender; nothing when it is not one. A message that is
/// cut short is read as far as it goes.
pub(super) fn observe(bytes: &[u8], notes: &mut Notes) {
    if is_message(bytes) {
        // What is missing at the end of a message is missing in the notes, too.
        let _read_up_to_the_end = Message(bytes).observe(notes);
    }
}

impl Message<'_> {
    const REVISION_W2K3_RC1: u8 = 0x0a;
    const REVISION_W2K3: u8 = 0x0f;

    fn observe(&self, notes: &mut Notes) -> Result<()> {
        match self.at(8)?.u32_le()? {
            1 => self.negotiate(notes),
            2 => self.challenge(notes),
            3 => self.authenticate(notes),
            _ => Ok(()),
        }
    }

    /// NEGOTIATE_MESSAGE (2.2.1.1). Its names are always in the OEM character set.
    fn negotiate(&self, notes: &mut Notes) -> Result<()> {
        let flags = self.flags(12)?;
        self.text(16, Flags(0))?.note(Subject::Sender, CALLING_DOMAIN, notes);
        self.text(24, Flags(0))?.note(Subject::Sender, CALLING_WORKSTATION, notes);
        self.version(32, flags, notes)
    }

    /// CHALLENGE_MESSAGE (2.2.1.2).
    fn challenge(&self, notes: &mut Notes) -> Result<()> {
        let flags = self.flags(20)?;
        self.text(12, flags)?.note(Subject::Sender, TARGET_NAME, notes);
        let mut entries = Reader::closed(self.payload(40)?);
        for _ in 0..TARGET_INFO.max {
            let Some(field) = AvId::read(&mut entries)? else { break };
            let length = usize::from(entries.u16_le()?);
            let value = entries.take(length)?;
            if let Some(field) = field.field() {
                Text::Unicode(value).note(Subject::Sender, field, notes);
            }
        }
        self.version(48, flags, notes)
    }

    /// AUTHENTICATE_MESSAGE (2.2.1.3).
    fn authenticate(&self, notes: &mut Notes) -> Result<()> {
        let flags = self.flags(60)?;
        let user = self.payload(36)?;
        self.text(28, flags)?.note(Subject::Sender, AUTH_DOMAIN, notes);
        self.text(44, flags)?.note(Subject::Sender, HOST_NAME, notes);
        if !user.is_empty() {
            notes.weakness(Subject::Receiver, Weakness::Ntlm, MESSAGE_TYPE);
            notes.weakness(Subject::Receiver, Weakness::CleartextUserName, USER_NAME);
        }
        self.version(64, flags, notes)
    }

    /// VERSION (2.2.2.10): for debugging, so not every implementation tells the truth.
    fn version(&self, offset: usize, flags: Flags, notes: &mut Notes) -> Result<()> {
        if flags.has_version() {
            let mut version = self.at(offset)?;
            let (major, minor, build) = (version.u8()?, version.u8()?, version.u16_le()?);
            version.skip(3)?;
            // Old implementations set the flag and have a name here.
            if matches!(version.u8()?, Self::REVISION_W2K3_RC1 | Self::REVISION_W2K3) && major != 0 {
                notes.fact_display(Subject::Sender, VERSION, format_args!("{major}.{minor}.{build}"));
            }
        }
        Ok(())
    }

    fn flags(&self, offset: usize) -> Result<Flags> {
        self.at(offset)?.u32_le().map(Flags)
    }

    fn text(&self, offset: usize, flags: Flags) -> Result<Text<'_>> {
        self.payload(offset).map(|bytes| Text::new(bytes, flags.is_unicode()))
    }

    /// What the length and offset at `offset` point to.
    fn payload(&self, offset: usize) -> Result<&[u8]> {
        let mut place = self.at(offset)?;
        let length = usize::from(place.u16_le()?);
        place.skip(2)?;
        let start = usize::try_from(place.u32_le()?).unwrap_or(usize::MAX);
        if length == 0 { Ok(&[]) } else { self.at(start)?.take(length) }
    }

    fn at(&self, offset: usize) -> Result<Reader<'_>> {
        let mut reader = Reader::closed(self.0);
        reader.skip(offset)?;
        Ok(reader)
    }
}

impl Flags {
    const fn is_unicode(self) -> bool {
        self.0 & 0x0000_0001 != 0
    }

    const fn has_version(self) -> bool {
        self.0 & 0x0200_0000 != 0
    }
}

/// AvId of an AV_PAIR (2.2.2.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct AvId(u16);

impl AvId {
    /// `None` at the end of the list.
    fn read(reader: &mut Reader<'_>) -> Result<Option<Self>> {
        if reader.is_empty() {
            return Ok(None);
        }
        let id = reader.u16_le()?;
        Ok((id != 0).then_some(Self(id)))
    }

    const fn field(self) -> Option<Field> {
        match self.0 {
            1 => Some(NB_COMPUTER),
            2 => Some(NB_DOMAIN),
            3 => Some(DNS_COMPUTER),
            4 => Some(DNS_DOMAIN),
            5 => Some(DNS_TREE),
            _ => None,
        }
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::kit::Recording;

    /// Names of a challenge and of an authentication, made like Windows Server 2016 and Windows 10 make them.
    pub(in crate::infra) fn utf16(text: &str) -> Vec<u8> {
        text.encode_utf16().flat_map(u16::to_le_bytes).collect()
    }

    fn pointer(length: usize, start: usize) -> Vec<u8> {
        let length = u16::try_from(length).unwrap().to_le_bytes();
        [&length[..], &length, &u32::try_from(start).unwrap().to_le_bytes()].concat()
    }

    pub(in crate::infra) fn challenge() -> Vec<u8> {
        let name = utf16("HOSPITAL");
        let entries =
            [(2, "HOSPITAL"), (1, "PACS01"), (4, "hospital.example"), (3, "pacs01.hospital.example")];
        let mut info = Vec::new();
        for (id, text) in entries {
            let text = utf16(text);
            info.extend_from_slice(&u16::try_from(id).unwrap().to_le_bytes());
            info.extend_from_slice(&u16::try_from(text.len()).unwrap().to_le_bytes());
            info.extend(text);
        }
        info.extend([0; 4]);
        let start = 56;
        [
            &SIGNATURE[..],
            &[2, 0, 0, 0],
            &pointer(name.len(), start),
            &0x0280_0001_u32.to_le_bytes(),
            &[0xcc; 8],
            &[0; 8],
            &pointer(info.len(), start + name.len()),
            &[10, 0, 0x39, 0x38, 0, 0, 0, 15],
            &name,
            &info,
        ]
        .concat()
    }

    pub(in crate::infra) fn authenticate(user: &str) -> Vec<u8> {
        let parts =
            [vec![0x11; 24], vec![0x22; 24], utf16("HOSPITAL"), utf16(user), utf16("CT-CONSOLE"), vec![]];
        let mut pointers = Vec::new();
        let mut payload = Vec::new();
        for part in parts {
            pointers.extend(pointer(part.len(), 72 + payload.len()));
            payload.extend(part);
        }
        let flags = 0x0200_0001_u32.to_le_bytes();
        let version = [6, 1, 0xb1, 0x1d, 0, 0, 0, 15];
        [&SIGNATURE[..], &[3, 0, 0, 0], &pointers, &flags, &version, &payload].concat()
    }

    fn recording(message: &[u8]) -> Recording {
        let mut notes = Notes::new();
        observe(message, &mut notes);
        Recording::of(&notes)
    }

    #[test]
    fn reads_names_and_version_of_a_challenge() {
        let recording = recording(&challenge());
        assert_eq!(recording.values(TARGET_NAME.name()), ["HOSPITAL"]);
        assert_eq!(recording.values(NB_COMPUTER.name()), ["PACS01"]);
        assert_eq!(recording.values(DNS_COMPUTER.name()), ["pacs01.hospital.example"]);
        assert_eq!(recording.values(VERSION.name()), ["10.0.14393"]);
        assert!(recording.weaknesses.is_empty());
    }

    #[test]
    fn reads_the_workstation_and_never_the_user() {
        let recording = recording(&authenticate("jdoe"));
        assert_eq!(recording.values(HOST_NAME.name()), ["CT-CONSOLE"]);
        assert_eq!(recording.values(VERSION.name()), ["6.1.7601"]);
        assert!(!format!("{recording:?}").contains("jdoe"));
        let weaknesses: Vec<_> = recording.weaknesses.iter().map(|note| note.weakness).collect();
        assert_eq!(weaknesses, [Weakness::Ntlm, Weakness::CleartextUserName]);
    }

    #[test]
    fn nobody_logs_in_without_a_user() {
        assert!(recording(&authenticate("")).weaknesses.is_empty());
    }

    #[test]
    fn every_prefix_is_survived() {
        for message in [challenge(), authenticate("jdoe")] {
            for length in 0..message.len() {
                let _recording = recording(&message[..length]);
            }
        }
    }

    #[test]
    fn names_of_the_first_message_are_in_the_oem_set() {
        let message =
            [&SIGNATURE[..], &[1, 0, 0, 0], &[7, 0x30, 0, 0], &pointer(3, 32), &pointer(4, 35), b"LABHL7A"]
                .concat();
        let recording = recording(&message);
        assert_eq!(recording.values(CALLING_DOMAIN.name()), ["LAB"]);
        assert_eq!(recording.values(CALLING_WORKSTATION.name()), ["HL7A"]);
    }
}
