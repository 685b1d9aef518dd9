//! Weaknesses that the wire itself shows.

use std::fmt;
use std::str::FromStr;

macro_rules! weaknesses {
    ($($(#[$doc:meta])* $variant:ident = $name:literal),* $(,)?) => {
        /// Something weak that was seen on the wire: a fact about a conversation, not yet a finding about a device.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Weakness { $($(#[$doc])* $variant),* }

        impl Weakness {
            /// Every weakness there is.
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];

            /// Stable snake_case name.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $name),* }
            }

            /// Its bit in a set of weaknesses: the first of [`Self::ALL`] is the lowest one.
            #[must_use]
            pub const fn bit(self) -> u32 {
                1 << self as u32
            }
        }
    };
}

weaknesses! {
    /// Patient data went over the wire unencrypted.
    CleartextPatientData = "cleartext_patient_data",
    /// A password or token went over the wire in a form that a listener can read. The value is never kept.
    CleartextCredentials = "cleartext_credentials",
    /// A user name went over the wire unencrypted.
    CleartextUserName = "cleartext_user_name",
    /// Management traffic (Telnet, HTTP administration, SNMP v1 and v2c, VNC) is unencrypted.
    CleartextManagement = "cleartext_management",
    /// A well-known default SNMP community (`public`, `private`) is in use.
    DefaultCommunity = "default_community",
    /// A service accepts a session without any authentication.
    NoAuthentication = "no_authentication",
    /// Anonymous or guest access was accepted.
    AnonymousAccess = "anonymous_access",
    /// SSL 2 or SSL 3 was negotiated.
    ObsoleteSsl = "obsolete_ssl",
    /// TLS 1.0 or 1.1 was negotiated (RFC 8996 forbids them).
    ObsoleteTls = "obsolete_tls",
    /// A cipher suite without encryption, with RC4, DES, 3DES, export keys or an anonymous key exchange was chosen.
    WeakCipher = "weak_cipher",
    /// A certificate key is shorter than 2048 bits (RSA) or 224 bits (EC).
    WeakKey = "weak_key",
    /// A certificate is signed with MD5 or SHA-1.
    WeakSignature = "weak_signature",
    /// A certificate was outside its validity when it was presented.
    CertificateNotValid = "certificate_not_valid",
    /// A certificate is signed by itself.
    SelfSignedCertificate = "self_signed_certificate",
    /// SMB version 1 was negotiated.
    Smb1 = "smb1",
    /// SMB signing is not required.
    SmbSigningNotRequired = "smb_signing_not_required",
    /// NTLM was used for authentication.
    Ntlm = "ntlm",
    /// A Kerberos ticket or key uses DES or RC4.
    WeakKerberosEncryption = "weak_kerberos_encryption",
    /// SSH protocol 1, or key exchange, cipher or MAC that is broken (SHA-1 with 1024-bit group, arcfour, DES, MD5).
    WeakSsh = "weak_ssh",
    /// RDP without network level authentication, or with its own old encryption.
    WeakRdp = "weak_rdp",
    /// RADIUS without Message-Authenticator (CVE-2024-3596).
    RadiusWithoutMessageAuthenticator = "radius_without_message_authenticator",
    /// A password went over RADIUS hidden only by MD5 and the shared secret (RFC 2865, 5.2): who knows or guesses the
    /// secret reads it.
    RadiusPap = "radius_pap",
    /// Old and weak EAP method (MD5-Challenge, LEAP).
    WeakEap = "weak_eap",
    /// Control protocol without authentication (Modbus, S7, BACnet, and the like) accepts commands.
    UnauthenticatedControl = "unauthenticated_control",
}

/// A set of weaknesses has 32 bits.
const _: () = assert!(Weakness::ALL.len() <= 32);

/// A word that names no weakness.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnknownWeakness(String);

impl FromStr for Weakness {
    type Err = UnknownWeakness;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let found = Self::ALL.iter().copied().find(|weakness| weakness.name() == text);
        found.ok_or_else(|| UnknownWeakness(text.to_owned()))
    }
}

impl fmt::Display for UnknownWeakness {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}` is not a weakness", self.0)
    }
}

impl std::error::Error for UnknownWeakness {}

impl fmt::Display for Weakness {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
