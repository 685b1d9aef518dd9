//! The shape of every protocol's anomaly enum.

/// Declares a protocol's anomalies: one enum with stable snake_case names.
///
/// ```text
/// anomalies! { pub(super) DnsAnomaly { /// Doc. PointerLoop = "pointer_loop" } }
/// ```
macro_rules! anomalies {
    ($(#[$meta:meta])* $vis:vis $name:ident { $($(#[$doc:meta])* $variant:ident = $text:literal),* $(,)? }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        $vis enum $name { $($(#[$doc])* $variant),* }

        impl $name {
            /// Every name, for the coverage table.
            pub(crate) const NAMES: &'static [&'static str] = &[$($text),*];

            /// Stable snake_case name.
            pub(crate) const fn name(self) -> &'static str {
                match self { $(Self::$variant => $text),* }
            }
        }
    };
}

pub(crate) use anomalies;
