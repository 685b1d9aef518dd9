//! From a ledger into a report: everything at the end, or from time to time what is new or grew.

use model::{Observation, WeaknessSighting};

use super::{Index, Ledger, Noted, ProtocolTallies, Station, StationId};
use crate::report::Report;

impl Ledger {
    /// Adds to a report what is new or grew since the last time, with endpoints instead of numbers. Counts start again
    /// at nothing, first frames stay: all reports together say what one at the end would.
    pub(crate) fn pour(&mut self, report: &mut Report) {
        self.pour_observations(report);
        self.pour_weaknesses(report);
        for claim in self.claims.entries.iter_mut().filter(|claim| claim.count > 0) {
            report.claims.push(*claim);
            claim.count = 0;
        }
        let stations = &self.stations;
        let endpoint =
            |station: StationId| stations.get(station).map(|held| held.sighting.endpoint).unwrap_or_default();
        let conversations = std::mem::replace(&mut self.conversations, Index::new()).entries.into_entries();
        report.conversations.extend(conversations.map(|held| held.renamed(endpoint)));
        for Station { sighting, told } in self.stations.entries.iter_mut() {
            let was_heard = sighting.packets_sent > 0 || sighting.packets_received > 0;
            if was_heard || *told != Some(sighting.last_seen) {
                report.sightings.push(*sighting);
                (sighting.packets_sent, sighting.packets_received) = (0, 0);
                *told = Some(sighting.last_seen);
            }
        }
        let mut tally = std::mem::take(&mut self.tally);
        tally.protocols.extend(std::mem::replace(&mut self.protocols, ProtocolTallies(Vec::new())).0);
        report.tally.merge(tally);
    }

    fn pour_observations(&mut self, report: &mut Report) {
        let stations = &self.stations;
        let grown = self.observations.entries.iter_mut().filter(|noted| noted.count > 0);
        report.observations.extend(grown.map(|noted| {
            let Noted { station, field, first, last_frame, .. } = *noted;
            Observation {
                frame: first.frame,
                at: first.at,
                endpoint: stations.get(station).map(|held| held.sighting.endpoint).unwrap_or_default(),
                field,
                value: noted.value.to_string(),
                last_frame,
                count: std::mem::take(&mut noted.count),
            }
        }));
    }

    fn pour_weaknesses(&mut self, report: &mut Report) {
        let stations = &self.stations;
        let grown = self.weaknesses.iter_mut().filter(|(_, seen)| seen.count > 0);
        report.weaknesses.extend(grown.map(|((station, weakness), seen)| WeaknessSighting {
            endpoint: stations.get(*station).map(|held| held.sighting.endpoint).unwrap_or_default(),
            weakness: *weakness,
            field: seen.field,
            frame: seen.first.frame,
            at: seen.first.at,
            count: std::mem::take(&mut seen.count),
        }));
    }
}
