//! A list of breached passwords on disk, looked up without reading it whole.
//!
//! The format is that of Have I Been Pwned: `SHA1:COUNT` a line, sorted by hash, as its downloader writes it. A list has
//! tens of gigabytes; a look-up reads some forty pieces of two lines' length.

use std::io::{self, BufRead, BufReader, Read, Seek, SeekFrom};

use crate::password::Password;

/// Digits of a hash.
const HASH: usize = 40;
/// Longest line: hash, colon, a count of twenty digits, carriage return, line feed.
const LINE_MAX: usize = HASH + 23;
/// Most halvings: an offset has 64 bits.
const STEPS_MAX: u32 = 64;

/// A list of breached passwords.
#[derive(Debug)]
pub struct BreachedList<F> {
    name: String,
    file: F,
    length: u64,
}

/// What a whole list came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Shape {
    /// Lines.
    pub lines: u64,
    /// Breached passwords altogether: the sum of the counts.
    pub seen: u64,
}

/// A list that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum BreachedError {
    /// It does not read.
    #[error("cannot read `{name}`, the list of breached passwords")]
    Read {
        /// The file.
        name: String,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// A line is not as it should be.
    #[error("`{name}`, line {line}: {fault}; fetch the SHA-1 list ordered by hash anew")]
    Line {
        /// The file.
        name: String,
        /// Which line, from 1.
        line: u64,
        /// What is wrong.
        fault: &'static str,
    },
}

/// A line that was found: where it begins, where the next one begins, what it says.
struct Line {
    begin: u64,
    end: u64,
    hash: [u8; HASH],
    count: u64,
}

impl<F: Read + Seek> BreachedList<F> {
    /// A list; `name` is what errors call it. Reads nothing yet but the length.
    ///
    /// # Errors
    /// When the length cannot be asked for.
    pub fn new(name: &str, mut file: F) -> Result<Self, BreachedError> {
        match file.seek(SeekFrom::End(0)) {
            Ok(length) => Ok(Self { name: name.to_owned(), file, length }),
            Err(source) => Err(BreachedError::Read { name: name.to_owned(), source }),
        }
    }

    /// How often a password was seen in breaches; 0 is never.
    ///
    /// # Errors
    /// When the list does not read, or a line on the way is not `HASH:COUNT`.
    pub fn count(&mut self, password: &Password) -> Result<u64, BreachedError> {
        let wanted = password.sha1_hex();
        let (mut low, mut high) = (0, self.length);
        for _ in 0..STEPS_MAX {
            if low >= high {
                break;
            }
            let line = self.line_around(low + (high - low) / 2)?;
            match line.hash.as_slice().cmp(wanted.as_bytes()) {
                std::cmp::Ordering::Equal => return Ok(line.count),
                std::cmp::Ordering::Less => low = line.end,
                std::cmp::Ordering::Greater => high = line.begin,
            }
        }
        Ok(0)
    }

    /// Reads the whole list once and says whether it is one: to be done when a site installs it.
    ///
    /// # Errors
    /// When the list does not read, a line is not `HASH:COUNT`, or the order is not that of the hashes.
    pub fn check(&mut self) -> Result<Shape, BreachedError> {
        self.seek(0)?;
        let mut shape = Shape::default();
        let mut before = [0; HASH];
        let mut reader = BufReader::new(&mut self.file);
        let mut text = Vec::with_capacity(LINE_MAX);
        loop {
            text.clear();
            let limit = u64::try_from(LINE_MAX).unwrap_or(u64::MAX);
            let read = reader.by_ref().take(limit).read_until(b'\n', &mut text);
            let read = read.map_err(|source| BreachedError::Read { name: self.name.clone(), source })?;
            if read == 0 {
                return Ok(shape);
            }
            shape.lines += 1;
            let fault = |fault| BreachedError::Line { name: self.name.clone(), line: shape.lines, fault };
            let (hash, count) = parse(&text).map_err(fault)?;
            if shape.lines > 1 && hash <= before {
                return Err(fault("it is not in the order of the hashes"));
            }
            before = hash;
            shape.seen = shape.seen.saturating_add(count);
        }
    }

    /// The line that `offset` is in.
    fn line_around(&mut self, offset: u64) -> Result<Line, BreachedError> {
        let reach = u64::try_from(LINE_MAX).unwrap_or(u64::MAX);
        let from = offset.saturating_sub(reach);
        let mut piece = Vec::with_capacity(2 * LINE_MAX);
        self.seek(from)?;
        let read = self.file.by_ref().take(offset - from + reach).read_to_end(&mut piece);
        read.map_err(|source| self.unread(source))?;
        let middle = usize::try_from(offset - from).unwrap_or(LINE_MAX);
        let (before, after) = piece.split_at_checked(middle).unwrap_or((&piece, &[]));
        let begin = before.iter().rposition(|byte| *byte == b'\n').map_or(0, |place| place + 1);
        let end =
            after.iter().position(|byte| *byte == b'\n').map_or(piece.len(), |place| middle + place + 1);
        let at = |place: usize| from + u64::try_from(place).unwrap_or_default();
        let is_whole =
            (begin > 0 || from == 0) && (end < piece.len() || at(end) == self.length || ends(&piece));
        let parsed = match piece.get(begin..end) {
            Some(line) if is_whole => parse(line),
            Some(_) | None => Err("the line is longer than a hash and a count"),
        };
        match parsed {
            Ok((hash, count)) => Ok(Line { begin: at(begin), end: at(end), hash, count }),
            Err(fault) => Err(self.fault_at(at(begin), fault)),
        }
    }

    /// An error with the number of the line at `offset`: only now is it worth counting.
    fn fault_at(&mut self, offset: u64, fault: &'static str) -> BreachedError {
        if let Err(error) = self.seek(0) {
            return error;
        }
        let mut line = 1;
        let mut reader = BufReader::new(self.file.by_ref().take(offset));
        loop {
            let piece = match reader.fill_buf() {
                Ok([]) => return BreachedError::Line { name: self.name.clone(), line, fault },
                Ok(piece) => piece,
                Err(source) => return BreachedError::Read { name: self.name.clone(), source },
            };
            let lines = piece.iter().filter(|byte| **byte == b'\n').count();
            line += u64::try_from(lines).unwrap_or_default();
            let read = piece.len();
            reader.consume(read);
        }
    }

    fn seek(&mut self, offset: u64) -> Result<(), BreachedError> {
        let sought = self.file.seek(SeekFrom::Start(offset));
        sought.map(|_| ()).map_err(|source| self.unread(source))
    }

    fn unread(&self, source: io::Error) -> BreachedError {
        BreachedError::Read { name: self.name.clone(), source }
    }
}

fn ends(piece: &[u8]) -> bool {
    piece.last() == Some(&b'\n')
}

/// `HASH:COUNT`, with or without what ends a line.
fn parse(line: &[u8]) -> Result<([u8; HASH], u64), &'static str> {
    let line = line.strip_suffix(b"\n").unwrap_or(line);
    let line = line.strip_suffix(b"\r").unwrap_or(line);
    let Some((hash, rest)) = line.split_first_chunk::<HASH>() else {
        return Err("it is shorter than a SHA-1 hash");
    };
    if !hash.iter().all(|byte| byte.is_ascii_digit() || (b'A'..=b'F').contains(byte)) {
        return Err(
            "it does not begin with a SHA-1 hash in capital hexadecimal digits (an NTLM list is of no use)",
        );
    }
    let count = rest.strip_prefix(b":").and_then(|digits| std::str::from_utf8(digits).ok());
    let digits =
        count.filter(|digits| !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit()));
    match digits.map(str::parse) {
        Some(Ok(count)) => Ok((*hash, count)),
        Some(Err(_)) | None => Err("there is no count behind the hash"),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::io::Cursor;

    use proptest::prelude::*;

    use super::*;

    fn text(entries: &BTreeMap<String, u64>, ending: &str) -> String {
        entries.iter().map(|(hash, count)| format!("{hash}:{count}{ending}")).collect()
    }

    fn list(text: &str) -> BreachedList<Cursor<Vec<u8>>> {
        BreachedList::new("pwned.txt", Cursor::new(text.as_bytes().to_vec())).unwrap()
    }

    fn entries(words: &[String]) -> BTreeMap<String, u64> {
        (1..)
            .zip(words)
            .map(|(count, word)| (Password::new(word).sha1_hex().to_string(), count * 9_999))
            .collect()
    }

    fn fault(error: BreachedError) -> (u64, &'static str) {
        match error {
            BreachedError::Line { line, fault, .. } => (line, fault),
            BreachedError::Read { source, .. } => panic!("{source}"),
        }
    }

    proptest! {
        #[test]
        fn asvs_v6_2_12_finds_what_is_in_it_and_nothing_else(
            words in proptest::collection::vec("[a-z]{1,6}", 0..60),
            others in proptest::collection::vec("[a-z]{7,9}", 20),
            ending in prop_oneof![Just("\n"), Just("\r\n")],
            is_cut in any::<bool>(),
        ) {
            let entries = entries(&words);
            let mut text = text(&entries, ending);
            if is_cut {
                text.truncate(text.trim_end().len());
            }
            let mut list = list(&text);
            for word in &words {
                let password = Password::new(word);
                let count = list.count(&password).unwrap();
                prop_assert_eq!(Some(&count), entries.get(password.sha1_hex().as_str()));
            }
            for word in others {
                prop_assert_eq!(list.count(&Password::new(&word)).unwrap(), 0);
            }
            let lines = u64::try_from(entries.len()).unwrap();
            prop_assert_eq!(list.check().unwrap(), Shape { lines, seen: entries.values().sum() });
        }

        #[test]
        fn nothing_on_disk_makes_it_hang_or_panic(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
            let mut list = BreachedList::new("noise", Cursor::new(bytes)).unwrap();
            let _ = (list.count(&Password::new("a")), list.check());
        }
    }

    #[test]
    fn errors_name_file_and_line() {
        let words: Vec<String> = (0..9).map(|number| format!("word{number}")).collect();
        let good = text(&entries(&words), "\n");
        let lines: Vec<&str> = good.lines().collect();
        for (broken, what) in [
            ("", "shorter than a SHA-1 hash"),
            ("0123", "shorter than a SHA-1 hash"),
            ("5baa61e4c9b93f3f0682250b6cf8331b7ee68fd8:3", "capital"),
            ("8846F7EAEE8FB117AD06BDD830B7586C:3:padding-padding", "NTLM"),
            ("5BAA61E4C9B93F3F0682250B6CF8331B7EE68FD8", "no count"),
            ("5BAA61E4C9B93F3F0682250B6CF8331B7EE68FD8:", "no count"),
            ("5BAA61E4C9B93F3F0682250B6CF8331B7EE68FD8:99999999999999999999", "no count"),
        ] {
            let mut parts = lines.clone();
            parts[4] = broken;
            let mut list = list(&parts.join("\n"));
            let (line, fault_of_check) = fault(list.check().unwrap_err());
            assert_eq!(line, 5, "{broken}");
            assert!(fault_of_check.contains(what), "{broken}: {fault_of_check}");
            let error = list.count(&Password::new("whatever")).unwrap_err();
            let shown = error.to_string();
            assert!(shown.starts_with("`pwned.txt`, line 5: "), "{shown}");
        }
        let mut turned = lines.clone();
        turned.swap(2, 3);
        assert_eq!(
            fault(list(&turned.join("\n")).check().unwrap_err()),
            (4, "it is not in the order of the hashes")
        );
        let mut long = list(&"A".repeat(1_000));
        assert_eq!(fault(long.count(&Password::new("a")).unwrap_err()).0, 1);
        assert_eq!(fault(long.check().unwrap_err()).0, 1);
    }

    /// Counts what is read.
    struct Counting(Cursor<Vec<u8>>, u64);

    impl Read for Counting {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            let read = self.0.read(buffer)?;
            self.1 += u64::try_from(read).unwrap();
            Ok(read)
        }
    }

    impl Seek for Counting {
        fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
            self.0.seek(to)
        }
    }

    #[test]
    fn reads_some_pieces_of_a_list_not_the_list() {
        let words: Vec<String> = (0..20_000).map(|number| format!("word{number}")).collect();
        let text = text(&entries(&words), "\r\n");
        let file = Counting(Cursor::new(text.into_bytes()), 0);
        let mut list = BreachedList::new("large", file).unwrap();
        assert!(list.count(&Password::new("word777")).unwrap() > 0);
        // 2^15 lines are more than these; a piece is two lines long.
        assert!(list.file.1 <= 17 * 2 * 63, "{}", list.file.1);
    }
}
