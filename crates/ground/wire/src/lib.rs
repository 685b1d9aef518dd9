//! Reading bytes that a stranger sent.
//!
//! [`Reader`] is the only thing in the parsers that touches bytes. It never panics, never reads past its end, and
//! tells apart the two ways of running out: more bytes may still come ([`Error::Incomplete`]), or a length inside
//! the message points past the end of what holds it ([`Error::Overrun`]).

#![deny(clippy::as_conversions)]

mod limit;
mod reader;

pub use limit::Limit;
pub use reader::{Error, Reader, Result};
