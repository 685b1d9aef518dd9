//! Time-based one-time passwords (RFC 6238) over HOTP (RFC 4226).

use std::fmt;

use data_encoding::BASE32_NOPAD;
use hmac::{Hmac, Mac};
use model::Timestamp;
use sha1::Sha1;
use sha2::{Sha256, Sha512};
use subtle::{Choice, ConditionallySelectable, ConstantTimeEq};
use zeroize::Zeroizing;

/// Steps before and after the present one that are taken (RFC 6238, 5.2: one for the delay of the network, and one for
/// a clock that is ahead).
pub const WINDOW_STEPS: u64 = 1;
/// Seconds of a step (RFC 6238, 4.1).
const STEP_S: u64 = 30;
/// Fewest bytes of a secret (RFC 4226, 4, R6: 128 bits).
const SECRET_MIN: usize = 16;
/// Most bytes of a secret: one block of SHA-512; more is hashed first and gains nothing.
const SECRET_MAX: usize = 128;

/// The hash under the HMAC. Many generators know SHA-1 only, and as an HMAC it holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Algorithm {
    /// HMAC-SHA-1: what every generator knows.
    #[default]
    Sha1,
    /// HMAC-SHA-256.
    Sha256,
    /// HMAC-SHA-512.
    Sha512,
}

/// What generator and hub share. Wiped when it is dropped; never printed, never compared.
#[derive(Clone)]
pub struct TotpSecret(Zeroizing<Vec<u8>>);

/// A generator of somebody, as the hub has it.
#[derive(Debug, Clone)]
pub struct Totp {
    secret: TotpSecret,
    algorithm: Algorithm,
    digits: u32,
    /// The latest step whose code was taken. It never goes back.
    used_step: Option<u64>,
}

/// What an enrolment shows: the URI holds the secret. Wiped when it is dropped; never printed.
pub struct Enrolment(Zeroizing<String>);

/// Something is wrong with a generator or with a code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TotpError {
    /// Too short or too long.
    #[error("a secret has {SECRET_MIN} to {SECRET_MAX} bytes, not {0}")]
    SecretLength(usize),
    /// Not one of the usual lengths.
    #[error("a code has 6 to 8 digits, not {0}")]
    Digits(u32),
    /// Not the code of this time.
    #[error(
        "the code is not the one of this time; wait for the next one, and look at the clock of the generator"
    )]
    Wrong,
    /// Taken before, or older than one that was.
    #[error("the code was used already; wait for the next one")]
    Replayed,
}

impl TotpSecret {
    /// From random bytes.
    ///
    /// # Errors
    /// When there are fewer than 16 or more than 128.
    pub fn new(bytes: Zeroizing<Vec<u8>>) -> Result<Self, TotpError> {
        if (SECRET_MIN..=SECRET_MAX).contains(&bytes.len()) {
            Ok(Self(bytes))
        } else {
            Err(TotpError::SecretLength(bytes.len()))
        }
    }

    /// The bytes, to be sealed and kept.
    #[must_use]
    pub fn expose(&self) -> &[u8] {
        &self.0
    }

    /// The secret as generators take it: base32 without padding (RFC 4648, 6).
    #[must_use]
    pub fn base32(&self) -> Zeroizing<String> {
        Zeroizing::new(BASE32_NOPAD.encode(&self.0))
    }
}

impl Totp {
    /// A generator with so many digits. `used_step` is what [`Self::used_step`] said last.
    ///
    /// # Errors
    /// When there are not 6 to 8 digits.
    pub fn new(
        secret: TotpSecret,
        algorithm: Algorithm,
        digits: u32,
        used_step: Option<u64>,
    ) -> Result<Self, TotpError> {
        if !(6..=8).contains(&digits) {
            return Err(TotpError::Digits(digits));
        }
        Ok(Self { secret, algorithm, digits, used_step })
    }

    /// The latest step whose code was taken; to be kept before the login is answered.
    #[must_use]
    pub const fn used_step(&self) -> Option<u64> {
        self.used_step
    }

    /// Somebody shows a code at `now`, the time of the day. Takes the present step, the one before and the one after,
    /// each once and never one that is before one that was taken: also after a clock that was set back. Compares all of
    /// them in constant time.
    ///
    /// # Errors
    /// When it is another code, or was taken before.
    pub fn handle_code(&mut self, code: &str, now: Timestamp) -> Result<(), TotpError> {
        let present = now.nanos() / 1_000_000_000 / STEP_S;
        let shown = Zeroizing::new(code.chars().filter(|letter| !letter.is_whitespace()).collect::<String>());
        let (mut found, mut step) = (Choice::from(0), 0);
        for candidate in present.saturating_sub(WINDOW_STEPS)..=present.saturating_add(WINDOW_STEPS) {
            let is_same = self.code(candidate).as_bytes().ct_eq(shown.as_bytes());
            step = u64::conditional_select(&step, &candidate, is_same);
            found |= is_same;
        }
        if !bool::from(found) {
            return Err(TotpError::Wrong);
        }
        if self.used_step.is_some_and(|used| step <= used) {
            return Err(TotpError::Replayed);
        }
        self.used_step = Some(step);
        Ok(())
    }

    /// The URI that generators read from a picture, in the format that Google Authenticator introduced ("Key URI
    /// Format"). `issuer` is the hub as people call it, `account` the user name.
    #[must_use]
    pub fn enrolment(&self, issuer: &str, account: &str) -> Enrolment {
        let algorithm = match self.algorithm {
            Algorithm::Sha1 => "SHA1",
            Algorithm::Sha256 => "SHA256",
            Algorithm::Sha512 => "SHA512",
        };
        let (issuer, account, digits) = (escape(issuer), escape(account), self.digits);
        let secret = self.secret.base32();
        // One buffer from the start, so that no part of the secret stays behind in one that was too small.
        let mut uri =
            Zeroizing::new(String::with_capacity(secret.len() + 2 * issuer.len() + account.len() + URI_REST));
        for part in ["otpauth://totp/", &issuer, ":", &account, "?secret=", &secret, "&issuer=", &issuer] {
            uri.push_str(part);
        }
        uri.push_str(&format!("&algorithm={algorithm}&digits={digits}&period={STEP_S}"));
        Enrolment(uri)
    }

    /// The code of a step: HOTP with the step as the counter (RFC 4226, 5.3).
    fn code(&self, step: u64) -> Zeroizing<String> {
        let digest = match self.algorithm {
            Algorithm::Sha1 => self.digest::<Hmac<Sha1>>(step),
            Algorithm::Sha256 => self.digest::<Hmac<Sha256>>(step),
            Algorithm::Sha512 => self.digest::<Hmac<Sha512>>(step),
        };
        let offset = digest.last().map_or(0, |last| usize::from(last & 0xf));
        let bytes: [u8; 4] = digest.get(offset..).and_then(<[u8]>::first_chunk).copied().unwrap_or_default();
        let number = (u32::from_be_bytes(bytes) & 0x7fff_ffff) % 10_u32.pow(self.digits);
        let width = usize::try_from(self.digits).unwrap_or(8);
        Zeroizing::new(format!("{number:0width$}"))
    }

    fn digest<M: Mac + hmac::digest::KeyInit>(&self, step: u64) -> Zeroizing<Vec<u8>> {
        // An HMAC takes a key of any length.
        let Ok(mut mac) = <M as Mac>::new_from_slice(&self.secret.0) else { return Zeroizing::default() };
        mac.update(&step.to_be_bytes());
        Zeroizing::new(mac.finalize().into_bytes().to_vec())
    }
}

/// Longest that is in a URI beside secret, issuer and account.
const URI_REST: usize = 100;

/// Everything but the unreserved characters by percent (RFC 3986, 2.1).
fn escape(text: &str) -> String {
    text.bytes().fold(String::new(), |mut escaped, byte| {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            escaped.push(char::from(byte));
        } else {
            escaped.push_str(&format!("%{byte:02X}"));
        }
        escaped
    })
}

impl Enrolment {
    /// The URI, to be shown once.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for TotpSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TotpSecret(..)")
    }
}

impl fmt::Debug for Enrolment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Enrolment(..)")
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn totp(secret: &[u8], algorithm: Algorithm, digits: u32) -> Totp {
        let secret = TotpSecret::new(Zeroizing::new(secret.to_vec())).unwrap();
        Totp::new(secret, algorithm, digits, None).unwrap()
    }

    fn at(seconds: u64) -> Timestamp {
        Timestamp::from_nanos(seconds * 1_000_000_000)
    }

    const SECRET: &[u8] = b"12345678901234567890";

    #[test]
    fn gives_the_codes_of_rfc_6238_appendix_b() {
        let (sha1, sha256, sha512) = (
            SECRET,
            b"12345678901234567890123456789012".as_slice(),
            b"1234567890123456789012345678901234567890123456789012345678901234".as_slice(),
        );
        let vectors = [
            (59, "94287082", "46119246", "90693936"),
            (1_111_111_109, "07081804", "68084774", "25091201"),
            (1_111_111_111, "14050471", "67062674", "99943326"),
            (1_234_567_890, "89005924", "91819424", "93441116"),
            (2_000_000_000, "69279037", "90698825", "38618901"),
            (20_000_000_000, "65353130", "77737706", "47863826"),
        ];
        for (seconds, one, two, three) in vectors {
            for (secret, algorithm, code) in [
                (sha1, Algorithm::Sha1, one),
                (sha256, Algorithm::Sha256, two),
                (sha512, Algorithm::Sha512, three),
            ] {
                let totp = totp(secret, algorithm, 8);
                assert_eq!(totp.code(seconds / 30).as_str(), code, "{algorithm:?} at {seconds}");
            }
        }
        let mut generator = totp(SECRET, Algorithm::Sha1, 8);
        assert_eq!(generator.handle_code("1405 0471", at(1_111_111_111)), Ok(()));
    }

    #[test]
    fn gives_the_codes_of_rfc_4226_appendix_d() {
        let codes = [
            "755224", "287082", "359152", "969429", "338314", "254676", "287922", "162583", "399871",
            "520489",
        ];
        let totp = totp(SECRET, Algorithm::Sha1, 6);
        for (step, code) in (0..).zip(codes) {
            assert_eq!(totp.code(step).as_str(), code);
        }
    }

    #[test]
    fn takes_one_step_on_either_side_and_no_more() {
        let now = 1_000_000;
        for (steps, is_taken) in [(-2, false), (-1, true), (0, true), (1, true), (2, false)] {
            let mut totp = totp(SECRET, Algorithm::Sha1, 6);
            let code = totp.code((now / 30_u64).saturating_add_signed(steps));
            assert_eq!(totp.handle_code(&code, at(now)).is_ok(), is_taken, "{steps}");
        }
    }

    #[test]
    fn asvs_v6_5_1_a_code_is_taken_once_whatever_the_clock_does() {
        let mut totp = totp(SECRET, Algorithm::Sha1, 6);
        let code = totp.code(1_000);
        assert_eq!(totp.handle_code(&code, at(30_000)), Ok(()));
        for seconds in [30_000, 30_029, 30_030, 29_999, 29_970] {
            assert_eq!(totp.handle_code(&code, at(seconds)), Err(TotpError::Replayed), "{seconds}");
        }
        let earlier = totp.code(999);
        assert_eq!(totp.handle_code(&earlier, at(30_000)), Err(TotpError::Replayed), "an older one");
        let kept = Totp::new(totp.secret.clone(), Algorithm::Sha1, 6, totp.used_step());
        assert_eq!(kept.unwrap().handle_code(&code, at(30_000)), Err(TotpError::Replayed), "after a start");
    }

    #[test]
    fn refuses_what_is_no_secret_and_no_code() {
        for length in [0, 15, 129] {
            let secret = TotpSecret::new(Zeroizing::new(vec![1; length]));
            assert_eq!(secret.err(), Some(TotpError::SecretLength(length)));
        }
        for digits in [0, 5, 9, 10] {
            let secret = TotpSecret::new(Zeroizing::new(vec![1; 20])).unwrap();
            assert_eq!(
                Totp::new(secret, Algorithm::Sha1, digits, None).err(),
                Some(TotpError::Digits(digits))
            );
        }
        let mut totp = totp(SECRET, Algorithm::Sha1, 6);
        for code in ["", "7552", "75522", "7552244", "75522a", "７５５２２４"] {
            assert_eq!(totp.handle_code(code, at(0)), Err(TotpError::Wrong), "{code}");
        }
        assert_eq!(totp.handle_code("755224", at(0)), Ok(()), "the clock at its beginning");
    }

    #[test]
    fn an_enrolment_is_read_by_generators_and_nothing_prints_it() {
        let totp = totp(SECRET, Algorithm::Sha256, 8);
        let enrolment = totp.enrolment("Bedrail St. Ann: ICU", "ines@example.org");
        assert_eq!(
            enrolment.expose(),
            "otpauth://totp/Bedrail%20St.%20Ann%3A%20ICU:ines%40example.org?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ\
             &issuer=Bedrail%20St.%20Ann%3A%20ICU&algorithm=SHA256&digits=8&period=30"
        );
        let printed = format!("{totp:?} {enrolment:?} {:?}", totp.secret);
        assert!(!printed.contains("GEZD") && !printed.contains("49, 50"), "{printed}");
    }

    proptest! {
        #[test]
        fn no_step_is_taken_twice_and_none_outside_of_its_window(
            tries in proptest::collection::vec((0..12_i64, 0..360_u64), 1..60),
        ) {
            let mut totp = totp(SECRET, Algorithm::Sha1, 6);
            let mut latest = None;
            for (step, offset_s) in tries {
                let step = 1_000_u64.saturating_add_signed(step);
                let present = (30_000 + offset_s) / 30;
                let code = totp.code(step);
                // Two steps may share a code by chance; these twelve do not.
                let expected = step.abs_diff(present) <= 1 && latest.is_none_or(|latest| step > latest);
                prop_assert_eq!(totp.handle_code(&code, at(30_000 + offset_s)).is_ok(), expected);
                if expected {
                    latest = Some(step);
                }
            }
        }
    }
}
