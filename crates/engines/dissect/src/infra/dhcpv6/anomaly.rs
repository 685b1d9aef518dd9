//! Deviations in DHCP for IPv6.

use crate::anomalies;

anomalies! {
    /// What can be odd about a DHCPv6 message.
    pub(super) Dhcpv6Anomaly {
        /// An option reaches past the end of the message.
        OptionOverrun = "option_overrun",
        /// More options than the limit; the rest was not read.
        TooManyOptions = "too_many_options",
        /// More relay messages in each other than the standard allows; the innermost was not read.
        TooManyRelays = "too_many_relays",
        /// A relay message without a message in it.
        EmptyRelay = "empty_relay",
        /// A client's message without the client's identifier.
        NoClientIdentifier = "no_client_identifier",
    }
}
