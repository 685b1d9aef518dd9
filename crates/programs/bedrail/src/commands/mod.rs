//! What each command does.

pub(crate) mod evaluate;
pub(crate) mod explain;
pub(crate) mod hub;
pub(crate) mod inspect;
pub(crate) mod manual;
pub(crate) mod protocols;
pub(crate) mod rule;
pub(crate) mod sensor;
pub(crate) mod work;
