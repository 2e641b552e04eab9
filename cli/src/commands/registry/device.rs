//! Which device, and which client, a command is about.

use std::path::PathBuf;

use clap::Args as ClapArgs;
use miette::{IntoDiagnostic, WrapErr, miette};
use popw_core::babyjub::Point;
use popw_core::eddsa::PublicKey;
use popw_core::{Fr, field};
use popw_network::keyfile::KeyFile;
use popw_network::member::{EndpointId, Role};
use popw_network::registry::Registry;

use super::super::key::account;

/// The device.
#[derive(ClapArgs)]
#[group(required = true, multiple = false)]
pub struct DeviceArgs {
    /// The device's key file (it is not unlocked).
    #[arg(long, value_name = "FILE")]
    device: Option<PathBuf>,
    /// The device's public key: its two decimal coordinates, as `popw key show` gives them.
    #[arg(long, value_name = "X,Y", value_parser = public_key)]
    device_public_key: Option<PublicKey>,
    /// The number of the device's entry in `popw registry list`.
    #[arg(long, value_name = "NUMBER")]
    device_entry: Option<i64>,
}

impl DeviceArgs {
    /// Its key.
    ///
    /// # Errors
    /// A key file that cannot be read; no such entry.
    pub fn find(&self, registry: &Registry) -> miette::Result<PublicKey> {
        match (&self.device, self.device_public_key, self.device_entry) {
            (Some(file), ..) => Ok(KeyFile::read(file).into_diagnostic()?.public_key()),
            (None, Some(key), _) => Ok(key),
            (None, None, Some(number)) => by_number(registry, "--device-entry", number),
            (None, None, None) => Err(miette!("give --device, --device-public-key or --device-entry")),
        }
    }
}

/// The key of an entry.
pub fn by_number(registry: &Registry, option: &str, number: i64) -> miette::Result<PublicKey> {
    let entries = registry.list().into_diagnostic()?;
    let entry = entries.into_iter().find(|member| member.id == number);
    entry.map(|member| member.entry.public_key).ok_or_else(|| {
        miette!(help = "see `popw registry list`", "{option}: the registry has no entry {number}")
    })
}

/// The client.
#[derive(ClapArgs)]
pub struct ClientArgs {
    /// The client's key file (it is not unlocked).
    #[arg(long, value_name = "FILE", required_unless_present = "client_public_key")]
    client: Option<PathBuf>,
    /// The client's public key: its two decimal coordinates, as `popw key show` gives them.
    #[arg(long, value_name = "X,Y", value_parser = public_key, conflicts_with = "client", requires = "client_endpoint")]
    client_public_key: Option<PublicKey>,
    /// The client's endpoint id, as `popw key show` gives it.
    #[arg(long, value_name = "HEX", requires = "client_public_key", conflicts_with = "client")]
    client_endpoint: Option<EndpointId>,
    /// The client's owner's account, if the key file names none: 0x… or CAIP-10. It must not be the device's.
    #[arg(long, value_name = "ACCOUNT", value_parser = account)]
    owner: Option<Fr>,
}

/// A client as an allotment names it.
pub struct Client {
    /// Its key.
    pub key: PublicKey,
    /// Its key on the transport.
    pub endpoint: EndpointId,
    /// Its owner.
    pub owner: Fr,
}

impl ClientArgs {
    /// The client.
    ///
    /// # Errors
    /// A key file that cannot be read; no owner, or another one than the key file's.
    pub fn find(&self) -> miette::Result<Client> {
        let (key, endpoint, named) = match (&self.client, self.client_public_key, self.client_endpoint) {
            (Some(path), ..) => {
                let file = KeyFile::read(path).into_diagnostic()?;
                let named = || format!("--client {}", path.display());
                file.expect_role(Role::Client).into_diagnostic().wrap_err_with(named)?;
                (file.public_key(), file.endpoint(), file.owner())
            }
            (None, Some(key), Some(endpoint)) => (key, endpoint, None),
            _ => return Err(miette!("give --client, or --client-public-key and --client-endpoint")),
        };
        let owner = match (named, self.owner) {
            (Some(named), Some(given)) if named != given => {
                return Err(miette!("--owner: the key file was made for another owner than the one given"));
            }
            (named, given) => named.or(given).ok_or_else(|| {
                miette!(help = "add --owner with the client's account", "the client's owner is not known")
            })?,
        };
        Ok(Client { key, endpoint, owner })
    }
}

/// Reads a public key for clap.
fn public_key(text: &str) -> Result<PublicKey, String> {
    let (x, y) = text.split_once(',').ok_or("write the two decimal coordinates as X,Y")?;
    let coordinate = |text: &str| field::from_decimal(text.trim()).map_err(|error| error.to_string());
    let point = Point::new_unchecked(coordinate(x)?, coordinate(y)?);
    PublicKey::new(point).map_err(|error| error.to_string())
}
