//! A real token: SoftHSM 2, in a folder of its own.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::support::passphrase;
use anyhow::{Context as _, Result, bail, ensure};
use model::Timestamp;
use testkit::tools;
use vault::{Error, NewMethod, Purpose, Sealed, TokenAccess, Unlock, create};

const NOW: Timestamp = Timestamp::from_nanos(1_767_225_600_000_000_000);
/// Set in the process that speaks to the token: the module reads its settings from the environment.
const FOLDER: &str = "VAULT_TEST_TOKEN_FOLDER";
const MODULES: [&str; 4] = [
    "/usr/lib/softhsm/libsofthsm2.so",
    "/usr/lib/x86_64-linux-gnu/softhsm/libsofthsm2.so",
    "/usr/lib/aarch64-linux-gnu/softhsm/libsofthsm2.so",
    "/usr/lib64/pkcs11/libsofthsm2.so",
];

fn module() -> Option<PathBuf> {
    MODULES.into_iter().map(PathBuf::from).find(|path| path.exists())
}

fn access(label: &str, pin: &str) -> Result<TokenAccess> {
    let folder = tempfile::tempdir()?;
    let file = folder.path().join("pin");
    std::fs::write(&file, pin)?;
    std::fs::set_permissions(&file, std::os::unix::fs::PermissionsExt::from_mode(0o600))?;
    let pin = vault::Passphrase::read_pin(&file)?;
    Ok(TokenAccess { module: module().context("no module")?, label: label.to_owned(), pin })
}

/// Runs the test of this name again, where the module finds a token called `hospital`; whether it could.
fn with_token(test: &str) -> Result<bool> {
    let Some(util) = tools::find("softhsm2-util")? else { return Ok(false) };
    if module().is_none() {
        tools::absent("the module of SoftHSM 2")?;
        return Ok(false);
    }
    let folder = tempfile::tempdir()?;
    let (settings, tokens) = (folder.path().join("softhsm2.conf"), folder.path().join("tokens"));
    std::fs::create_dir(&tokens)?;
    std::fs::write(
        &settings,
        format!("directories.tokendir = {}\nobjectstore.backend = file\n", tokens.display()),
    )?;
    for label in ["hospital", "elsewhere"] {
        let make = ["--init-token", "--free", "--label", label, "--pin", "2468", "--so-pin", "13579"];
        let made = Command::new(&util).args(make).env("SOFTHSM2_CONF", &settings).output()?;
        ensure!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    }
    let output = Command::new(std::env::current_exe()?)
        .args(["--exact", &format!("token::{test}"), "--nocapture"])
        .env("SOFTHSM2_CONF", &settings)
        .env(FOLDER, folder.path())
        .output()?;
    let said =
        format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    ensure!(output.status.success() && said.contains("1 passed"), "{said}");
    Ok(true)
}

/// The folder, in the process that speaks to the token.
fn inside() -> Option<PathBuf> {
    std::env::var_os(FOLDER).map(PathBuf::from)
}

fn error(path: &Path, access: &TokenAccess) -> Result<Error> {
    match Sealed::open(path)?.unseal(Unlock::Token(access)) {
        Err(refused) => Ok(refused.error),
        Ok(_) => bail!("it opened"),
    }
}

#[test]
fn a_token_unseals_beside_shares_and_is_named_when_it_does_not() -> Result<()> {
    let Some(folder) = inside() else {
        return with_token("a_token_unseals_beside_shares_and_is_named_when_it_does_not").map(drop);
    };
    let path = folder.join("seal.json");
    let token = access("hospital", "2468\n")?;
    let (vault, shares) = create(&path, &NewMethod::Shares { threshold: 2, count: 3 }, Vec::new(), NOW)?;
    let (id, none) = vault.add_method(&NewMethod::Token(&token))?;
    assert!(none.is_empty());
    assert_eq!(vault.check(Unlock::Token(&token))?, id);
    let key = vault.current_key(Purpose::Backup)?.1;
    vault.rotate_root()?;
    drop(vault);
    let vault = Sealed::open(&path)?.unseal(Unlock::Token(&token))?;
    assert_eq!(vault.current_key(Purpose::Backup)?.1.expose(), key.expose());
    vault.remove_method(id)?;
    assert!(matches!(error(&path, &token)?, Error::NoSuchMethod(_)));
    assert!(Sealed::open(&path)?.unseal(Unlock::Shares(&shares[..2])).is_ok());
    Ok(())
}

#[test]
fn a_token_says_what_is_wrong() -> Result<()> {
    let Some(folder) = inside() else { return with_token("a_token_says_what_is_wrong").map(drop) };
    let path = folder.join("seal.json");
    let token = access("hospital", "2468")?;
    drop(create(&path, &NewMethod::Token(&token), Vec::new(), NOW)?);
    let wrong = error(&path, &access("hospital", "1111")?)?.to_string();
    assert!(wrong.contains("`hospital`") && wrong.contains("the PIN is wrong"), "{wrong}");
    assert!(matches!(error(&path, &access("elsewhere", "2468")?)?, Error::NoSuchMethod(_)));
    let missing =
        create(&folder.join("other.json"), &NewMethod::Token(&access("nowhere", "2468")?), Vec::new(), NOW);
    let missing = missing.err().context("made")?.to_string();
    assert!(missing.contains("no token has this label"), "{missing}");
    let mut no_module = access("hospital", "2468")?;
    no_module.module = folder.join("nothing.so");
    let no_module = error(&path, &no_module)?.to_string();
    assert!(no_module.contains("nothing.so"), "{no_module}");
    // The token is another one of the same name: its key is not there.
    let text = std::fs::read_to_string(&path)?.replace("\"hospital\"", "\"elsewhere\"");
    std::fs::write(&path, text)?;
    let other = error(&path, &access("elsewhere", "2468")?)?.to_string();
    assert!(other.contains("the key of this seal is not in it"), "{other}");
    let words = passphrase("a passphrase that is none")?;
    assert!(Sealed::open(&path)?.unseal(Unlock::Passphrase(&words)).is_err());
    Ok(())
}
