//! Plain functions over bytes, one for each parser of what comes from outside: for fuzzers, and for
//! tests that replay random bytes and a corpus. None may panic; each asserts what must hold of what
//! it accepts.

use popw_core::bitmap::SlotBitmap;
use popw_core::document::EpochPublic;
use popw_core::field;
use popw_network::epoch::directory::{Epoch, EpochDirectory};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::epochs;
use crate::roster::Roster;
use crate::wire::{self, Attest, Message, Ping, Pong, Refused, SignatureBytes};

/// A whole frame: accepted ones survive being written again.
pub fn fuzz_frame(data: &[u8]) {
    if let Ok(message) = wire::decode(data) {
        let again = wire::encode(&message).and_then(|frame| wire::decode(&frame));
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
        && let Some(nonce) = wire::nonce(&ping.nonce)
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

fn body<T: Serialize + DeserializeOwned + PartialEq + std::fmt::Debug>(data: &[u8]) -> Option<T> {
    let value: T = postcard::from_bytes(data).ok()?;
    let again = postcard::to_allocvec(&value).ok().and_then(|bytes| postcard::from_bytes(&bytes).ok());
    assert_eq!(again.as_ref(), Some(&value));
    Some(value)
}
