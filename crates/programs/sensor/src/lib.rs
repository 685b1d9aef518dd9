//! A sensor: packets in, batches of what is new out.
//!
//! It runs the lanes of `flow` without an end and tells every few seconds of packet time what is new or grew. It never
//! sends anything on the interface that it listens on. Who takes the batches keeps them; here nothing is kept.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use capture::{Block, Progress, Source};
use flow::{DropReason, Frame, LANES, Lane, LaneOptions, Parsers, Report, decode, lane_of};
use model::{Batch, ConversationHour, SensorId, Timestamp};

/// How a sensor works.
#[derive(Debug, Clone, Copy)]
pub struct Options {
    /// From batch to batch, in packet time, and in real time when no packet comes.
    pub interval: Duration,
    /// Most flows at once.
    pub flows: usize,
    /// Seed of the hash tables: random, against chosen collisions.
    pub seed: u64,
}

/// The lanes, and how far they were told.
pub struct Sensor {
    id: SensorId,
    options: Options,
    lanes: Vec<Lane>,
    /// Number of the last batch.
    sequence: u64,
    /// Time of the latest packet.
    until: Timestamp,
    /// The interval of packet time that is open, by number.
    slot: Option<u64>,
    /// Frames that the source lost and that were not told yet.
    lost: u64,
    /// Frames that this sensor told of before it was started: numbers go on after them.
    frames_before: u64,
}

impl Sensor {
    /// A sensor that has told nothing; `sequence` is the number of its last batch, 0 for a new one.
    #[must_use]
    pub fn new(id: SensorId, sequence: u64, options: Options) -> Self {
        let mut sensor = Self {
            id,
            options,
            lanes: Vec::new(),
            sequence,
            until: Timestamp::default(),
            slot: None,
            lost: 0,
            frames_before: 0,
        };
        sensor.lanes = sensor.fresh_lanes();
        sensor
    }

    /// The same sensor after so many frames in earlier runs: its frames are numbered on from there.
    #[must_use]
    pub const fn after_frames(mut self, frames: u64) -> Self {
        self.frames_before = frames;
        self
    }

    fn fresh_lanes(&self) -> Vec<Lane> {
        let parsers = Arc::new(Parsers::all());
        let options = LaneOptions { flows: self.options.flows / LANES, seed: self.options.seed };
        (0..LANES).map(|_| Lane::new(Arc::clone(&parsers), options)).collect()
    }

    /// Processes frames. When an interval of packet time is over, gives what it brought.
    pub fn handle_block(&mut self, block: &Block, mut take: impl FnMut(Batch)) {
        for frame in block.frames() {
            let slot = frame.at.nanos() / self.interval_nanos();
            if self.slot.is_some_and(|open| slot > open)
                && let Some(batch) = self.tell()
            {
                take(batch);
            }
            // Time that goes back ends nothing.
            self.slot = Some(self.slot.map_or(slot, |open| open.max(slot)));
            self.until = self.until.max(frame.at);
            self.handle_frame(&frame);
        }
    }

    fn interval_nanos(&self) -> u64 {
        u64::try_from(self.options.interval.as_nanos()).unwrap_or(u64::MAX).max(1)
    }

    fn handle_frame(&mut self, frame: &capture::Frame<'_>) {
        let frame = Frame {
            number: self.frames_before.saturating_add(frame.number),
            at: frame.at,
            link: frame.link.number(),
            original_length: frame.original_len,
            bytes: frame.bytes,
        };
        match decode(&frame) {
            Ok(headers) => {
                if let Some(lane) = self.lanes.get_mut(lane_of(&headers)) {
                    lane.handle_frame(&frame, &headers);
                }
            }
            Err(reason) => self.drop_frame(reason),
        }
    }

    fn drop_frame(&mut self, reason: DropReason) {
        if let Some(lane) = self.lanes.first_mut() {
            lane.handle_dropped(reason);
        }
    }

    /// What is new since the last batch; `None` when nothing is.
    pub fn tell(&mut self) -> Option<Batch> {
        let report = Report::since_the_last(&mut self.lanes);
        self.batch(report)
    }

    /// The capture is over: every flow ends, and the last batch is given. The sensor then begins anew.
    pub fn end(&mut self) -> Option<Batch> {
        let fresh = self.fresh_lanes();
        let lanes = std::mem::replace(&mut self.lanes, fresh);
        self.slot = None;
        self.batch(Report::of(lanes.into_iter().map(Lane::into_ledger).collect()))
    }

    /// So many frames were lost by the source and not told yet.
    pub const fn note_lost(&mut self, lost: u64) {
        self.lost = lost;
    }

    fn batch(&mut self, report: Report) -> Option<Batch> {
        if report.tally.received == 0 && report.conversations.is_empty() {
            return None;
        }
        self.sequence += 1;
        let dropped = report.tally.dropped_total().saturating_add(std::mem::take(&mut self.lost));
        Some(Batch {
            sensor: self.id.clone(),
            sequence: self.sequence,
            until: self.until,
            sightings: report.sightings,
            claims: report.claims,
            observations: report.observations,
            weaknesses: report.weaknesses,
            conversations: report.conversations.iter().map(by_hour).collect(),
            frames: report.tally.received,
            dropped,
        })
    }
}

/// A conversation under the hour of its last packet: what is told lies within one interval.
fn by_hour(held: &flow::Conversation) -> ConversationHour {
    ConversationHour { hour: held.last_seen.hour(), conversation: held.plain() }
}

/// Runs a sensor over a source until it ends or `stop` is set. `take` gets every batch and says whether to go on.
///
/// # Errors
/// When the source cannot be read. What was seen before is told first.
pub fn run(
    source: &mut dyn Source,
    sensor: &mut Sensor,
    stop: &AtomicBool,
    mut take: impl FnMut(Batch) -> bool,
) -> Result<(), capture::Error> {
    let mut block = Block::new();
    let mut told = Instant::now();
    let mut goes_on = true;
    let mut lost = 0;
    let result = loop {
        if stop.load(Ordering::Relaxed) || !goes_on {
            break Ok(());
        }
        let progress = match source.read(&mut block) {
            Ok(progress) => progress,
            Err(error) => break Err(error),
        };
        let now_lost = source.counters().lost;
        sensor.note_lost(now_lost.saturating_sub(lost));
        match progress {
            Progress::Packets => sensor.handle_block(&block, |batch| {
                lost = now_lost;
                told = Instant::now();
                goes_on &= take(batch);
            }),
            Progress::Idle => {}
            Progress::End => break Ok(()),
        }
        if told.elapsed() >= sensor.options.interval {
            told = Instant::now();
            if let Some(batch) = sensor.tell() {
                lost = now_lost;
                goes_on &= take(batch);
            }
        }
    };
    if goes_on && let Some(batch) = sensor.end() {
        take(batch);
    }
    result
}
