//! What is looked up in tshark, and where it shows less than Bedrail reads.

mod values;

/// A field that Wireshark has no name for, or does not show where it has one.
pub(crate) struct Exception {
    pub(crate) field: &'static str,
    /// The protocol or field that the frame has at least.
    pub(crate) beside: &'static str,
    /// Where the value is seen; empty where the words are Bedrail's own, or tshark shows none.
    pub(crate) instead: &'static [&'static str],
    pub(crate) reason: &'static str,
}

/// Captures of the corpus by their place in it, and how tshark has to be told what they hold where it goes by ports and
/// Bedrail by bytes.
pub(crate) const SAMPLE: &[(&str, &[&str])] = &[
    ("1_medical/loopback-real-stacks/ct.pcap", &[]),
    ("1_medical/loopback-real-stacks/hl7.pcap", &[]),
    ("1_medical/loopback-real-stacks/tls.pcap", &[]),
    ("1_medical/virtalabs__tapirx/testdata/HL7-ADT-UDI-OBX.pcap", MIRTH),
    ("1_medical/virtalabs__tapirx/testdata/HL7-ADT-UDI-PRT.pcap", MIRTH),
    ("1_medical/virtalabs__tapirx/testdata/HL7-ADT.pcap", MIRTH),
    ("1_medical/virtalabs__tapirx/testdata/HL7-ORM.pcap", MIRTH),
    ("1_medical/virtalabs__tapirx/testdata/HL7-ORU.pcap", MIRTH),
    ("1_medical/virtalabs__tapirx/testdata/dicom_arq_1_find_testclient.pcap", &[]),
    ("1_medical/virtalabs__tapirx/testdata/dicom_arq_2_get_testclient.pcap", &[]),
    ("1_medical/virtalabs__tapirx/testdata/dicom_arq_3_find_bogus_local.pcap", &[]),
    ("1_medical/virtalabs__tapirx/testdata/dicom_arq_4_get_bogus_local.pcap", &[]),
    ("2_discovery/inverse-inc__packetfence/t/data/dhcpv6-sample-1.pcap", &[]),
    ("2_discovery/nttcom__zeek-parser-CIFS-COM/testing/Traces/test.pcap", &[]),
    ("2_discovery/nttcom__zeek-parser-CIFS-NBNS-COM/testing/Traces/test.pcap", &[]),
    ("2_discovery/nttcom__zeek-parser-SSDP-COM/testing/Traces/test.pcap", &[]),
    ("2_discovery/zeek-plugins__mdns/tests/Traces/mdns-only.pcap", &[]),
    ("2_discovery/zeek__spicy-dhcp/tests/traces/dhcp.pcap", &[]),
    ("3_device_ident/andypitcher__IoT_Sentinel/D-LinkCam/Setup-A-1-STA.pcap", &[]),
    ("3_device_ident/andypitcher__IoT_Sentinel/D-LinkDoorSensor/Setup-C-2-STA.pcap", &[]),
    ("3_device_ident/andypitcher__IoT_Sentinel/EdimaxCam1/Setup-A-2-STA.pcap", &[]),
    ("3_device_ident/andypitcher__IoT_Sentinel/WeMoInsightSwitch/Setup-A-5-STA.pcap", &[]),
    ("4_attack/OISF__suricata-verify/tests/detect-ldap-result/ldap.pcap", &[]),
    ("4_attack/OISF__suricata-verify/tests/dnp3/dnp3-del-measure/input.pcap", &[]),
    ("4_attack/OISF__suricata-verify/tests/enip-alert/enip_test1.pcap", &[]),
    ("4_attack/OISF__suricata-verify/tests/issue-3703/input.pcap", &[]),
    ("4_attack/OISF__suricata-verify/tests/llmnr/llmnr-udp/input.pcap", &[]),
    ("4_attack/OISF__suricata-verify/tests/modbus/modbus.pcap", &[]),
    ("4_attack/OISF__suricata-verify/tests/mqtt-connect-rules-2/mqtt5_pub_jpeg_connack134.pcap", &[]),
    ("4_attack/OISF__suricata-verify/tests/smb1-03-midstream/smb1_osx-s1-midstream-modified.pcap", &[]),
    ("4_attack/OISF__suricata-verify/tests/smb2-delete/input.pcap", &[]),
    ("4_attack/OISF__suricata-verify/tests/telnet/telnet-01/telnet.pcap", &[]),
    ("4_attack/OISF__suricata-verify/tests/tftp-tx-handling-wrq/input.pcap", &[]),
    ("4_attack/OISF__suricata-verify/tests/tls/tls-altname-zero/input.pcap", &[]),
    ("4_attack/digitalbond__Quickdraw-Snort/bacnet_test.pcap", &[]),
    ("4_attack/digitalbond__Quickdraw-Snort/s7_test.pcap", &[]),
    ("4_attack/initconf__sip-attacks/tests/Traces/BadUserAgent-sipvicious.pcap", &[]),
    ("7_general/arkime__arkime/tests/pcap/cloudshark-dtls1.pcap", &[]),
    ("7_general/arkime__arkime/tests/pcap/snmpv3_synthetic.pcap", &[]),
    ("7_general/arkime__arkime/tests/pcap/tls-alpn-h2.pcap", &[]),
    ("7_general/cisagov__icsnpp-opcua-binary/pcaps/open62541_client-server_minimal.pcap", &[]),
    ("7_general/ntop__nDPI/tests/cfgs/default/pcap/IEC104.pcap", &[]),
    ("7_general/ntop__nDPI/tests/cfgs/default/pcap/NTPv4.pcap", &[]),
    ("7_general/ntop__nDPI/tests/cfgs/default/pcap/discord.pcap", &[]),
    ("7_general/ntop__nDPI/tests/cfgs/default/pcap/quic_t50.pcap", &[]),
    ("7_general/ntop__nDPI/tests/cfgs/default/pcap/rtsp_setup_http.pcapng", &[]),
    ("7_general/ntop__nDPI/tests/cfgs/default/pcap/sccp_hw_conf_register.pcapng", &[]),
    ("7_general/ntop__nDPI/tests/cfgs/default/pcap/srvloc.pcap", &[]),
    ("7_general/ntop__nDPI/tests/cfgs/default/pcap/syslog.pcap", &[]),
    ("7_general/the-tcpdump-group__tcpdump/tests/RADIUS-RFC4675.pcap", &[]),
    ("7_general/zeek__zeek/testing/btest/Traces/cdp-v1.pcap", &[]),
    ("7_general/zeek__zeek/testing/btest/Traces/erspan.pcap", &[]),
    ("7_general/zeek__zeek/testing/btest/Traces/krb/auth.pcap", &[]),
    ("7_general/zeek__zeek/testing/btest/Traces/lldp.pcap", &[]),
    (
        "7_general/zeek__zeek/testing/btest/Traces/postgresql/http-on-port-5432.pcap",
        &["-d", "tcp.port==5432,http"],
    ),
    ("7_general/zeek__zeek/testing/btest/Traces/radius/radius_localhost.pcap", &[]),
    ("7_general/zeek__zeek/testing/btest/Traces/rdp/rdp-x509.pcap", &[]),
    ("7_general/zeek__zeek/testing/btest/Traces/rfb/vncmac.pcap", &[]),
    ("7_general/zeek__zeek/testing/btest/Traces/sip/wireshark.pcap", &[]),
    ("7_general/zeek__zeek/testing/btest/Traces/smb/smb_v2_only_non_zero_reserved1.pcap", &[]),
    ("7_general/zeek__zeek/testing/btest/Traces/smtp.pcap", &[]),
    ("7_general/zeek__zeek/testing/btest/Traces/snmp/snmpwalk-short.pcap", &[]),
    ("7_general/zeek__zeek/testing/btest/Traces/wlanmon.pcap", &[]),
];

/// HL7 on the port of a Mirth channel, which tshark takes for HL7 only from the second message on.
const MIRTH: &[&str] = &["-d", "tcp.port==6661,hl7"];

const fn exception(
    field: &'static str,
    beside: &'static str,
    instead: &'static [&'static str],
    reason: &'static str,
) -> Exception {
    Exception { field, beside, instead, reason }
}

const TAG: &[&str] = &["dicom.tag.value.str"];
const SEGMENT: &[&str] = &["hl7.raw.segment"];
const STREAM: &[&str] = &["tcp.payload"];
const DATAGRAM: &[&str] = &["udp.payload"];
const LINE: &[&str] = &["http.request.line", "http.response.line", "http.unknown_header"];
const OCTETS: &[&str] = &["snmp.value.octets"];
const REASSEMBLED: &[&str] = &["tcp.payload", "tcp.reassembled.data"];
const XML: &[&str] = &["xml.cdata"];
const NAMES: &[&str] = &["dns.qry.name", "dns.resp.name", "dns.ptr.domain_name"];
const TAGS: &str = "Wireshark names no data element of DICOM: all are `dicom.tag`";
const SEGMENTS: &str = "Wireshark names no field of HL7 but two of MSH-9";
const OWN: &str = "what follows from a message, in Bedrail's words";
const NOT_READ: &str = "Wireshark does not read the protocol";
const LINES: &str = "Wireshark names not every line of a head";
const OBJECT: &str = "Wireshark names an object of a MIB only where it has the MIB";
const PROPERTY: &str = "Wireshark shows the value of a property without a name";
const ATTRIBUTE: &str = "Wireshark names the kinds of attributes, not the attributes";
const ELEMENT: &str = "Wireshark names no element of XML";
const LIST: &str = "many fields in their order as one";

/// By intent, in the order of names.
pub(crate) const EXCEPTIONS: &[Exception] = &[
    exception("astm.patient", "tcp", &[], NOT_READ),
    exception("astm.role", "tcp", &[], NOT_READ),
    exception("astm.sender", "tcp", STREAM, NOT_READ),
    exception("bacapp.firmware_revision", "bacapp", DATAGRAM, PROPERTY),
    exception("bacapp.model_name", "bacapp", DATAGRAM, PROPERTY),
    exception(
        "bacapp.vendor_identifier",
        "bacapp",
        &[],
        "named in I-Am, but not as a property that was read",
    ),
    exception("bacapp.vendor_name", "bacapp", DATAGRAM, PROPERTY),
    exception(
        "browser.domain",
        "browser",
        &["browser.server"],
        "the name that is announced, when it is a domain's",
    ),
    exception(
        "browser.os_version",
        "browser.os_major",
        &[],
        "`browser.os_major` and `browser.os_minor` as one",
    ),
    exception("dhcp.option_order", "dhcp", &[], LIST),
    exception("dhcpv6.option_order", "dhcpv6", &[], LIST),
    exception("dicom.command", "dicom", &[], OWN),
    exception("dicom.device_serial_number", "dicom", TAG, TAGS),
    exception("dicom.institution_name", "dicom", TAG, TAGS),
    exception("dicom.manufacturer", "dicom", TAG, TAGS),
    exception("dicom.manufacturer_model_name", "dicom", TAG, TAGS),
    exception("dicom.modality", "dicom", TAG, TAGS),
    exception("dicom.role", "dicom", &[], OWN),
    exception("dicom.software_versions", "dicom", TAG, TAGS),
    exception("dicom.station_name", "dicom", TAG, TAGS),
    exception("dicom.stored_sop_class", "dicom", TAG, TAGS),
    exception("dicom.udi", "dicom", TAG, TAGS),
    exception("dnp3.role", "dnp3", &[], OWN),
    exception("dpws.firmware_version", "xml", XML, ELEMENT),
    exception("dpws.model_name", "xml", XML, ELEMENT),
    exception("dtls.handshake.ja4", "dtls.handshake.ja3", &[], "JA4 is younger than Wireshark 4.0"),
    exception("eth.addr", "frame", &["sll.src.eth", "wlan.addr"], "the link is none of Ethernet's"),
    exception("hl7.msa.code", "hl7", SEGMENT, SEGMENTS),
    exception("hl7.msh.receiving_application", "hl7", SEGMENT, SEGMENTS),
    exception("hl7.msh.receiving_facility", "hl7", SEGMENT, SEGMENTS),
    exception("hl7.msh.sending_application", "hl7", SEGMENT, SEGMENTS),
    exception("hl7.msh.sending_facility", "hl7", SEGMENT, SEGMENTS),
    exception("hl7.msh.version", "hl7", SEGMENT, SEGMENTS),
    exception("hl7.obx.equipment", "hl7", SEGMENT, SEGMENTS),
    exception("hl7.prt.device", "hl7", SEGMENT, SEGMENTS),
    exception("hl7.prt.serial", "hl7", SEGMENT, SEGMENTS),
    exception("hl7.prt.udi", "hl7", SEGMENT, SEGMENTS),
    exception("hl7.role", "hl7", &[], OWN),
    exception("hl7.sft.vendor", "hl7", SEGMENT, SEGMENTS),
    exception("hl7.sft.version", "hl7", SEGMENT, SEGMENTS),
    exception("http.x_powered_by", "http", LINE, LINES),
    exception("iec60870_104.role", "iec60870_104", &[], OWN),
    exception("ipp.printer_firmware_string_version", "ipp", REASSEMBLED, ATTRIBUTE),
    exception("ipp.printer_make_and_model", "ipp", REASSEMBLED, ATTRIBUTE),
    exception("mdns.service_type", "mdns", NAMES, "told apart from other names"),
    exception("modbus.server_id", "modbus", STREAM, "Wireshark shows it without a name"),
    exception("opcua.ApplicationName", "opcua", STREAM, "Wireshark names the text in it, as any other text"),
    exception("poct1a.device_name", "tcp", STREAM, NOT_READ),
    exception("poct1a.model_id", "tcp", STREAM, NOT_READ),
    exception("poct1a.patient", "tcp", &[], NOT_READ),
    exception("poct1a.role", "tcp", &[], NOT_READ),
    exception("poct1a.serial_id", "tcp", STREAM, NOT_READ),
    exception("poct1a.sw_version", "tcp", STREAM, NOT_READ),
    exception("poct1a.vendor_id", "tcp", STREAM, NOT_READ),
    exception("rtsp.user_agent", "rtsp", STREAM, LINES),
    exception("skinny.role", "skinny", &[], OWN),
    exception("snmp.sysDescr", "snmp", OCTETS, OBJECT),
    exception("snmp.sysLocation", "snmp", OCTETS, OBJECT),
    exception("snmp.sysName", "snmp", OCTETS, OBJECT),
    exception("snmp.sysObjectID", "snmp", &["snmp.value.oid"], OBJECT),
    exception("ssdp.searched", "ssdp", LINE, LINES),
    exception("ssdp.type", "ssdp", LINE, LINES),
    exception("ssdp.usn", "ssdp", LINE, LINES),
    exception("telnet.negotiation", "telnet", &[], LIST),
    exception("tls.handshake.ja4", "tls.handshake.ja3", &[], "JA4 is younger than Wireshark 4.0"),
];
