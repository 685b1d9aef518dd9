//! A capture as it was understood: what was seen, and which devices that means.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use flow::{Conversation, Report};
use identify::{Ends, Inventory, Knowledge, Seen, Survey, Unmet, unmet};
use model::{Endpoint, Identity, Observation, Timestamp, WeaknessSighting};
use rayon::prelude::*;

/// Everything that an inspection found.
#[derive(Debug)]
pub(crate) struct Inspection {
    /// Files or interface that were read.
    pub(crate) inputs: Vec<String>,
    /// What was seen.
    pub(crate) report: Report,
    /// What it means.
    pub(crate) inventory: Inventory,
    /// The places of the devices at both ends of each conversation.
    ends: Vec<Ends>,
    /// Frames lost before they were handed over (live), or that the file says were lost.
    pub(crate) lost_before_capture: u64,
    /// What was odd about the inputs, one sentence each.
    pub(crate) notices: Vec<String>,
}

/// A conversation with the devices at its ends.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Held<'a> {
    /// What was said.
    pub(crate) conversation: &'a Conversation,
    /// The device that opened it.
    pub(crate) originator: Option<&'a Identity>,
    /// The device that was called.
    pub(crate) responder: Option<&'a Identity>,
}

impl Inspection {
    /// Derives the devices of `report`.
    #[must_use]
    pub(crate) fn new(report: Report, knowledge: &Knowledge) -> Self {
        let survey = Survey::new(seen_in(&report));
        let ends_of =
            |held: &Conversation| survey.ends(held.key.originator, held.key.responder, held.first_seen);
        let ends: Vec<Ends> = report.conversations.par_iter().map(ends_of).collect();
        let talks = report.conversations.iter().zip(&ends);
        let used = talks.flat_map(|(held, ends)| held.usages().map(|usage| ends.used(usage)));
        let inventory = survey.identify(used, knowledge);
        Self { inputs: Vec::new(), report, inventory, ends, lost_before_capture: 0, notices: Vec::new() }
    }

    /// The conversations by first frame, with the devices at their ends.
    pub(crate) fn conversations(&self) -> impl Iterator<Item = Held<'_>> {
        self.report.conversations.iter().zip(&self.ends).map(|(conversation, ends)| Held {
            conversation,
            originator: ends.originator.and_then(|place| self.inventory.device(place)),
            responder: ends.responder.and_then(|place| self.inventory.device(place)),
        })
    }

    /// The device at an endpoint of a packet seen at `at`.
    #[must_use]
    pub(crate) fn device_of(&self, endpoint: Endpoint, at: Timestamp) -> Option<&Identity> {
        self.inventory.device_of(endpoint, at)
    }

    /// Rules that matched something of `device` and say nothing all the same.
    #[must_use]
    pub(crate) fn unmet(&self, device: &Identity, knowledge: &Knowledge) -> Vec<Unmet> {
        unmet(&seen_in(&self.report), self.report.usages(), knowledge, &self.inventory, &device.id)
    }

    /// Facts about `device`, in the order of frames.
    #[must_use]
    pub(crate) fn observations_of(&self, device: &Identity) -> Vec<&Observation> {
        let about = |observation: &&Observation| {
            self.device_of(observation.endpoint, observation.at).is_some_and(|found| found.id == device.id)
        };
        let mut all: Vec<&Observation> = self.report.observations.iter().filter(about).collect();
        all.sort_by_key(|observation| (observation.frame, observation.field));
        all
    }

    /// Weaknesses by device id, each kind once with its first frame.
    #[must_use]
    pub(crate) fn weaknesses(&self) -> BTreeMap<&str, Vec<WeaknessSighting>> {
        self.inventory.weaknesses(&self.report.weaknesses)
    }
}

/// What identification reads of `report`.
fn seen_in(report: &Report) -> Seen<'_> {
    Seen { sightings: &report.sightings, claims: &report.claims, observations: &report.observations }
}

/// Whether a conversation of a clinical protocol, or any that carried patient data, can be read by a listener.
#[must_use]
pub(crate) fn is_cleartext_clinical(conversation: &Conversation) -> bool {
    static CLINICAL: LazyLock<Vec<&str>> = LazyLock::new(|| {
        let all = dissect::protocols().into_iter().filter(|protocol| protocol.carries_patient_data);
        all.map(|protocol| protocol.name).collect()
    });
    let is_clinical = |protocol: &str| CLINICAL.contains(&protocol);
    conversation.patient_data || !conversation.encrypted && conversation.key.protocol.is_some_and(is_clinical)
}
