//! Tests of the API in one process: requests go straight into the service, without a network.

mod access;
mod accounts;
mod adjustments;
mod audits;
mod backups;
mod clinical;
mod exchange;
mod inventory;
mod login;
mod openapi;
mod remote;
mod requests;
mod running;
mod sensors;
mod simulation;
mod stated;
mod support;
mod trail;
