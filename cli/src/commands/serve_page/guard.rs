//! Which requests are answered at all.

use std::fs;
use std::net::{IpAddr, SocketAddr};
use std::path::Path;

use hyper::{Request, header};

/// The port that browsers leave out.
const HTTP: u16 = 80;

/// Whether a request is for the server at `address`: it says so in the one `Host` that HTTP/1.1 wants, by the address itself or
/// as `localhost`. A page elsewhere can have its own name point here (DNS rebinding), and would read what is served as its
/// own; its requests carry that name.
pub fn is_for<T>(address: SocketAddr, request: &Request<T>) -> bool {
    let mut hosts = request.headers().get_all(header::HOST).iter();
    let (Some(host), None) = (hosts.next(), hosts.next()) else { return false };
    let names = names(address);
    let known = |name: &[u8]| names.iter().any(|own| own.as_bytes().eq_ignore_ascii_case(name));
    // A request can name a host in its target, too: then that is the one it is for.
    known(host.as_bytes())
        && request.uri().authority().is_none_or(|authority| known(authority.as_str().as_bytes()))
}

/// `address` as a browser on this machine writes it.
fn names(address: SocketAddr) -> Vec<String> {
    let host = match address.ip() {
        IpAddr::V4(ip) => ip.to_string(),
        IpAddr::V6(ip) => format!("[{ip}]"),
    };
    let hosts = [host, "localhost".to_owned()];
    let mut names: Vec<_> = hosts.iter().map(|host| format!("{host}:{}", address.port())).collect();
    if address.port() == HTTP {
        names.extend(hosts);
    }
    names
}

/// Whether a request's path leads to a file of `folder`, whatever symbolic links are on the way. Names of the page's files
/// are letters, digits, dots, hyphens and underscores; a path with anything else in it leads to none.
pub fn leads_inside(folder: &Path, path: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_' | b'/');
    // Two slashes at the beginning would be another host's name in a redirection.
    if !path.bytes().all(plain) || path.contains("//") {
        return false;
    }
    let Ok(folder) = fs::canonicalize(folder) else { return false };
    let is_file =
        |path: &Path| fs::canonicalize(path).is_ok_and(|real| real.starts_with(&folder) && real.is_file());
    let named = folder.join(path.trim_start_matches('/'));
    // A folder is answered with its index.
    is_file(&named) || is_file(&named.join("index.html"))
}
