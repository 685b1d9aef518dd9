//! Tests a frame against an expression, without a machine between.

use wire::Reader;

use super::{Check, Comparison, Expression, Load, Width};

const VLAN_TYPES: [u16; 3] = [0x8100, 0x88a8, 0x9100];
/// VLAN tags that are seen through.
const TAGS_MAX: usize = 2;

/// The frame's headers as far as expressions need them.
struct View<'f> {
    frame: &'f [u8],
    /// The tag that the kernel took off.
    taken_off: Option<u16>,
    ether_type: u16,
    tags: usize,
    network: usize,
}

/// Whether the frame passes; not when a test reads past its end.
pub(crate) fn passes(expression: &Expression, frame: &[u8], taken_off: Option<u16>) -> bool {
    View::of(frame, taken_off).and_then(|view| holds(expression, &view)).unwrap_or(false)
}

/// Every part is evaluated, as the compiled program does.
fn holds(expression: &Expression, view: &View<'_>) -> Option<bool> {
    match expression {
        Expression::And(a, b) => {
            let (a, b) = (holds(a, view)?, holds(b, view)?);
            Some(a && b)
        }
        Expression::Or(a, b) => {
            let (a, b) = (holds(a, view)?, holds(b, view)?);
            Some(a || b)
        }
        Expression::Not(inner) => holds(inner, view).map(|held| !held),
        Expression::Test(checks) => {
            for check in checks {
                if !check.holds(view)? {
                    return Some(false);
                }
            }
            Some(true)
        }
    }
}

impl Check {
    fn holds(&self, view: &View<'_>) -> Option<bool> {
        let number = view.load(self.load)? & self.mask;
        Some(match self.comparison {
            Comparison::Equal => number == self.value,
            Comparison::AtLeast => number >= self.value,
            Comparison::AtMost => number <= self.value,
        })
    }
}

impl<'f> View<'f> {
    fn of(frame: &'f [u8], taken_off: Option<u16>) -> Option<Self> {
        let mut at = 12;
        let mut ether_type = number(frame, at, Width::Half)?;
        let mut tags = 0;
        while tags < TAGS_MAX && VLAN_TYPES.iter().any(|tag| u32::from(*tag) == ether_type) {
            at += 4;
            tags += 1;
            ether_type = number(frame, at, Width::Half)?;
        }
        let ether_type = u16::try_from(ether_type).ok()?;
        Some(Self { frame, taken_off, ether_type, tags, network: at + 2 })
    }

    fn load(&self, load: Load) -> Option<u32> {
        match load {
            Load::EtherType => Some(u32::from(self.ether_type)),
            Load::VlanTags => u32::try_from(self.tags + usize::from(self.taken_off.is_some())).ok(),
            Load::VlanId => match self.taken_off {
                Some(tag) => Some(u32::from(tag) & 0xfff),
                None if self.tags > 0 => Some(number(self.frame, 14, Width::Half)? & 0xfff),
                None => Some(u32::MAX),
            },
            Load::Frame(offset, width) => number(self.frame, usize::try_from(offset).ok()?, width),
            Load::Network(offset, width) => {
                number(self.frame, self.network + usize::try_from(offset).ok()?, width)
            }
            Load::AfterIpv4(offset, width) => {
                let header = usize::try_from(number(self.frame, self.network, Width::Byte)? & 0xf).ok()? * 4;
                number(self.frame, self.network + header + usize::try_from(offset).ok()?, width)
            }
            Load::Length => u32::try_from(self.frame.len()).ok(),
        }
    }
}

fn number(frame: &[u8], at: usize, width: Width) -> Option<u32> {
    let mut reader = Reader::open(frame);
    reader.skip(at).ok()?;
    match width {
        Width::Byte => reader.u8().ok().map(u32::from),
        Width::Half => reader.u16_be().ok().map(u32::from),
        Width::Word => reader.u32_be().ok(),
    }
}
