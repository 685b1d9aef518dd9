//! Commands and replies of FTP.

use crate::infra::text::{Reply, command, contains, is_one_of, probe_replies};
use crate::{Match, Probe};

use super::PROTOCOL;

/// Commands of RFC 959, 2228, 2389, 2428, 2640 and 3659, and what clients add.
const COMMANDS: &[&[u8]] = &[
    b"USER", b"PASS", b"ACCT", b"CWD", b"CDUP", b"SMNT", b"QUIT", b"REIN", b"PORT", b"PASV", b"TYPE",
    b"STRU", b"MODE", b"RETR", b"STOR", b"STOU", b"APPE", b"ALLO", b"REST", b"RNFR", b"RNTO", b"ABOR",
    b"DELE", b"RMD", b"MKD", b"PWD", b"LIST", b"NLST", b"SITE", b"SYST", b"STAT", b"HELP", b"NOOP", b"AUTH",
    b"ADAT", b"PBSZ", b"PROT", b"CCC", b"MIC", b"CONF", b"ENC", b"FEAT", b"OPTS", b"EPRT", b"EPSV", b"LANG",
    b"MDTM", b"MLSD", b"MLST", b"SIZE", b"CLNT", b"HOST", b"XPWD", b"XCWD", b"XMKD", b"XRMD", b"MFMT",
    b"MDTM",
];

/// Commands that no other protocol has.
const OWN_COMMANDS: &[&[u8]] = &[b"SYST", b"PASV", b"EPSV", b"FEAT", b"CLNT", b"PBSZ"];

/// What a reply of several lines is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Topic {
    Greeting,
    System,
    Features,
    Status,
    Other,
}

impl Topic {
    /// By the code, and for 211 by its first line.
    pub(super) fn of(reply: &Reply<'_>) -> Self {
        match reply.code {
            220 => Self::Greeting,
            215 => Self::System,
            211 if contains(reply.text, b"feat") || contains(reply.text, b"extension") => Self::Features,
            211 | 212 => Self::Status,
            _ => Self::Other,
        }
    }
}

/// The greeting names FTP or comes from its port; commands are FTP's own or go to its port.
pub(super) fn probe(probe: &Probe<'_>) -> Match {
    probe_replies(probe, PROTOCOL.ports, is_greeting_of_ftp, is_command)
}

fn is_greeting_of_ftp(reply: &Reply<'_>) -> bool {
    matches!(reply.code, 120 | 220) && contains(reply.text, b"ftp") && !contains(reply.text, b"smtp")
}

fn is_command(line: &[u8], own_port: bool) -> bool {
    let (word, rest) = command(line);
    if own_port {
        return is_one_of(word, COMMANDS);
    }
    is_one_of(word, OWN_COMMANDS)
        || is_one_of(word, &[b"AUTH"]) && is_one_of(rest, &[b"TLS", b"SSL", b"TLS-C", b"TLS-P"])
        || is_one_of(word, &[b"USER"]) && is_one_of(rest, &[b"anonymous"])
}
