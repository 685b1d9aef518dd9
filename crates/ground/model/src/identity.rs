//! What a device is, as far as the evidence goes.

use std::collections::BTreeMap;
use std::fmt;
use std::net::IpAddr;
use std::str::FromStr;

use crate::{Attribute, ClinicalClass, FrameNumber, MacAddr, Timestamp};

/// What can be said of a device.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum AttributeName {
    /// Maker or brand as sold.
    Manufacturer,
    /// Model name or number.
    Model,
    /// A [`crate::DeviceType`].
    DeviceType,
    /// Operating system family and, where known, edition.
    Os,
    /// Operating system version.
    OsVersion,
    /// Software on the device with its version; many.
    SoftwareVersion,
    /// Firmware version.
    FirmwareVersion,
    /// Serial number.
    Serial,
    /// Unique device identifier (21 CFR 801, EU 2017/745).
    Udi,
    /// Host name; many.
    Hostname,
    /// What it does in a protocol (`dicom_scp`, `hl7_sender`, ...); many.
    Role,
    /// AE title it calls itself by (DICOM PS3.8); many.
    AeTitle,
    /// Sending or receiving application it names itself (HL7 v2 MSH-3, MSH-5); many.
    Hl7Application,
    /// Service that it offers; many.
    ServiceOffered,
    /// Service that it uses; many.
    ServiceUsed,
    /// Where it stands, as it says itself.
    Location,
    /// Institution or department, as it says itself.
    Institution,
}

/// A device with everything that was derived about it.
#[derive(Debug, Clone, PartialEq)]
pub struct Identity {
    /// Stable within one run: made from its strongest address.
    pub id: String,
    /// Its own link-layer addresses.
    pub macs: Vec<MacAddr>,
    /// Network addresses it had, oldest first.
    pub ips: Vec<IpAddr>,
    /// Whether every MAC seen is locally administered: made by software or randomised.
    pub randomised_mac: bool,
    /// Whether it was seen only through a router, outside the networks that are on the wire here.
    pub external: bool,
    /// Derived values, best first. What is absent is unknown.
    pub attributes: BTreeMap<AttributeName, Vec<Attribute<String>>>,
    /// Clinical class by device type.
    pub clinical_class: Attribute<ClinicalClass>,
    /// Values that exclude each other and are close in confidence: attribute and the two values.
    pub contradictions: Vec<(AttributeName, String, String)>,
    /// First frame from or about it.
    pub first_frame: FrameNumber,
    /// First time it was seen.
    pub first_seen: Timestamp,
    /// Last time it was seen.
    pub last_seen: Timestamp,
}

macro_rules! attribute_names {
    ($($variant:ident = $name:literal, $many:literal);* $(;)?) => {
        impl AttributeName {
            /// Every attribute there is.
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];

            /// Stable snake_case name, as in rules and output.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $name),* }
            }

            /// Whether a device may have several values at once, so that two of them are no contradiction.
            #[must_use]
            pub const fn is_many(self) -> bool {
                match self { $(Self::$variant => $many),* }
            }
        }
    };
}

attribute_names! {
    Manufacturer = "manufacturer", false;
    Model = "model", false;
    DeviceType = "device_type", false;
    Os = "os", false;
    OsVersion = "os_version", false;
    SoftwareVersion = "software_version", true;
    FirmwareVersion = "firmware_version", false;
    Serial = "serial", false;
    Udi = "udi", false;
    Hostname = "hostname", true;
    Role = "role", true;
    AeTitle = "ae_title", true;
    Hl7Application = "hl7_application", true;
    ServiceOffered = "service_offered", true;
    ServiceUsed = "service_used", true;
    Location = "location", false;
    Institution = "institution", false;
}

/// A word that names no attribute.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnknownAttribute(String);

impl FromStr for AttributeName {
    type Err = UnknownAttribute;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL
            .iter()
            .copied()
            .find(|name| name.name() == text)
            .ok_or_else(|| UnknownAttribute(text.to_owned()))
    }
}

impl fmt::Display for AttributeName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl fmt::Display for UnknownAttribute {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}` is not an attribute of a device", self.0)
    }
}

impl std::error::Error for UnknownAttribute {}

impl Identity {
    /// The best value of `name`, if anything is known.
    #[must_use]
    pub fn best(&self, name: AttributeName) -> Option<&Attribute<String>> {
        self.attributes.get(&name).and_then(|values| values.first())
    }

    /// All values of `name`, best first.
    #[must_use]
    pub fn all(&self, name: AttributeName) -> &[Attribute<String>] {
        self.attributes.get(&name).map_or(&[], Vec::as_slice)
    }
}
