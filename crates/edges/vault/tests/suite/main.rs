//! The vault from outside: what opens it, what rotates, what memory shows.

#![cfg(test)]

mod memory;
mod power;
mod rotation;
mod seal;
mod start;
mod support;
mod token;
