//! Words that people put on devices, to find them by.

use std::collections::BTreeSet;
use std::fmt;

use model::{ChangeKind, DeviceId};

use crate::Result;
use crate::change::{Decision, Draft, expect_version, record_drafts};
use crate::convert::text;
use crate::sql::{self, Sql};

/// A word of 1 to 40 small letters, digits, `-`, `_`, `.` and `:`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Label(String);

/// A text that is no label.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no label; it has 1 to {LENGTH_MAX} letters, digits, `-`, `_`, `.` and `:`")]
pub struct LabelError(String);

/// Bytes of a label.
const LENGTH_MAX: usize = 40;

impl Label {
    /// A label; capitals do not count.
    ///
    /// # Errors
    /// When it is empty, too long, or holds something else.
    pub fn new(word: &str) -> std::result::Result<Self, LabelError> {
        let small = word.to_lowercase();
        let is_plain = |letter: char| letter.is_alphanumeric() || "-_.:".contains(letter);
        let is_label = (1..=LENGTH_MAX).contains(&small.len()) && small.chars().all(is_plain);
        is_label.then_some(Self(small)).ok_or_else(|| LabelError(word.to_owned()))
    }

    /// The word.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Label {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Puts labels on a device and takes off all others; gives its version afterwards.
pub(crate) async fn set(
    sql: &mut dyn Sql,
    id: DeviceId,
    expected: Option<u64>,
    labels: BTreeSet<Label>,
    decision: Decision,
) -> Result<u64> {
    sql.alone().await?;
    let found = expect_version(sql, &id, expected).await?;
    let query = "SELECT labels FROM device WHERE id = $1";
    let before = sql::one(sql, query, vec![text(id.as_str())], |row| row.text()).await?.unwrap_or_default();
    let after = labels.iter().map(Label::as_str).collect::<Vec<_>>().join(" ");
    if before == after {
        return Ok(found);
    }
    let update = "UPDATE device SET labels = $2, version = version + 1 WHERE id = $1";
    sql.execute(update, vec![text(id.as_str()), text(&*after)]).await?;
    let known = |labels: String| Some(labels).filter(|labels| !labels.is_empty());
    let (kind, what) = (ChangeKind::Asserted, "labels".to_owned());
    let draft = Draft { device: id, kind, what, before: known(before), after: known(after) };
    record_drafts(sql, vec![draft], &decision).await?;
    Ok(found + 1)
}
