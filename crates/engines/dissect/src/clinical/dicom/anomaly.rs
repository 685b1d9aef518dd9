//! Deviations in DICOM.

use crate::anomalies;

anomalies! {
    /// What can be odd about a DICOM conversation.
    pub(super) DicomAnomaly {
        /// A PDU of a type that the standard does not know.
        UnknownPdu = "unknown_pdu",
        /// A PDU whose items do not fit it.
        BrokenPdu = "broken_pdu",
        /// An association PDU longer than any that is read.
        LongAssociation = "long_association",
        /// More presentation contexts than identifiers exist.
        TooManyContexts = "too_many_contexts",
        /// A value item that does not fit its PDU.
        BrokenItem = "broken_item",
        /// A command set that is longer than any or cannot be read.
        BrokenCommand = "broken_command",
        /// An element of a data set that cannot be read, or sequences nested deeper than any.
        BrokenDataSet = "broken_data_set",
        /// An association was rejected.
        Rejected = "rejected",
        /// An association was aborted.
        Aborted = "aborted",
    }
}
