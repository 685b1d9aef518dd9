//! Targets of what `vault` reads: the seal, sealed records, shares that people type.

use std::str;

use vault::{Record, SealFile, Share};

/// Reads a seal; what is read encodes to what decodes to the same.
pub(crate) fn seal(input: &[u8]) {
    match SealFile::decode(input) {
        Ok(file) => {
            let bytes = file.encode().expect("encoded");
            assert_eq!(SealFile::decode(&bytes).as_ref(), Ok(&file));
            assert!(!file.summary().is_empty());
        }
        Err(error) => assert!(!error.to_string().is_empty()),
    }
}

/// Reads a sealed record, which has one encoding.
pub(crate) fn record(input: &[u8]) {
    match Record::decode(input) {
        Ok(record) => assert_eq!(record.encode(), input),
        Err(error) => assert!(!error.to_string().is_empty()),
    }
}

/// Reads a share; what is read has one text.
pub(crate) fn share(input: &[u8]) {
    let Ok(text) = str::from_utf8(input) else { return };
    if let Ok(share) = text.parse::<Share>() {
        let plain = |text: &str| -> String {
            let letters = text.chars().filter(|letter| !letter.is_whitespace() && *letter != '-');
            letters.map(|letter| letter.to_ascii_lowercase()).collect()
        };
        assert_eq!(plain(&share.text().expect("text")), plain(text));
    }
}
