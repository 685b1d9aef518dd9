//! From an NTP packet to notes. Every packet stands for itself.

use wire::Reader;

use super::anomaly::NtpAnomaly;
use super::message::{MONLIST, Mode, read_control, read_private, read_start, read_time};
use super::{PROTOCOL, observe};
use crate::{Notes, Outcome, Packet};

pub(super) fn handle(packet: &Packet<'_>, notes: &mut Notes) -> Outcome {
    let mut reader = Reader::closed(packet.payload);
    let Ok(start) = read_start(&mut reader) else { return Outcome::NotMine };
    if !packet.has_port(123) || !(1..=4).contains(&start.version) {
        return Outcome::NotMine;
    }
    match start.mode {
        Mode(1..=5) => {
            let Ok(time) = read_time(&mut reader) else { return Outcome::NotMine };
            observe::version(start, notes);
            if start.mode == Mode::SERVER || start.mode == Mode::BROADCAST {
                observe::time(&time, notes);
            }
        }
        Mode::CONTROL => match read_control(&mut reader) {
            Ok(control) if control.is_answer => observe::variables(control.data, notes),
            Ok(_) => {}
            Err(_) => notes.anomaly(PROTOCOL.protocol.name, NtpAnomaly::MalformedControl.name()),
        },
        Mode::PRIVATE => {
            let Ok(code) = read_private(&mut reader) else { return Outcome::NotMine };
            if MONLIST.contains(&code) {
                notes.anomaly(PROTOCOL.protocol.name, NtpAnomaly::Monlist.name());
            }
        }
        _ => return Outcome::NotMine,
    }
    Outcome::Parsed
}
