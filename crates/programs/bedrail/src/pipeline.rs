//! From a source of frames to a report, on one thread or several.
//!
//! Every thread does the same: it takes a lane that has frames waiting and processes them, and when there is none it
//! reads the next block and hands its frames out. So work is shared by whoever has time, the frames of a lane stay in
//! order, and the result is the same for any number of threads.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

use capture::{Block, Progress, Source};
use flow::{DropReason, Frame, Headers, LANES, Lane, LaneOptions, Ledger, Parsers, Report, decode, lane_of};

/// How a capture is processed.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Options {
    /// Threads, 1 to [`LANES`].
    pub(crate) threads: usize,
    /// Most flows at once.
    pub(crate) flows: usize,
    /// Seed of the hash tables.
    pub(crate) seed: u64,
}

/// Blocks that are read and not processed yet: enough that a busy lane does not keep the others waiting.
const BLOCKS: usize = 16;

/// Frames of one block for one lane.
struct Work {
    block: Arc<Block>,
    frames: Vec<(u32, Headers)>,
    dropped: Vec<DropReason>,
}

/// A lane and what waits for it.
struct Seat {
    /// `None` while a thread has it, and when it is done.
    lane: Option<Lane>,
    waiting: Vec<Work>,
    done: Option<Ledger>,
}

/// What a thread can do next.
enum Task {
    /// Process what waits for this lane.
    Process(usize, Lane, Vec<Work>),
    /// Nothing comes any more: end this lane.
    Finish(usize, Lane),
    /// Read the next block into this one.
    Read(Block),
    Wait,
    Leave,
}

struct Queues {
    seats: Vec<Seat>,
    /// Blocks that were handed out and are still in use.
    flying: usize,
    reading: bool,
    ended: bool,
    failure: Option<capture::Error>,
    spare: Vec<Block>,
}

struct Shared<'a> {
    queues: Mutex<Queues>,
    changed: Condvar,
    source: Mutex<&'a mut (dyn Source + Send)>,
    stop: &'a AtomicBool,
}

/// Ends the other workers when the one that holds it panics; without it they would wait for its frames for ever.
struct EndOnPanic<'shared, 'source>(&'shared Shared<'source>);

impl Drop for EndOnPanic<'_, '_> {
    fn drop(&mut self) {
        if std::thread::panicking() {
            let mut queues = self.0.lock();
            queues.ended = true;
            queues.seats.iter_mut().for_each(|seat| seat.waiting.clear());
            drop(queues);
            self.0.changed.notify_all();
        }
    }
}

/// Reads `source` to its end, or until `stop` is set, and reports what was seen.
///
/// # Errors
/// When the source cannot be read.
pub(crate) fn run(
    source: &mut (dyn Source + Send),
    options: Options,
    stop: &AtomicBool,
) -> Result<Report, capture::Error> {
    let parsers = Arc::new(Parsers::all());
    let lane_options = LaneOptions { flows: options.flows / LANES, seed: options.seed };
    let lanes = (0..LANES).map(|_| Lane::new(Arc::clone(&parsers), lane_options));
    if options.threads <= 1 {
        return alone(source, lanes.collect(), stop);
    }
    let shared = Shared {
        queues: Mutex::new(Queues {
            seats: lanes.map(|lane| Seat { lane: Some(lane), waiting: Vec::new(), done: None }).collect(),
            flying: 0,
            reading: false,
            ended: false,
            failure: None,
            spare: Vec::new(),
        }),
        changed: Condvar::new(),
        source: Mutex::new(source),
        stop,
    };
    std::thread::scope(|scope| {
        let work = || {
            let _ends_others = EndOnPanic(&shared);
            shared.work();
        };
        let workers: Vec<_> = (0..options.threads.min(LANES)).map(|_| scope.spawn(work)).collect();
        for worker in workers {
            worker.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic));
        }
    });
    let queues = shared.queues.into_inner().unwrap_or_else(PoisonError::into_inner);
    match queues.failure {
        Some(failure) => Err(failure),
        None => Ok(Report::of(queues.seats.into_iter().filter_map(|seat| seat.done).collect())),
    }
}

fn alone(
    source: &mut (dyn Source + Send),
    mut lanes: Vec<Lane>,
    stop: &AtomicBool,
) -> Result<Report, capture::Error> {
    let mut block = Block::new();
    while !stop.load(Ordering::Relaxed) {
        match source.read(&mut block)? {
            Progress::Packets => {}
            Progress::Idle => continue,
            Progress::End => break,
        }
        for frame in block.frames() {
            let frame = flow_frame(&frame);
            match decode(&frame) {
                Ok(headers) => {
                    if let Some(lane) = lanes.get_mut(lane_of(&headers)) {
                        lane.handle_frame(&frame, &headers);
                    }
                }
                Err(reason) => {
                    if let Some(lane) = lanes.first_mut() {
                        lane.handle_dropped(reason);
                    }
                }
            }
        }
    }
    Ok(Report::of(lanes.into_iter().map(Lane::into_ledger).collect()))
}

impl Shared<'_> {
    fn work(&self) {
        let mut queues = self.lock();
        loop {
            let task = queues.next();
            queues = match task {
                Task::Process(place, mut lane, all) => {
                    drop(queues);
                    all.iter().for_each(|work| process(work, &mut lane));
                    let mut queues = self.lock();
                    queues.put_back(place, lane, all);
                    self.changed.notify_all();
                    queues
                }
                Task::Finish(place, lane) => {
                    drop(queues);
                    let ledger = lane.into_ledger();
                    let mut queues = self.lock();
                    if let Some(seat) = queues.seats.get_mut(place) {
                        seat.done = Some(ledger);
                    }
                    queues
                }
                Task::Read(block) => {
                    drop(queues);
                    let read = self.read(block);
                    let mut queues = self.lock();
                    queues.hand_out(read);
                    self.changed.notify_all();
                    queues
                }
                Task::Wait => self.changed.wait(queues).unwrap_or_else(PoisonError::into_inner),
                Task::Leave => return,
            };
        }
    }

    /// Reads a block and sorts its frames by lane. `None` at the end.
    fn read(&self, mut block: Block) -> Result<Option<Vec<Work>>, capture::Error> {
        let mut source = self.source.lock().unwrap_or_else(PoisonError::into_inner);
        loop {
            if self.stop.load(Ordering::Relaxed) {
                return Ok(None);
            }
            match source.read(&mut block)? {
                Progress::Packets => break,
                Progress::Idle => {}
                Progress::End => return Ok(None),
            }
        }
        drop(source);
        let mut frames: Vec<Vec<(u32, Headers)>> = (0..LANES).map(|_| Vec::new()).collect();
        let mut dropped = Vec::new();
        for (index, frame) in (0_u32..).zip(block.frames()) {
            match decode(&flow_frame(&frame)) {
                Ok(headers) => {
                    if let Some(list) = frames.get_mut(lane_of(&headers)) {
                        list.push((index, headers));
                    }
                }
                Err(reason) => dropped.push(reason),
            }
        }
        let block = Arc::new(block);
        let work = frames.into_iter().map(|frames| Work {
            block: Arc::clone(&block),
            frames,
            dropped: std::mem::take(&mut dropped),
        });
        Ok(Some(work.collect()))
    }

    fn lock(&self) -> MutexGuard<'_, Queues> {
        self.queues.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Queues {
    /// The lane for which most waits comes first; so does reading before nothing is left to do.
    fn next(&mut self) -> Task {
        let ready = self.seats.iter_mut().enumerate().filter(|(_, seat)| seat.lane.is_some());
        let fullest = ready.max_by_key(|(_, seat)| seat.waiting.len());
        let Some((place, seat)) = fullest else {
            return if self.ended { Task::Leave } else { self.read_or_wait() };
        };
        if seat.waiting.is_empty() && !self.ended {
            return self.read_or_wait();
        }
        match (seat.lane.take(), std::mem::take(&mut seat.waiting)) {
            (Some(lane), waiting) if waiting.is_empty() => Task::Finish(place, lane),
            (Some(lane), waiting) => Task::Process(place, lane, waiting),
            (None, _) => Task::Wait,
        }
    }

    fn read_or_wait(&mut self) -> Task {
        if self.reading || self.ended || self.flying >= BLOCKS {
            return Task::Wait;
        }
        self.reading = true;
        Task::Read(self.spare.pop().unwrap_or_default())
    }

    fn put_back(&mut self, place: usize, lane: Lane, processed: Vec<Work>) {
        if let Some(seat) = self.seats.get_mut(place) {
            seat.lane = Some(lane);
        }
        for block in processed.into_iter().filter_map(|work| Arc::into_inner(work.block)) {
            self.flying -= 1;
            self.spare.push(block);
        }
    }

    fn hand_out(&mut self, read: Result<Option<Vec<Work>>, capture::Error>) {
        self.reading = false;
        match read {
            Ok(Some(all)) => {
                let mut is_in_use = false;
                for (seat, work) in self.seats.iter_mut().zip(all) {
                    if !work.frames.is_empty() || !work.dropped.is_empty() {
                        is_in_use = true;
                        seat.waiting.push(work);
                    }
                }
                self.flying += usize::from(is_in_use);
            }
            Ok(None) => self.ended = true,
            Err(failure) => {
                self.failure = Some(failure);
                self.ended = true;
            }
        }
    }
}

fn process(work: &Work, lane: &mut Lane) {
    for (index, headers) in &work.frames {
        let frame = usize::try_from(*index).ok().and_then(|index| work.block.frame(index));
        if let Some(frame) = frame {
            lane.handle_frame(&flow_frame(&frame), headers);
        }
    }
    work.dropped.iter().for_each(|reason| lane.handle_dropped(*reason));
}

fn flow_frame<'a>(frame: &capture::Frame<'a>) -> Frame<'a> {
    Frame {
        number: frame.number,
        at: frame.at,
        link: frame.link.number(),
        original_length: frame.original_len,
        bytes: frame.bytes,
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;
    use std::time::Duration;

    use capture::Counters;

    use super::*;

    /// Gives empty blocks and then panics, as a fault in this program would.
    struct Faulty {
        blocks: usize,
    }

    impl Source for Faulty {
        fn read(&mut self, _block: &mut Block) -> Result<Progress, capture::Error> {
            self.blocks = self.blocks.checked_sub(1).expect("the fault that this source is made for");
            Ok(Progress::Packets)
        }

        fn counters(&self) -> Counters {
            Counters::default()
        }
    }

    #[test]
    fn a_worker_that_panics_ends_the_run_instead_of_hanging_it() {
        for blocks in [0, 1, 20] {
            let (sender, ended) = mpsc::channel();
            std::thread::spawn(move || {
                let run = std::thread::spawn(move || {
                    let options = Options { threads: 4, flows: 1_024, seed: 1 };
                    run(&mut Faulty { blocks }, options, &AtomicBool::new(false)).is_ok()
                });
                sender.send(run.join().is_err()).expect("the test waits");
            });
            let panicked = ended.recv_timeout(Duration::from_secs(20)).expect("the run ends");
            assert!(panicked, "the panic is passed on after {blocks} blocks");
        }
    }
}
