//! What a sensor and the hub tell each other. Everything but a batch is JSON.

use serde::{Deserialize, Serialize};

use crate::{Backlog, CodecError};

/// `POST /v1/enrol`: a sensor that has no certificate asks for one.
pub const ENROL: &str = "/v1/enrol";
/// `POST /v1/renew`: a sensor asks for its next certificate.
pub const RENEW: &str = "/v1/renew";
/// `POST /v1/batches`: a batch with its [`Shipment`].
pub const BATCHES: &str = "/v1/batches";
/// `POST /v1/state`: a sensor says that it is there, and learns what the hub has.
pub const STATE: &str = "/v1/state";
/// Content type of a [`Shipment`].
pub const SHIPMENT_TYPE: &str = "application/vnd.bedrail.shipment";
/// The name that the hub's certificate carries for sensors, whatever address they reach it by: only the hub's own
/// authority is trusted there, and it gives this name to nobody else.
pub const HUB_NAME: &str = "hub.bedrail.internal";

/// Asks for the first certificate.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EnrolRequest {
    /// Secret of the token, in hexadecimal digits.
    pub secret: String,
    /// Certificate signing request (PKCS #10) in PEM.
    pub request: String,
}

/// Asks for the next certificate.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RenewRequest {
    /// Certificate signing request (PKCS #10) in PEM, for a new key.
    pub request: String,
}

/// A certificate of the hub.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Issued {
    /// The sensor that it names.
    pub sensor: String,
    /// What people call the sensor.
    pub name: String,
    /// The certificate in PEM.
    pub certificate: String,
    /// The authority that signed it, in PEM.
    pub authority: String,
    /// When it begins, in seconds since 1970.
    pub begins_s: u64,
    /// When it ends, in seconds since 1970.
    pub ends_s: u64,
}

/// How a sensor is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct StateReport {
    /// Batches that wait at the sensor.
    pub batches: u64,
    /// Their bytes.
    pub bytes: u64,
    /// Batches that it had to give up, ever.
    pub given_up_batches: u64,
    /// The frames that they told of.
    pub given_up_frames: u64,
}

/// The hub has every batch up to this one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Acknowledged {
    /// Number of the last one; 0 is none.
    pub acknowledged: u64,
}

/// What the hub has of a sensor: the answer to a [`StateReport`].
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Known {
    /// Number of the last batch; 0 is none.
    pub acknowledged: u64,
    /// Frames that all batches told of.
    pub frames: u64,
}

/// The hub lacks this batch (409).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Expected {
    /// Number of the batch that should come next.
    pub expected: u64,
}

/// A batch on its way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shipment<'a> {
    /// How the sensor is.
    pub state: StateReport,
    /// Its batches from this number up to the one that is sent are here no more and will never come.
    pub gone_from: u64,
    /// The batch as [`crate::encode`] wrote it.
    #[serde(borrow)]
    pub batch: &'a [u8],
}

/// The form of a shipment that is written.
const VERSION: u8 = 1;
/// Bytes of a shipment beside its batch at most.
pub const SHIPMENT_HEAD_MAX: usize = 64;

impl<'a> Shipment<'a> {
    /// Its bytes.
    ///
    /// # Errors
    /// None that is known: what is written has no form that cannot be.
    pub fn encode(&self) -> Result<Vec<u8>, CodecError> {
        let begun = vec![VERSION];
        postcard::to_extend(self, begun).map_err(|_| CodecError::Malformed("it cannot be written"))
    }

    /// Reads one.
    ///
    /// # Errors
    /// [`CodecError::Version`], [`CodecError::Malformed`].
    pub fn decode(bytes: &'a [u8]) -> Result<Self, CodecError> {
        let rest = match bytes {
            [VERSION, rest @ ..] => rest,
            [version, ..] => return Err(CodecError::Version(*version)),
            [] => return Err(CodecError::Malformed("there are none")),
        };
        match postcard::take_from_bytes(rest) {
            Ok((shipment, [])) => Ok(shipment),
            Ok(_) => Err(CodecError::Malformed("something follows it")),
            Err(_) => Err(CodecError::Malformed("they do not have its form")),
        }
    }
}

impl From<Backlog> for StateReport {
    fn from(backlog: Backlog) -> Self {
        let Backlog { batches, bytes, given_up_batches, given_up_frames } = backlog;
        Self { batches, bytes, given_up_batches, given_up_frames }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shipment_round_trips_and_a_cut_one_is_none() {
        let state = StateReport { batches: 3, bytes: u64::MAX, given_up_batches: 1, given_up_frames: 9 };
        let shipment = Shipment { state, gone_from: u64::MAX, batch: b"abc" };
        let bytes = shipment.encode().expect("encoded");
        assert!(bytes.len() <= shipment.batch.len() + SHIPMENT_HEAD_MAX);
        assert_eq!(Shipment::decode(&bytes), Ok(shipment));
        for cut in 0..bytes.len() {
            assert!(Shipment::decode(&bytes[..cut]).is_err(), "{cut}");
        }
        assert!(Shipment::decode(&[bytes, vec![0]].concat()).is_err());
        assert_eq!(Shipment::decode(&[7]), Err(CodecError::Version(7)));
    }
}
