//! NETLOGON_SAM_LOGON_RESPONSE_EX (MS-ADTS, 6.3.1.9): what a domain controller answers to who looks for one.

use wire::{Error, Reader};

use crate::infra::dns::message::{Fault, Name};

/// The answer. The name of the user that was asked for is passed over.
#[derive(Debug, Clone, Copy)]
pub(super) struct Response<'a> {
    pub(super) flags: u32,
    pub(super) forest: Name<'a>,
    pub(super) domain: Name<'a>,
    pub(super) host: Name<'a>,
    pub(super) netbios_domain: Name<'a>,
    pub(super) netbios_host: Name<'a>,
    pub(super) site: Name<'a>,
    pub(super) client_site: Name<'a>,
}

impl<'a> Response<'a> {
    /// `None` when it is another message. Names are compressed like those of DNS.
    pub(super) fn read(value: &'a [u8]) -> Result<Option<Self>, Error> {
        let mut reader = Reader::closed(value);
        // LOGON_SAM_LOGON_RESPONSE_EX, LOGON_SAM_PAUSE_RESPONSE_EX, LOGON_SAM_USER_UNKNOWN_EX.
        if !matches!(reader.u16_le()?, 23..=25) {
            return Ok(None);
        }
        reader.skip(2)?;
        let flags = reader.u32_le()?;
        reader.skip(16)?;
        let mut name = || Name::read(value, &mut reader).map_err(|fault| overrun(&fault));
        let (forest, domain, host) = (name()?, name()?, name()?);
        let (netbios_domain, netbios_host, _user) = (name()?, name()?, name()?);
        let (site, client_site) = (name()?, name()?);
        Ok(Some(Self { flags, forest, domain, host, netbios_domain, netbios_host, site, client_site }))
    }
}

const fn overrun(_: &Fault) -> Error {
    Error::Trailing { left: 0 }
}
