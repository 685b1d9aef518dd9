//! What a protocol is, as data: the coverage table is printed from it.

use model::Field;

/// Which part of a hospital's network a protocol belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Group {
    /// Link and neighbour discovery.
    Link,
    /// Infrastructure and general IT.
    Infrastructure,
    /// Between medical devices and clinical systems.
    Clinical,
    /// Building technology and industrial control.
    Building,
}

/// Whether a listener can read the protocol.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Exposure {
    /// Always in the clear.
    Cleartext,
    /// Always encrypted (apart from its handshake).
    Encrypted,
    /// Negotiated; the session says so by [`crate::Notes::encrypted`].
    Negotiated,
}

/// A protocol that is parsed.
#[derive(Debug)]
pub struct Protocol {
    /// Stable short name, lower case, as shown in conversations.
    pub name: &'static str,
    /// Full name.
    pub title: &'static str,
    /// Group it belongs to.
    pub group: Group,
    /// Standards it was written from.
    pub standard: &'static str,
    /// Whether a listener can read it.
    pub exposure: Exposure,
    /// Whether it is made to carry patient data.
    pub carries_patient_data: bool,
    /// Fields that are read.
    pub fields: &'static [Field],
    /// Anomalies that are told apart.
    pub anomalies: &'static [&'static str],
}

impl Group {
    /// Stable snake_case name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Link => "link",
            Self::Infrastructure => "infrastructure",
            Self::Clinical => "clinical",
            Self::Building => "building",
        }
    }
}
