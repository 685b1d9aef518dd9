//! News for who listens: a slow listener loses single events and is told to look at everything.

use model::DeviceId;
use tokio::sync::broadcast;

/// Events that wait for the slowest listener.
const WAITING_MAX: usize = 1024;

/// Something happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Event {
    /// To one device.
    Device(DeviceId, DeviceEvent),
    /// To the whole.
    Summary,
}

/// What happened to a device.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum DeviceEvent {
    /// Seen for the first time.
    Discovered,
    /// Something about it changed.
    Changed,
    /// Seen again.
    Seen,
    /// It turned out to be another one.
    Merged,
}

/// The line to all listeners.
#[derive(Debug)]
pub(crate) struct Events(broadcast::Sender<Event>);

impl DeviceEvent {
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Discovered => "discovered",
            Self::Changed => "changed",
            Self::Seen => "seen",
            Self::Merged => "merged",
        }
    }
}

impl Events {
    pub(crate) fn new() -> Self {
        Self(broadcast::Sender::new(WAITING_MAX))
    }

    pub(crate) fn tell(&self, event: Event) {
        // Nobody may listen.
        let _ = self.0.send(event);
    }

    pub(crate) fn listen(&self) -> broadcast::Receiver<Event> {
        self.0.subscribe()
    }

    pub(crate) fn listeners(&self) -> usize {
        self.0.receiver_count()
    }
}
