//! Deviations in DHCP.

use crate::anomalies;

anomalies! {
    /// What can be odd about a DHCP message.
    pub(super) DhcpAnomaly {
        /// An option reaches past the end of its field.
        OptionOverrun = "option_overrun",
        /// The options do not end with option 255.
        MissingEnd = "missing_end",
        /// More options than the limit; the rest was not read.
        TooManyOptions = "too_many_options",
        /// More addresses in an option than the limit; the rest was not read.
        TooManyAddresses = "too_many_addresses",
        /// No option 53: BOOTP with a DHCP cookie.
        NoMessageType = "no_message_type",
        /// A server's message type in a request, or a client's in a reply.
        TypeNotOfOperation = "type_not_of_operation",
        /// The client's hardware address is not that of one Ethernet station.
        OtherHardwareAddress = "other_hardware_address",
    }
}
