//! A node that answers.

use std::error::Error as _;
use std::time::Duration;

use alloy::eips::BlockId;
use alloy::network::TransactionBuilder;
use alloy::primitives::{Address, Bytes};
use alloy::providers::{DynProvider, Provider, ProviderBuilder};
use alloy::rpc::client::RpcClient;
use alloy::rpc::json_rpc::RpcError;
use alloy::rpc::types::TransactionRequest;
use alloy::transports::{TransportError, TransportErrorKind};
use reqwest::Url;

use crate::ChainError;
use crate::transport::{Http, TooLong};

/// How long a node's words are at most in our errors.
const LONGEST_REASON: usize = 300;
/// Shorter parts of an address are `v2` and the like, and no secrets.
const SHORTEST_SECRET: usize = 6;

/// How to talk to a node.
#[derive(Debug, Clone, Copy)]
pub struct Options {
    /// For one answer, connecting included.
    pub timeout: Duration,
    /// The chain it has to be of.
    pub chain_id: Option<u64>,
}

/// A node that has answered, and the chain it is of.
#[derive(Debug, Clone)]
pub struct Chain {
    origin: String,
    /// Parts of the address that a node could repeat, and we must not.
    secrets: Vec<String>,
    client: RpcClient,
    provider: DynProvider,
    id: u64,
}

/// What a contract returned, or what it reverted with.
pub(crate) type Called = Result<Bytes, Bytes>;

impl Chain {
    /// Asks the node at `url` for its chain.
    ///
    /// # Errors
    /// [`ChainError::Url`], [`ChainError::Unreachable`], [`ChainError::NotAnRpc`], [`ChainError::WrongChain`].
    pub async fn connect(url: &str, options: &Options) -> Result<Self, ChainError> {
        let bad = |reason: &str| ChainError::Url { url: public(url), reason: reason.to_owned() };
        let url = Url::parse(url).map_err(|error| bad(&error.to_string()))?;
        if !matches!(url.scheme(), "http" | "https") {
            return Err(bad("only http:// and https:// are supported"));
        }
        let origin = url.origin().ascii_serialization();
        let local = is_local(&url);
        let http = http(local, options.timeout)
            .map_err(|error| ChainError::Url { url: origin.clone(), reason: chain_of(&error) })?;
        let secrets = secrets(&url);
        let client = RpcClient::new(Http::new(http, url), local);
        let provider =
            ProviderBuilder::new().disable_recommended_fillers().connect_client(client.clone()).erased();
        let mut chain = Self { origin, secrets, client, provider, id: 0 };
        let id = chain.provider.get_chain_id().await.map_err(|error| chain.error("eth_chainId", &error))?;
        if let Some(expected) = options.chain_id.filter(|expected| *expected != id) {
            return Err(ChainError::WrongChain { url: chain.origin, expected, found: id });
        }
        chain.id = id;
        Ok(chain)
    }

    /// The chain's id (EIP-155).
    pub const fn id(&self) -> u64 {
        self.id
    }

    /// Scheme, host and port of the node.
    pub fn origin(&self) -> &str {
        &self.origin
    }

    /// Number of the latest block.
    ///
    /// # Errors
    /// When the node does not say.
    pub async fn block(&self) -> Result<u64, ChainError> {
        self.provider.get_block_number().await.map_err(|error| self.error("eth_blockNumber", &error))
    }

    pub(crate) async fn code(&self, address: Address, block: u64) -> Result<Bytes, ChainError> {
        let code = self.provider.get_code_at(address).block_id(BlockId::number(block)).await;
        code.map_err(|error| self.error("eth_getCode", &error))
    }

    pub(crate) async fn call(&self, to: Address, data: Bytes, block: u64) -> Result<Called, ChainError> {
        let called = self.provider.call(request(to, data)).block(BlockId::number(block)).await;
        match called {
            Ok(returned) => Ok(Ok(returned)),
            Err(error) => match reverted(&error) {
                Some(data) => Ok(Err(data)),
                None => Err(self.error("eth_call", &error)),
            },
        }
    }

    pub(crate) async fn estimate(&self, to: Address, data: Bytes, block: u64) -> Result<u64, ChainError> {
        let gas = self.provider.estimate_gas(request(to, data)).block(BlockId::number(block)).await;
        gas.map_err(|error| self.error("eth_estimateGas", &error))
    }

    pub(crate) fn client(&self) -> RpcClient {
        self.client.clone()
    }

    /// A failed request in words that name the node and keep the rest of its address to ourselves.
    pub(crate) fn error(&self, method: &'static str, error: &TransportError) -> ChainError {
        let url = self.origin.clone();
        let not_an_rpc = |reason| ChainError::NotAnRpc { url: self.origin.clone(), reason };
        match error {
            RpcError::ErrorResp(payload) => {
                ChainError::Refused { url, method, reason: self.words(&payload.message) }
            }
            RpcError::Transport(kind) => match (kind.as_http_error(), kind) {
                (Some(http), _) => {
                    not_an_rpc(format!("HTTP status {} {}", http.status, self.words(&http.body)))
                }
                (None, TransportErrorKind::Custom(error)) if error.is::<TooLong>() => {
                    not_an_rpc(error.to_string())
                }
                (None, TransportErrorKind::Custom(error)) => {
                    let reason = match error.downcast_ref::<reqwest::Error>() {
                        Some(error) if error.is_timeout() => "no answer in time".to_owned(),
                        Some(error) => chain_of(error),
                        None => error.to_string(),
                    };
                    ChainError::Unreachable { url, reason }
                }
                (None, kind) => ChainError::Unreachable { url, reason: kind.to_string() },
            },
            RpcError::DeserError { text, .. } => not_an_rpc(format!("{method} gave {:?}", self.words(text))),
            RpcError::NullResp => not_an_rpc(format!("{method} gave nothing")),
            other => ChainError::Refused { url, method, reason: self.words(&other.to_string()) },
        }
    }

    /// What a node says, without what it repeats of the address, on one line that ends.
    pub(crate) fn words(&self, text: &str) -> String {
        let text = self.secrets.iter().fold(text.to_owned(), |text, secret| text.replace(secret, "…"));
        shorten(&text)
    }
}

/// An address without its user, path and query, for messages; it need not be a URL.
fn public(address: &str) -> String {
    let (scheme, rest) = address.split_once("://").unwrap_or(("", address));
    let authority = rest.split(['/', '\\', '?', '#']).next().unwrap_or_default();
    let more = rest.get(authority.len()..).unwrap_or_default();
    let host = authority.rsplit('@').next().unwrap_or_default();
    let is_made_of =
        |text: &str, others: &str| text.chars().all(|c| c.is_ascii_alphanumeric() || others.contains(c));
    let port_is_one =
        host.rsplit_once(':').is_none_or(|(_, port)| port.bytes().all(|byte| byte.is_ascii_digit()));
    let known = !host.is_empty() && is_made_of(host, ".-:[]") && port_is_one && is_made_of(scheme, "+-.");
    // Whatever comes before an @ may be a password, with a slash in it.
    if !known || more.contains('@') {
        return "what was given".to_owned();
    }
    let colon = if scheme.is_empty() { "" } else { "://" };
    let cut = if more.is_empty() { "" } else { "/…" };
    format!("{scheme}{colon}{host}{cut}")
}

/// User, path and query are what an address can be secret by: each part as it is sent, and with its escapes read.
fn secrets(url: &Url) -> Vec<String> {
    let mut sent = vec![url.username(), url.password().unwrap_or_default()];
    sent.extend(url.path_segments().into_iter().flatten());
    // A key may stand alone, or on either side of the sign.
    for pair in url.query().unwrap_or_default().split('&') {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        sent.extend([name, value]);
    }
    let mut parts: Vec<String> = sent.iter().flat_map(|part| [(*part).to_owned(), unescaped(part)]).collect();
    // In a query a blank may be sent as a plus.
    parts.extend(url.query_pairs().flat_map(|(name, value)| [name.into_owned(), value.into_owned()]));
    parts.retain(|part| part.len() >= SHORTEST_SECRET);
    // Of two, one of which is in the other, the longer goes first.
    parts.sort_by_key(|part| std::cmp::Reverse(part.len()));
    parts
}

/// A part of an address with its percent escapes read.
fn unescaped(part: &str) -> String {
    let mut pieces = part.split('%');
    let mut bytes = pieces.next().unwrap_or_default().as_bytes().to_vec();
    for piece in pieces {
        let escape = piece.get(..2).filter(|digits| digits.bytes().all(|byte| byte.is_ascii_hexdigit()));
        match escape.and_then(|digits| u8::from_str_radix(digits, 16).ok()) {
            Some(byte) => {
                bytes.push(byte);
                bytes.extend_from_slice(&piece.as_bytes()[2..]);
            }
            None => {
                bytes.push(b'%');
                bytes.extend_from_slice(piece.as_bytes());
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

fn is_local(url: &Url) -> bool {
    url.host_str().is_some_and(|host| matches!(host, "127.0.0.1" | "localhost" | "[::1]"))
}

fn http(local: bool, timeout: Duration) -> Result<reqwest::Client, reqwest::Error> {
    // The first call of the process decides; another crate's provider is as good.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let mut client = reqwest::Client::builder()
        .timeout(timeout)
        .connect_timeout(timeout)
        .redirect(reqwest::redirect::Policy::none())
        .user_agent(concat!("popw/", env!("CARGO_PKG_VERSION")));
    // A proxy cannot reach this machine's loopback.
    if local {
        client = client.no_proxy();
    }
    client.build()
}

fn request(to: Address, data: Bytes) -> TransactionRequest {
    TransactionRequest::default().with_to(to).with_input(data)
}

/// What a call reverted with; `None` when something else went wrong.
fn reverted(error: &TransportError) -> Option<Bytes> {
    let payload = error.as_error_resp()?;
    let message = payload.message.to_lowercase();
    payload.as_revert_data().or_else(|| message.contains("revert").then(Bytes::new))
}

/// The causes of an error without the address that reqwest begins with.
fn chain_of(error: &reqwest::Error) -> String {
    let mut reasons = Vec::new();
    let mut source = error.source();
    while let Some(inner) = source {
        reasons.push(inner.to_string());
        source = inner.source();
    }
    // The last cause is the operating system's, the first often only repeats that something failed.
    reasons.pop().unwrap_or_else(|| "the request failed".to_owned())
}

fn shorten(text: &str) -> String {
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    match text.char_indices().nth(LONGEST_REASON) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text,
    }
}
