//! Tests of WS-Discovery.

use super::PROTOCOL;
use crate::kit::{handle, packet};
use crate::{Carrier, Packet, datagram_kit};

const HEAD: &str = r#"<?xml version="1.0" encoding="utf-8"?>
<s12:Envelope xmlns:s12="http://www.w3.org/2003/05/soap-envelope" xmlns:wsa="http://www.w3.org/2005/08/addressing"
 xmlns:wsd="http://docs.oasis-open.org/ws-dd/ns/discovery/2009/01" xmlns:dpws="http://docs.oasis-open.org/ws-dd/ns/dpws/2009/01">
<s12:Header><wsa:Action>http://docs.oasis-open.org/ws-dd/ns/discovery/2009/01/Hello</wsa:Action></s12:Header><s12:Body>"#;

fn hello() -> String {
    format!(
        "{HEAD}<wsd:Hello><wsa:EndpointReference><wsa:Address>urn:uuid:0000</wsa:Address></wsa:EndpointReference>
<wsd:Types>dpws:Device mdpws:MedicalDevice</wsd:Types>
<wsd:Scopes>sdc.ctxt.loc:/sdc.ctxt.loc.detail/ICU%2F%2FBed2 sdc.ctxt.opr:/operator/smith sdc.mds.pkp:1.2.840.10004.20701.1.1</wsd:Scopes>
<wsd:XAddrs>https://10.0.0.1:6464/dev</wsd:XAddrs></wsd:Hello></s12:Body></s12:Envelope>"
    )
}

fn udp(payload: &[u8]) -> Packet<'_> {
    packet(Carrier::Udp, (50_000, 3_702), payload)
}

datagram_kit!(PROTOCOL, hello => udp(super::hello().as_bytes()));

#[test]
fn reads_types_place_and_addresses() {
    let recording = handle(&PROTOCOL, &udp(hello().as_bytes())).unwrap();
    assert_eq!(recording.values("wsdiscovery.type"), ["Device", "MedicalDevice"]);
    assert_eq!(
        recording.values("wsdiscovery.scope"),
        ["sdc.ctxt.loc:/sdc.ctxt.loc.detail/ICU%2F%2FBed2", "sdc.mds.pkp:1.2.840.10004.20701.1.1"]
    );
    assert_eq!(recording.values("wsdiscovery.xaddrs"), ["https://10.0.0.1:6464/dev"]);
    assert_eq!(recording.values("wsdiscovery.endpoint"), ["urn:uuid:0000"]);
}

#[test]
fn never_keeps_scopes_that_may_name_people() {
    assert!(!format!("{:?}", handle(&PROTOCOL, &udp(hello().as_bytes()))).contains("smith"));
}

#[test]
fn what_is_asked_for_is_not_what_the_asker_is() {
    let probe = format!("{HEAD}<wsd:Probe><wsd:Types>mdpws:MedicalDevice</wsd:Types></wsd:Probe></s12:Body>");
    assert!(handle(&PROTOCOL, &udp(probe.as_bytes())).unwrap().facts.is_empty());
}

#[test]
fn flood_of_elements_is_an_anomaly() {
    let flood = format!("{HEAD}{}", "<a/>".repeat(600));
    assert_eq!(handle(&PROTOCOL, &udp(flood.as_bytes())).unwrap().anomaly_names(), ["too_many_elements"]);
}

#[test]
fn other_soap_is_not_discovery() {
    let other = HEAD.replace("discovery/2009/01", "other");
    for other in [other.as_bytes(), b"<Envelope/>", b"M-SEARCH * HTTP/1.1", &[]] {
        assert!(handle(&PROTOCOL, &udp(other)).is_none());
    }
}
