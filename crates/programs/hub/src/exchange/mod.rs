//! The inventory for other programs and from them: CSV, the mapping of another system's columns, FHIR.

pub(crate) mod csv;
pub(crate) mod fhir;
pub(crate) mod import;
pub(crate) mod mapping;
