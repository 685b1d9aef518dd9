//! Raw values as text, written straight into the notes without a string of their own.

use std::fmt::{self, Display, Write as _};

use wire::Reader;

/// Bytes as lower-case hexadecimal digits without separators, as Wireshark prints them.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Hex<'a>(pub(crate) &'a [u8]);

/// Bytes that are text when every one of them is printable (zeros at the end do not count), else hexadecimal digits.
#[derive(Debug, Clone, Copy)]
pub(crate) struct TextOrHex<'a>(pub(crate) &'a [u8]);

/// A UUID as SMBIOS and Microsoft store it: the first three parts little-endian.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Guid(pub(crate) [u8; 16]);

/// Items with a separator between them, in order.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Listed<I>(pub(crate) I, pub(crate) char);

/// A domain name in labels without compression (RFC 1035, 3.1), with dots between. What is no label ends it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Labels<'a>(pub(crate) &'a [u8]);

/// Longest label; longer lengths are pointers or reserved.
const LABEL: u8 = 63;

/// The text of `bytes` when all of it is printable.
pub(crate) fn printable(bytes: &[u8]) -> Option<&str> {
    let end = bytes.iter().rposition(|&byte| byte != 0).map_or(0, |last| last.saturating_add(1));
    let text = std::str::from_utf8(bytes.get(..end)?).ok()?;
    (!text.is_empty() && !text.chars().any(char::is_control)).then_some(text)
}

impl Display for Hex<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl Display for TextOrHex<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match printable(self.0) {
            Some(text) => f.write_str(text),
            None => Hex(self.0).fmt(f),
        }
    }
}

impl Display for Guid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [a, b, c, d, e, g, h, i, clock @ .., u, v, w, x, y, z] = self.0;
        let first = u32::from_le_bytes([a, b, c, d]);
        let (second, third) = (u16::from_le_bytes([e, g]), u16::from_le_bytes([h, i]));
        write!(f, "{first:08x}-{second:04x}-{third:04x}-{}-{}", Hex(&clock), Hex(&[u, v, w, x, y, z]))
    }
}

impl<I> Display for Listed<I>
where
    I: IntoIterator + Clone,
    I::Item: Display,
{
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, item) in self.0.clone().into_iter().enumerate() {
            if index > 0 {
                f.write_char(self.1)?;
            }
            item.fmt(f)?;
        }
        Ok(())
    }
}

impl Display for Labels<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut reader = Reader::closed(self.0);
        let mut first = true;
        while let Ok(length @ 1..=LABEL) = reader.u8() {
            let Ok(label) = reader.take(usize::from(length)) else { break };
            if !first {
                f.write_char('.')?;
            }
            first = false;
            String::from_utf8_lossy(label).fmt(f)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_are_text_only_when_all_are_printable() {
        assert_eq!(TextOrHex(b"ge-0/0/1\0\0").to_string(), "ge-0/0/1");
        assert_eq!(TextOrHex(&[0x00, 0x04, 0x41]).to_string(), "000441");
        assert_eq!(TextOrHex(&[0, 0]).to_string(), "0000");
    }

    #[test]
    fn lists_in_order() {
        assert_eq!(Listed(&[1, 121, 3], ',').to_string(), "1,121,3");
        assert_eq!(Listed::<&[u8]>(&[], ',').to_string(), "");
    }

    #[test]
    fn labels_end_where_they_are_broken() {
        assert_eq!(Labels(b"\x02ct\x04ward\x00junk").to_string(), "ct.ward");
        assert_eq!(Labels(b"\x02ct\xc0\x0c").to_string(), "ct");
        assert_eq!(Labels(b"\x02ct\x09ward").to_string(), "ct");
    }
}
