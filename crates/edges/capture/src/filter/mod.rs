//! Capture filters: the common part of the language of `tcpdump` (pcap-filter(7)).
//!
//! An expression is read into a [`Filter`], which tests frames of files itself and is compiled to classic BPF for the
//! kernel. Both see through up to two VLAN tags. A test that reads past the end of a frame lets the frame not pass, as
//! in the kernel.

mod compile;
mod evaluate;
mod parse;
#[cfg(test)]
mod tests;

use std::fmt;

pub use compile::Program;

use crate::LinkType;

/// A filter that was understood.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Filter(pub(crate) Expression);

/// Where an expression is wrong, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FilterError {
    /// Character, counted from 1.
    pub column: usize,
    /// What is wrong.
    pub what: String,
}

/// Tests and how they are joined.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Expression {
    And(Box<Self>, Box<Self>),
    Or(Box<Self>, Box<Self>),
    Not(Box<Self>),
    /// All checks hold; none is always true.
    Test(Vec<Check>),
}

/// A number in the frame compared with another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Check {
    pub(crate) load: Load,
    pub(crate) mask: u32,
    pub(crate) comparison: Comparison,
    pub(crate) value: u32,
}

/// What is compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Load {
    /// Type after the VLAN tags.
    EtherType,
    /// Number of VLAN tags, the one that the kernel took off included.
    VlanTags,
    /// Identifier of the outermost VLAN.
    VlanId,
    /// From the start of the frame.
    Frame(u32, Width),
    /// From the start of the network header.
    Network(u32, Width),
    /// From the end of an IPv4 header with options.
    AfterIpv4(u32, Width),
    /// Bytes of the frame.
    Length,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Width {
    Byte,
    Half,
    Word,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Comparison {
    Equal,
    AtLeast,
    AtMost,
}

impl Filter {
    /// Reads an expression such as `host 10.0.0.7 and not port 22`.
    ///
    /// # Errors
    /// The first place that cannot be understood.
    pub fn parse(text: &str) -> Result<Self, FilterError> {
        parse::parse(text).map(Self)
    }

    /// Whether a frame passes. Frames that are not Ethernet always do: the expression is about Ethernet.
    #[must_use]
    pub fn passes(&self, link: LinkType, frame: &[u8]) -> bool {
        link != LinkType::ETHERNET || evaluate::passes(&self.0, frame, None)
    }

    /// The filter as classic BPF for Ethernet.
    ///
    /// # Errors
    /// When the expression is nested too deep for the machine.
    pub fn compile(&self) -> Result<Program, FilterError> {
        Program::compile(&self.0)
    }
}

impl fmt::Display for FilterError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "capture filter, character {}: {}", self.column, self.what)
    }
}

impl std::error::Error for FilterError {}
