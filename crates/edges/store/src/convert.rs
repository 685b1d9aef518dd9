//! Domain values as columns, and back.

use std::net::IpAddr;

use model::{Endpoint, MacAddr, Timestamp};

use crate::sql::Value;
use crate::{Error, Result};

/// The most that one batch can add to a count: above it, it is no count, and sums could overflow.
const COUNT_MAX: u64 = 1 << 53;

/// A text. PostgreSQL holds no NUL in one, so nobody does.
pub(crate) fn text(text: impl Into<String>) -> Value {
    let text = text.into();
    Value::Text(if text.contains('\0') { text.replace('\0', "\u{fffd}") } else { text })
}

pub(crate) fn text_or_null(value: Option<&str>) -> Value {
    value.map_or(Value::Null, text)
}

pub(crate) fn flag(flag: bool) -> Value {
    Value::Int(i64::from(flag))
}

pub(crate) fn small(number: impl Into<i64>) -> Value {
    Value::Int(number.into())
}

/// A count, or a frame number.
pub(crate) fn count(what: &'static str, value: u64) -> Result<Value> {
    let number = i64::try_from(value).ok().filter(|_| value <= COUNT_MAX);
    number.map(Value::Int).ok_or(Error::Implausible { what, value })
}

/// A time. What a packet claims to be later than 2262-04-11 is kept as that.
pub(crate) fn time(time: Timestamp) -> Value {
    Value::Int(i64::try_from(time.nanos()).unwrap_or(i64::MAX))
}

/// A station as bytes that sort as [`Endpoint`] does.
pub(crate) fn station(endpoint: Endpoint) -> Value {
    let mut bytes = Vec::with_capacity(24);
    match endpoint.mac {
        Some(mac) => {
            bytes.push(1);
            bytes.extend(mac.octets());
        }
        None => bytes.push(0),
    }
    match endpoint.ip {
        Some(ip) => bytes.extend(ip_bytes(ip)),
        None => bytes.push(0),
    }
    Value::Bytes(bytes)
}

/// The station of these bytes.
pub(crate) fn station_of(bytes: &[u8]) -> Result<Endpoint> {
    let unreadable = Error::Unreadable { what: "a station" };
    let (mac, rest) = match bytes.split_first() {
        Some((0, rest)) => (None, rest),
        Some((1, rest)) => {
            let (mac, rest) = rest.split_first_chunk::<6>().ok_or_else(|| unreadable.clone())?;
            (Some(MacAddr::new(*mac)), rest)
        }
        Some(_) | None => return Err(unreadable),
    };
    let ip = if rest == [0] { None } else { Some(ip_of(rest)?) };
    Ok(Endpoint { mac, ip })
}

/// A network address as bytes that sort as [`IpAddr`] does.
pub(crate) fn ip(ip: IpAddr) -> Value {
    Value::Bytes(ip_bytes(ip))
}

fn ip_bytes(ip: IpAddr) -> Vec<u8> {
    match ip {
        IpAddr::V4(v4) => [&[4], &v4.octets()[..]].concat(),
        IpAddr::V6(v6) => [&[6], &v6.octets()[..]].concat(),
    }
}

/// The network address of these bytes.
pub(crate) fn ip_of(bytes: &[u8]) -> Result<IpAddr> {
    let read = match bytes.split_first() {
        Some((4, rest)) => <[u8; 4]>::try_from(rest).ok().map(IpAddr::from),
        Some((6, rest)) => <[u8; 16]>::try_from(rest).ok().map(IpAddr::from),
        Some(_) | None => None,
    };
    read.ok_or(Error::Unreadable { what: "a network address" })
}

/// The link-layer address of these bytes.
pub(crate) fn mac_of(bytes: &[u8]) -> Result<MacAddr> {
    <[u8; 6]>::try_from(bytes)
        .map(MacAddr::new)
        .map_err(|_| Error::Unreadable { what: "a link-layer address" })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::{Strategy, any, prop_assert_eq, proptest};

    fn endpoints() -> impl Strategy<Value = Endpoint> {
        let mac = proptest::option::of(any::<[u8; 6]>().prop_map(MacAddr::new));
        let ip = proptest::option::of(any::<IpAddr>());
        (mac, ip).prop_map(|(mac, ip)| Endpoint { mac, ip })
    }

    fn bytes(value: Value) -> Vec<u8> {
        let Value::Bytes(bytes) = value else { panic!("a station is bytes") };
        bytes
    }

    proptest! {
        #[test]
        fn stations_read_back_and_sort_alike(a in endpoints(), b in endpoints()) {
            let (x, y) = (bytes(station(a)), bytes(station(b)));
            prop_assert_eq!(station_of(&x).expect("a station"), a);
            prop_assert_eq!(a.cmp(&b), x.cmp(&y));
        }

        #[test]
        fn no_bytes_make_a_station_read_crash(noise in proptest::collection::vec(any::<u8>(), 0..30)) {
            if let Ok(endpoint) = station_of(&noise) {
                prop_assert_eq!(bytes(station(endpoint)), noise);
            }
        }
    }

    #[test]
    fn refuses_counts_that_cannot_be() {
        assert!(count("frames", COUNT_MAX).is_ok());
        assert!(matches!(count("frames", u64::MAX), Err(Error::Implausible { what: "frames", .. })));
        assert_eq!(time(Timestamp::from_nanos(u64::MAX)), Value::Int(i64::MAX));
    }
}
