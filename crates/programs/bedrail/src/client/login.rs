//! Which hub is spoken to and as whom, kept from one command to the next.

use std::env;
use std::fmt;
use std::fs::{self, DirBuilder, OpenOptions};
use std::io::{self, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};
use std::str::FromStr;

use anyhow::Context;
use serde::{Deserialize, Serialize};
use ureq::http::Uri;

use super::Trust;
use crate::exit::Refusal;

/// The address of a hub: `https://HOST:PORT`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub(crate) struct Hub {
    host: String,
    port: u16,
    is_encrypted: bool,
}

/// A session, and the certificate that it is for. It is as good as a password for half a day.
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Login {
    pub(crate) hub: Hub,
    pub(crate) trust: Trust,
    pub(crate) user: String,
    pub(crate) role: String,
    pub(crate) cookie: String,
    pub(crate) csrf: String,
}

/// Where a hub listens unless it is told otherwise.
const PORT: u16 = 8443;

impl Hub {
    /// Host and port, as a socket wants them.
    pub(crate) fn host_and_port(&self) -> (&str, u16) {
        (self.host.trim_start_matches('[').trim_end_matches(']'), self.port)
    }

    /// Whether the line to it is encrypted.
    pub(crate) fn is_encrypted(&self) -> bool {
        self.is_encrypted
    }

    /// The address of a thing of it.
    pub(super) fn url(&self, path: &str) -> String {
        format!("{self}{path}")
    }
}

impl FromStr for Hub {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let wrong =
            || format!("`{text}` is no address of a hub; it looks like `https://hub.example.org:{PORT}`");
        let uri: Uri = text.parse().map_err(|_| wrong())?;
        let host = uri.host().ok_or_else(wrong)?.to_owned();
        let is_encrypted = match uri.scheme_str() {
            Some("https") => true,
            Some("http") => false,
            _ => return Err(wrong()),
        };
        if uri.path() != "/" || uri.query().is_some() || text.contains('@') {
            return Err(wrong());
        }
        let hub = Self { host, port: uri.port_u16().unwrap_or(PORT), is_encrypted };
        let is_here = ["127.0.0.1", "::1", "localhost"].contains(&hub.host_and_port().0);
        if !is_encrypted && !is_here {
            return Err(
                "without encryption only a hub on this machine is spoken to; use `https://`".to_owned()
            );
        }
        Ok(hub)
    }
}

impl fmt::Display for Hub {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let scheme = if self.is_encrypted { "https" } else { "http" };
        write!(f, "{scheme}://{}:{}", self.host, self.port)
    }
}

impl TryFrom<String> for Hub {
    type Error = String;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<Hub> for String {
    fn from(hub: Hub) -> Self {
        hub.to_string()
    }
}

impl Login {
    /// The login that was kept last, if there is one.
    ///
    /// # Errors
    /// When it cannot be read, or others can read it.
    pub(crate) fn read() -> anyhow::Result<Option<Self>> {
        let path = login_file()?;
        let text = match fs::read_to_string(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(error).with_context(|| format!("cannot read `{}`", path.display())),
        };
        let mode = fs::metadata(&path).with_context(|| format!("cannot read `{}`", path.display()))?;
        if mode.permissions().mode() & 0o077 != 0 {
            let told =
                format!("others can read the login in `{0}`; end it with `bedrail logout`", path.display());
            anyhow::bail!(Refusal::NotPermitted(told));
        }
        let login = serde_json::from_str(&text);
        login.map(Some).with_context(|| {
            format!("the login in `{}` was written by another version; log in again", path.display())
        })
    }

    /// What a request brings.
    pub(super) fn headers(&self) -> [(&'static str, &str); 2] {
        [("Cookie", &self.cookie), ("X-CSRF-Token", &self.csrf)]
    }

    /// Keeps it where only this user reads it.
    pub(super) fn write(&self, path: &Path) -> anyhow::Result<()> {
        let text = serde_json::to_vec_pretty(self)?;
        let write = || -> io::Result<()> {
            if let Some(folder) = path.parent() {
                DirBuilder::new().recursive(true).mode(0o700).create(folder)?;
            }
            let fresh = path.with_extension("new");
            let mut options = OpenOptions::new();
            let mut file = options.write(true).create(true).truncate(true).mode(0o600).open(&fresh)?;
            file.set_permissions(fs::Permissions::from_mode(0o600))?;
            file.write_all(&text)?;
            file.sync_all()?;
            fs::rename(&fresh, path)
        };
        write().with_context(|| format!("cannot keep the login in `{}`", path.display()))
    }
}

/// Takes the login away; says whether there was one.
///
/// # Errors
/// When the file cannot be removed.
pub(crate) fn forget() -> anyhow::Result<bool> {
    let path = login_file()?;
    match fs::remove_file(&path) {
        Ok(()) => Ok(true),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
        Err(error) => Err(error).with_context(|| format!("cannot remove `{}`", path.display())),
    }
}

/// Where the login is kept (XDG Base Directory Specification).
///
/// # Errors
/// When neither `XDG_CONFIG_HOME` nor `HOME` is set.
pub(crate) fn login_file() -> anyhow::Result<PathBuf> {
    let set = |name: &str| env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    let folder = set("XDG_CONFIG_HOME")
        .filter(|folder| folder.is_absolute())
        .or_else(|| set("HOME").map(|home| home.join(".config")));
    let missing = || Refusal::Usage("set `HOME` or `XDG_CONFIG_HOME`: the login is kept there".to_owned());
    Ok(folder.ok_or_else(missing)?.join("bedrail").join("login.json"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_of_a_hub_has_a_scheme_and_a_host_and_nothing_else() {
        let parsed = |text: &str| text.parse::<Hub>().map(|hub| hub.to_string());
        assert_eq!(parsed("https://hub.example.org"), Ok("https://hub.example.org:8443".to_owned()));
        assert_eq!(parsed("https://[::1]:9000/"), Ok("https://[::1]:9000".to_owned()));
        assert_eq!("https://[::1]:9000".parse::<Hub>().unwrap().host_and_port(), ("::1", 9000));
        assert!(parsed("http://127.0.0.1:8080").is_ok());
        for wrong in
            ["hub", "ftp://hub", "https://hub/devices", "https://a:b@hub", "http://hub.example.org", ""]
        {
            assert!(parsed(wrong).is_err(), "{wrong}");
        }
    }
}
