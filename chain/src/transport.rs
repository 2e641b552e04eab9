//! Requests to a node over HTTP, whose answers have a bound.

use std::task::{Context, Poll};

use alloy::rpc::json_rpc::{RequestPacket, ResponsePacket};
use alloy::transports::{TransportError, TransportErrorKind, TransportFut};
use reqwest::{Client, Response, Url};
use tower_service::Service;

/// Longest answer that is read, in bytes. Blocks, receipts and code are far shorter.
const LONGEST_ANSWER: usize = 16 << 20;

/// An answer that goes on and on.
#[derive(Debug, thiserror::Error)]
#[error("its answer has more than {LONGEST_ANSWER} bytes")]
pub(crate) struct TooLong;

/// As alloy's own, which reads an answer to its end, wherever that is.
#[derive(Debug, Clone)]
pub(crate) struct Http {
    client: Client,
    url: Url,
}

impl Http {
    /// `client` bounds the time that an answer may take.
    pub(crate) const fn new(client: Client, url: Url) -> Self {
        Self { client, url }
    }

    async fn ask(self, request: RequestPacket) -> Result<ResponsePacket, TransportError> {
        let request = serde_json::to_vec(&request).map_err(TransportError::ser_err)?;
        let request = self.client.post(self.url).header("content-type", "application/json").body(request);
        let response = request.send().await.map_err(TransportErrorKind::custom)?;
        let status = response.status();
        let body = read(response).await?;
        let text = || String::from_utf8_lossy(&body).into_owned();
        match serde_json::from_slice::<ResponsePacket>(&body) {
            // Some nodes give their errors a status of HTTP's as well.
            Ok(answer) if status.is_success() || answer.is_error() => Ok(answer),
            Err(error) if status.is_success() => Err(TransportError::deser_err(error, text())),
            _ => Err(TransportErrorKind::http_error(status.as_u16(), text())),
        }
    }
}

async fn read(mut response: Response) -> Result<Vec<u8>, TransportError> {
    let mut body = Vec::new();
    while let Some(piece) = response.chunk().await.map_err(TransportErrorKind::custom)? {
        if piece.len() > LONGEST_ANSWER - body.len() {
            return Err(TransportErrorKind::custom(TooLong));
        }
        body.extend_from_slice(&piece);
    }
    Ok(body)
}

impl Service<RequestPacket> for Http {
    type Response = ResponsePacket;
    type Error = TransportError;
    type Future = TransportFut<'static>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), TransportError>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: RequestPacket) -> TransportFut<'static> {
        Box::pin(self.clone().ask(request))
    }
}
