//! Observations and fingerprint rules to identities with confidence and evidence.
//!
//! [`identify`] is pure: the same report and the same [`Knowledge`] give the same [`Inventory`]. Which addresses are
//! one device is decided in [`resolve`], what the rules say about it in [`derive`], and how sure that is in
//! [`confidence`].

pub mod confidence;
pub mod derive;
pub mod fact;
mod inventory;
mod maker;
mod needles;
mod oui;
pub mod resolve;
mod rule;
mod rules;
mod survey;

pub use derive::Unmet;
pub use inventory::{Inventory, identify, unmet};
pub use maker::{Maker, Makers};
pub use oui::OuiTable;
pub use resolve::Adjustments;
pub use rule::{Condition, Groups, Rule, Template, Test};
pub use rules::{Fault, RuleSet};
pub use survey::{Ends, Seen, Survey, Used};

/// What identification knows beforehand.
#[derive(Debug)]
pub struct Knowledge {
    /// Fingerprint rules.
    pub rules: RuleSet,
    /// Address registries.
    pub oui: OuiTable,
    /// Manufacturers.
    pub makers: Makers,
}

impl Knowledge {
    /// What Bedrail ships.
    ///
    /// # Errors
    /// When a shipped table is broken, which the tests exclude.
    pub fn builtin() -> Result<Self, Vec<Fault>> {
        let makers = Makers::parse(include_str!("../data/makers.toml"))
            .map_err(|what| vec![Fault { file: "makers.toml".to_owned(), rule: None, what }])?;
        Ok(Self { rules: RuleSet::builtin()?, oui: OuiTable::builtin(), makers })
    }
}
