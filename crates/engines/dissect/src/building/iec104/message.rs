//! Frames (IEC 60870-5-104, 5) and the head of their data (IEC 60870-5-101, 7.2).

use wire::Reader;

/// First byte of every frame.
pub(super) const START: u8 = 0x68;
/// Start, length, four bytes of control.
pub(super) const CONTROL: usize = 6;

/// Format of a frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// Unnumbered control: start, stop, test, each asked or confirmed.
    Unnumbered(u8),
    Supervisory,
    Information,
}

impl Kind {
    /// Confirms that data transfer was started or stopped: only the controlled station does.
    pub(super) const CONFIRMS: [Self; 2] = [Self::Unnumbered(0x0b), Self::Unnumbered(0x23)];

    /// Whether its bytes are hardly something else.
    pub(super) const fn is_telling(self) -> bool {
        matches!(self, Self::Unnumbered(_))
    }
}

/// Head of the data.
pub(super) struct Asdu {
    type_id: u8,
    cause: u8,
}

impl Asdu {
    /// Measured and reported values: they come from the controlled station.
    pub(super) const fn is_monitoring(&self) -> bool {
        matches!(self.type_id, 1..=40 | 70)
    }

    /// A command that was carried out: activation confirmed without objection.
    pub(super) const fn is_obeyed(&self) -> bool {
        matches!(self.type_id, 45..=64 | 105) && self.cause == 7
    }
}

/// Length of the frame that these bytes begin.
pub(super) fn length(header: &[u8]) -> Option<usize> {
    match header {
        [START, length @ 4..=253, ..] => usize::from(*length).checked_add(2),
        _ => None,
    }
}

/// Format of a frame; `None` when its control bits are of none.
pub(super) fn kind(frame: &[u8]) -> Option<Kind> {
    let mut reader = Reader::closed(frame);
    let [start, length, first, second, third, fourth] = reader.array().ok()?;
    if start != START {
        return None;
    }
    match (first & 3, length, second, third, fourth) {
        (3, 4, 0, 0, 0) if matches!(first, 0x07 | 0x0b | 0x13 | 0x23 | 0x43 | 0x83) => {
            Some(Kind::Unnumbered(first))
        }
        (1, 4, 0, third, _) if first == 1 && third & 1 == 0 => Some(Kind::Supervisory),
        (0 | 2, 10.., _, third, _) if third & 1 == 0 => Some(Kind::Information),
        _ => None,
    }
}

pub(super) fn asdu(frame: &[u8]) -> wire::Result<Asdu> {
    let mut reader = Reader::closed(frame);
    reader.skip(CONTROL)?;
    let [type_id, _, cause] = reader.array()?;
    // Bit 7 marks tests, bit 6 that it was not carried out.
    Ok(Asdu { type_id, cause })
}
