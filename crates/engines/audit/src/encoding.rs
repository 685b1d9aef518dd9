//! What is hashed and signed, as bytes: one reading of them only.

use crate::text::Text;

/// Puts fields behind each other. Each text and each row of bytes stands behind its length, so no field can run into
/// the next; the domain at the beginning keeps what is hashed here apart from everything else that is.
#[derive(Debug)]
pub(crate) struct Encoder(Vec<u8>);

impl Encoder {
    pub(crate) fn new(domain: &str) -> Self {
        let mut encoder = Self(Vec::with_capacity(256));
        encoder.text(domain);
        encoder
    }

    /// Eight bytes, the highest first.
    pub(crate) fn number(&mut self, number: u64) {
        self.0.extend(number.to_be_bytes());
    }

    /// The length as [`Self::number`], then the bytes.
    pub(crate) fn bytes(&mut self, bytes: &[u8]) {
        self.number(u64::try_from(bytes.len()).unwrap_or(u64::MAX));
        self.0.extend_from_slice(bytes);
    }

    /// UTF-8 as [`Self::bytes`].
    pub(crate) fn text(&mut self, text: &str) {
        self.bytes(text.as_bytes());
    }

    /// 0, or 1 and the text.
    pub(crate) fn optional(&mut self, text: Option<&Text>) {
        match text {
            None => self.0.push(0),
            Some(text) => {
                self.0.push(1);
                self.text(text.as_str());
            }
        }
    }

    pub(crate) fn finish(self) -> Vec<u8> {
        self.0
    }
}
