//! Every message that the tests construct is a seed for the fuzzer: with the feature `seeds` they are written to the
//! folder that `BEDRAIL_SEEDS` names.

use std::path::{Path, PathBuf};
use std::{env, fs};

use super::{Exchange, of_exchange, of_packet};
use crate::{DatagramProtocol, Packet, StreamProtocol};

/// Writes an exchange.
pub(super) fn exchange(protocol: &StreamProtocol, exchange: Exchange<'_>) {
    if let (Some(folder), Some(input)) = (folder("stream", protocol.protocol.name), of_exchange(exchange)) {
        write(&folder, &input);
    }
}

/// Writes a packet.
pub(super) fn packet(protocol: &DatagramProtocol, packet: &Packet<'_>) {
    if let Some(folder) = folder("datagram", protocol.protocol.name) {
        write(&folder, &of_packet(protocol, packet));
    }
}

fn folder(kind: &str, name: &str) -> Option<PathBuf> {
    Some(PathBuf::from(env::var_os("BEDRAIL_SEEDS")?).join(format!("{kind}-{name}")))
}

/// Under a name made of the bytes, so that the same seed has the same name.
fn write(folder: &Path, input: &[u8]) {
    let name = input.iter().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01b3)
    });
    let written =
        fs::create_dir_all(folder).and_then(|()| fs::write(folder.join(format!("{name:016x}")), input));
    assert!(written.is_ok(), "cannot write a seed to `{}`: {written:?}", folder.display());
}
