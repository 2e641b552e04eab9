//! Plain functions over bytes, one for each parser of what comes from outside: for fuzzers, and for
//! tests that replay random bytes and a corpus. None may panic; each asserts what must hold of what
//! it accepts.

use popw_core::bitmap::SlotBitmap;
use popw_core::document::EpochPublic;
use popw_core::field;
use popw_network::epoch::directory::{Epoch, EpochDirectory};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::content::tree;
use crate::duties::uptime::wire::{self as uptime, Attest, Message, Ping, Pong};
use crate::duties::{fetch::wire as fetch, rate::wire as rate};
use crate::epochs;
use crate::receipts::{self, ReceiptLog};
use crate::roster::Roster;
use crate::wire::{Refused, SignatureBytes, frame};

/// A whole frame: accepted ones survive being written again.
pub fn fuzz_frame(data: &[u8]) {
    if let Ok(message) = uptime::decode(data) {
        let again = uptime::encode(&message).and_then(|frame| uptime::decode(&frame));
        assert_eq!(again, Ok(message));
    }
}

/// A message's body.
pub fn fuzz_message(data: &[u8]) {
    body::<Message>(data);
}

/// A ping, and its nonce.
pub fn fuzz_ping(data: &[u8]) {
    if let Some(ping) = body::<Ping>(data)
        && let Some(nonce) = uptime::nonce(&ping.nonce)
    {
        assert_eq!(field::to_be_bytes(&nonce), ping.nonce);
    }
}

/// A pong, and its signature.
pub fn fuzz_pong(data: &[u8]) {
    if let Some(pong) = body::<Pong>(data) {
        signature(&pong.signature);
    }
}

/// An attestation, its bitmap and its signature.
pub fn fuzz_attest(data: &[u8]) {
    if let Some(attest) = body::<Attest>(data) {
        signature(&attest.signature);
        if let Ok(bitmap) = SlotBitmap::from_words(attest.bitmap) {
            assert_eq!(SlotBitmap::from_fr(&bitmap.to_fr()), Ok(bitmap));
        }
    }
}

/// What a client says, and a receipt's signature.
pub fn fuzz_fetch_request(data: &[u8]) {
    if let Some(fetch::Request::Receipt(receipt)) = body::<fetch::Request>(data) {
        signature(&receipt.signature);
    }
    reframe::<fetch::Request>(data);
}

/// What a device says to a client, and its codes.
pub fn fuzz_fetch_reply(data: &[u8]) {
    if let Some(fetch::Reply::Stopped(stopped)) = body::<fetch::Reply>(data) {
        assert_eq!(fetch::Stop::from_number(stopped.code.number().into()), Some(stopped.code));
    }
    reframe::<fetch::Reply>(data);
}

/// A rate test's messages, and a rate's signature.
pub fn fuzz_rate_message(data: &[u8]) {
    if let Some(rate::Message::Attest(attest)) = body::<rate::Message>(data) {
        signature(&attest.signature);
    }
    reframe::<rate::Message>(data);
}

/// Blocks of a download: a hash, a length (6 bytes) and the first group (2 bytes), then a block. What is accepted is the
/// content.
pub fn fuzz_block(data: &[u8]) {
    let Some((hash, rest)) = data.split_first_chunk::<32>() else { return };
    let Some((numbers, block)) = rest.split_first_chunk::<8>() else { return };
    let number = u64::from_be_bytes(*numbers);
    let Some(mut verifier) = tree::Verifier::new(*hash, number >> 16, number & 0xffff) else { return };
    assert!(verifier.block_bytes() <= tree::MAX_BLOCK);
    let expected = verifier.block_bytes();
    if let Ok(content) = verifier.accept(block) {
        assert_eq!(block.len(), expected);
        assert!(block.ends_with(content));
        if tree::groups(number >> 16) == 1 {
            assert_eq!(blake3::hash(content), *hash);
        }
    }
}

/// A log of receipts, and a bandwidth proof's input: both can be checked, and nothing counts above its cap.
pub fn fuzz_receipts(data: &[u8]) {
    use popw_core::document::{BandwidthInput, Document};
    if let Ok(log) = ReceiptLog::from_json(data) {
        assert_eq!(ReceiptLog::from_json(log.to_json().as_bytes()).as_ref(), Ok(&log));
        let report = receipts::check_log(&log);
        assert_eq!(report.items.len(), log.receipts.len() + log.rates.len() + log.attestations.len());
    }
    if let Ok(input) = BandwidthInput::from_json(data) {
        let report = receipts::check_bandwidth(&input);
        assert!(report.items.iter().all(|item| item.counted <= item.amount));
    }
}

/// A refusal.
pub fn fuzz_refused(data: &[u8]) {
    body::<Refused>(data);
}

/// A signature: 96 bytes, cut or filled with zeros.
pub fn fuzz_signature(data: &[u8]) {
    let mut bytes = [0u8; 96];
    let length = data.len().min(96);
    bytes[..length].copy_from_slice(&data[..length]);
    signature(&SignatureBytes::from_bytes(&bytes));
}

/// A file of the epochs' folder.
pub fn fuzz_epoch_file(data: &[u8]) {
    epochs::parse_any(data);
}

/// A published epoch and its directory, with a zero byte between them.
pub fn fuzz_roster(data: &[u8]) {
    let mut parts = data.splitn(2, |&byte| byte == 0).map(serde_json::from_slice::<serde_json::Value>);
    let (Some(Ok(public)), Some(Ok(directory))) = (parts.next(), parts.next()) else { return };
    let public = serde_json::from_value::<EpochPublic>(public);
    let directory = serde_json::from_value::<EpochDirectory>(directory);
    let (Ok(public), Ok(directory)) = (public, directory) else { return };
    let checked = popw_core::document::Document::check(&public).is_ok();
    if let (true, Ok(epoch)) = (checked, Epoch::new(public, directory)) {
        let roster = Roster::new(epoch);
        for device in roster.devices().take(4) {
            roster.eligible(&device);
        }
    }
}

fn signature(bytes: &SignatureBytes) {
    if let Some(signature) = bytes.parse() {
        assert_eq!(SignatureBytes::new(&signature), *bytes);
    }
}

fn reframe<T: Serialize + DeserializeOwned + PartialEq + std::fmt::Debug>(data: &[u8]) {
    if let Ok(message) = frame::decode::<T>(data) {
        let again = frame::encode(&message).and_then(|frame| frame::decode(&frame));
        assert_eq!(again, Ok(message));
    }
}

fn body<T: Serialize + DeserializeOwned + PartialEq + std::fmt::Debug>(data: &[u8]) -> Option<T> {
    let value: T = postcard::from_bytes(data).ok()?;
    let again = postcard::to_allocvec(&value).ok().and_then(|bytes| postcard::from_bytes(&bytes).ok());
    assert_eq!(again.as_ref(), Some(&value));
    Some(value)
}
