//! Deviations in HL7.

use crate::anomalies;

anomalies! {
    /// What can be odd about an HL7 conversation.
    pub(super) Hl7Anomaly {
        /// A message without the block characters of MLLP.
        NoBlock = "no_block",
        /// Bytes between blocks.
        BetweenBlocks = "between_blocks",
        /// A header segment without delimiters.
        NoDelimiters = "no_delimiters",
        /// A segment that is read and longer than any.
        LongSegment = "long_segment",
        /// A message that does not start with a header segment.
        NoHeader = "no_header",
        /// An acknowledgement that says that something was wrong.
        NotAccepted = "not_accepted",
    }
}
