//! Chunks of OPC UA (OPC 10000-6, 6.7 and 7.1) and the encoding of what is read (5.2). Numbers are least significant
//! byte first; strings are counted, -1 is none.

use wire::Reader;

/// Type, chunk kind, length.
pub(super) const HEADER: usize = 8;
const LONGEST: u32 = 16 << 20;
const TYPES: [&[u8]; 8] = [b"HEL", b"ACK", b"ERR", b"RHE", b"OPN", b"MSG", b"CLO", b"REJ"];
const NONE: &[u8] = b"http://opcfoundation.org/UA/SecurityPolicy#None";
/// Message security mode.
const MODE_NONE: u32 = 1;

/// Answers, by their encoding identifiers.
const GET_ENDPOINTS_RESPONSE: u16 = 431;
const CREATE_SESSION_RESPONSE: u16 = 464;

/// What a chunk is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Hello,
    Error,
    OpenChannel,
    Message,
    Other,
}

/// Description of an application with one of its endpoints.
pub(super) struct Endpoint<'a> {
    pub(super) application_uri: &'a [u8],
    pub(super) product_uri: &'a [u8],
    pub(super) name: &'a [u8],
    pub(super) is_unsecured: bool,
}

/// Whether the bytes at hand can begin a chunk.
pub(super) fn may_begin(bytes: &[u8]) -> bool {
    TYPES.iter().any(|kind| crate::building::frames::begins(bytes, kind))
}

/// Length of the chunk that these bytes begin.
pub(super) fn length(header: &[u8]) -> Option<usize> {
    let mut reader = Reader::closed(header);
    let kind = reader.take(3).ok()?;
    let chunk = reader.u8().ok()?;
    let length = reader.u32_le().ok()?;
    let fits =
        TYPES.contains(&kind) && matches!(chunk, b'F' | b'C' | b'A') && (8..=LONGEST).contains(&length);
    usize::try_from(length).ok().filter(|_| fits)
}

/// Kind and body of a chunk.
pub(super) fn read(frame: &[u8]) -> wire::Result<(Kind, Reader<'_>)> {
    let mut reader = Reader::closed(frame);
    let kind = match reader.take(3)? {
        b"HEL" => Kind::Hello,
        b"ERR" => Kind::Error,
        b"OPN" => Kind::OpenChannel,
        b"MSG" => Kind::Message,
        _ => Kind::Other,
    };
    reader.skip(5)?;
    Ok((kind, reader))
}

/// Endpoint that a client calls: after version, buffer sizes and limits.
pub(super) fn hello<'a>(body: &mut Reader<'a>) -> wire::Result<&'a [u8]> {
    body.skip(20)?;
    string(body)
}

/// Security policy of a channel, and whether it is none.
pub(super) fn policy<'a>(body: &mut Reader<'a>) -> wire::Result<(&'a [u8], bool)> {
    body.skip(4)?;
    let policy = string(body)?;
    Ok((policy, policy == NONE))
}

/// The first endpoint in an answer of an unsecured channel; `None` when the message is another.
pub(super) fn endpoint<'a>(body: &mut Reader<'a>) -> wire::Result<Option<Endpoint<'a>>> {
    body.skip(16)?;
    // The identifier of the message: four bytes, namespace 0.
    let [encoding, namespace] = body.array()?;
    let id = body.u16_le()?;
    if [encoding, namespace] != [1, 0] || !matches!(id, GET_ENDPOINTS_RESPONSE | CREATE_SESSION_RESPONSE) {
        return Ok(None);
    }
    if !response_header(body)? {
        return Ok(None);
    }
    if id == CREATE_SESSION_RESPONSE {
        node_id(body)?;
        node_id(body)?;
        body.skip(8)?;
        string(body)?;
        string(body)?;
    }
    let count = body.u32_le()?;
    if count == 0 || count == u32::MAX {
        return Ok(None);
    }
    description(body).map(Some)
}

/// Whether the request was done. Diagnostics and extensions that are there are not read.
fn response_header(body: &mut Reader<'_>) -> wire::Result<bool> {
    body.skip(12)?;
    let is_good = body.u32_le()? >> 30 == 0;
    let has_diagnostics = body.u8()? != 0;
    let texts = body.u32_le()?;
    let [node, id, encoding] = body.array()?;
    Ok(is_good && !has_diagnostics && matches!(texts, 0 | u32::MAX) && [node, id, encoding] == [0, 0, 0])
}

fn description<'a>(body: &mut Reader<'a>) -> wire::Result<Endpoint<'a>> {
    string(body)?;
    let (application_uri, product_uri) = (string(body)?, string(body)?);
    let mask = body.u8()?;
    if mask & 1 != 0 {
        string(body)?;
    }
    let name = if mask & 2 == 0 { &[] } else { string(body)? };
    body.skip(4)?;
    string(body)?;
    string(body)?;
    let urls = body.u32_le()?;
    if urls != u32::MAX {
        for _ in 0..urls {
            string(body)?;
        }
    }
    string(body)?;
    let is_unsecured = body.u32_le()? == MODE_NONE;
    Ok(Endpoint { application_uri, product_uri, name, is_unsecured })
}

/// Passes over a node identifier (5.2.2.9).
fn node_id(body: &mut Reader<'_>) -> wire::Result<()> {
    match body.u8()? & 0x3f {
        0 => body.skip(1),
        1 => body.skip(3),
        2 => body.skip(6),
        4 => body.skip(18),
        _ => {
            body.skip(2)?;
            string(body).map(drop)
        }
    }
}

fn string<'a>(body: &mut Reader<'a>) -> wire::Result<&'a [u8]> {
    match body.u32_le()? {
        u32::MAX => Ok(&[]),
        length => body.take(usize::try_from(length).unwrap_or(usize::MAX)),
    }
}
