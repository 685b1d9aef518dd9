//! GOOSE frames: head (IEC 61850-8-1, annex C), then BER.

use wire::Reader;

/// Tag of the message.
const PDU: u8 = 0x61;

/// What names a publication.
#[derive(Default)]
pub(super) struct Publication<'a> {
    pub(super) control_block: &'a [u8],
    pub(super) data_set: &'a [u8],
    pub(super) id: &'a [u8],
}

/// The values of a frame; an error when it is none.
pub(super) fn read(payload: &[u8]) -> wire::Result<Reader<'_>> {
    let mut reader = Reader::closed(payload);
    reader.skip(2)?;
    let length = usize::from(reader.u16_be()?);
    reader.skip(4)?;
    let mut body = reader.sub(length.saturating_sub(8))?;
    match value(&mut body)? {
        (PDU, values) => Ok(values),
        _ => Err(wire::Error::Trailing { left: payload.len() }),
    }
}

/// The names come first; what follows is not looked at.
pub(super) fn publication<'a>(values: &mut Reader<'a>) -> wire::Result<Publication<'a>> {
    let mut found = Publication::default();
    while !values.is_empty() {
        match value(values)? {
            (0x80, mut text) => found.control_block = text.rest(),
            (0x82, mut text) => found.data_set = text.rest(),
            (0x83, mut text) => found.id = text.rest(),
            (0x81, _) => {}
            _ => break,
        }
    }
    Ok(found)
}

fn value<'a>(reader: &mut Reader<'a>) -> wire::Result<(u8, Reader<'a>)> {
    let tag = reader.u8()?;
    let length = match reader.u8()? {
        short @ 0..=0x7f => usize::from(short),
        0x81 => usize::from(reader.u8()?),
        0x82 => usize::from(reader.u16_be()?),
        _ => usize::MAX,
    };
    Ok((tag, reader.sub(length)?))
}
