//! How long operations say how far they are.

/// Receives the progress of a long operation.
///
/// Called from the thread that runs the operation, a few dozen times in all; an implementation should return
/// quickly.
pub trait ProgressSink: Send + Sync {
    /// The operation is now in `stage` (a short phrase for people, such as `multiplying points`) with
    /// `fraction` of the whole operation behind it, from 0 to 1, never falling.
    fn report(&self, stage: &str, fraction: f64);
}

/// Reports nothing.
#[derive(Clone, Copy, Debug, Default)]
pub struct Silent;

impl ProgressSink for Silent {
    fn report(&self, _stage: &str, _fraction: f64) {}
}

/// Passes the progress of one part of an operation on as a share of the whole.
pub struct Part<'a> {
    whole: &'a dyn ProgressSink,
    from: f64,
    to: f64,
}

impl<'a> Part<'a> {
    /// The part of `whole` that lies between the fractions `from` and `to`.
    pub fn new(whole: &'a dyn ProgressSink, from: f64, to: f64) -> Self {
        Self { whole, from, to }
    }
}

impl ProgressSink for Part<'_> {
    fn report(&self, stage: &str, fraction: f64) {
        self.whole.report(stage, self.from + (self.to - self.from) * fraction.clamp(0.0, 1.0));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Mutex;

    #[derive(Default)]
    struct Record(Mutex<Vec<(String, f64)>>);

    impl ProgressSink for Record {
        fn report(&self, stage: &str, fraction: f64) {
            self.0.lock().unwrap().push((stage.to_owned(), fraction));
        }
    }

    #[test]
    fn a_part_is_scaled_into_the_whole() {
        let record = Record::default();
        let part = Part::new(&record, 0.5, 0.75);
        part.report("x", 0.5);
        part.report("y", 2.0);
        assert_eq!(*record.0.lock().unwrap(), [("x".to_owned(), 0.625), ("y".to_owned(), 0.75)]);
    }
}
