//! An inspection in the forms that people and programs read.

pub(crate) mod csv;
mod device_list;
pub(crate) mod document;
pub(crate) mod grid;
pub(crate) mod json;
pub(crate) mod jsonl;
pub(crate) mod page;
pub(crate) mod picture;
pub(crate) mod records;
pub(crate) mod table;
