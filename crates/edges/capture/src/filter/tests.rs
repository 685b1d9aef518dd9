//! Tests of capture filters: the compiled program, run on a small machine, agrees with the direct evaluation.

use proptest::prelude::*;

use super::compile::{CELLS, Instruction, VLAN_PRESENT, VLAN_TAG, code};
use super::{Filter, Program, evaluate};
use crate::LinkType;

/// Runs a program as the kernel does: out of bounds is 0.
fn run(program: &Program, frame: &[u8], vlan: Option<u16>) -> bool {
    let (mut a, mut x, mut memory) = (0_u32, 0_u32, [0_u32; CELLS as usize]);
    let load = |at: u32, size: usize| -> Option<u32> {
        let at = usize::try_from(at).unwrap();
        frame
            .get(at..at + size)
            .map(|bytes| bytes.iter().fold(0, |number, byte| number << 8 | u32::from(*byte)))
    };
    let mut next = 0;
    loop {
        let Instruction { code, jump_true, jump_false, operand: k } = program.instructions()[next];
        next += 1;
        let mut jump = |taken: bool| next += usize::from(if taken { jump_true } else { jump_false });
        let loaded = match code {
            code::LD_HALF_ABSOLUTE if k == VLAN_TAG => Some(u32::from(vlan.unwrap_or(0))),
            code::LD_BYTE_ABSOLUTE if k == VLAN_PRESENT => Some(u32::from(vlan.is_some())),
            code::LD_WORD_ABSOLUTE => load(k, 4),
            code::LD_HALF_ABSOLUTE => load(k, 2),
            code::LD_BYTE_ABSOLUTE => load(k, 1),
            code::LD_WORD_INDIRECT => load(x + k, 4),
            code::LD_HALF_INDIRECT => load(x + k, 2),
            code::LD_BYTE_INDIRECT => load(x + k, 1),
            code::LD_IMMEDIATE => Some(k),
            code::LD_MEMORY => Some(memory[k as usize]),
            code::LD_LENGTH => Some(frame.len() as u32),
            code::ADD_X => Some(a + x),
            code::OR_X => Some(a | x),
            code::AND_X => Some(a & x),
            code::AND_CONSTANT => Some(a & k),
            code::XOR_CONSTANT => Some(a ^ k),
            code::SHIFT_LEFT_CONSTANT => Some(a << k),
            _ => Some(a),
        };
        let Some(loaded) = loaded else { return false };
        a = loaded;
        match code {
            code::LDX_MEMORY => x = memory[k as usize],
            code::ST => memory[k as usize] = a,
            code::TAX => x = a,
            code::JUMP => next += k as usize,
            code::JUMP_EQUAL => jump(a == k),
            code::JUMP_GREATER => jump(a > k),
            code::JUMP_AT_LEAST => jump(a >= k),
            code::RETURN_A => return a != 0,
            _ => {}
        }
    }
}

/// An Ethernet frame with so many VLAN tags of number 7.
fn frame(tags: usize, ether_type: u16, rest: &[u8]) -> Vec<u8> {
    let mut frame = vec![0, 0, 0x5e, 0, 0x53, 1, 0, 0, 0x5e, 0, 0x53, 2];
    for _ in 0..tags {
        frame.extend_from_slice(&[0x81, 0, 0, 7]);
    }
    frame.extend_from_slice(&ether_type.to_be_bytes());
    frame.extend_from_slice(rest);
    frame
}

/// IPv4 from 10.0.0.1 to 192.0.2.9 with ports 4000 and 104.
fn ipv4(protocol: u8) -> Vec<u8> {
    let mut packet =
        vec![0x46, 0, 0, 44, 0, 0, 0, 0, 64, protocol, 0, 0, 10, 0, 0, 1, 192, 0, 2, 9, 0, 0, 0, 0];
    packet.extend_from_slice(&[0x0f, 0xa0, 0, 104, 0, 0, 0, 0]);
    packet
}

fn passes(text: &str, frame: &[u8]) -> bool {
    let filter = Filter::parse(text).unwrap();
    let direct = filter.passes(LinkType::ETHERNET, frame);
    assert_eq!(run(&filter.compile().unwrap(), frame, None), direct, "{text}");
    direct
}

#[test]
fn hosts_networks_and_ports_match() {
    let tcp = frame(0, 0x0800, &ipv4(6));
    for text in [
        "host 10.0.0.1",
        "src host 10.0.0.1 and dst net 192.0.2.0/24",
        "tcp port 104",
        "port 4000",
        "dst portrange 100-110",
        "ip and not udp",
        "ether host 00:00:5e:00:53:02",
        "net 10.0.0.0/8 && ! arp",
        "greater 20 and (less 100 or host 1.2.3.4)",
        "10.0.0.1",
        "src 10.0.0.1",
        "net 0.0.0.0/0",
    ] {
        assert!(passes(text, &tcp), "{text}");
    }
    for text in ["host 10.0.0.2", "udp port 104", "src port 104", "vlan", "ip6", "arp", "dst 10.0.0.1"] {
        assert!(!passes(text, &tcp), "{text}");
    }
}

#[test]
fn tags_are_seen_through() {
    let double = frame(2, 0x0800, &ipv4(17));
    assert!(passes("vlan 7 and udp port 104 and host 192.0.2.9", &double));
    assert!(!passes("vlan 8", &double));
}

#[test]
fn a_tag_that_the_kernel_took_off_counts() {
    let filter = Filter::parse("vlan 42 and tcp").unwrap();
    let bare = frame(0, 0x0800, &ipv4(6));
    let program = filter.compile().unwrap();
    assert!(run(&program, &bare, Some(42)) && evaluate::passes(&filter.0, &bare, Some(42)));
    assert!(!run(&program, &bare, Some(43)) && !evaluate::passes(&filter.0, &bare, Some(43)));
    assert!(!run(&program, &bare, None));
}

#[test]
fn ipv6_addresses_match_by_prefix() {
    let mut packet = vec![0x60, 0, 0, 0, 0, 8, 58, 64];
    packet.extend_from_slice(&"2001:db8::1".parse::<std::net::Ipv6Addr>().unwrap().octets());
    packet.extend_from_slice(&"fe80::9".parse::<std::net::Ipv6Addr>().unwrap().octets());
    packet.extend_from_slice(&[0; 8]);
    let frame = frame(0, 0x86dd, &packet);
    assert!(passes("net 2001:db8::/32 and dst host fe80::9 and icmp6", &frame));
    assert!(!passes("src net 2001:db9::/32", &frame));
}

#[test]
fn mistakes_are_named_with_their_place() {
    for (text, column) in [
        ("host", 5),
        ("port 99999", 6),
        ("tcp and", 8),
        ("(arp", 5),
        ("net 10.0.0.0/33", 5),
        ("vlan 9999", 6),
    ] {
        assert_eq!(Filter::parse(text).unwrap_err().column, column, "{text}");
    }
    assert!(Filter::parse(&"not ".repeat(99)).is_err());
}

#[test]
fn what_the_machine_cannot_hold_is_refused() {
    let deep = "(arp or ".repeat(20) + "ip" + &")".repeat(20);
    assert!(Filter::parse(&deep).unwrap().compile().is_err());
}

const EXPRESSIONS: [&str; 8] = [
    "host 10.0.0.1",
    "port 104",
    "not (tcp or udp)",
    "vlan 7 or arp",
    "src net 10.0.0.0/8 and not dst port 4000",
    "ip6 or less 60",
    "ether src 00:00:5e:00:53:02",
    "udp portrange 1-4000",
];

proptest! {
    #[test]
    fn program_and_evaluation_agree(
        tags in 0usize..4,
        kind in prop::sample::select(vec![0x0800u16, 0x86dd, 0x0806, 0x8100, 0x1234]),
        mut rest in prop::collection::vec(any::<u8>(), 0..80),
        real in any::<bool>(),
        expression in 0usize..8,
        vlan in prop::option::of(0u16..10),
    ) {
        if real {
            rest = ipv4(rest.first().copied().unwrap_or(6));
        }
        let frame = frame(tags, kind, &rest);
        let filter = Filter::parse(EXPRESSIONS[expression]).unwrap();
        let direct = evaluate::passes(&filter.0, &frame, vlan);
        prop_assert_eq!(run(&filter.compile().unwrap(), &frame, vlan), direct);
    }

    #[test]
    fn any_text_is_understood_or_refused(text in "[a-z0-9.:/()! &|-]{0,60}") {
        let _ = Filter::parse(&text);
    }
}
