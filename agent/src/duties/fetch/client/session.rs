//! One download over a connection: blocks in, receipts out.

use std::path::Path;
use std::time::Duration;

use iroh::endpoint::{Connection, ReadError, ReadExactError, RecvStream};
use popw_core::{eddsa, message};
use tokio::sync::watch;
use tokio::time::timeout;

use super::FetchError;
use super::partial::Partial;
use super::signer::Progress;
use crate::clock::Clock;
use crate::content::tree::{GROUP_BYTES, Verifier};
use crate::duties::fetch::store::client::{AllotmentKey, ClientStore, SignedReceipt};
use crate::duties::fetch::wire::{Open, Opened, Reply, Request, Stop};
use crate::keys::Keys;
use crate::wire::{FrameError, frame};

/// What a download is made with.
pub(super) struct Session<'a> {
    pub(super) connection: &'a Connection,
    pub(super) store: &'a ClientStore,
    pub(super) keys: &'a Keys,
    pub(super) allotment: AllotmentKey,
    pub(super) clock: Clock,
    pub(super) patience: Duration,
}

/// What is downloaded.
pub(super) struct Download {
    pub(super) content: [u8; 32],
    /// Its length, when the registry says it.
    pub(super) size: Option<u64>,
}

/// A download that is complete.
pub(super) struct Done {
    pub(super) bytes: u64,
    pub(super) received: u64,
    pub(super) signed: u64,
    pub(super) acknowledged: u64,
}

impl Session<'_> {
    pub(super) async fn download(
        &self,
        wanted: &Download,
        mut partial: Partial,
        out: &Path,
        overwrite: bool,
        progress: &impl Fn(u64, u64),
    ) -> Result<Done, FetchError> {
        let opened = self.connection.open_bi().await;
        let (mut send, mut receive) = opened.map_err(|error| FetchError::Unreachable(error.to_string()))?;
        let (epoch, seq, group) = (self.allotment.epoch, self.allotment.seq, partial.group);
        let open = Open { epoch, seq, content: wanted.content, group };
        frame::send(&mut send, &Request::Open(open)).await?;
        let opened = match self.reply(&mut receive).await? {
            Reply::Opened(opened) => opened,
            Reply::Stopped(stopped) => return Err(FetchError::Stopped(stopped.code)),
            Reply::Settled { .. } => return Err(FetchError::Frame(FrameError::Malformed)),
        };
        if let Some(expected) = wanted.size.filter(|size| *size != opened.size) {
            return Err(FetchError::Size { found: opened.size, expected });
        }
        let at_device = self.adopt(&opened).await?;
        let verifier = Verifier::new(wanted.content, opened.size, group);
        let verifier = verifier.ok_or(FetchError::Frame(FrameError::Malformed))?;

        let (report, received) = watch::channel(Progress::default());
        let reading = async {
            let read =
                self.receive(&mut receive, verifier, &mut partial, &report, opened.size, progress).await;
            report.send_modify(|progress| progress.done = true);
            read
        };
        let signing = self.sign(received, &mut send, opened.credit, at_device);
        let (read, signed) = tokio::join!(reading, signing);
        let bytes = report.borrow().bytes;
        let signed = signed?;
        let complete = read?;
        let acknowledged = match self.reply(&mut receive).await {
            Ok(Reply::Settled { bytes }) => bytes,
            Ok(Reply::Stopped(stopped)) if complete => stopped.signed,
            Ok(Reply::Stopped(stopped)) => return Err(FetchError::Stopped(stopped.code)),
            // All is here, and signed for; what the device has of that, it says the next time.
            Ok(Reply::Opened(_)) | Err(_) if complete => at_device,
            Ok(Reply::Opened(_)) => return Err(FetchError::Frame(FrameError::Malformed)),
            Err(error) => return Err(error),
        };
        if !complete {
            return Err(FetchError::Broken { bytes, reason: "the device ended it early".to_owned() });
        }
        partial.finish(out, overwrite)?;
        Ok(Done { bytes: opened.size, received: bytes, signed, acknowledged })
    }

    async fn reply(&self, receive: &mut RecvStream) -> Result<Reply, FetchError> {
        match timeout(self.patience, frame::next::<Reply>(receive)).await {
            Ok(Ok(Some(reply))) => Ok(reply),
            Ok(Ok(None)) => Err(FetchError::Frame(FrameError::Incomplete)),
            Ok(Err(error)) => Err(self.ended(receive, error).await),
            Err(_) => Err(FetchError::Silent),
        }
    }

    /// Why a stream ended in the middle: the device's code, if it gave one.
    async fn ended(&self, receive: &mut RecvStream, error: FrameError) -> FetchError {
        match receive.received_reset().await {
            Ok(Some(code)) => Stop::from_number(code.into_inner()).map_or(error.into(), FetchError::Stopped),
            _ if error == FrameError::Incomplete => {
                let reason = self.connection.close_reason();
                let reason = reason.map_or_else(|| error.to_string(), |reason| reason.to_string());
                FetchError::Broken { bytes: 0, reason }
            }
            _ => error.into(),
        }
    }

    /// Goes on from what the device shows that this client has signed, if it is more than is known here. Returns the
    /// device's number of bytes.
    async fn adopt(&self, opened: &Opened) -> Result<u64, FetchError> {
        let Some(last) = &opened.last else { return Ok(0) };
        let of = self.allotment;
        let text = message::receipt(of.domain, of.epoch, of.seq, of.device, last.bytes);
        let signature = last
            .signature
            .parse()
            .filter(|signature| eddsa::verify(&self.keys.public(), text, signature).is_ok());
        let signature = signature.ok_or(FetchError::Stopped(Stop::BadReceipt))?;
        let receipt = SignedReceipt { bytes: last.bytes, signature };
        self.store.adopt(of, receipt, self.clock.now_ms()).await?;
        Ok(last.bytes)
    }

    /// Receives blocks until the empty one; `true` when the content is complete.
    async fn receive(
        &self,
        receive: &mut RecvStream,
        mut verifier: Verifier,
        partial: &mut Partial,
        report: &watch::Sender<Progress>,
        size: u64,
        progress: &impl Fn(u64, u64),
    ) -> Result<bool, FetchError> {
        let before = partial.group * GROUP_BYTES;
        let mut block = Vec::new();
        loop {
            let mut length = [0; 4];
            self.read_exact(receive, &mut length, report).await?;
            let length = u32::from_be_bytes(length) as usize;
            if length == 0 {
                return Ok(verifier.next_group().is_none());
            }
            // Known beforehand, so a device cannot make us hold more.
            if length != verifier.block_bytes() {
                return Err(FetchError::Frame(FrameError::Oversized(length)));
            }
            block.resize(length, 0);
            self.read_exact(receive, &mut block, report).await?;
            let data = verifier.accept(&block)?;
            partial.write(data)?;
            report.send_modify(|progress| progress.bytes += data.len() as u64);
            progress(before + report.borrow().bytes, size);
        }
    }

    async fn read_exact(
        &self,
        receive: &mut RecvStream,
        buffer: &mut [u8],
        report: &watch::Sender<Progress>,
    ) -> Result<(), FetchError> {
        let broken = |error: &dyn std::fmt::Display| FetchError::Broken {
            bytes: report.borrow().bytes,
            reason: error.to_string(),
        };
        match timeout(self.patience, receive.read_exact(buffer)).await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(ReadExactError::ReadError(ReadError::Reset(code)))) => {
                let stop = Stop::from_number(code.into_inner());
                Err(stop.map_or_else(|| broken(&"the stream was reset"), FetchError::Stopped))
            }
            Ok(Err(ReadExactError::ReadError(ReadError::ConnectionLost(error)))) => Err(broken(&error)),
            Ok(Err(error)) => Err(broken(&error)),
            Err(_) => Err(FetchError::Silent),
        }
    }
}
