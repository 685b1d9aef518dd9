//! TLS records and handshake messages (RFC 8446, 4 and 5; RFC 5246, 6 and 7), SSL 2 hellos (RFC 5246, E.2).
//!
//! The hellos are shared with DTLS and with the fingerprints.

use wire::{Limit, Reader, Result};

/// An SSL 2 hello is not longer than this.
const SSL2_HELLO: Limit = Limit::new("ssl2_hello", 16 << 10, "one certificate and a list of cipher suites");

/// Protocol version code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::infra) struct Version(pub(in crate::infra) u16);

impl Version {
    pub(in crate::infra) const SSL_2: Self = Self(0x0002);
    pub(in crate::infra) const SSL_3: Self = Self(0x0300);
    pub(in crate::infra) const TLS_1_0: Self = Self(0x0301);
    pub(in crate::infra) const TLS_1_1: Self = Self(0x0302);
    pub(in crate::infra) const TLS_1_2: Self = Self(0x0303);
    pub(in crate::infra) const TLS_1_3: Self = Self(0x0304);
    /// What OpenSSL took for DTLS before RFC 4347; Cisco's VPN still does.
    pub(in crate::infra) const DTLS_BEFORE_1_0: Self = Self(0x0100);
    pub(in crate::infra) const DTLS_1_0: Self = Self(0xfeff);
    pub(in crate::infra) const DTLS_1_2: Self = Self(0xfefd);
    pub(in crate::infra) const DTLS_1_3: Self = Self(0xfefc);

    /// Whether it is 1.3, over which transport ever, drafts included: certificates are encrypted then.
    pub(in crate::infra) const fn is_1_3(self) -> bool {
        matches!(self, Self::TLS_1_3 | Self::DTLS_1_3) || self.0 >> 8 == 0x7f
    }

    /// Where it stands among the versions, older first; DTLS counts its versions downwards.
    const fn rank(self) -> u16 {
        if self.0 >> 8 == 0xfe { !self.0 } else { self.0 }
    }
}

/// Content type of a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::infra) struct ContentType(pub(in crate::infra) u8);

impl ContentType {
    pub(in crate::infra) const CHANGE_CIPHER_SPEC: Self = Self(20);
    pub(in crate::infra) const ALERT: Self = Self(21);
    pub(in crate::infra) const HANDSHAKE: Self = Self(22);
    pub(in crate::infra) const APPLICATION_DATA: Self = Self(23);
    pub(in crate::infra) const HEARTBEAT: Self = Self(24);
}

/// Type of a handshake message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::infra) struct HandshakeType(pub(in crate::infra) u8);

impl HandshakeType {
    pub(in crate::infra) const CLIENT_HELLO: Self = Self(1);
    pub(in crate::infra) const SERVER_HELLO: Self = Self(2);
    pub(in crate::infra) const CERTIFICATE: Self = Self(11);

    /// Whether anything is read from it.
    pub(in crate::infra) const fn is_read(self) -> bool {
        matches!(self, Self::CLIENT_HELLO | Self::SERVER_HELLO | Self::CERTIFICATE)
    }

    /// Whether a message of this type exists and goes over the wire in the clear.
    pub(in crate::infra) const fn is_known(self) -> bool {
        matches!(self.0, 0..=4 | 6 | 8 | 11..=16 | 20..=24)
    }
}

/// Extension codes that are read.
pub(in crate::infra) struct ExtensionType;

impl ExtensionType {
    pub(in crate::infra) const SERVER_NAME: u16 = 0;
    pub(in crate::infra) const GROUPS: u16 = 10;
    pub(in crate::infra) const POINT_FORMATS: u16 = 11;
    pub(in crate::infra) const SIGNATURE_ALGORITHMS: u16 = 13;
    pub(in crate::infra) const ALPN: u16 = 16;
    pub(in crate::infra) const SUPPORTED_VERSIONS: u16 = 43;
}

/// Header of a record; its length was not checked.
#[derive(Debug, Clone, Copy)]
pub(super) struct RecordHeader {
    pub(super) content: ContentType,
    pub(super) version: Version,
    pub(super) length: usize,
}

impl RecordHeader {
    pub(super) const SIZE: usize = 5;
    /// RFC 5246, 6.2.3: 2^14 and at most 2048 for compression and protection.
    const LONGEST: usize = (1 << 14) + 2_048;

    pub(super) fn read(reader: &mut Reader<'_>) -> Result<Self> {
        Ok(Self {
            content: ContentType(reader.u8()?),
            version: Version(reader.u16_be()?),
            length: usize::from(reader.u16_be()?),
        })
    }

    /// Whether such a record can exist.
    pub(super) fn is_plausible(self) -> bool {
        let length = match self.content {
            ContentType::CHANGE_CIPHER_SPEC => self.length == 1,
            // In the clear, or protected: at least a MAC or tag.
            ContentType::ALERT => self.length == 2 || (16..=256).contains(&self.length),
            ContentType::HANDSHAKE | ContentType::HEARTBEAT | ContentType::APPLICATION_DATA => {
                (1..=Self::LONGEST).contains(&self.length)
            }
            ContentType(_) => false,
        };
        length && (0x0300..=0x0304).contains(&self.version.0)
    }
}

/// A list of two-byte codes.
#[derive(Debug, Clone, Copy, Default)]
pub(in crate::infra) struct Codes<'a>(&'a [u8]);

impl<'a> Codes<'a> {
    pub(in crate::infra) fn iter(self) -> impl Iterator<Item = u16> + use<'a> {
        self.0.as_chunks::<2>().0.iter().map(|&pair| u16::from_be_bytes(pair))
    }
}

/// Whether `code` is reserved so that peers keep ignoring what they do not know (RFC 8701).
pub(in crate::infra) const fn is_grease(code: u16) -> bool {
    code & 0x0f0f == 0x0a0a && code >> 8 == code & 0xff
}

/// One extension of a hello.
#[derive(Debug, Clone, Copy)]
pub(in crate::infra) struct Extension<'a> {
    pub(in crate::infra) code: u16,
    pub(in crate::infra) data: Reader<'a>,
}

/// The extensions of a hello, in order; ends at the first that is cut.
#[derive(Debug, Clone, Copy)]
struct Extensions<'a>(Reader<'a>);

impl<'a> Iterator for Extensions<'a> {
    type Item = Extension<'a>;

    fn next(&mut self) -> Option<Self::Item> {
        let code = self.0.u16_be().ok()?;
        let length = usize::from(self.0.u16_be().ok()?);
        let data = self.0.sub(length).ok()?;
        Some(Extension { code, data })
    }
}

impl<'a> Extensions<'a> {
    /// The list at the end of a hello; SSL 3 and early TLS leave it out.
    fn read(reader: &mut Reader<'a>) -> Result<Self> {
        if reader.is_empty() {
            return Ok(Self(Reader::closed(&[])));
        }
        let length = usize::from(reader.u16_be()?);
        reader.sub(length).map(Self)
    }
}

/// ClientHello (RFC 8446, 4.1.2).
#[derive(Debug, Clone, Copy)]
pub(in crate::infra) struct ClientHello<'a> {
    pub(in crate::infra) version: Version,
    pub(in crate::infra) cipher_suites: Codes<'a>,
    pub(in crate::infra) has_server_name: bool,
    pub(in crate::infra) server_name: &'a [u8],
    pub(in crate::infra) groups: Codes<'a>,
    pub(in crate::infra) point_formats: &'a [u8],
    pub(in crate::infra) signature_algorithms: Codes<'a>,
    pub(in crate::infra) supported_versions: Codes<'a>,
    alpn: Reader<'a>,
    extensions: Extensions<'a>,
}

impl<'a> ClientHello<'a> {
    /// Reads the body of a ClientHello; DTLS puts a cookie behind the session identifier.
    pub(in crate::infra) fn read(reader: &mut Reader<'a>, has_cookie: bool) -> Result<Self> {
        let version = Version(reader.u16_be()?);
        reader.skip(RANDOM)?;
        skip_u8_prefixed(reader)?;
        if has_cookie {
            skip_u8_prefixed(reader)?;
        }
        let cipher_suites = Codes(take_u16_prefixed(reader)?);
        skip_u8_prefixed(reader)?;
        let extensions = Extensions::read(reader)?;
        let mut hello = Self {
            version,
            cipher_suites,
            has_server_name: false,
            server_name: &[],
            groups: Codes::default(),
            point_formats: &[],
            signature_algorithms: Codes::default(),
            supported_versions: Codes::default(),
            alpn: Reader::closed(&[]),
            extensions,
        };
        extensions.for_each(|extension| hello.take_in(extension));
        Ok(hello)
    }

    /// An extension that cannot be read says nothing.
    fn take_in(&mut self, Extension { code, mut data }: Extension<'a>) {
        match code {
            ExtensionType::SERVER_NAME => {
                self.has_server_name = true;
                self.server_name = read_server_name(&mut data).unwrap_or_default();
            }
            ExtensionType::GROUPS => self.groups = Codes(take_u16_prefixed(&mut data).unwrap_or_default()),
            ExtensionType::POINT_FORMATS => {
                self.point_formats = take_u8_prefixed(&mut data).unwrap_or_default()
            }
            ExtensionType::SIGNATURE_ALGORITHMS => {
                self.signature_algorithms = Codes(take_u16_prefixed(&mut data).unwrap_or_default());
            }
            ExtensionType::ALPN => {
                self.alpn = Reader::closed(take_u16_prefixed(&mut data).unwrap_or_default());
            }
            ExtensionType::SUPPORTED_VERSIONS => {
                self.supported_versions = Codes(take_u8_prefixed(&mut data).unwrap_or_default());
            }
            _ => {}
        }
    }

    /// The extensions, in order, GREASE included.
    pub(in crate::infra) fn extensions(&self) -> impl Iterator<Item = Extension<'a>> + use<'a> {
        self.extensions
    }

    /// The application protocols offered, in order.
    pub(in crate::infra) fn alpn(&self) -> impl Iterator<Item = &'a [u8]> + use<'a> {
        alpn_names(self.alpn)
    }

    /// The highest version offered.
    pub(in crate::infra) fn highest_version(&self) -> Version {
        self.supported_versions
            .iter()
            .filter(|&code| !is_grease(code))
            .map(Version)
            .max_by_key(|version| version.rank())
            .unwrap_or(self.version)
    }
}

/// ServerHello (RFC 8446, 4.1.3).
#[derive(Debug, Clone, Copy)]
pub(in crate::infra) struct ServerHello<'a> {
    pub(in crate::infra) version: Version,
    pub(in crate::infra) cipher_suite: u16,
    /// Version chosen by extension, from TLS 1.3 on.
    pub(in crate::infra) supported_version: Option<Version>,
    /// Application protocol chosen.
    pub(in crate::infra) alpn: &'a [u8],
    extensions: Extensions<'a>,
}

impl<'a> ServerHello<'a> {
    /// Reads the body of a ServerHello.
    pub(in crate::infra) fn read(reader: &mut Reader<'a>) -> Result<Self> {
        let version = Version(reader.u16_be()?);
        reader.skip(RANDOM)?;
        // Drafts of TLS 1.3 before 22 have neither session identifier nor compression.
        let is_early_draft = version.0 >> 8 == 0x7f;
        if !is_early_draft {
            skip_u8_prefixed(reader)?;
        }
        let cipher_suite = reader.u16_be()?;
        if !is_early_draft {
            reader.skip(1)?;
        }
        let extensions = Extensions::read(reader)?;
        let mut hello = Self { version, cipher_suite, supported_version: None, alpn: &[], extensions };
        for Extension { code, mut data } in extensions {
            match code {
                ExtensionType::SUPPORTED_VERSIONS => {
                    hello.supported_version = data.u16_be().ok().map(Version)
                }
                ExtensionType::ALPN => {
                    let names = Reader::closed(take_u16_prefixed(&mut data).unwrap_or_default());
                    hello.alpn = alpn_names(names).next().unwrap_or_default();
                }
                _ => {}
            }
        }
        Ok(hello)
    }

    /// The extensions, in order.
    pub(in crate::infra) fn extensions(&self) -> impl Iterator<Item = Extension<'a>> + use<'a> {
        self.extensions
    }

    /// The version that is spoken from here on.
    pub(in crate::infra) fn chosen_version(&self) -> Version {
        self.supported_version.unwrap_or(self.version)
    }
}

/// Header of a handshake message.
#[derive(Debug, Clone, Copy)]
pub(super) struct HandshakeHeader {
    pub(super) kind: HandshakeType,
    pub(super) length: usize,
}

impl HandshakeHeader {
    pub(super) const SIZE: usize = 4;

    pub(super) fn read(reader: &mut Reader<'_>) -> Result<Self> {
        Ok(Self {
            kind: HandshakeType(reader.u8()?),
            length: usize::try_from(reader.u24_be()?).unwrap_or(usize::MAX),
        })
    }
}

/// The leaf of a Certificate message (RFC 5246, 7.4.2); empty when a client has none.
pub(in crate::infra) fn read_leaf<'a>(reader: &mut Reader<'a>) -> Result<&'a [u8]> {
    let length = usize::try_from(reader.u24_be()?).unwrap_or(usize::MAX);
    let mut list = reader.sub(length)?;
    if list.is_empty() {
        return Ok(&[]);
    }
    let length = usize::try_from(list.u24_be()?).unwrap_or(usize::MAX);
    list.take(length)
}

/// CLIENT-HELLO of SSL 2, which also asks for later versions.
#[derive(Debug, Clone, Copy)]
pub(super) struct Ssl2ClientHello {
    pub(super) version: Version,
}

impl Ssl2ClientHello {
    pub(super) fn read(reader: &mut Reader<'_>) -> Result<Self> {
        let mut body = read_ssl2_record(reader)?;
        if body.u8()? != 1 {
            return Err(wire::Error::Trailing { left: body.remaining() });
        }
        let version = Version(body.u16_be()?);
        let lengths = [body.u16_be()?, body.u16_be()?, body.u16_be()?].map(usize::from);
        let [ciphers, session, challenge] = lengths;
        let plausible = matches!(version.0, 0x0002 | 0x0300..=0x0303)
            && ciphers > 0
            && ciphers % 3 == 0
            && matches!(session, 0 | 16 | 32)
            && (16..=32).contains(&challenge);
        body.skip(ciphers)?;
        body.skip(session)?;
        body.skip(challenge)?;
        body.expect_end()?;
        if plausible { Ok(Self { version }) } else { Err(wire::Error::Trailing { left: 0 }) }
    }
}

/// SERVER-HELLO of SSL 2.
#[derive(Debug, Clone, Copy)]
pub(super) struct Ssl2ServerHello<'a> {
    pub(super) version: Version,
    /// X.509 certificate; empty when a session is resumed.
    pub(super) certificate: &'a [u8],
}

impl<'a> Ssl2ServerHello<'a> {
    pub(super) fn read(reader: &mut Reader<'a>) -> Result<Self> {
        let mut body = read_ssl2_record(reader)?;
        let (kind, _hit, _certificate_type) = (body.u8()?, body.u8()?, body.u8()?);
        let version = Version(body.u16_be()?);
        let [certificate, ciphers, connection] =
            [body.u16_be()?, body.u16_be()?, body.u16_be()?].map(usize::from);
        let certificate = body.take(certificate)?;
        body.skip(ciphers)?;
        body.skip(connection)?;
        body.expect_end()?;
        if kind == 4 && version == Version::SSL_2 && ciphers % 3 == 0 {
            Ok(Self { version, certificate })
        } else {
            Err(wire::Error::Trailing { left: 0 })
        }
    }
}

/// A record with the two-byte header of SSL 2, which has its top bit set and no padding. What is too long for a hello is
/// refused by its length, however much of it is there.
fn read_ssl2_record<'a>(reader: &mut Reader<'a>) -> Result<Reader<'a>> {
    let length = usize::from(reader.u16_be()? & 0x7fff);
    if !SSL2_HELLO.allows(length) {
        return Err(wire::Error::Trailing { left: length });
    }
    reader.sub(length)
}

/// The host name of a server_name extension (RFC 6066, 3).
fn read_server_name<'a>(data: &mut Reader<'a>) -> Result<&'a [u8]> {
    let mut list = Reader::closed(take_u16_prefixed(data)?);
    loop {
        let kind = list.u8()?;
        let name = take_u16_prefixed(&mut list)?;
        if kind == 0 {
            return Ok(name);
        }
    }
}

fn alpn_names<'a>(mut list: Reader<'a>) -> impl Iterator<Item = &'a [u8]> + use<'a> {
    std::iter::from_fn(move || take_u8_prefixed(&mut list).ok())
}

fn take_u8_prefixed<'a>(reader: &mut Reader<'a>) -> Result<&'a [u8]> {
    let length = usize::from(reader.u8()?);
    reader.take(length)
}

fn take_u16_prefixed<'a>(reader: &mut Reader<'a>) -> Result<&'a [u8]> {
    let length = usize::from(reader.u16_be()?);
    reader.take(length)
}

fn skip_u8_prefixed(reader: &mut Reader<'_>) -> Result<()> {
    take_u8_prefixed(reader).map(drop)
}

const RANDOM: usize = 32;
