//! A sensor: the spool, the courier and the identity of the product, and who breaks them.

use std::fs::{self, OpenOptions};
use std::path::{Path, PathBuf};
use std::time::Duration;

use model::{Batch, SensorId, Timestamp};
use relay::{Applicant, Backoff, Courier, Identity, Limits, Notice, Spool};
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use tempfile::TempDir;

use super::dice::Dice;
use super::fold::seen;

/// Bytes of a segment without a record.
const HEAD: u64 = 36;

pub(super) struct Sensor {
    pub(super) id: SensorId,
    folder: TempDir,
    limits: Limits,
    backoff: Backoff,
    /// `None` while it is down.
    pub(super) spool: Option<Spool>,
    pub(super) courier: Courier,
    pub(super) identity: Identity,
    /// Grows with every start: what was for an earlier life is for nobody.
    pub(super) life: u64,
    /// The question that waits for its answer.
    pub(super) asked: Option<u64>,
    pub(super) applicant: Option<Applicant>,
    /// It sleeps until this wake; an earlier one counts no more.
    pub(super) wake: u64,
    /// It waits for something to send.
    pub(super) is_idle: bool,
    /// How far its clock is off, in nanoseconds.
    pub(super) skew: i64,
    /// What the spool has or had: the first is batch 1.
    pub(super) taken: Vec<Batch>,
    /// Batches that the spool said that it gave up.
    pub(super) given_up: u64,
    pub(super) is_revoked: bool,
    /// What the file of the state held some time ago.
    old_state: Option<Vec<u8>>,
}

/// How it breaks down while it keeps a batch.
#[derive(Debug, Clone, Copy)]
pub(super) enum Breaks {
    /// Not.
    No,
    /// The batch is on the disk, and nobody was told.
    After,
    /// Only a part of it is.
    Torn,
}

impl Sensor {
    pub(super) fn new(
        id: SensorId,
        identity: Identity,
        limits: Limits,
        backoff: Backoff,
        root: &Path,
    ) -> Self {
        let folder = TempDir::new_in(root).expect("a folder");
        identity.write(folder.path()).expect("written");
        Spool::create(&folder.path().join("spool")).expect("a spool");
        let mut sensor = Self {
            id,
            folder,
            limits,
            backoff,
            spool: None,
            courier: Courier::new(backoff),
            identity,
            life: 0,
            asked: None,
            applicant: None,
            wake: 0,
            is_idle: false,
            skew: 0,
            taken: Vec::new(),
            given_up: 0,
            is_revoked: false,
            old_state: None,
        };
        sensor.start();
        sensor
    }

    fn spool_folder(&self) -> PathBuf {
        self.folder.path().join("spool")
    }

    pub(super) fn start(&mut self) {
        let (spool, notices) = Spool::open(&self.spool_folder(), self.limits).expect("a spool that opens");
        self.hear(notices);
        let (last, told) = (spool.last(), self.taken.len() as u64);
        assert_eq!(last, told, "{}: the spool and who filled it disagree about the last batch", self.id);
        self.identity = Identity::read(self.folder.path()).expect("an identity");
        self.courier = Courier::new(self.backoff);
        self.spool = Some(spool);
        self.life += 1;
    }

    /// It breaks off.
    pub(super) fn stop(&mut self) {
        (self.spool, self.asked, self.applicant) = (None, None, None);
        self.life += 1;
    }

    /// The file of the state is as it was some time ago, or gone: it is not durable.
    pub(super) fn lose_state(&mut self, dice: &mut Dice) {
        let path = self.spool_folder().join("state");
        match self.old_state.take() {
            Some(old) if dice.percent(70) => fs::write(&path, old).expect("written"),
            Some(_) | None => drop(fs::remove_file(&path)),
        }
    }

    pub(super) fn remember_state(&mut self) {
        self.old_state = fs::read(self.spool_folder().join("state")).ok();
    }

    /// A batch goes into the spool.
    pub(super) fn capture(&mut self, dice: &mut Dice, first: u64, now: Timestamp, breaks: Breaks) {
        let Some(mut spool) = self.spool.take() else { return };
        let sequence = spool.last() + 1;
        let batch = seen(dice, &self.id, sequence, first, now);
        let bytes = relay::encode(&batch).expect("encoded");
        let before = last_segment(&self.spool_folder());
        let told = (self.given_up, spool.backlog().given_up_batches);
        let notices = spool.append(sequence, batch.frames, &bytes, now).expect("kept");
        self.hear(notices);
        let grown = (self.given_up - told.0, spool.backlog().given_up_batches - told.1);
        assert_eq!(grown.0, grown.1, "{}: what is given up is told and counted", self.id);
        if matches!(breaks, Breaks::No) {
            self.taken.push(batch);
            self.spool = Some(spool);
            return;
        }
        drop(spool);
        if matches!(breaks, Breaks::Torn) {
            self.tear(dice, before);
        } else {
            self.taken.push(batch);
        }
        self.stop();
    }

    /// Cuts the last record at any byte.
    fn tear(&self, dice: &mut Dice, (path, length): (PathBuf, u64)) {
        let (now, whole) = last_segment(&self.spool_folder());
        let begin = if now == path { length } else { HEAD };
        let file = OpenOptions::new().write(true).open(&now).expect("a segment");
        file.set_len(dice.within(begin, whole)).expect("cut");
    }

    fn hear(&mut self, notices: Vec<Notice>) {
        for notice in notices {
            match notice {
                Notice::Torn { .. } => {}
                Notice::GivenUp { batches, .. } => self.given_up += batches,
                Notice::Damaged { .. } => panic!("{}: nothing damages this disk", self.id),
            }
        }
    }

    /// The renewed identity is kept and used.
    pub(super) fn renew(&mut self, applicant: Applicant, issued: relay::message::Issued) {
        if let Some(identity) = self.identity.renewed(applicant, issued) {
            identity.write(self.folder.path()).expect("written");
            self.identity = identity;
        }
    }

    /// The certificate that it shows.
    pub(super) fn certificate(&self) -> CertificateDer<'static> {
        let text = fs::read(self.folder.path().join("identity.json")).expect("an identity");
        let json: serde_json::Value = serde_json::from_slice(&text).expect("JSON");
        let pem = json["certificate"].as_str().expect("a certificate");
        CertificateDer::from_pem_slice(pem.as_bytes()).expect("a certificate")
    }

    /// What the hub lacks is lost to the sensor too: a hub that was set back gets again what is still here. The end of it:
    /// it begins to send anew.
    pub(super) fn has_none_of(&mut self, missing: &[u64]) {
        let Some(spool) = &mut self.spool else { return };
        for sequence in missing {
            spool.rewind(*sequence);
            let (waiting, _) = spool.oldest().expect("a spool that reads");
            let is_here = waiting.is_some_and(|waiting| waiting.sequence == *sequence);
            assert!(!is_here, "{}: batch {sequence} is still here, and the hub never asked for it", self.id);
        }
    }

    pub(super) fn waiting(&self) -> u64 {
        self.spool.as_ref().map_or(u64::MAX, |spool| spool.backlog().batches)
    }
}

fn last_segment(folder: &Path) -> (PathBuf, u64) {
    let entries = fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry").path());
    let last = entries.filter(|path| path.extension().is_some_and(|ending| ending == "segment")).max();
    let last = last.expect("a segment");
    let length = fs::metadata(&last).expect("a file").len();
    (last, length)
}

/// Waits that suit a partition of this length.
pub(super) fn backoff(longest_s: u64) -> Backoff {
    Backoff::new(Duration::from_secs(1), Duration::from_secs(longest_s))
}
