//! Tests of SSDP.

use super::PROTOCOL;
use crate::kit::{handle, packet};
use crate::{Carrier, Packet, datagram_kit};

const NOTIFY: &[u8] = b"NOTIFY * HTTP/1.1\r\nHOST: 239.255.255.250:1900\r\nSERVER: Linux/4.4 UPnP/1.0 ExampleTV/2.1\r\nNT: urn:schemas-upnp-org:device:MediaRenderer:1\r\nUSN: uuid:1::x\r\nLOCATION: http://10.0.0.1/d.xml\r\n\r\n";
const ANSWER: &[u8] = b"HTTP/1.1 200 OK\r\nST: upnp:rootdevice\r\nSERVER: Example/1\r\nbroken\r\n";
const SEARCH: &[u8] =
    b"M-SEARCH * HTTP/1.1\r\nST: ssdp:all\r\nMAN: \"ssdp:discover\"\r\nUSER-AGENT: Phone/3\r\n\r\n";

fn udp(payload: &[u8]) -> Packet<'_> {
    packet(Carrier::Udp, (50_000, 1_900), payload)
}

datagram_kit!(PROTOCOL, notify => udp(NOTIFY), answer => udp(ANSWER), search => udp(SEARCH));

#[test]
fn announcements_are_about_the_sender() {
    let recording = handle(&PROTOCOL, &udp(NOTIFY)).unwrap();
    assert_eq!(recording.values("ssdp.server"), ["Linux/4.4 UPnP/1.0 ExampleTV/2.1"]);
    assert_eq!(recording.values("ssdp.type"), ["urn:schemas-upnp-org:device:MediaRenderer:1"]);
    assert_eq!(recording.values("ssdp.location"), ["http://10.0.0.1/d.xml"]);
}

#[test]
fn a_search_says_who_asks_and_a_broken_line_is_noted() {
    assert_eq!(handle(&PROTOCOL, &udp(SEARCH)).unwrap().values("ssdp.user_agent"), ["Phone/3"]);
    let recording = handle(&PROTOCOL, &udp(ANSWER)).unwrap();
    assert_eq!(recording.anomaly_names(), ["malformed_header"]);
    assert_eq!(recording.values("ssdp.server"), ["Example/1"]);
}

#[test]
fn other_bytes_are_not_ssdp() {
    for other in [&b"HTTP/1.1 404 Not Found\r\n"[..], b"NOTIFY sip:x SIP/2.0\r\n", b"N", b""] {
        assert!(handle(&PROTOCOL, &udp(other)).is_none());
    }
}
