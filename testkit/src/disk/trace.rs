//! What `strace -f -y -xx` noted.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

/// Something that happened to files below a folder; their paths are relative to it. Order is the order of steps; `end`
/// says when a call was over, so that a sync on another thread does not count for what was not.
#[derive(Debug, Clone)]
pub(super) enum Step {
    Make { path: PathBuf, file: Option<usize>, end: usize },
    Write { file: usize, at: usize, bytes: Vec<u8>, end: usize },
    Resize { file: usize, length: usize, end: usize },
    Rename { from: PathBuf, to: PathBuf, end: usize },
    Remove { path: PathBuf, end: usize },
    SyncFile { file: usize, begin: usize },
    SyncFolder { folder: PathBuf, begin: usize },
    Said(String),
}

/// One system call that succeeded.
struct Call<'t> {
    name: &'t str,
    arguments: String,
    result: &'t str,
    begin: usize,
    end: usize,
}

/// Everything below `root` that a program did, which began with an empty folder.
pub(super) fn steps(root: &Path, text: &str) -> Result<Vec<Step>> {
    let mut reader =
        Reader { root, files: BTreeMap::new(), folders: BTreeSet::new(), count: 0, places: BTreeMap::new() };
    reader.folders.insert(PathBuf::new());
    let mut ordered = BTreeMap::new();
    for call in calls(text)? {
        let is_sync = matches!(call.name, "fsync" | "fdatasync");
        // What is written may be on the disk as soon as it is asked for; a sync counts when it is over.
        let order = if is_sync { call.end } else { call.begin };
        let steps = reader.steps(&call).with_context(|| format!("line {} of the record", call.begin + 1))?;
        ordered.insert(order, steps);
    }
    Ok(ordered.into_values().flatten().collect())
}

/// Calls in the order in which they began.
fn calls(text: &str) -> Result<Vec<Call<'_>>> {
    let mut begun: BTreeMap<&str, (&str, &str, usize)> = BTreeMap::new();
    let mut calls = Vec::new();
    for (number, line) in text.lines().enumerate() {
        let (thread, rest) = line.split_once(' ').context("a line without a thread")?;
        let rest = rest.trim_start();
        if rest.starts_with("+++") || rest.starts_with("---") {
            continue;
        }
        let (name, before, begin, rest) = match rest.strip_prefix("<... ") {
            Some(resumed) => {
                let (name, rest) = resumed.split_once(" resumed>").context("a call that goes on")?;
                let (_, before, begin) =
                    begun.remove(thread).with_context(|| format!("`{name}` without a beginning"))?;
                (name, before, begin, rest)
            }
            None => {
                let (name, rest) = rest.split_once('(').with_context(|| format!("no call: `{rest}`"))?;
                if let Some(before) = rest.strip_suffix(" <unfinished ...>") {
                    begun.insert(thread, (name, before, number));
                    continue;
                }
                (name, "", number, rest)
            }
        };
        let (after, result) =
            rest.rsplit_once(" = ").with_context(|| format!("`{name}` without a result"))?;
        let after = after.trim_end().strip_suffix(')').context("a call is in parentheses")?;
        if !result.starts_with('-') && !result.starts_with('?') {
            calls.push(Call { name, arguments: format!("{before}{after}"), result, begin, end: number });
        }
    }
    calls.sort_by_key(|call| call.begin);
    Ok(calls)
}

struct Reader<'t> {
    root: &'t Path,
    /// What has which name.
    files: BTreeMap<PathBuf, usize>,
    folders: BTreeSet<PathBuf>,
    count: usize,
    /// Where each open file goes on.
    places: BTreeMap<String, usize>,
}

impl Reader<'_> {
    fn steps(&mut self, call: &Call<'_>) -> Result<Vec<Step>> {
        let arguments: Vec<&str> = call.arguments.split(", ").collect();
        let argument = |place: usize| arguments.get(place).copied().context("an argument is missing");
        Ok(match call.name {
            "openat" => self.open(argument(1)?, argument(2)?, call)?,
            "mkdir" => self.make_folder(argument(0)?, call)?,
            "mkdirat" => self.make_folder(argument(1)?, call)?,
            "write" => self.write(argument(0)?, argument(1)?, None, call)?,
            "pwrite64" => self.write(argument(0)?, argument(1)?, Some(argument(3)?.parse()?), call)?,
            "lseek" => {
                self.places.insert(number(argument(0)?).to_owned(), first_number(call.result)?);
                Vec::new()
            }
            "ftruncate" => {
                let length = argument(1)?.parse()?;
                let file = self.opened(argument(0)?)?;
                file.map(|file| Step::Resize { file, length, end: call.end }).into_iter().collect()
            }
            "fsync" | "fdatasync" => self.sync(argument(0)?, call)?.into_iter().collect(),
            "rename" => self.rename(argument(0)?, argument(1)?, call)?,
            "renameat" | "renameat2" => self.rename(argument(1)?, argument(3)?, call)?,
            "unlink" => self.remove(argument(0)?, call)?,
            "unlinkat" => self.remove(argument(1)?, call)?,
            other => self.unknown(other, &arguments)?,
        })
    }

    fn open(&mut self, path: &str, flags: &str, call: &Call<'_>) -> Result<Vec<Step>> {
        self.places.insert(number(call.result).to_owned(), 0);
        let Some(path) = self.below(&text(path)?) else { return Ok(Vec::new()) };
        let file = self.files.get(&path).copied();
        if let Some(file) = file.filter(|_| flags.contains("O_TRUNC")) {
            return Ok(vec![Step::Resize { file, length: 0, end: call.end }]);
        }
        if file.is_some() || !flags.contains("O_CREAT") {
            return Ok(Vec::new());
        }
        let file = self.count;
        self.count += 1;
        self.files.insert(path.clone(), file);
        Ok(vec![Step::Make { path, file: Some(file), end: call.end }])
    }

    fn make_folder(&mut self, path: &str, call: &Call<'_>) -> Result<Vec<Step>> {
        let Some(path) = self.below(&text(path)?) else { return Ok(Vec::new()) };
        self.folders.insert(path.clone());
        Ok(vec![Step::Make { path, file: None, end: call.end }])
    }

    fn write(&mut self, to: &str, bytes: &str, at: Option<usize>, call: &Call<'_>) -> Result<Vec<Step>> {
        if number(to) == "1" {
            let said = String::from_utf8_lossy(&unhex(bytes)?).into_owned();
            return Ok(said.lines().map(|line| Step::Said(line.to_owned())).collect());
        }
        let Some(file) = self.opened(to)? else { return Ok(Vec::new()) };
        let written = first_number(call.result)?;
        let place = self.places.entry(number(to).to_owned()).or_default();
        let at = at.unwrap_or_else(|| {
            *place += written;
            *place - written
        });
        let mut bytes = unhex(bytes)?;
        bytes.truncate(written);
        Ok(vec![Step::Write { file, at, bytes, end: call.end }])
    }

    fn sync(&self, of: &str, call: &Call<'_>) -> Result<Option<Step>> {
        let Some(path) = self.path(of)? else { return Ok(None) };
        if self.folders.contains(&path) {
            return Ok(Some(Step::SyncFolder { folder: path, begin: call.begin }));
        }
        Ok(self.files.get(&path).map(|file| Step::SyncFile { file: *file, begin: call.begin }))
    }

    fn rename(&mut self, from: &str, to: &str, call: &Call<'_>) -> Result<Vec<Step>> {
        let (Some(from), Some(to)) = (self.below(&text(from)?), self.below(&text(to)?)) else {
            return Ok(Vec::new());
        };
        let file = self.files.remove(&from).context("a name that is not there")?;
        self.files.insert(to.clone(), file);
        Ok(vec![Step::Rename { from, to, end: call.end }])
    }

    fn remove(&mut self, path: &str, call: &Call<'_>) -> Result<Vec<Step>> {
        let Some(path) = self.below(&text(path)?) else { return Ok(Vec::new()) };
        self.files.remove(&path).context("a name that is not there")?;
        Ok(vec![Step::Remove { path, end: call.end }])
    }

    /// A call that is not understood matters only when it is about a file of ours.
    fn unknown(&self, name: &str, arguments: &[&str]) -> Result<Vec<Step>> {
        for argument in arguments {
            let path = match argument.starts_with('"') {
                true => self.below(&text(argument)?),
                false => self.path(argument)?,
            };
            if let Some(path) = path {
                bail!("`{name}` on `{}` is not understood", path.display());
            }
        }
        Ok(Vec::new())
    }

    /// The file of ours that is open: `3<\x2f..>`.
    fn opened(&self, descriptor: &str) -> Result<Option<usize>> {
        Ok(self.path(descriptor)?.and_then(|path| self.files.get(&path).copied()))
    }

    fn path(&self, descriptor: &str) -> Result<Option<PathBuf>> {
        let Some((_, path)) = descriptor.split_once('<') else { return Ok(None) };
        // A file without a name is gone with its program.
        let Some(path) = path.strip_suffix('>') else { return Ok(None) };
        Ok(self.below(&text(path)?))
    }

    fn below(&self, path: &str) -> Option<PathBuf> {
        Path::new(path).strip_prefix(self.root).ok().map(Path::to_owned)
    }
}

/// The number of an open file: of `3<\x2f..>`.
fn number(descriptor: &str) -> &str {
    descriptor.split_once('<').map_or(descriptor, |(number, _)| number)
}

fn first_number(result: &str) -> Result<usize> {
    let digits = result.split(|sign: char| !sign.is_ascii_digit()).next().unwrap_or_default();
    digits.parse().with_context(|| format!("`{result}` is no number"))
}

fn text(hex: &str) -> Result<String> {
    Ok(String::from_utf8_lossy(&unhex(hex)?).into_owned())
}

/// The bytes of `\x2f\x74` or `"\x2f\x74"`.
fn unhex(hex: &str) -> Result<Vec<u8>> {
    if hex.ends_with("...") {
        bail!("a write was recorded in part");
    }
    let mut pairs = hex.trim_matches('"').split("\\x");
    if let Some(before) = pairs.next().filter(|before| !before.is_empty()) {
        bail!("`{before}` is not in hexadecimal");
    }
    pairs.map(|pair| u8::from_str_radix(pair, 16).with_context(|| format!("`{pair}` is no byte"))).collect()
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::panic, reason = "tests")]
mod tests {
    use super::*;

    fn hex(text: &str) -> String {
        text.bytes().map(|byte| format!("\\x{byte:02x}")).collect()
    }

    #[test]
    fn a_write_belongs_where_it_began_and_a_sync_where_it_ended() {
        let path = hex("/d/a");
        let text = format!(
            "7 openat(AT_FDCWD<{cwd}>, \"{path}\", O_RDWR|O_CREAT, 0600) = 3<{path}>\n\
             7 fdatasync(3<{path}> <unfinished ...>\n\
             8 write(3<{path}>, \"{bytes}\", 2 <unfinished ...>\n\
             7 <... fdatasync resumed>)          = 0\n\
             8 <... write resumed>)          = 2\n\
             8 write(3<{path}>, \"{bytes}\", 2) = 1\n\
             8 pwrite64(3<{path}>, \"{bytes}\", 2, 9) = -1 EIO (Input/output error)\n",
            cwd = hex("/"),
            bytes = hex("xy"),
        );
        let steps = steps(Path::new("/d"), &text).unwrap();
        let [Step::Make { file: Some(0), .. }, first, Step::SyncFile { begin: 1, .. }, second] =
            steps.as_slice()
        else {
            panic!("{steps:?}")
        };
        assert!(matches!(first, Step::Write { at: 0, end: 4, bytes, .. } if bytes == b"xy"), "{first:?}");
        assert!(matches!(second, Step::Write { at: 2, bytes, .. } if bytes == b"x"), "{second:?}");
    }

    #[test]
    fn what_is_not_in_hexadecimal_fails() {
        assert_eq!(unhex("\"\\x61\\x62\"").unwrap(), b"ab");
        assert_eq!(unhex("\"\"").unwrap(), b"");
        for strange in ["\"a\\x62\"", "\\x61\"...", "\\xzz"] {
            assert!(unhex(strange).is_err(), "{strange}");
        }
    }

    #[test]
    fn what_is_not_understood_fails() {
        let text = format!("7 fallocate(3<{}>, 0, 0, 10) = 0\n", hex("/d/a"));
        assert!(steps(Path::new("/d"), &text).is_err());
        assert_eq!(steps(Path::new("/elsewhere"), &text).unwrap().len(), 0);
    }
}
