//! What people say about which addresses are one device, as the derivation needs it.

use std::collections::{BTreeMap, HashMap, HashSet};

use identify::Adjustments;
use identify::resolve::Anchor;
use model::DeviceId;
use store::{Adjustment, AdjustmentKind};

/// Active merges and splits.
#[derive(Debug, Default)]
pub(crate) struct Adjusted {
    made: Vec<Adjustment>,
    /// Of each device that is hidden by a merge, the one that it is a part of.
    whole: HashMap<DeviceId, DeviceId>,
}

impl Adjusted {
    pub(crate) fn new(made: Vec<Adjustment>) -> Self {
        let merges = made.iter().filter(|made| made.kind == AdjustmentKind::Merge);
        let whole = merges.map(|merge| (merge.part.clone(), merge.device.clone())).collect();
        Self { made, whole }
    }

    /// Whether these are the same merges and splits.
    pub(crate) fn is(&self, made: &[Adjustment]) -> bool {
        self.made == made
    }

    /// The device that lists show for `id`.
    pub(crate) fn shown<'a>(&'a self, id: &'a DeviceId) -> &'a DeviceId {
        let mut shown = id;
        // Active merges are a forest; the bound is for a store that holds something else.
        for _ in 0..=self.whole.len() {
            match self.whole.get(shown) {
                Some(whole) => shown = whole,
                None => return shown,
            }
        }
        id
    }

    /// Whether a merge hides a device.
    pub(crate) fn is_hidden(&self, id: &DeviceId) -> bool {
        self.whole.contains_key(id)
    }

    /// Whether a device has a part in a merge, so that nothing may absorb it.
    pub(crate) fn is_merged(&self, id: &DeviceId) -> bool {
        self.is_hidden(id) || self.whole.values().any(|whole| whole == id)
    }

    /// For the evidence: the anchors of each group of merged devices, and the addresses that stand apart.
    pub(crate) fn of_evidence(&self, anchors: &HashMap<String, DeviceId>) -> Adjustments {
        let merged: HashSet<&DeviceId> = self.whole.iter().flat_map(|(part, whole)| [part, whole]).collect();
        let mut held: HashMap<&DeviceId, Vec<Anchor>> = HashMap::new();
        for (anchor, id) in anchors.iter().filter(|(_, id)| merged.contains(id)) {
            held.entry(id).or_default().extend(parse(anchor));
        }
        let mut groups: BTreeMap<&DeviceId, Vec<Anchor>> = BTreeMap::new();
        for (id, mut anchors) in held {
            // A network address stands for a device only until its link-layer address is known.
            if anchors.iter().any(|anchor| matches!(anchor, Anchor::Mac(_))) {
                anchors.retain(|anchor| matches!(anchor, Anchor::Mac(_)));
            }
            groups.entry(self.shown(id)).or_default().append(&mut anchors);
        }
        let apart = self.made.iter().filter_map(|made| match &made.kind {
            AdjustmentKind::Split { anchor } => match parse(anchor)? {
                Anchor::Ip(ip) => Some(ip),
                Anchor::Mac(_) => None,
            },
            AdjustmentKind::Merge => None,
        });
        Adjustments { joined: groups.into_values().collect(), apart: apart.collect() }
    }
}

fn parse(anchor: &str) -> Option<Anchor> {
    let (kind, address) = anchor.split_once(':')?;
    match kind {
        "mac" => address.parse().ok().map(Anchor::Mac),
        "ip" => address.parse().ok().map(Anchor::Ip),
        _ => None,
    }
}
