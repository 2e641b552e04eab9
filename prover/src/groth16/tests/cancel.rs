//! Cancelling: at any time, from any thread, with an error that says so and no file left.

use std::sync::{
    Mutex,
    atomic::{AtomicBool, Ordering},
};

use super::{
    super::backend::{Backend, BackendError},
    proof::backends,
    *,
};
use crate::progress::{Part, ProgressSink};

/// Cancels once so much is reported.
struct At {
    fraction: f64,
    cancelled: AtomicBool,
    reported: Mutex<Vec<f64>>,
}

impl At {
    fn fraction(fraction: f64) -> Self {
        Self { fraction, cancelled: AtomicBool::new(false), reported: Mutex::default() }
    }
}

impl ProgressSink for At {
    fn report(&self, _: &str, fraction: f64) {
        self.reported.lock().unwrap().push(fraction);
        if fraction >= self.fraction {
            self.cancelled.store(true, Ordering::Relaxed);
        }
    }

    fn cancelled(&self) -> bool {
        self.cancelled.load(Ordering::Relaxed)
    }
}

const FRACTIONS: [f64; 7] = [0.0, 0.01, 0.1, 0.3, 0.6, 0.9, 0.985];

fn is_cancelled(error: &ProveError) -> bool {
    matches!(error, ProveError::Backend(BackendError::Cancelled))
}

#[test]
fn a_cancelled_proof_is_none() {
    let fixture = Fixture::new(600);
    let key = fixture.open();
    for threads in [1, 3] {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        for backend in backends() {
            let prover = pool.install(|| Prover::new(&key, &backend)).unwrap();
            for fraction in FRACTIONS {
                let sink = At::fraction(fraction);
                let error =
                    pool.install(|| prover.prove(fixture.assignment.clone(), &sink)).expect_err("cancelled");
                assert!(is_cancelled(&error), "{backend:?}, {threads} threads, {fraction}: {error}");
                let reported = sink.reported.into_inner().unwrap();
                assert!(reported.is_sorted() && reported.last() < Some(&1.0), "{fraction}: {reported:?}");
            }
            // Nothing of it is left.
            pool.install(|| prover.prove(fixture.assignment.clone(), &Silent)).unwrap();
        }
    }
}

#[test]
fn another_thread_cancels() {
    let fixture = Fixture::new(600);
    let key = fixture.open();
    let sink = At::fraction(2.0);
    let error = std::thread::scope(|scope| {
        scope.spawn(|| {
            while sink.reported.lock().unwrap().is_empty() {
                std::thread::yield_now();
            }
            sink.cancelled.store(true, Ordering::Relaxed);
        });
        // However late that thread runs, one of these proofs is cancelled.
        std::iter::repeat_with(|| prove(&key, &Backend::scalar(), fixture.assignment.clone(), &sink))
            .find_map(Result::err)
    });
    assert!(error.as_ref().is_some_and(is_cancelled), "{error:?}");
}

#[test]
fn checking_a_key_is_cancelled_and_leaves_no_stamp() {
    let fixture = Fixture::new(41);
    let stamp = stamp::file(&fixture.path());
    let _ = std::fs::remove_file(&stamp);
    for fraction in [0.0, 0.12, 0.3] {
        let error = ProvingKey::open(&fixture.path(), Check::Now, &At::fraction(fraction)).unwrap_err();
        assert!(matches!(error.problem, KeyProblem::Cancelled), "{fraction}: {error}");
        assert!(!stamp.exists());
    }
}

#[test]
fn a_cancelled_import_leaves_no_file() {
    let fixture = Fixture::new(41);
    let (zkey, _) = fixture.export();
    let out = fixture.at("imported.pk");
    let files = || std::fs::read_dir(fixture.folder.path()).unwrap().count();
    let before = files();
    let source = Source::Snarkjs { zkey: &zkey, r1cs: None };
    for fraction in [0.0, 0.1, 0.2, 0.39, 0.5, 0.6] {
        for part in [0.5, 1.0] {
            let sink = At::fraction(fraction * part);
            let error = import(&source, to(&out), &Part::new(&sink, 0.0, part)).unwrap_err();
            let cancelled = matches!(error.problem, ExchangeProblem::Key(KeyProblem::Cancelled));
            assert!(cancelled, "{fraction}: {error}");
            assert_eq!(files(), before, "{fraction}");
        }
    }
}
