//! BACnet/IP (ASHRAE 135): I-Am and properties of the device object.

use crate::bytes::Bytes;

/// Property identifiers (ASHRAE 135 21).
pub(crate) const FIRMWARE_REVISION: u8 = 44;
pub(crate) const MODEL_NAME: u8 = 70;
pub(crate) const OBJECT_NAME: u8 = 77;
pub(crate) const VENDOR_NAME: u8 = 121;

/// Vendor identifiers (list of vendors of ASHRAE's SSPC 135).
pub(crate) const ALERTON: u16 = 18;
pub(crate) const KONE: u16 = 984;

const DEVICE: u32 = 8 << 22;

/// A controller names itself to all.
pub(crate) fn i_am(instance: u32, vendor: u16) -> Vec<u8> {
    let apdu = Bytes::new().put([0x10, 0x00, 0xc4]).u32(DEVICE | instance).put([0x22, 0x05, 0xc4]);
    // An unsigned number in as few bytes as it takes.
    let apdu = apdu.put([0x91, 0x00]);
    let apdu = match u8::try_from(vendor) {
        Ok(vendor) => apdu.put([0x21, vendor]),
        Err(_) => apdu.u8(0x22).u16(vendor),
    };
    frame(0x0b, &[0x01, 0x20, 0xff, 0xff, 0x00, 0xff], apdu)
}

/// Somebody asks who is there.
pub(crate) fn who_is() -> Vec<u8> {
    frame(0x0b, &[0x01, 0x20, 0xff, 0xff, 0x00, 0xff], Bytes::new().put([0x10, 0x08]))
}

/// ReadProperty of the device object.
pub(crate) fn read(invoke: u8, instance: u32, property: u8) -> Vec<u8> {
    let apdu = Bytes::new().put([0x02, 0x05, invoke, 0x0c, 0x0c]).u32(DEVICE | instance);
    frame(0x0a, &[0x01, 0x04], apdu.put([0x19, property]))
}

/// Its answer: a character string in UTF-8.
pub(crate) fn answer(invoke: u8, instance: u32, property: u8, text: &str) -> Vec<u8> {
    let length = u8::try_from(text.len() + 1).unwrap_or(u8::MAX);
    let apdu =
        Bytes::new().put([0x30, invoke, 0x0c, 0x0c]).u32(DEVICE | instance).put([0x19, property, 0x3e]);
    let value = Bytes::new().put([0x75, length, 0x00]).put(text);
    frame(0x0a, &[0x01, 0x00], apdu.put(value).u8(0x3f))
}

/// BVLC and NPDU around an APDU.
fn frame(function: u8, npdu: &[u8], apdu: Bytes) -> Vec<u8> {
    let length = npdu.len().saturating_add(apdu.len()).saturating_add(4);
    Bytes::new().u8(0x81).u8(function).u16(crate::bytes::short(length)).put(npdu).put(apdu).done()
}
