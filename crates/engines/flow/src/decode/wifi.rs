//! IEEE 802.11 data frames, with or without radiotap header.

use model::MacAddr;

use super::{Cursor, DropReason, link};

const DATA: u16 = 0b10;
const TO_DS: u16 = 0x0100;
const FROM_DS: u16 = 0x0200;
const PROTECTED: u16 = 0x4000;
const ORDER: u16 = 0x8000;

/// The radiotap header (radiotap.org): version 0, length in little endian; its fields are passed over.
pub(super) fn radiotap(cursor: &mut Cursor<'_>) -> Result<(), DropReason> {
    let version = cursor.reader.u8()?;
    cursor.reader.skip(1)?;
    let length = usize::from(cursor.reader.u16_le()?);
    if version != 0 || length < 8 {
        return Err(DropReason::MalformedHeader);
    }
    cursor.reader.skip(length - 4)?;
    decode(cursor)
}

/// A frame from its frame control field on (IEEE 802.11-2020, 9.3.2).
pub(super) fn decode(cursor: &mut Cursor<'_>) -> Result<(), DropReason> {
    let control = cursor.reader.u16_le()?;
    data(control, cursor)
}

/// The same, where the octets of the frame control field may be swapped, as some makers have them in CAPWAP.
pub(super) fn decode_either_order(cursor: &mut Cursor<'_>) -> Result<(), DropReason> {
    const VERSION_AND_TYPE: u16 = 0x0F;
    const VERSION_0_DATA: u16 = 0x08;
    let control = cursor.reader.u16_le()?;
    let is_data = control & VERSION_AND_TYPE == VERSION_0_DATA;
    data(if is_data { control } else { control.swap_bytes() }, cursor)
}

fn data(control: u16, cursor: &mut Cursor<'_>) -> Result<(), DropReason> {
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
    cursor.headers.dst_mac = Some(destination);
    cursor.headers.src_mac = Some(source);
    link::llc(cursor, None)
}
