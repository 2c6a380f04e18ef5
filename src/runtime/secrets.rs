//! Keys of remote apps: from the environment variable, else from the system's keyring; never in a file.

use secrecy::{ExposeSecret as _, SecretString};

/// The environment variable that carries the key of a remote app.
pub const KEY_VARIABLE: &str = "LABELWRIGHT_KEY";
const SERVICE: &str = "labelwright";

/// The key of an app, from the environment or the keyring.
///
/// # Errors
/// A sentence that says where it was looked for and what to do.
pub fn find_key(server: &str, user: &str, app: &str) -> Result<SecretString, String> {
    if let Ok(key) = std::env::var(KEY_VARIABLE)
        && !key.trim().is_empty()
    {
        return Ok(SecretString::from(key.trim().to_owned()));
    }
    let found = entry(server, user, app).and_then(|entry| entry.get_password());
    found.map(SecretString::from).map_err(|error| {
        format!(
            "There is no key for {user}/{app} on {server}: neither in {KEY_VARIABLE} nor in the system's keyring ({error}). \
             Type it under Sync, Enter a new key, or set {KEY_VARIABLE} before the start"
        )
    })
}

/// Keeps a key in the keyring.
///
/// # Errors
/// A sentence, where the system has no keyring; the key then has to come from the environment.
pub fn store_key(server: &str, user: &str, app: &str, key: &SecretString) -> Result<(), String> {
    entry(server, user, app).and_then(|entry| entry.set_password(key.expose_secret())).map_err(|error| {
        format!("The system's keyring did not take the key ({error}): it is asked for at each start, unless {KEY_VARIABLE} is set")
    })
}

/// Removes a key from the keyring.
///
/// # Errors
/// A sentence, where that was not possible.
pub fn forget_key(server: &str, user: &str, app: &str) -> Result<(), String> {
    entry(server, user, app).and_then(|entry| entry.delete_credential()).map_err(|error| error.to_string())
}

fn entry(server: &str, user: &str, app: &str) -> keyring::Result<keyring::Entry> {
    keyring::Entry::new(SERVICE, &format!("{user}/{app} on {server}"))
}
