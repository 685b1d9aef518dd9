//! What each command does.

pub(crate) mod ask;
pub(crate) mod audit;
pub(crate) mod backup;
pub(crate) mod device;
pub(crate) mod doctor;
pub(crate) mod evaluate;
pub(crate) mod explain;
pub(crate) mod hub;
pub(crate) mod inspect;
pub(crate) mod login;
pub(crate) mod manual;
pub(crate) mod protocols;
pub(crate) mod rule;
pub(crate) mod sensor;
pub(crate) mod support;
pub(crate) mod work;
