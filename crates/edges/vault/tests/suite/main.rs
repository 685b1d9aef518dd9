//! The vault from outside: what opens it, what rotates, what memory shows.

#![cfg(test)]

mod memory;
mod rotation;
mod seal;
mod support;
mod token;
