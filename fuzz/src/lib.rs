//! Every fuzz target: one of each parser of `dissect`, which registers them itself, and one of each reader of files,
//! frames, streams, rules and filters.

mod keys;
mod readers;

use std::sync::Arc;
use std::sync::OnceLock;

use dissect::kit;
use flow::Parsers;

/// A target: what it is given, and what runs on it.
pub struct Target {
    /// Name: kind and protocol, or reader.
    pub name: String,
    /// Longest input that makes sense.
    pub max_len: usize,
    /// Runs one input.
    pub run: Box<dyn Fn(&[u8]) + Send + Sync>,
}

impl Target {
    fn new(name: impl Into<String>, max_len: usize, run: impl Fn(&[u8]) + Send + Sync + 'static) -> Self {
        Self { name: name.into(), max_len, run: Box::new(run) }
    }
}

/// All targets. New parsers are among them by themselves.
#[must_use]
pub fn all() -> Vec<Target> {
    let streams = dissect::streams().map(|protocol| {
        Target::new(format!("stream-{}", protocol.protocol.name), 512, move |input| {
            kit::stream_input(protocol, input);
        })
    });
    let datagrams = dissect::datagrams().map(|protocol| {
        Target::new(format!("datagram-{}", protocol.protocol.name), 512, move |input| {
            kit::datagram_input(protocol, input);
        })
    });
    let mut all: Vec<Target> = streams.chain(datagrams).collect();
    all.push(Target::new("probes", 96, |input| {
        for protocol in dissect::streams() {
            kit::probe_input(protocol, input);
        }
    }));
    all.push(Target::new("tcp", 512, flow::kit::tcp_input));
    all.push(Target::new("tcp-any", 256, flow::kit::tcp_any_input));
    all.push(Target::new("fragments", 512, flow::kit::fragment_input));
    all.push(Target::new("frame", 256, readers::frame));
    all.push(Target::new("pcap", 512, readers::capture_file));
    all.push(Target::new("pcapng", 640, readers::capture_file));
    all.push(Target::new("gzip", 512, readers::compressed));
    all.push(Target::new("zstd", 512, readers::compressed));
    all.push(Target::new("pipeline", 1_024, readers::pipeline));
    all.push(Target::new("rules", 1_024, readers::rules));
    all.push(Target::new("capture-filter", 160, readers::capture_filter));
    all.push(Target::new("batch", 640, readers::batch));
    all.push(Target::new("shipment", 128, readers::shipment));
    all.push(Target::new("seal", 2_048, keys::seal));
    all.push(Target::new("sealed-record", 96, keys::record));
    all.push(Target::new("share", 128, keys::share));
    all.push(Target::new("audit-log", 1_536, readers::audit_log));
    all
}

/// The parsers, made once.
fn parsers() -> Arc<Parsers> {
    static PARSERS: OnceLock<Arc<Parsers>> = OnceLock::new();
    Arc::clone(PARSERS.get_or_init(|| Arc::new(Parsers::all())))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_parser_has_a_target_of_its_own() {
        let names: BTreeSet<String> = all().into_iter().map(|target| target.name).collect();
        assert_eq!(names.len(), all().len());
        for protocol in dissect::protocols() {
            let name = protocol.name;
            let known = ["stream", "datagram"].iter().any(|kind| names.contains(&format!("{kind}-{name}")));
            assert!(known, "`{name}` has no target");
        }
    }

    #[test]
    fn every_target_survives_nothing_and_little() {
        for target in all() {
            for input in [&b""[..], b"\0", b"\xff\xff\xff\xff\xff\xff\xff\xff"] {
                (target.run)(input);
            }
        }
    }
}
