//! IEEE 802.11 data frames, with or without radiotap header.

use model::MacAddr;
use wire::Reader;

use super::{Cursor, DropReason, link};

const DATA: u16 = 0b10;
const TO_DS: u16 = 0x0100;
const FROM_DS: u16 = 0x0200;
const PROTECTED: u16 = 0x4000;
const ORDER: u16 = 0x8000;

/// Radiotap fields in the first word of its presence map, and bits of the flags field.
const TSFT: u32 = 1;
const FLAGS: u32 = 1 << 1;
const MORE_WORDS: u32 = 1 << 31;
const CHECKSUM_AT_END: u8 = 0x10;
const PADDED_HEADER: u8 = 0x20;

/// The radiotap header (radiotap.org): version 0, length in little endian; of its fields only the flags are read.
pub(super) fn radiotap(cursor: &mut Cursor<'_>) -> Result<(), DropReason> {
    let version = cursor.reader.u8()?;
    cursor.reader.skip(1)?;
    let length = usize::from(cursor.reader.u16_le()?);
    if version != 0 || length < 8 {
        return Err(DropReason::MalformedHeader);
    }
    let flags = radiotap_flags(&mut cursor.reader.clone(), length).unwrap_or_default();
    cursor.reader.skip(length - 4)?;
    if flags & CHECKSUM_AT_END != 0 && !cursor.headers.truncated {
        cursor.limit(cursor.reader.remaining().saturating_sub(4));
    }
    let control = cursor.reader.u16_le()?;
    data(control, flags & PADDED_HEADER != 0, cursor)
}

/// The flags field, from behind the length on. `None` when it is absent.
fn radiotap_flags(reader: &mut Reader<'_>, length: usize) -> Option<u8> {
    let first = reader.u32_le().ok()?;
    let (mut word, mut at) = (first, 8_usize);
    while word & MORE_WORDS != 0 {
        word = reader.u32_le().ok()?;
        at += 4;
    }
    // The time comes first and is aligned to its size.
    let before = if first & TSFT != 0 { at.next_multiple_of(8) - at + 8 } else { 0 };
    if first & FLAGS == 0 || at + before >= length {
        return None;
    }
    reader.skip(before).ok()?;
    reader.u8().ok()
}

/// A frame from its frame control field on (IEEE 802.11-2020, 9.3.2).
pub(super) fn decode(cursor: &mut Cursor<'_>) -> Result<(), DropReason> {
    let control = cursor.reader.u16_le()?;
    data(control, false, cursor)
}

/// The same, where the octets of the frame control field may be swapped, as some makers have them in CAPWAP.
pub(super) fn decode_either_order(cursor: &mut Cursor<'_>) -> Result<(), DropReason> {
    const VERSION_AND_TYPE: u16 = 0x0F;
    const VERSION_0_DATA: u16 = 0x08;
    let control = cursor.reader.u16_le()?;
    let is_data = control & VERSION_AND_TYPE == VERSION_0_DATA;
    data(if is_data { control } else { control.swap_bytes() }, false, cursor)
}

/// What follows the frame control field; some adapters pad the header to a multiple of four octets.
fn data(control: u16, is_padded: bool, cursor: &mut Cursor<'_>) -> Result<(), DropReason> {
    let start = cursor.reader.remaining();
    let (kind, subtype) = (control >> 2 & 0b11, control >> 4 & 0b1111);
    // Subtype bit 2 is "no data" (null frames).
    if kind != DATA || subtype & 0b0100 != 0 {
        return Err(DropReason::WifiWithoutData);
    }
    if control & PROTECTED != 0 {
        return Err(DropReason::EncryptedWifi);
    }
    cursor.reader.skip(2)?;
    let first = MacAddr::new(cursor.reader.array()?);
    let second = MacAddr::new(cursor.reader.array()?);
    let third = MacAddr::new(cursor.reader.array()?);
    cursor.reader.skip(2)?;
    let (to_ds, from_ds) = (control & TO_DS != 0, control & FROM_DS != 0);
    let (destination, source) = match (to_ds, from_ds) {
        (false, false) => (first, second),
        (false, true) => (first, third),
        (true, false) => (third, second),
        (true, true) => (third, MacAddr::new(cursor.reader.array()?)),
    };
    // QoS data has two more octets, and four of HT control when the order bit is set.
    if subtype & 0b1000 != 0 {
        let qos = cursor.reader.u16_le()?;
        if control & ORDER != 0 {
            cursor.reader.skip(4)?;
        }
        // An aggregate of several MSDUs is not taken apart.
        if qos & 0x0080 != 0 {
            return Err(DropReason::WifiWithoutData);
        }
    }
    if is_padded {
        let header = size_of::<u16>() + start - cursor.reader.remaining();
        cursor.reader.skip(header.next_multiple_of(4) - header)?;
    }
    cursor.headers.dst_mac = Some(destination);
    cursor.headers.src_mac = Some(source);
    link::llc(cursor, None)
}
