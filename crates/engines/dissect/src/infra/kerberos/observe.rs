//! What Kerberos says about stations.

use std::net::IpAddr;

use model::{Field, Subject, Weakness};

use super::message::{EncryptionType, HostAddress, Principal, Reply, Request, Ticket};
use crate::Notes;
use crate::display::Listed;

const REALM: Field = Field::new("kerberos.realm");
const CLIENT: Field = Field::new("kerberos.CNameString");
const SERVICE: Field = Field::new("kerberos.SNameString");
const OFFERED: Field = Field::new("kerberos.ENCTYPE");
const CHOSEN: Field = Field::new("kerberos.etype");
const ADDRESS_IPV4: Field = Field::new("kerberos.addr_ip");
const ADDRESS_IPV6: Field = Field::new("kerberos.addr_ipv6");
const ADDRESS_NETBIOS: Field = Field::new("kerberos.addr_nb");

pub(super) const FIELDS: &[Field] =
    &[REALM, CLIENT, SERVICE, OFFERED, CHOSEN, ADDRESS_IPV4, ADDRESS_IPV6, ADDRESS_NETBIOS];

/// Fields that [`ticket`] notes.
pub(in crate::infra) const TICKET_FIELDS: &[Field] = &[REALM, SERVICE, CHOSEN];

/// Names of persons are passed over.
pub(super) fn request(request: &Request<'_>, notes: &mut Notes) {
    if request.is_initial {
        notes.fact_bytes(Subject::Sender, REALM, request.realm);
    }
    machine(Subject::Sender, request.client, notes);
}

pub(super) fn encryption_types(types: &[EncryptionType], notes: &mut Notes) {
    notes.fact_display(Subject::Sender, OFFERED, Listed(types.iter(), ','));
}

pub(super) fn address(address: HostAddress<'_>, notes: &mut Notes) {
    match address {
        HostAddress::Ipv4(octets) => notes.fact_display(Subject::Sender, ADDRESS_IPV4, IpAddr::from(octets)),
        HostAddress::Ipv6(octets) => notes.fact_display(Subject::Sender, ADDRESS_IPV6, IpAddr::from(octets)),
        HostAddress::Netbios(name) => notes.fact_bytes(Subject::Sender, ADDRESS_NETBIOS, name),
        HostAddress::Other => {}
    }
}

/// A timestamp encrypted with the client's key: who hears it can search for a weak one.
pub(super) fn timestamp(encryption: Option<EncryptionType>, notes: &mut Notes) {
    if let Some(encryption) = encryption {
        chosen(Subject::Sender, encryption, notes);
    }
}

/// The centre decides about both encryptions.
pub(super) fn reply(reply: &Reply<'_>, notes: &mut Notes) {
    machine(Subject::Receiver, reply.client, notes);
    centre(reply.ticket.realm, Some(reply.ticket.service), notes);
    chosen(Subject::Sender, reply.encryption_type, notes);
    if reply.ticket.encryption_type != reply.encryption_type {
        chosen(Subject::Sender, reply.ticket.encryption_type, notes);
    }
}

pub(super) fn error(realm: &[u8], service: Option<Principal<'_>>, notes: &mut Notes) {
    centre(realm, service, notes);
}

/// A ticket for the receiver, which decides by its keys how it is encrypted.
pub(super) fn ticket(ticket: &Ticket<'_>, notes: &mut Notes) {
    if !ticket.service.grants_tickets() && ticket.service.second.is_some() {
        notes.fact_display(Subject::Receiver, SERVICE, ticket.service);
    }
    notes.fact_bytes(Subject::Receiver, REALM, ticket.realm);
    chosen(Subject::Receiver, ticket.encryption_type, notes);
}

/// Who answers for the ticket-granting service is a key distribution centre. Other services are elsewhere.
fn centre(realm: &[u8], service: Option<Principal<'_>>, notes: &mut Notes) {
    notes.fact_bytes(Subject::Sender, REALM, realm);
    if let Some(service) = service.filter(Principal::grants_tickets) {
        notes.fact_display(Subject::Sender, SERVICE, service);
    }
}

fn machine(subject: Subject, client: Option<Principal<'_>>, notes: &mut Notes) {
    if let Some(client) = client.filter(Principal::is_machine) {
        notes.fact_display(subject, CLIENT, client);
    }
}

fn chosen(subject: Subject, encryption: EncryptionType, notes: &mut Notes) {
    notes.fact_display(subject, CHOSEN, encryption);
    if encryption.is_weak() {
        notes.weakness(subject, Weakness::WeakKerberosEncryption, CHOSEN);
    }
}
