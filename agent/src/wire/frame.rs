//! How messages are framed, whichever protocol they are of.
//!
//! ```text
//! frame   = length (u16, big-endian: bytes that follow, 1..=4096) ‖ version (u8) ‖ body (postcard)
//! ```

use iroh::endpoint::{ReadExactError, RecvStream, SendStream};
use serde::Serialize;
use serde::de::DeserializeOwned;
use thiserror::Error;

use crate::metrics::Reason;

/// The frame's version byte.
pub const VERSION: u8 = 1;

/// Longest frame after the length prefix, bytes.
pub const MAX_FRAME: usize = 4096;

/// Why bytes are not a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum FrameError {
    /// The bytes end before the frame does.
    #[error("the frame is incomplete")]
    Incomplete,
    /// The length prefix exceeds [`MAX_FRAME`] (or, when encoding, the message does).
    #[error("a frame of {0} bytes, at most {MAX_FRAME} are allowed")]
    Oversized(usize),
    /// Another version.
    #[error("frame version {0}, expected {VERSION}")]
    Version(u8),
    /// The body is not a message.
    #[error("the frame does not hold a message")]
    Malformed,
    /// The body goes on after the message.
    #[error("{0} bytes left over after the message")]
    Trailing(usize),
}

impl FrameError {
    /// The counter for this error.
    pub fn kind(&self) -> Reason {
        match self {
            Self::Incomplete => Reason::Incomplete,
            Self::Oversized(_) => Reason::Oversized,
            Self::Version(_) => Reason::Version,
            Self::Malformed | Self::Trailing(_) => Reason::Malformed,
        }
    }
}

/// Encodes a message as a frame, length prefix included.
///
/// # Errors
/// [`FrameError::Oversized`]: no message of these protocols comes near the bound.
pub fn encode<M: Serialize>(message: &M) -> Result<Vec<u8>, FrameError> {
    let frame = postcard::to_extend(message, vec![0, 0, VERSION]).map_err(|_| FrameError::Malformed)?;
    let length = frame.len() - 2;
    let prefix = u16::try_from(length).ok().filter(|_| length <= MAX_FRAME);
    let prefix = prefix.ok_or(FrameError::Oversized(length))?;
    let mut frame = frame;
    frame[..2].copy_from_slice(&prefix.to_be_bytes());
    Ok(frame)
}

/// Decodes one whole frame, length prefix included.
///
/// # Errors
/// [`FrameError`], for every input that [`encode`] cannot have made.
pub fn decode<M: DeserializeOwned>(frame: &[u8]) -> Result<M, FrameError> {
    let (prefix, rest) = frame.split_first_chunk::<2>().ok_or(FrameError::Incomplete)?;
    let length = frame_length(*prefix)?;
    let (content, trailing) = rest.split_at_checked(length).ok_or(FrameError::Incomplete)?;
    if !trailing.is_empty() {
        return Err(FrameError::Trailing(trailing.len()));
    }
    decode_content(content)
}

fn frame_length(prefix: [u8; 2]) -> Result<usize, FrameError> {
    match usize::from(u16::from_be_bytes(prefix)) {
        0 => Err(FrameError::Malformed),
        length if length > MAX_FRAME => Err(FrameError::Oversized(length)),
        length => Ok(length),
    }
}

fn decode_content<M: DeserializeOwned>(content: &[u8]) -> Result<M, FrameError> {
    let (&version, body) = content.split_first().ok_or(FrameError::Malformed)?;
    if version != VERSION {
        return Err(FrameError::Version(version));
    }
    let (message, trailing) = postcard::take_from_bytes(body).map_err(|_| FrameError::Malformed)?;
    if !trailing.is_empty() {
        return Err(FrameError::Trailing(trailing.len()));
    }
    Ok(message)
}

/// Reads the one frame of a stream.
///
/// # Errors
/// [`FrameError`]; a stream that breaks off is [`FrameError::Incomplete`].
pub async fn read<M: DeserializeOwned>(stream: &mut RecvStream) -> Result<M, FrameError> {
    let message = next(stream).await?.ok_or(FrameError::Incomplete)?;
    match stream.read(&mut [0u8; 1]).await {
        Ok(None) => Ok(message),
        Ok(Some(more)) => Err(FrameError::Trailing(more)),
        Err(_) => Err(FrameError::Incomplete),
    }
}

/// Reads the next frame of a stream that goes on; `None` where the stream ends.
///
/// # Errors
/// [`FrameError`]; a stream that breaks off inside a frame is [`FrameError::Incomplete`].
pub async fn next<M: DeserializeOwned>(stream: &mut RecvStream) -> Result<Option<M>, FrameError> {
    let mut prefix = [0u8; 2];
    match stream.read_exact(&mut prefix).await {
        Ok(()) => {}
        Err(ReadExactError::FinishedEarly(0)) => return Ok(None),
        Err(_) => return Err(FrameError::Incomplete),
    }
    let mut content = vec![0u8; frame_length(prefix)?];
    stream.read_exact(&mut content).await.map_err(|_| FrameError::Incomplete)?;
    decode_content(&content).map(Some)
}

/// Writes a frame on a stream that goes on.
///
/// # Errors
/// [`FrameError::Incomplete`] when the peer is gone.
pub async fn send<M: Serialize>(stream: &mut SendStream, message: &M) -> Result<(), FrameError> {
    stream.write_all(&encode(message)?).await.map_err(|_| FrameError::Incomplete)
}

/// Writes the last frame of a stream and ends the stream.
///
/// # Errors
/// [`FrameError::Incomplete`] when the peer is gone.
pub async fn write<M: Serialize>(stream: &mut SendStream, message: &M) -> Result<(), FrameError> {
    send(stream, message).await?;
    stream.finish().map_err(|_| FrameError::Incomplete)
}
