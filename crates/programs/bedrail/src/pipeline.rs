//! From a source of frames to a report, on one thread or several.
//!
//! Every thread does the same: it processes the frames of its lanes, and when it has none it reads the next block
//! and hands the frames out. So reading is shared by whoever has time, blocks stay in order, and the result is the
//! same for any number of threads.

use std::collections::VecDeque;
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

/// Blocks that may wait for one thread.
const QUEUE: usize = 4;

/// Frames of one block for one thread.
struct Work {
    block: Arc<Block>,
    frames: Vec<(u32, Headers)>,
    dropped: Vec<DropReason>,
}

struct Queues {
    waiting: Vec<VecDeque<Work>>,
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
            queues.waiting.iter_mut().for_each(VecDeque::clear);
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
    let threads = options.threads.clamp(1, LANES);
    let mut shares: Vec<Vec<Lane>> = (0..threads).map(|_| Vec::new()).collect();
    for number in 0..LANES {
        let lane_options = LaneOptions { flows: options.flows / LANES, seed: options.seed };
        if let Some(share) = shares.get_mut(number % threads) {
            share.push(Lane::new(Arc::clone(&parsers), lane_options));
        }
    }
    if threads == 1 {
        return alone(source, shares.pop().unwrap_or_default(), stop);
    }
    let shared = Shared {
        queues: Mutex::new(Queues {
            waiting: (0..threads).map(|_| VecDeque::new()).collect(),
            reading: false,
            ended: false,
            failure: None,
            spare: Vec::new(),
        }),
        changed: Condvar::new(),
        source: Mutex::new(source),
        stop,
    };
    let ledgers = std::thread::scope(|scope| {
        let workers: Vec<_> = shares
            .into_iter()
            .enumerate()
            .map(|(number, lanes)| {
                scope.spawn({
                    let shared = &shared;
                    move || {
                        let _ends_others = EndOnPanic(shared);
                        shared.work(number, threads, lanes)
                    }
                })
            })
            .collect();
        workers
            .into_iter()
            .flat_map(|worker| worker.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)))
            .collect::<Vec<_>>()
    });
    let queues = shared.queues.into_inner().unwrap_or_else(PoisonError::into_inner);
    match queues.failure {
        Some(failure) => Err(failure),
        None => Ok(Report::of(ledgers)),
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
    fn work(&self, number: usize, threads: usize, mut lanes: Vec<Lane>) -> Vec<Ledger> {
        let mut queues = self.lock();
        loop {
            if let Some(work) = queues.waiting.get_mut(number).and_then(VecDeque::pop_front) {
                drop(queues);
                self.changed.notify_all();
                process(&work, threads, &mut lanes);
                queues = self.lock();
                if let Ok(block) = Arc::try_unwrap(work.block) {
                    queues.spare.push(block);
                }
            } else if queues.ended {
                break;
            } else if !queues.reading && queues.waiting.iter().all(|queue| queue.len() < QUEUE) {
                queues.reading = true;
                let block = queues.spare.pop().unwrap_or_default();
                drop(queues);
                let read = self.read(block, threads);
                queues = self.lock();
                queues.reading = false;
                self.hand_out(&mut queues, read);
            } else {
                queues = self.changed.wait(queues).unwrap_or_else(PoisonError::into_inner);
            }
        }
        drop(queues);
        lanes.into_iter().map(Lane::into_ledger).collect()
    }

    /// Reads a block and sorts its frames by thread. `None` at the end.
    fn read(&self, mut block: Block, threads: usize) -> Result<Option<Vec<Work>>, capture::Error> {
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
        let mut frames: Vec<Vec<(u32, Headers)>> =
            (0..threads).map(|_| Vec::with_capacity(block.len() / threads)).collect();
        let mut dropped = Vec::new();
        for (index, frame) in (0_u32..).zip(block.frames()) {
            match decode(&flow_frame(&frame)) {
                Ok(headers) => {
                    if let Some(list) = frames.get_mut(lane_of(&headers) % threads) {
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

    fn hand_out(&self, queues: &mut Queues, read: Result<Option<Vec<Work>>, capture::Error>) {
        match read {
            Ok(Some(shares)) => {
                for (queue, work) in queues.waiting.iter_mut().zip(shares) {
                    queue.push_back(work);
                }
            }
            Ok(None) => queues.ended = true,
            Err(failure) => {
                queues.failure = Some(failure);
                queues.ended = true;
            }
        }
        self.changed.notify_all();
    }

    fn lock(&self) -> MutexGuard<'_, Queues> {
        self.queues.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn process(work: &Work, threads: usize, lanes: &mut [Lane]) {
    for (index, headers) in &work.frames {
        let frame = usize::try_from(*index).ok().and_then(|index| work.block.frame(index));
        if let (Some(frame), Some(lane)) = (frame, lanes.get_mut(lane_of(headers) / threads)) {
            lane.handle_frame(&flow_frame(&frame), headers);
        }
    }
    for reason in &work.dropped {
        if let Some(lane) = lanes.first_mut() {
            lane.handle_dropped(*reason);
        }
    }
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
