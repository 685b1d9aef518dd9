//! Which changes were expected.

use model::{Timestamp, WindowId};
use store::{ChangeWindow, DeviceRow, Filter};

use crate::filter;

/// The windows that are open.
#[derive(Debug, Default)]
pub(crate) struct Expected(Vec<(ChangeWindow, Filter)>);

impl Expected {
    pub(crate) fn new(windows: Vec<ChangeWindow>) -> Self {
        let read = |window: ChangeWindow| match filter::parse(&window.filter) {
            Ok(filter) => Some((window, filter)),
            Err(error) => {
                tracing::error!(window = %window.id, %error, "a window has a filter that this version cannot read");
                None
            }
        };
        Self(windows.into_iter().filter_map(read).collect())
    }

    /// The window that expects a change to `what`, if the device passes its filter before the change or after it.
    pub(crate) fn window(&self, rows: &[&DeviceRow], what: &str, at: Timestamp) -> Option<WindowId> {
        let expects = |(window, filter): &&(ChangeWindow, Filter)| {
            window.expects(what, at) && rows.iter().any(|row| filter.passes(row))
        };
        self.0.iter().find(expects).map(|(window, _)| window.id.clone())
    }
}
