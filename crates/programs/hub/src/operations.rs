//! Work that takes longer than a request: begun by one, looked at by others.

use std::collections::BTreeMap;
use std::sync::Mutex;

use model::Timestamp;

/// Operations that are remembered; the oldest that ended give way.
const KEPT_MAX: usize = 100;

/// What was begun, by id; ids sort by time.
#[derive(Debug, Default)]
pub(crate) struct Operations(Mutex<BTreeMap<String, Operation>>);

/// Something that takes its time.
#[derive(Debug, Clone)]
pub(crate) struct Operation {
    pub(crate) id: String,
    /// What it does: `backup`.
    pub(crate) kind: &'static str,
    /// Account that began it.
    pub(crate) account: String,
    pub(crate) created: Timestamp,
    pub(crate) state: State,
}

/// How far it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum State {
    Running,
    /// It made the thing of this id.
    Done {
        at: Timestamp,
        made: String,
    },
    /// It made nothing, and why.
    Failed {
        at: Timestamp,
        why: String,
    },
}

/// One of the kind runs already.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Busy;

impl Operations {
    /// Remembers one that begins; of each kind one runs at a time.
    pub(crate) fn begin(&self, operation: Operation) -> Result<(), Busy> {
        let Ok(mut all) = self.0.lock() else { return Err(Busy) };
        if all.values().any(|other| other.kind == operation.kind && other.state == State::Running) {
            return Err(Busy);
        }
        while all.len() >= KEPT_MAX {
            let ended = all.iter().find(|(_, other)| other.state != State::Running);
            let Some(id) = ended.map(|(id, _)| id.clone()) else { break };
            all.remove(&id);
        }
        all.insert(operation.id.clone(), operation);
        Ok(())
    }

    /// It ended.
    pub(crate) fn end(&self, id: &str, state: State) {
        if let Ok(mut all) = self.0.lock()
            && let Some(operation) = all.get_mut(id)
        {
            operation.state = state;
        }
    }

    /// How far one is.
    pub(crate) fn find(&self, id: &str) -> Option<Operation> {
        self.0.lock().ok()?.get(id).cloned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn operation(number: usize) -> Operation {
        Operation {
            id: format!("op_{number:04}"),
            kind: "backup",
            account: "admin".to_owned(),
            created: Timestamp::from_nanos(0),
            state: State::Running,
        }
    }

    #[test]
    fn one_of_a_kind_runs_at_a_time_and_the_oldest_are_forgotten() {
        let all = Operations::default();
        for number in 0..KEPT_MAX + 5 {
            assert_eq!(all.begin(operation(number)), Ok(()));
            assert_eq!(all.begin(operation(number + 1000)), Err(Busy));
            let made = "bak_1".to_owned();
            all.end(&operation(number).id, State::Done { at: Timestamp::from_nanos(1), made });
        }
        assert!(all.find("op_0004").is_none());
        assert!(all.find("op_0104").is_some_and(|found| found.state != State::Running));
    }
}
