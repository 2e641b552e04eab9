//! What a device has sent on each allotment, and what was signed for: how far ahead it may go.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use crate::duties::fetch::wire::Stop;
use crate::mutex::lock;

/// Credits that a client may leave unpaid over all its broken-off downloads, besides a sixteenth of what it signed.
/// What was under way when a connection broke was sent and never received: an honest client does not sign for it.
const FORGIVEN_CREDITS: u64 = 4;
/// The share of what was signed that is forgiven as well: one in so many.
const FORGIVEN_SHARE: u64 = 16;

/// Every allotment's account, by epoch and number.
#[derive(Debug, Default)]
pub(super) struct Accounts {
    open: Mutex<HashMap<(u32, u64), Arc<Account>>>,
}

/// One allotment's account.
#[derive(Debug)]
pub(super) struct Account {
    cap: u64,
    credit: u64,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    /// Bytes of the last receipt stored.
    signed: u64,
    /// Bytes sent: at least as many as signed.
    served: u64,
    /// Bytes sent that no receipt came for, in downloads that are over.
    lost: u64,
    /// The download that may send; those before it may not.
    session: u64,
}

impl Accounts {
    /// The account of an allotment; `signed` is what the database says, for one that is new here.
    pub(super) fn get(&self, epoch: u32, seq: u64, cap: u64, credit: u64, signed: u64) -> Arc<Account> {
        let state = Mutex::new(State { signed, served: signed, lost: 0, session: 0 });
        let new = || Arc::new(Account { cap, credit, state });
        lock(&self.open).entry((epoch, seq)).or_insert_with(new).clone()
    }

    /// Forgets the accounts of all epochs but these.
    pub(super) fn retain(&self, epochs: &[u32]) {
        lock(&self.open).retain(|(epoch, _), _| epochs.contains(epoch));
    }
}

impl Account {
    /// Begins a download, which ends the one before; what that one left unpaid is lost.
    pub(super) fn begin(&self) -> Result<u64, Stop> {
        let mut state = lock(&self.state);
        state.lost = state.lost.saturating_add(state.served - state.signed);
        state.served = state.signed;
        state.session += 1;
        let forgiven = (FORGIVEN_CREDITS * self.credit).saturating_add(state.signed / FORGIVEN_SHARE);
        if state.signed >= self.cap {
            Err(Stop::CapUsed)
        } else if state.lost > forgiven {
            Err(Stop::Unpaid)
        } else {
            Ok(state.session)
        }
    }

    /// Takes up to `groups`' bytes, in order, as far as credit and cap allow; returns how many groups. None when
    /// the next has to wait for a receipt.
    pub(super) fn take(&self, session: u64, groups: impl Iterator<Item = u64>) -> Result<u64, Stop> {
        let mut state = lock(&self.state);
        if state.session != session {
            return Err(Stop::Replaced);
        }
        let limit = state.signed.saturating_add(self.credit).min(self.cap);
        let mut taken = 0;
        for bytes in groups {
            if bytes > limit.saturating_sub(state.served) {
                // No receipt would make room for it.
                if taken == 0 && bytes > self.cap.saturating_sub(state.served) {
                    return Err(Stop::CapUsed);
                }
                break;
            }
            state.served += bytes;
            taken += 1;
        }
        Ok(taken)
    }

    /// A receipt is stored.
    pub(super) fn paid(&self, bytes: u64) {
        let mut state = lock(&self.state);
        state.signed = state.signed.max(bytes);
        state.served = state.served.max(state.signed);
    }

    /// Bytes of the last receipt.
    pub(super) fn signed(&self) -> u64 {
        lock(&self.state).signed
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn account(cap: u64) -> Arc<Account> {
        Accounts::default().get(1, 1, cap, 100, 0)
    }

    fn take(account: &Account, session: u64, groups: u64) -> Result<u64, Stop> {
        account.take(session, (0..groups).map(|_| 10))
    }

    #[test]
    fn credit_then_receipts_then_the_cap() {
        let account = account(155);
        let session = account.begin().expect("a download");
        assert_eq!(take(&account, session, 99), Ok(10));
        assert_eq!(take(&account, session, 99), Ok(0), "waits for a receipt");
        account.paid(25);
        assert_eq!(take(&account, session, 1), Ok(1));
        assert_eq!(take(&account, session, 99), Ok(1));
        account.paid(120);
        assert_eq!(take(&account, session, 99), Ok(3));
        assert_eq!(take(&account, session, 99), Err(Stop::CapUsed), "5 bytes are left, a group has 10");
        account.paid(155);
        assert_eq!(account.begin(), Err(Stop::CapUsed));
    }

    #[test]
    fn a_receipt_above_the_cap_buys_nothing_more() {
        let account = account(50);
        let session = account.begin().expect("a download");
        account.paid(u64::MAX);
        assert_eq!(take(&account, session, 1), Err(Stop::CapUsed));
        account.paid(3);
        assert_eq!(account.signed(), u64::MAX, "the larger counts");
    }

    #[test]
    fn a_newer_download_ends_the_older_and_losses_are_bounded() {
        let account = account(1 << 40);
        let first = account.begin().expect("a download");
        let second = account.begin().expect("another");
        assert_eq!(take(&account, first, 1), Err(Stop::Replaced));
        let mut session = second;
        for _ in 0..4 {
            assert_eq!(take(&account, session, 99), Ok(10));
            session = account.begin().expect("forgiven");
        }
        assert_eq!(take(&account, session, 99), Ok(10));
        assert_eq!(account.begin(), Err(Stop::Unpaid), "500 bytes and no receipt");
        account.paid(1_600);
        assert!(account.begin().is_ok(), "one in sixteen may be lost");
    }
}
