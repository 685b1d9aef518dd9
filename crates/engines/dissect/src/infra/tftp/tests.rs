//! Tests of TFTP.

use super::PROTOCOL;
use crate::kit::{handle, packet};
use crate::{Carrier, Packet, datagram_kit};

const PHONE: &[u8] = b"\0\x01SEP00005E005301.cnf.xml\0octet\0blksize\x001024\0";
const WRITE: &[u8] = b"\0\x02scans/DOE_JOHN.tiff\0netascii\0";
const OPTIONS: &[u8] = b"\0\x06blksize\x001024\0";

fn udp(payload: &[u8]) -> Packet<'_> {
    packet(Carrier::Udp, (50_000, 69), payload)
}

datagram_kit!(PROTOCOL, phone => udp(PHONE), write => udp(WRITE), options => udp(OPTIONS));

#[test]
fn keeps_names_that_tell_the_device_and_only_the_extension_of_others() {
    let file = |message| {
        let recording = handle(&PROTOCOL, &udp(message)).unwrap();
        [recording.values("tftp.source_file"), recording.values("tftp.destination_file")].concat().join(",")
    };
    assert_eq!(file(PHONE), "SEP00005E005301.cnf.xml");
    assert_eq!(file(b"\0\x01conf\\00005e005301.cfg\0octet\0"), "00005e005301.cfg");
    assert_eq!(file(b"\0\x01/pxelinux.cfg/C0A8\0octet\0"), "C0A8");
    assert_eq!(file(WRITE), "*.tiff");
    assert_eq!(file(b"\0\x01DOE JOHN\0octet\0"), "");
    assert_eq!(file(b"\0\x01a.John Doe\0octet\0"), "");
}

#[test]
fn reads_the_mode_and_notes_an_unknown_one() {
    assert_eq!(handle(&PROTOCOL, &udp(WRITE)).unwrap().values("tftp.type"), ["netascii"]);
    let odd = handle(&PROTOCOL, &udp(b"\0\x01a.bin\0binary\0")).unwrap();
    assert_eq!(odd.anomaly_names(), ["unknown_mode"]);
    let cut = handle(&PROTOCOL, &udp(b"\0\x01a.bin\0oct")).unwrap();
    assert_eq!(cut.anomaly_names(), ["unterminated_name"]);
}

#[test]
fn other_bytes_and_requests_to_other_ports_are_not_tftp() {
    for other in [&b"\0\x07x\0octet\0"[..], b"\0\x01\0octet\0", b"\0\x01\xfe\x01\0", b"\x01\0", b"\0", b""] {
        assert!(handle(&PROTOCOL, &udp(other)).is_none());
    }
    assert!(handle(&PROTOCOL, &packet(Carrier::Udp, (50_000, 5_000), PHONE)).is_none());
    assert!(handle(&PROTOCOL, &packet(Carrier::Udp, (50_000, 50_001), OPTIONS)).is_some());
    assert!(handle(&PROTOCOL, &packet(Carrier::Udp, (50_000, 50_001), b"\0\x04\0\x01")).is_none());
}
