//! What a TFTP request says about who asks.

use model::{Field, Subject};

use super::message::Opcode;
use crate::Notes;
use crate::infra::text::{contains, starts_with};

const READ: Field = Field::new("tftp.source_file");
const WRITTEN: Field = Field::new("tftp.destination_file");
const MODE: Field = Field::new("tftp.type");

pub(super) const FIELDS: &[Field] = &[READ, WRITTEN, MODE];

/// Longest extension that is kept.
const EXTENSION: usize = 8;

/// How names start that say which kind of device asks: Cisco, Polycom, Aastra/Mitel, Avaya, Snom, Yealink telephones
/// by their maker's scheme, and network boot.
const STARTS: &[&[u8]] = &[
    b"SEP",
    b"CTLSEP",
    b"ITLSEP",
    b"SIPDefault",
    b"XMLDefault",
    b"OS79XX",
    b"CTLFile",
    b"ITLFile",
    b"RINGLIST",
    b"dialplan",
    b"sip.ver",
    b"aastra",
    b"mitel",
    b"46xxsettings",
    b"96x1",
    b"snom",
    b"y0000000",
    b"pxelinux",
    b"undionly",
    b"ipxe",
    b"bootx64",
    b"bootia32",
    b"bootmgr",
    b"wdsnbp",
    b"grub",
    b"shimx64",
    b"uImage",
    b"network-confg",
    b"router-confg",
    b"cisconet",
    b"ciscortr",
    b"startup-config",
];
/// Parts of names that do.
const PARTS: &[&[u8]] = &[b"pxelinux.cfg", b"boot.rom"];

/// The file without its folder, when its name follows a known pattern; else its extension.
pub(super) fn file(opcode: Opcode, name: &[u8], notes: &mut Notes) {
    let field = if opcode == Opcode::WRITE { WRITTEN } else { READ };
    let base = name.rsplit(|byte| matches!(byte, b'/' | b'\\')).next().unwrap_or_default();
    let is_known = STARTS.iter().any(|start| starts_with(base, start))
        || PARTS.iter().any(|part| contains(name, part))
        || is_named_by_mac(base);
    if is_known {
        notes.fact_bytes(Subject::Sender, field, base);
        return;
    }
    let dot = base.iter().rposition(|&byte| byte == b'.');
    let extension = dot.and_then(|dot| base.get(dot.saturating_add(1)..)).unwrap_or_default();
    if !extension.is_empty()
        && extension.len() <= EXTENSION
        && extension.iter().all(u8::is_ascii_alphanumeric)
    {
        notes.fact_display(Subject::Sender, field, format_args!("*.{}", String::from_utf8_lossy(extension)));
    }
}

/// `0004f2aabbcc.cfg`: telephones ask for a file with their own address.
fn is_named_by_mac(base: &[u8]) -> bool {
    base.split_at_checked(12).is_some_and(|(mac, rest)| {
        mac.iter().all(u8::is_ascii_hexdigit) && matches!(rest.first(), Some(b'.' | b'-') | None)
    })
}

pub(super) fn mode(mode: &[u8], notes: &mut Notes) {
    notes.fact_bytes(Subject::Sender, MODE, mode);
}
