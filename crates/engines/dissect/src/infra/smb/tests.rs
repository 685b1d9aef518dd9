//! Tests of SMB.

use model::{Subject, Weakness};

use super::{PROTOCOL, probe};
use crate::Side::{self, Originator, Responder};
use crate::infra::gss::tests::{offer, response};
use crate::infra::ntlm::tests::{authenticate, challenge, utf16};
use crate::kit::{Recording, play_whole};
use crate::{Match, Probe, stream_kit};

type Conversation = Vec<(Side, Vec<u8>)>;

fn packet(message: &[u8]) -> Vec<u8> {
    let length = u32::try_from(message.len()).unwrap().to_be_bytes();
    [&length[..], message].concat()
}

fn smb1(command: u8, flags: u8, flags2: u16, words: &[u8], bytes: &[u8]) -> Vec<u8> {
    let mut header = [0; 32];
    header[..4].copy_from_slice(b"\xffSMB");
    header[4] = command;
    header[9] = flags;
    header[10..12].copy_from_slice(&flags2.to_le_bytes());
    let count = u8::try_from(words.len() / 2).unwrap();
    let length = u16::try_from(bytes.len()).unwrap().to_le_bytes();
    packet(&[&header[..], &[count], words, &length, bytes].concat())
}

fn dialects(names: &[&str]) -> Vec<u8> {
    let list: Vec<u8> = names.iter().flat_map(|name| [b"\x02", name.as_bytes(), b"\0"].concat()).collect();
    smb1(0x72, 0x18, 0xc801, &[], &list)
}

/// Answer of NT LM 0.12: words up to the length of the challenge.
fn chosen(dialect: u8, mode: u8, capabilities: u32, bytes: &[u8]) -> Vec<u8> {
    let key = if capabilities == 0 { 8 } else { 0 };
    let words = [&[dialect, 0, mode][..], &[0; 16], &capabilities.to_le_bytes(), &[0; 10], &[key]].concat();
    smb1(0x72, 0x98, 0xc801, &words, bytes)
}

fn texts(texts: &[&str]) -> Vec<u8> {
    texts.iter().flat_map(|text| [utf16(text), vec![0, 0]].concat()).collect()
}

/// A set-up with challenge and response: passwords of 24 octets, then text in Unicode.
fn login(user: &str, passwords: &[u8]) -> Vec<u8> {
    let length = u8::try_from(passwords.len()).unwrap();
    let words = [&[0xff; 4][..], &[0; 10], &[length, 0, 0, 0], &[0; 8]].concat();
    let pad = if passwords.len().is_multiple_of(2) { &[0][..] } else { &[] };
    let names = texts(&[user, "LAB", "Windows 2002 2600 Service Pack 3", "Windows 2002 5.1"]);
    smb1(0x73, 0x18, 0xc801, &words, &[passwords, pad, &names].concat())
}

fn welcome(action: u8) -> Vec<u8> {
    let names = texts(&["Unix", "Samba 3.6.25", "WORKGROUP"]);
    smb1(0x73, 0x98, 0xc801, &[0xff, 0, 0, 0, action, 0], &[&[0][..], &names].concat())
}

/// A client of old Windows at a server that wants no signatures.
fn old() -> Conversation {
    vec![
        (Originator, dialects(&["LANMAN1.0", "NT LM 0.12"])),
        (Responder, chosen(1, 0x03, 0, &[&[0xcc; 8][..], &texts(&["WORKGROUP", "NAS01"])].concat())),
        (Originator, login("jdoe", &[0x11; 24])),
        (Responder, welcome(0)),
        (Originator, smb1(0xa2, 0x18, 0xc801, &[0; 48], &utf16("DOE^JOHN.pdf"))),
        (Responder, smb1(0xa2, 0x98, 0xc801, &[0; 68], &[])),
    ]
}

/// Extended security, text in the OEM set.
fn extended() -> Conversation {
    let token = response(&challenge());
    let length = u16::try_from(token.len()).unwrap().to_le_bytes();
    let words = [&[0xff, 0, 0, 0, 0, 0][..], &length].concat();
    let guid: [u8; 16] = std::array::from_fn(|index| u8::try_from(index).unwrap());
    vec![
        (Originator, dialects(&["NT LM 0.12", "SMB 2.002"])),
        (Responder, chosen(0, 0x0f, 0x8000_0000, &[&guid[..], &offer(b"nas01$@LAB")].concat())),
        (
            Responder,
            smb1(
                0x73,
                0x98,
                0x4801,
                &words,
                &[&token[..], b"Windows 5.1\0Windows 2000 LAN Manager\0"].concat(),
            ),
        ),
    ]
}

fn smb2(command: u16, flags: u8, status: u32, body: &[u8]) -> Vec<u8> {
    let mut header = [0; 64];
    header[..4].copy_from_slice(b"\xfeSMB");
    header[4] = 64;
    header[8..12].copy_from_slice(&status.to_le_bytes());
    header[12..14].copy_from_slice(&command.to_le_bytes());
    header[16] = flags;
    packet(&[&header[..], body].concat())
}

fn offer_311(name: &str) -> Vec<u8> {
    let name = utf16(name);
    let length = u16::try_from(name.len()).unwrap().to_le_bytes();
    let guid = [9; 16];
    let contexts = [
        &[1, 0, 2, 0, 0, 0, 0, 0, 0xaa, 0xaa, 0, 0, 0, 0, 0, 0][..],
        &[&[5, 0][..], &length, &[0; 4], &name].concat(),
    ]
    .concat();
    let body = [
        &[36, 0, 2, 0, 1, 0, 0, 0, 0, 0, 0, 0][..],
        &guid,
        &[104, 0, 0, 0, 2, 0, 0, 0, 0x02, 0x02, 0x11, 0x03],
        &contexts,
    ]
    .concat();
    smb2(0, 0, 0, &body)
}

fn chosen_2(dialect: u16, mode: u8, token: &[u8]) -> Vec<u8> {
    let length = u16::try_from(token.len()).unwrap().to_le_bytes();
    let guid = [3; 16];
    let body = [
        &[65, 0, mode, 0][..],
        &dialect.to_le_bytes(),
        &[0; 2],
        &guid,
        &[0; 32],
        &[128, 0],
        &length,
        &[0; 4],
        token,
    ];
    smb2(0, 1, 0, &body.concat())
}

fn setup_request(token: &[u8]) -> Vec<u8> {
    let length = u16::try_from(token.len()).unwrap().to_le_bytes();
    smb2(1, 0, 0, &[&[25, 0, 0, 1][..], &[0; 8], &[88, 0], &length, &[0; 8], token].concat())
}

fn setup_response(status: u32, flags: u8, token: &[u8]) -> Vec<u8> {
    let length = u16::try_from(token.len()).unwrap().to_le_bytes();
    smb2(1, 1, status, &[&[9, 0, flags, 0, 72, 0][..], &length, token].concat())
}

fn modern(mode: u8, flags: u8) -> Conversation {
    let mut encrypted = b"\xfdSMB".to_vec();
    encrypted.extend([0x5a; 60]);
    vec![
        (Originator, offer_311("pacs01")),
        (Responder, chosen_2(0x0311, mode, &offer(b"NONE"))),
        (Originator, setup_request(&response(b"NTLMSSP\0\x01\0\0\0\x01\0\0\0"))),
        (Responder, setup_response(0xc000_0016, 0, &response(&challenge()))),
        (Originator, setup_request(&response(&authenticate("jdoe")))),
        (Responder, setup_response(0, flags, b"")),
        (Originator, packet(&encrypted)),
        (Responder, packet(&encrypted)),
    ]
}

fn netbios() -> Conversation {
    let name = |letters: &str| [b"\x20", letters.as_bytes(), b"\0"].concat();
    let called = name("CKFDENECFDEFFCFGEFFCCACACACACACA");
    let calling = name("EDFECNEDEPEOFDEPEMEFCACACACACAAA");
    vec![
        (Originator, [&[0x81, 0, 0, 68][..], &called, &calling].concat()),
        (Responder, vec![0x82, 0, 0, 0]),
        (Originator, dialects(&["PC NETWORK PROGRAM 1.0"])),
        (Responder, vec![0x85, 0, 0, 0]),
        (Responder, smb1(0x72, 0x80, 0, &[0, 0], &[])),
    ]
}

fn turns(conversation: &Conversation) -> Vec<(Side, &[u8])> {
    conversation.iter().map(|(side, bytes)| (*side, bytes.as_slice())).collect()
}

fn played(conversation: &Conversation) -> Recording {
    play_whole(&PROTOCOL, &turns(conversation))
}

fn weaknesses(recording: &Recording) -> Vec<(Subject, Weakness)> {
    recording.weaknesses.iter().map(|note| (note.subject, note.weakness)).collect()
}

stream_kit!(
    PROTOCOL,
    old_conversation => &turns(&old()),
    extended_security => &turns(&extended()),
    modern_conversation => &turns(&modern(1, 0)),
    netbios_session => &turns(&netbios()),
);

#[test]
fn reads_native_systems_of_both_sides() {
    let recording = played(&old());
    assert_eq!(recording.values("smb.native_os"), ["Windows 2002 2600 Service Pack 3", "Unix"]);
    assert_eq!(recording.values("smb.native_lanman"), ["Windows 2002 5.1", "Samba 3.6.25"]);
    assert_eq!(recording.values("smb.dialect.index"), ["NT LM 0.12"]);
    assert_eq!(recording.values("smb.server"), ["NAS01"]);
    assert_eq!(recording.values("smb.primary_domain"), ["WORKGROUP", "LAB", "WORKGROUP"]);
    assert!(recording.anomalies.is_empty());
}

#[test]
fn shows_the_weaknesses_of_smb_1() {
    assert_eq!(
        weaknesses(&played(&old())),
        [
            (Subject::Sender, Weakness::Smb1),
            (Subject::Sender, Weakness::Smb1),
            (Subject::Sender, Weakness::SmbSigningNotRequired),
            (Subject::Receiver, Weakness::Ntlm),
            (Subject::Receiver, Weakness::CleartextUserName),
        ]
    );
}

#[test]
fn never_keeps_users_and_files() {
    for conversation in [old(), modern(1, 0)] {
        let text = format!("{:?}", played(&conversation));
        assert!(!text.contains("jdoe") && !text.contains("DOE^JOHN"));
    }
}

#[test]
fn password_as_it_is_and_guest_are_weaknesses() {
    let mut conversation = old();
    conversation[1].1 = chosen(1, 0x01, 0, &[0; 8]);
    conversation[3].1 = welcome(1);
    let seen = weaknesses(&played(&conversation));
    assert!(seen.contains(&(Subject::Receiver, Weakness::CleartextCredentials)));
    assert!(seen.contains(&(Subject::Sender, Weakness::AnonymousAccess)));
    assert!(!seen.contains(&(Subject::Receiver, Weakness::Ntlm)));
}

#[test]
fn login_of_nobody_is_anonymous_access_when_it_is_accepted() {
    let mut conversation = old();
    conversation[2].1 = login("", &[0]);
    let seen = weaknesses(&played(&conversation));
    assert!(seen.contains(&(Subject::Sender, Weakness::AnonymousAccess)));
    assert!(!seen.contains(&(Subject::Receiver, Weakness::CleartextUserName)));
}

#[test]
fn reads_extended_security_in_the_oem_set() {
    let recording = played(&extended());
    assert_eq!(recording.values("smb.native_os"), ["Windows 5.1"]);
    assert_eq!(recording.values("smb.native_lanman"), ["Windows 2000 LAN Manager"]);
    assert_eq!(recording.values("smb.server_guid"), ["00010203-0405-0607-0809-0a0b0c0d0e0f"]);
    assert_eq!(recording.values("spnego.hintName"), ["nas01$@LAB"]);
    assert_eq!(recording.values("ntlmssp.challenge.target_info.nb_computer_name"), ["PACS01"]);
    assert_eq!(weaknesses(&recording), [(Subject::Sender, Weakness::Smb1)]);
}

#[test]
fn reads_negotiation_and_login_of_smb_3() {
    let recording = played(&modern(1, 0));
    assert_eq!(recording.values("smb2.dialect"), ["0x0311"]);
    assert_eq!(recording.values("smb2.negotiate_context.netname"), ["pacs01"]);
    assert_eq!(recording.values("smb2.server_guid"), ["03030303-0303-0303-0303-030303030303"]);
    assert_eq!(recording.values("smb2.client_guid"), ["09090909-0909-0909-0909-090909090909"]);
    assert_eq!(recording.values("ntlmssp.auth.hostname"), ["CT-CONSOLE"]);
    assert!(recording.encrypted && recording.anomalies.is_empty());
    assert_eq!(
        weaknesses(&recording),
        [
            (Subject::Sender, Weakness::SmbSigningNotRequired),
            (Subject::Receiver, Weakness::Ntlm),
            (Subject::Receiver, Weakness::CleartextUserName),
        ]
    );
}

#[test]
fn required_signing_is_no_weakness_and_a_guest_is_one() {
    let seen = weaknesses(&played(&modern(3, 1)));
    assert!(!seen.contains(&(Subject::Sender, Weakness::SmbSigningNotRequired)));
    assert!(seen.contains(&(Subject::Sender, Weakness::AnonymousAccess)));
}

#[test]
fn reads_names_of_a_netbios_session() {
    let recording = played(&netbios());
    assert_eq!(recording.values("nbss.calling_name"), ["CT-CONSOLE<00>"]);
    assert!(recording.values("nbss.called_name").is_empty());
    assert_eq!(recording.values("smb.dialect.index"), ["PC NETWORK PROGRAM 1.0"]);
}

#[test]
fn smb_1_shows_midstream() {
    let seen = played(&vec![(Originator, smb1(0x2e, 0x18, 0xc801, &[0; 24], &[]))]);
    assert_eq!(weaknesses(&seen), [(Subject::Receiver, Weakness::Smb1)]);
}

#[test]
fn goes_on_at_the_next_message_after_a_gap() {
    let mut session = (PROTOCOL.start)();
    let bytes = [b"rest of a file".as_slice(), &smb2(1, 0, 0, &[])].concat();
    assert_eq!(session.resync(Responder, &bytes), Some(14));
    assert_eq!(session.resync(Responder, b"rest of a file"), None);
}

#[test]
fn notes_what_is_odd() {
    let unknown = vec![(Originator, packet(b"\xffSMX............................"))];
    assert_eq!(played(&unknown).anomaly_names(), ["unknown_protocol"]);
    let short = vec![(Responder, packet(&smb2(0, 1, 0, &[65, 0, 1, 0])[4..]))];
    assert_eq!(played(&short).anomaly_names(), ["overrun"]);
    let long = vec![(Originator, [&[0, 2, 0, 0][..], &smb2(1, 0, 0, &[])[4..]].concat())];
    assert_eq!(played(&long).anomaly_names(), ["long_message"]);
    let choice =
        vec![(Originator, dialects(&["NT LM 0.12", "SMB 2.002"])), (Responder, chosen(5, 0x0f, 0, &[0; 8]))];
    assert_eq!(played(&choice).anomaly_names(), ["dialect_not_offered"]);
    assert_eq!(played(&vec![(Responder, vec![0x83, 0, 0, 1, 0x82])]).anomaly_names(), ["session_refused"]);
    assert_eq!(played(&vec![(Responder, vec![0x99, 0, 0, 1, 0x82])]).anomaly_names(), ["unknown_packet"]);
}

#[test]
fn is_told_by_its_bytes() {
    let ask = |bytes: &[u8], port| {
        let midstream = false;
        probe(&Probe { bytes, side: Originator, originator_port: 50_000, responder_port: port, midstream })
    };
    assert_eq!(ask(&offer_311("x"), 4_450), Match::Yes);
    assert_eq!(ask(&netbios()[0].1, 139), Match::Yes);
    assert_eq!(ask(&netbios()[0].1[..20], 139), Match::NeedMore);
    assert_eq!(ask(&[0, 0, 0, 40, 0xff, b'S'], 445), Match::NeedMore);
    assert_eq!(ask(&[0, 0, 0, 40, 0xff, b'T'], 445), Match::No);
    // The length of a Kerberos message, a DNS message over TCP, Modbus.
    assert_eq!(ask(&[0, 0, 0, 40, 0x6a, 0x81, 0x20, 0x30], 88), Match::No);
    assert_eq!(ask(&[0, 30, 0x12, 0x34, 1, 0, 0, 1], 53), Match::No);
    assert_eq!(ask(&[0, 1, 0, 0, 0, 6, 1, 3], 502), Match::No);
}

#[test]
fn every_field_is_listed() {
    for field in
        ["nbss.called_name", "smb.native_os", "smb2.server_guid", "spnego.hintName", "ntlmssp.version"]
    {
        assert!(PROTOCOL.protocol.fields.iter().any(|listed| listed.name() == field), "{field}");
    }
    assert!(PROTOCOL.protocol.fields.iter().all(|listed| !listed.name().is_empty()));
}

/// Found by fuzzing: what follows an empty message was taken for its first bytes.
#[test]
fn an_empty_message_does_not_depend_on_the_cutting() {
    crate::kit::sweep_chunking(&PROTOCOL, &[(Side::Originator, &[0, 0, 0, 0, 0x01, 0x28, 0, 0x1a, 0])]);
}

/// Found by fuzzing: the name had a scope, which came later.
#[test]
fn probe_keeps_its_word() {
    let name = [&b"\0\x81\0\0\x44\x20"[..], &[b'A'; 32], b"\x02ab\0", &[0; 20]].concat();
    crate::kit::probe_input(&PROTOCOL, &name);
}
