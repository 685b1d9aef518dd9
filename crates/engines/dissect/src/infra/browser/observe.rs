//! What a NetBIOS datagram says about the station that it comes from.

use std::net::IpAddr;

use model::{Field, Subject};
use wire::Reader;

use super::PROTOCOL;
use super::anomaly::BrowserAnomaly;
use super::message::{Announcement, Command, Datagram, read_election};
use crate::{Notes, Packet};

const SOURCE_NAME: Field = Field::new("nbdgm.source_name");
const SERVER: Field = Field::new("browser.server");
const OS_VERSION: Field = Field::new("browser.os_version");
const OS_MAJOR: Field = Field::new("browser.os_major");
const OS_MINOR: Field = Field::new("browser.os_minor");
const SERVER_TYPE: Field = Field::new("browser.server_type");
const COMMENT: Field = Field::new("browser.comment");
const MASTER: Field = Field::new("browser.mb_server");
const DOMAIN: Field = Field::new("browser.domain");

pub(super) const FIELDS: &[Field] =
    &[SOURCE_NAME, SERVER, OS_VERSION, OS_MAJOR, OS_MINOR, SERVER_TYPE, COMMENT, MASTER, DOMAIN];

pub(super) fn observe(datagram: &Datagram<'_>, packet: &Packet<'_>, notes: &mut Notes) {
    let subject = source(datagram, packet, notes);
    if !datagram.source.is_wildcard() {
        notes.fact_display(subject, SOURCE_NAME, datagram.source);
    }
    let read = match datagram.browser_frame() {
        Some(Ok(mut frame)) => announcement(&mut frame, subject, notes),
        Some(Err(error)) => Err(error),
        None => Ok(()),
    };
    if read.is_err() && !packet.truncated && !datagram.has_more {
        notes.anomaly(PROTOCOL.protocol.name, BrowserAnomaly::Overrun.name());
    }
}

/// The station that the datagram names; distribution servers forward for others (RFC 1002, 5.3).
fn source(datagram: &Datagram<'_>, packet: &Packet<'_>, notes: &mut Notes) -> Subject {
    let named = IpAddr::V4(datagram.source_ip);
    match packet.src_ip {
        Some(source) if source != named && !named.is_unspecified() => {
            notes.anomaly(PROTOCOL.protocol.name, BrowserAnomaly::Forwarded.name());
            Subject::Ip(named)
        }
        Some(_) | None => Subject::Sender,
    }
}

fn announcement(frame: &mut Reader<'_>, subject: Subject, notes: &mut Notes) -> wire::Result<()> {
    match Command(frame.u8()?) {
        Command::HOST_ANNOUNCEMENT | Command::LOCAL_MASTER_ANNOUNCEMENT => {
            let host = Announcement::read(frame)?;
            notes.fact_bytes(subject, SERVER, host.server);
            notes.fact_bytes(subject, COMMENT, host.comment);
            system(&host, subject, notes);
        }
        Command::DOMAIN_ANNOUNCEMENT => {
            let domain = Announcement::read(frame)?;
            notes.fact_bytes(subject, DOMAIN, domain.server);
            notes.fact_bytes(subject, MASTER, domain.comment);
        }
        Command::REQUEST_ELECTION => notes.fact_bytes(subject, SERVER, read_election(frame)?),
        _ => {}
    }
    Ok(())
}

fn system(host: &Announcement<'_>, subject: Subject, notes: &mut Notes) {
    notes.fact_display(subject, OS_VERSION, format_args!("{}.{}", host.os_major, host.os_minor));
    notes.fact_display(subject, OS_MAJOR, host.os_major);
    notes.fact_display(subject, OS_MINOR, host.os_minor);
    notes.fact_display(subject, SERVER_TYPE, format_args!("{:#010x}", host.server_type));
}
