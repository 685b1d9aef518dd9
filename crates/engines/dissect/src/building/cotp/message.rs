//! TPKT (RFC 1006, 6) and the data units of ISO 8073 that class 0 knows (13.3, 13.4, 13.7).

use wire::Reader;

/// Bytes of TPKT.
pub(super) const HEADER: usize = 4;
/// TPKT and the shortest data unit.
const SHORTEST: u16 = 7;

const CONNECTION_REQUEST: u8 = 0xe0;
const CONNECTION_CONFIRM: u8 = 0xd0;
const DATA: u8 = 0xf0;

const CALLING_SELECTOR: u8 = 0xc1;
const CALLED_SELECTOR: u8 = 0xc2;

/// What a data unit is.
#[derive(Debug)]
pub(crate) enum Kind<'a> {
    Connection { selectors: Selectors<'a> },
    Data { payload: &'a [u8], first: bool },
    Other,
}

/// Transport selectors (TSAP).
#[derive(Debug, Default, Clone, Copy)]
pub(crate) struct Selectors<'a> {
    pub(super) calling: Option<&'a [u8]>,
    pub(super) called: Option<&'a [u8]>,
}

impl Selectors<'_> {
    pub(super) const fn any(&self) -> bool {
        self.calling.is_some() || self.called.is_some()
    }
}

/// Length of the TPKT that these bytes begin.
pub(crate) fn length(bytes: &[u8]) -> Option<usize> {
    let mut reader = Reader::closed(bytes);
    let (version, reserved, length) = (reader.u8().ok()?, reader.u8().ok()?, reader.u16_be().ok()?);
    (version == 3 && reserved == 0 && length >= SHORTEST).then(|| usize::from(length))
}

/// Reads a whole TPKT.
pub(crate) fn read(frame: &[u8]) -> wire::Result<Kind<'_>> {
    let mut reader = Reader::closed(frame);
    reader.skip(HEADER)?;
    let length = usize::from(reader.u8()?);
    let mut header = reader.sub(length)?;
    match header.u8()? & 0xf0 {
        CONNECTION_REQUEST | CONNECTION_CONFIRM => {
            header.skip(5)?;
            Ok(Kind::Connection { selectors: selectors(&mut header)? })
        }
        DATA => {
            let first = length == 2;
            Ok(Kind::Data { payload: reader.rest(), first })
        }
        _ => Ok(Kind::Other),
    }
}

/// Whether a data unit begins with an ISO session connect or accept, or data in a session: MMS.
pub(super) fn is_session(payload: &[u8]) -> bool {
    match payload {
        [0x0d | 0x0e, length, rest @ ..] => usize::from(*length) == rest.len() && rest.len() > 8,
        [1, 0, 1, 0, 0x61, ..] => true,
        _ => false,
    }
}

fn selectors<'a>(reader: &mut Reader<'a>) -> wire::Result<Selectors<'a>> {
    let mut found = Selectors::default();
    while !reader.is_empty() {
        let (code, length) = (reader.u8()?, usize::from(reader.u8()?));
        let value = reader.take(length)?;
        match code {
            CALLING_SELECTOR => found.calling = Some(value),
            CALLED_SELECTOR => found.called = Some(value),
            _ => {}
        }
    }
    Ok(found)
}
