//! From the domain to what the API shows, and back.

use model::{ClinicalClass, Lifecycle};

use super::view::{Actor, Asserted, ClassWord, DeviceRow, LifecycleWord};

impl From<ClinicalClass> for ClassWord {
    fn from(class: ClinicalClass) -> Self {
        match class {
            ClinicalClass::Unknown => Self::Unknown,
            ClinicalClass::LifeSustaining => Self::LifeSustaining,
            ClinicalClass::Therapeutic => Self::Therapeutic,
            ClinicalClass::MonitoringAlarm => Self::MonitoringAlarm,
            ClinicalClass::Diagnostic => Self::Diagnostic,
            ClinicalClass::Support => Self::Support,
            ClinicalClass::NonClinical => Self::NonClinical,
        }
    }
}

impl From<Lifecycle> for LifecycleWord {
    fn from(state: Lifecycle) -> Self {
        match state {
            Lifecycle::Discovered => Self::Discovered,
            Lifecycle::Approved => Self::Approved,
            Lifecycle::InService => Self::InService,
            Lifecycle::OutOfService => Self::OutOfService,
            Lifecycle::Retired => Self::Retired,
        }
    }
}

impl From<LifecycleWord> for Lifecycle {
    fn from(word: LifecycleWord) -> Self {
        match word {
            LifecycleWord::Discovered => Self::Discovered,
            LifecycleWord::Approved => Self::Approved,
            LifecycleWord::InService => Self::InService,
            LifecycleWord::OutOfService => Self::OutOfService,
            LifecycleWord::Retired => Self::Retired,
        }
    }
}

impl From<store::DeviceRow> for DeviceRow {
    fn from(row: store::DeviceRow) -> Self {
        let store::DeviceRow { id, listing, lifecycle, quarantined, version, labels, .. } = row;
        Self {
            id: id.to_string(),
            name: listing.name,
            manufacturer: listing.manufacturer,
            model: listing.model,
            device_type: listing.device_type.map(model::DeviceType::name),
            clinical_class: listing.clinical_class.into(),
            os: listing.os,
            ips: listing.ips.iter().map(ToString::to_string).collect(),
            macs: listing.macs.iter().map(ToString::to_string).collect(),
            serial: listing.serial,
            location: listing.location,
            labels,
            zone: listing.zone.map(|zone| zone.to_string()),
            lifecycle: lifecycle.into(),
            quarantined,
            external: listing.external,
            weaknesses: listing.weaknesses.into_iter().map(model::Weakness::name).collect(),
            first_seen: listing.first_seen.to_string(),
            last_seen: listing.last_seen.to_string(),
            version,
        }
    }
}

impl From<model::Actor> for Actor {
    fn from(actor: model::Actor) -> Self {
        Self { kind: actor.kind(), name: actor.name().map(str::to_owned) }
    }
}

impl From<store::Asserted> for Asserted {
    fn from(stated: store::Asserted) -> Self {
        let store::Asserted { attribute, value, source, actor, at, why } = stated;
        Self { attribute, value, source: source.to_string(), by: actor.to_string(), at: at.to_string(), why }
    }
}
