//! Writes the committed seeds: the messages that the parsers' own tests construct, and small files for the readers.
//!
//! `cargo run --manifest-path fuzz/Cargo.toml --bin seeds` from the root of the repository.

use std::error::Error;
use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::Command;

use capture::{LinkType, PcapWriter, PcapngWriter};
use flate2::Compression;
use flate2::write::GzEncoder;
use model::{Batch, Endpoint, Field, MacAddr, Observation, Timestamp};
use relay::message::{Shipment, StateReport};
use targets::all;

type Outcome<T = ()> = Result<T, Box<dyn Error>>;

fn main() -> Outcome {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..").canonicalize()?;
    let seeds = root.join("fuzz/seeds");
    if seeds.exists() {
        fs::remove_dir_all(&seeds)?;
    }
    fs::create_dir_all(&seeds)?;
    messages(&root, &seeds)?;
    readers(&seeds)?;
    for target in all() {
        let folder = seeds.join(&target.name);
        if !folder.exists() {
            println!("{} has no message in its tests: one empty input", target.name);
            write(&folder, "empty", &[0, 0])?;
        }
        for entry in fs::read_dir(&folder)? {
            (target.run)(&fs::read(entry?.path())?);
        }
    }
    Ok(())
}

/// The parsers' tests write what they construct.
fn messages(root: &Path, seeds: &Path) -> Outcome {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let tests = ["test", "--quiet", "--locked", "--package", "dissect", "--features", "seeds"];
    let status = Command::new(cargo).current_dir(root).args(tests).env("BEDRAIL_SEEDS", seeds).status()?;
    if status.success() { Ok(()) } else { Err("the tests of `dissect` fail".into()) }
}

/// A record, and the checkpoint that signs it.
fn audit_log() -> Outcome<String> {
    let text = |text: &str| Some(audit::Text::of(text));
    let entry = audit::Entry {
        at: Timestamp::from_nanos(1_767_225_600_000_000_000),
        who: audit::Who::Person(audit::Text::of("ines")),
        act: audit::Word::of("role_set"),
        subject: audit::Subject::of("account", "tom"),
        outcome: audit::Outcome::Done,
        origin: audit::Origin { address: text("192.0.2.7"), session: text("5f2c") },
        request: text("req_1"),
        detail: audit::Detail { before: text("reader"), after: text("admin"), why: text("on call") },
    };
    let record = audit::Record::next(&audit::Head::default(), entry);
    let link = audit::Link { hash: record.hash, at: record.entry.at };
    let key = audit::SigningKey::from_seed(&[7; 32])?;
    let signed = audit::Checkpoint::sign((0, 0), &[link], link.at, &key)?.ok_or("a record is there")?;
    let lines = [audit::HEADER.to_owned(), audit::record_line(&record), audit::checkpoint_line(&signed)];
    Ok(lines.join("\n") + "\n")
}

/// A station that was seen and said its name.
fn batch() -> Outcome<Batch> {
    let endpoint = Endpoint { mac: Some(MacAddr::new([0, 0, 0x5e, 0, 0x53, 1])), ip: None };
    let at = Timestamp::from_nanos(1_767_225_600_000_000_000);
    let field = Field::new("dhcp.option.hostname");
    let observation =
        Observation { frame: 1, at, endpoint, field, value: "ct-1".to_owned(), last_frame: 1, count: 1 };
    Ok(Batch {
        sensor: "sen_1".parse()?,
        sequence: 1,
        until: at,
        sightings: Vec::new(),
        claims: Vec::new(),
        observations: vec![observation],
        weaknesses: Vec::new(),
        conversations: Vec::new(),
        frames: 1,
        dropped: 0,
    })
}

fn readers(seeds: &Path) -> Outcome {
    let frames = [ethernet(&ipv4(17, &udp(b"ping"))), ethernet(&ipv4(6, &tcp(b"GET / HTTP/1.0\r\n\r\n")))];
    let plain = pcap(LinkType::ETHERNET, &frames)?;
    let next_generation = pcapng(&frames)?;
    write(&seeds.join("pcap"), "two", &plain)?;
    write(&seeds.join("pcapng"), "two", &next_generation)?;
    let mut gzip = GzEncoder::new(Vec::new(), Compression::best());
    gzip.write_all(&plain)?;
    write(&seeds.join("gzip"), "pcap", &gzip.finish()?)?;
    write(&seeds.join("zstd"), "pcap", &zstd::encode_all(plain.as_slice(), 3)?)?;
    write(&seeds.join("zstd"), "pcapng", &zstd::encode_all(next_generation.as_slice(), 3)?)?;
    write(&seeds.join("pipeline"), "two", &plain)?;
    write(&seeds.join("pipeline"), "fragments", &pcap(LinkType::RAW, &fragments())?)?;
    write(&seeds.join("frame"), "ethernet", &[&[0, 0], frames[0].as_slice()].concat())?;
    write(&seeds.join("frame"), "raw", &[&[5, 0], ipv4(6, &tcp(b"x")).as_slice()].concat())?;
    write(&seeds.join("frame"), "vxlan", &[&[0, 0], vxlan(&frames[0]).as_slice()].concat())?;
    write(&seeds.join("tcp"), "late", b"\xff\xff\xff\xf0\x02\x00ab\x02\x04ef\x02\x02cd\x70\x06")?;
    write(&seeds.join("tcp"), "overlap", b"\0\0\0\0\x01\x00a\x02\x04XY\x05\x02cdZZe\x02\x01bQ")?;
    write(
        &seeds.join("tcp-any"),
        "far",
        b"\x01\0\0\0\0a\x02\x7f\xff\xff\xffbc\x01\x80\0\0\0d\x70\0\0\0\x01",
    )?;
    write(&seeds.join("fragments"), "two", b"\x20\x0001234567\x03\x01abcd")?;
    write(&seeds.join("probes"), "http", b"\0GET / HTTP/1.1\r\nHost: x\r\n")?;
    write(&seeds.join("probes"), "ssh", b"\x01SSH-2.0-OpenSSH_9.2\r\n")?;
    let packed = relay::encode(&batch()?)?;
    let plain = zstd::decode_all(packed.get(1..).unwrap_or_default())?;
    write(&seeds.join("batch"), "packed", &packed)?;
    write(&seeds.join("batch"), "plain", &plain)?;
    let shipment = Shipment { state: StateReport::default(), gone_from: 1, batch: b"\x01" };
    write(&seeds.join("shipment"), "one", &shipment.encode()?)?;
    write(&seeds.join("seal"), "three", SEAL.as_bytes())?;
    write(&seeds.join("sealed-record"), "empty", &[&[1, 4, 1, 0, 0, 0, 1][..], &[7; 12 + 16]].concat())?;
    write(&seeds.join("share"), "one", SHARE.as_bytes())?;
    write(&seeds.join("audit-log"), "signed", audit_log()?.as_bytes())?;
    write(&seeds.join("audit-log"), "empty", format!("{}\n", audit::HEADER).as_bytes())?;
    write(&seeds.join("rules"), "one", RULE.as_bytes())?;
    for (name, text) in FILTERS {
        write(
            &seeds.join("capture-filter"),
            name,
            &[frames[0].get(..text.len() / 2).unwrap_or(&[]), text.as_bytes()].concat(),
        )?;
    }
    Ok(())
}

fn write(folder: &Path, name: &str, bytes: &[u8]) -> Outcome {
    fs::create_dir_all(folder)?;
    Ok(fs::write(folder.join(name), bytes)?)
}

fn pcap(link: LinkType, frames: &[Vec<u8>]) -> Outcome<Vec<u8>> {
    let mut writer = PcapWriter::new(Vec::new(), link)?;
    for (index, frame) in (1_u64..).zip(frames) {
        writer.write(Timestamp::from_nanos(index * 1_000_000), u32::try_from(frame.len())?, frame)?;
    }
    Ok(writer.finish()?)
}

fn pcapng(frames: &[Vec<u8>]) -> Outcome<Vec<u8>> {
    let mut writer = PcapngWriter::new(Vec::new(), LinkType::ETHERNET)?;
    for (index, frame) in (1_u64..).zip(frames) {
        writer.write(Timestamp::from_nanos(index * 1_000_000), u32::try_from(frame.len())?, frame)?;
    }
    Ok(writer.finish()?)
}

fn ethernet(packet: &[u8]) -> Vec<u8> {
    [&[0, 0, 0x5e, 0, 0x53, 2, 0, 0, 0x5e, 0, 0x53, 1, 8, 0][..], packet].concat()
}

fn ipv4(protocol: u8, payload: &[u8]) -> Vec<u8> {
    let total = (payload.len() as u16 + 20).to_be_bytes();
    let head = [0x45, 0, total[0], total[1], 0, 1, 0, 0, 64, protocol, 0, 0, 10, 0, 0, 1, 10, 0, 0, 2];
    [&head[..], payload].concat()
}

fn udp(payload: &[u8]) -> Vec<u8> {
    let length = (payload.len() as u16 + 8).to_be_bytes();
    [&[0xc3, 0x50, 0, 53, length[0], length[1], 0, 0][..], payload].concat()
}

fn tcp(payload: &[u8]) -> Vec<u8> {
    [&[0xc3, 0x50, 0, 80, 0, 0, 0, 1, 0, 0, 0, 1, 0x50, 0x18, 4, 0, 0, 0, 0, 0][..], payload].concat()
}

fn vxlan(inner: &[u8]) -> Vec<u8> {
    let mut datagram = udp(&[&[8, 0, 0, 0, 0, 0, 42, 0][..], inner].concat());
    datagram[2..4].copy_from_slice(&4_789_u16.to_be_bytes());
    ethernet(&ipv4(17, &datagram))
}

/// A datagram in two fragments.
fn fragments() -> Vec<Vec<u8>> {
    let datagram = udp(b"sixteen octets..");
    let (head, tail) = datagram.split_at(16);
    let mut first = ipv4(17, head);
    first[6] = 0x20;
    let mut second = ipv4(17, tail);
    second[7] = 2;
    vec![first, second]
}

const RULE: &str = r#"source = "made for the fuzzer"

[[rule]]
id = "example-pump"
field = "http.server"
pattern = '^ExamplePump/([0-9.]+)'
sets = { manufacturer = "Example", model = "Pump 7", device_type = "infusion_pump" }
weight = 0.7
matches = ["ExamplePump/4.1"]
misses = ["nginx"]
"#;

/// A seal with a method of each kind; nothing opens it.
const SEAL: &str = r#"{"format":1,"vault":"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa","root":1,"methods":[
{"id":1,"way":{"kind":"passphrase","cost":{"memory_kib":19456,"passes":2,"lanes":1},"salt":"bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"},
"wrapped":{"nonce":"cccccccccccccccccccccccc","sealed":"dddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddd"}},
{"id":2,"way":{"kind":"shares","threshold":2,"set":"eeeeeeee","checks":["ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff","0000000000000000000000000000000000000000000000000000000000000000"]},
"wrapped":{"nonce":"111111111111111111111111","sealed":"222222222222222222222222222222222222222222222222222222222222222222222222222222222222222222222222"}},
{"id":4,"way":{"kind":"token","label":"hsm","key":"33333333333333333333333333333333","nonce":"444444444444444444444444","sealed":"555555555555555555555555555555555555555555555555555555555555555555555555555555555555555555555555"},
"wrapped":{"nonce":"666666666666666666666666","sealed":"777777777777777777777777777777777777777777777777777777777777777777777777777777777777777777777777"}}],
"body":{"nonce":"888888888888888888888888","sealed":"9999999999999999999999999999999999999999"}}"#;

/// A share of zeros and numbers.
const SHARE: &str =
    "bdsh-are1-qyqs-yqcy-qvpq-qqgz-qvzq-2ps8-pqys-5zcv-p58q-7yq3-zgf3-g9gk-zuvp-jxsm-rsw3-u8c7-k5am-j";

const FILTERS: &[(&str, &str)] = &[
    ("host", "host 10.0.0.7 and not port 22"),
    ("net", "(tcp or udp) and net 10.0.0.0/8 or ip6 net 2001:db8::/32"),
    ("vlan", "vlan 42 and portrange 104-105"),
    ("ether", "ether host 00:00:5e:00:53:01 and greater 100"),
];
