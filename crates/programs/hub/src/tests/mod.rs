//! Tests of the API in one process: requests go straight into the service, without a network.

mod access;
mod accounts;
mod adjustments;
mod audits;
mod clinical;
mod exchange;
mod inventory;
mod login;
mod openapi;
mod requests;
mod running;
mod support;
