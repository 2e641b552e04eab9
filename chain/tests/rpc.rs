//! Nodes that are not there, or are something else: which error says so, and that it keeps the address's secrets.

use std::time::Duration;

use popw_chain::{Address, Chain, ChainError, Contract, Options};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

const OPTIONS: Options = Options { timeout: Duration::from_millis(500), chain_id: None };
/// Where addresses of RPCs have their API keys.
const SECRET: &str = "s3cr3t";

/// A server that gives each of these bodies once, one for each connection, with this status.
async fn server(status: &'static str, bodies: &'static [&'static str]) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        for body in bodies {
            let (mut stream, _) = listener.accept().await.unwrap();
            let mut request = vec![0; 4096];
            let _ = stream.read(&mut request).await;
            let length = body.len();
            let head = format!("HTTP/1.1 {status}\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n");
            stream.write_all(format!("{head}{body}").as_bytes()).await.unwrap();
        }
        // Whoever asks more often hears nothing.
        std::future::pending::<()>().await;
    });
    format!("http://user:{SECRET}@{address}/v2/{SECRET}?key={SECRET}")
}

async fn refused(url: &str, options: &Options) -> ChainError {
    let error = Chain::connect(url, options).await.map(|chain| chain.id()).unwrap_err();
    assert!(!error.to_string().contains(SECRET), "{error}");
    assert!(!error.remedy().is_empty());
    error
}

#[tokio::test]
async fn a_node_that_answers_is_taken_and_one_of_another_chain_is_not() {
    let answer = &[r#"{"jsonrpc": "2.0", "id": 0, "result": "0x7a69"}"#];
    let chain = Chain::connect(&server("200 OK", answer).await, &OPTIONS).await.unwrap();
    assert_eq!(chain.id(), 31337);
    assert!(!chain.origin().contains(SECRET));
    let wanted = Options { chain_id: Some(1), ..OPTIONS };
    let error = refused(&server("200 OK", answer).await, &wanted).await;
    assert!(matches!(error, ChainError::WrongChain { expected: 1, found: 31337, .. }), "{error}");
}

#[tokio::test]
async fn addresses_that_cannot_be_asked_are_refused() {
    for url in [
        "",
        "nowhere",
        "ws://127.0.0.1:8545",
        "file:///etc/passwd",
        "ws://user:s3cr3t@127.0.0.1:8545/v2/s3cr3t?key=s3cr3t#s3cr3t",
        "wss://s3cr3t@127.0.0.1",
        "127.0.0.1:8545/v2/s3cr3t",
        "user:s3cr3t@127.0.0.1:8545",
        "http://user:s3cr3t@not a host/s3cr3t",
        "http://user:a/s3cr3t@[::1/",
        "http://127.0.0.1:s3cr3t/",
        "s3cr3t@http://127.0.0.1",
    ] {
        let error = refused(url, &OPTIONS).await;
        assert!(matches!(error, ChainError::Url { .. }), "{url}: {error}");
    }
    let error = refused("ws://user:s3cr3t@127.0.0.1:8545/v2/s3cr3t", &OPTIONS).await;
    assert!(error.to_string().starts_with("ws://127.0.0.1:8545/… is not an RPC address"), "{error}");
}

/// Nodes and what stands before them repeat what they were asked, path and all.
#[tokio::test]
async fn secrets_that_a_node_repeats_are_not_shown() {
    let error =
        refused(&server("404 Not Found", &["Cannot POST /v2/s3cr3t?key=s3cr3t"]).await, &OPTIONS).await;
    assert!(error.to_string().contains("Cannot POST /v2/…?key=…"), "{error}");
    let denied =
        &[r#"{"jsonrpc": "2.0", "id": 0, "error": {"code": -32000, "message": "no such key: s3cr3t"}}"#];
    let error = refused(&server("200 OK", denied).await, &OPTIONS).await;
    assert!(matches!(&error, ChainError::Refused { reason, .. } if reason == "no such key: …"), "{error}");
    refused(&server("200 OK", &["s3cr3t is no JSON"]).await, &OPTIONS).await;
}

/// A key may be any part of an address, and a node may have read the escapes of what it repeats.
#[tokio::test]
async fn secrets_are_known_in_every_part_and_either_form() {
    for (asked, repeated, shown) in [
        ("?0pens3sam3", "Cannot POST /?0pens3sam3", "Cannot POST /?…"),
        ("?0pens3sam3=1", "Cannot POST /?0pens3sam3=1", "Cannot POST /?…=1"),
        ("?a=1&0pens3sam3", "Cannot POST /?a=1&0pens3sam3", "Cannot POST /?a=1&…"),
        ("?key=0pen%2ds3sam3", "Cannot POST /?key=0pen%2ds3sam3", "Cannot POST /?key=…"),
        ("?key=0pen%2ds3sam3", "Cannot POST /?key=0pen-s3sam3", "Cannot POST /?key=…"),
        ("?key=0pen+s3sam3", "no such key: 0pen s3sam3", "no such key: …"),
        ("v2/0pen%2ds3sam3", "Cannot POST /v2/0pen%2ds3sam3", "Cannot POST /v2/…"),
        ("v2/0pen%2ds3sam3", "Cannot POST /v2/0pen-s3sam3", "Cannot POST /v2/…"),
        ("v2/0pens3sam3%", "Cannot POST /v2/0pens3sam3%", "Cannot POST /v2/…"),
        // What is short names something.
        ("v2?chain=1", "Cannot POST /v2?chain=1", "Cannot POST /v2?chain=1"),
    ] {
        let url = server("404 Not Found", vec![repeated].leak()).await;
        let host = url.split(['/', '@']).nth(3).unwrap();
        let error = refused(&format!("http://{host}/{asked}"), &OPTIONS).await.to_string();
        assert!(error.contains(shown) && !error.contains("s3sam3"), "{asked}: {error}");
    }
}

/// A node that never ends its answer.
async fn endless() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        let mut request = vec![0; 4096];
        let _ = stream.read(&mut request).await;
        stream.write_all(b"HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n\"0x").await.unwrap();
        let zeros = vec![b'0'; 1 << 20];
        while stream.write_all(&zeros).await.is_ok() {}
    });
    format!("http://{address}")
}

#[tokio::test]
async fn an_answer_without_end_is_given_up() {
    // Far longer than so many bytes take, so that it is not the clock that ends it.
    let patient = Options { timeout: Duration::from_secs(60), ..OPTIONS };
    let error = refused(&endless().await, &patient).await;
    let bounded = |reason: &str| reason.contains("more than 16777216 bytes");
    assert!(matches!(&error, ChainError::NotAnRpc { reason, .. } if bounded(reason)), "{error}");
}

#[tokio::test]
async fn a_node_that_is_not_there_or_does_not_answer_cannot_be_reached() {
    let free = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    let error = refused(&format!("http://{free}/{SECRET}"), &OPTIONS).await;
    assert!(
        matches!(&error, ChainError::Unreachable { url, .. } if url.contains(&free.to_string())),
        "{error}"
    );
    assert!(error.to_string().contains("refused"), "{error}");
    let error = refused(&server("200 OK", &[]).await, &OPTIONS).await;
    assert!(
        matches!(&error, ChainError::Unreachable { reason, .. } if reason.contains("in time")),
        "{error}"
    );
}

#[tokio::test]
async fn what_is_no_rpc_is_told_apart() {
    let error = refused(&server("200 OK", &["<html>hello</html>"]).await, &OPTIONS).await;
    assert!(matches!(error, ChainError::NotAnRpc { .. }), "{error}");
    let error = refused(&server("401 Unauthorized", &["give an API key"]).await, &OPTIONS).await;
    assert!(matches!(&error, ChainError::NotAnRpc { reason, .. } if reason.contains("401")), "{error}");
    let denied = &[r#"{"jsonrpc": "2.0", "id": 0, "error": {"code": -32601, "message": "not allowed"}}"#];
    let error = refused(&server("200 OK", denied).await, &OPTIONS).await;
    assert!(matches!(&error, ChainError::Refused { method: "eth_chainId", .. }), "{error}");
}

#[tokio::test]
async fn an_address_without_code_is_no_contract() {
    let url = server(
        "200 OK",
        &[
            r#"{"jsonrpc": "2.0", "id": 0, "result": "0x1"}"#,
            r#"{"jsonrpc": "2.0", "id": 1, "result": "0x10"}"#,
            r#"{"jsonrpc": "2.0", "id": 2, "result": "0x"}"#,
        ],
    )
    .await;
    let chain = Chain::connect(&url, &OPTIONS).await.unwrap();
    let error = Contract::open(&chain, Address::repeat_byte(1)).await.map(|_| ()).unwrap_err();
    assert!(matches!(error, ChainError::NoContract { chain_id: 1, .. }), "{error}");
}

/// A node's answer to its request of this number.
fn answer(id: u32, result: &str) -> &'static str {
    format!(r#"{{"jsonrpc": "2.0", "id": {id}, "result": "{result}"}}"#).leak()
}

/// Text as a contract returns it.
fn returned(text: &str) -> String {
    let mut bytes: String = text.bytes().map(|byte| format!("{byte:02x}")).collect();
    bytes.extend(std::iter::repeat_n('0', bytes.len().next_multiple_of(64) - bytes.len()));
    format!("0x{:064x}{:064x}{bytes}", 32, text.len())
}

#[tokio::test]
async fn a_contract_with_a_name_that_no_key_has_is_no_verifier() {
    let digest = format!("0x{}", "07".repeat(32));
    for name in ["\u{1b}[2K\rDUE: valid", "Uptime", "", "a name", "a-name-of-more-than-thirty-one-bytes"] {
        let answers = [
            answer(0, "0x1"),
            answer(1, "0x10"),
            answer(2, "0x01"),
            answer(3, "0x"),
            answer(4, &digest),
            answer(5, &returned(name)),
        ];
        let url = server("200 OK", Vec::from(answers).leak()).await;
        let chain = Chain::connect(&url, &OPTIONS).await.unwrap();
        let error = Contract::open(&chain, Address::repeat_byte(1)).await.map(|_| ()).unwrap_err();
        let says = |reason: &str| reason == "its claim() is not the name of one";
        assert!(matches!(&error, ChainError::WrongInterface { reason, .. } if says(reason)), "{error:?}");
    }
}
