//! One window of a multi-scalar multiplication: points sorted into buckets, buckets summed pair by pair, the sums
//! weighted.

use ark_ec::{CurveGroup, short_weierstrass::Projective};
use zeroize::Zeroize;

use super::{
    adder::{Adder, add, merge},
    buckets,
    digits::{Entries, Scalars, Windows},
    pair::{NEGATIVE, Pair},
    space::{Segment, Workspace, at_least, in_place, reserve},
};
use crate::points::Curve;

/// Points of a curve that are summed together: half a megabyte, so that they and the sums of their pairs stay within a
/// second-level cache.
const fn chunk_size<C: Curve>() -> usize {
    (1 << 16) / C::WORDS
}

/// Bytes that the workspace takes, at most.
pub(super) fn bytes<C: Curve, A: Adder<C>>(points: usize, windows: &Windows) -> usize {
    let (word, buckets) = (size_of::<u32>(), windows.buckets());
    let Room { segments, sums: [second, first], pairs } = Room::of::<C>(points, buckets);
    2 * word * points
        + word * (buckets + 1)
        + size_of::<C::Words>() * (buckets + first + second)
        + size_of::<Segment>() * segments
        + (size_of::<Pair>() + A::SCRATCH) * pairs
}

/// What the workspace has to hold at most, whatever the digits.
struct Room {
    segments: usize,
    /// Those that odd rounds of a chunk and even ones of weighting make, and those of a chunk's even rounds.
    sums: [usize; 2],
    pairs: usize,
}

impl Room {
    fn of<C: Curve>(points: usize, buckets: usize) -> Self {
        // A chunk has a segment for each of its buckets, and a sum for each pair and for what is left over of a segment.
        let chunk = points.min(chunk_size::<C>());
        let segments = chunk.min(buckets);
        let first = (chunk + segments) / 2;
        let second = (first + segments) / 2;
        // The first round of weighting has half of the buckets, and a quarter in a list.
        let weighted = 3 * buckets / 4;
        Self { segments, sums: [second.max(weighted), first], pairs: (chunk / 2).max(weighted) }
    }
}

/// What a window is a sum of.
#[derive(Clone, Copy)]
pub struct Terms<'a, C: Curve> {
    pub points: &'a [C::Words],
    /// Of each point, the index of its scalar; the same index without.
    pub columns: Option<&'a [u32]>,
    pub scalars: &'a Scalars,
}

impl<'a, C: Curve> Terms<'a, C> {
    #[inline]
    pub(super) fn scalar(&self, position: usize) -> &'a [u64; 4] {
        let index = self.columns.map_or(position, |columns| columns[position] as usize);
        self.scalars.value(index)
    }
}

/// `Σ dᵢ·Pᵢ` with the digits of one window; nothing once `stop` says so, which is asked for every chunk.
pub(super) fn sum<C: Curve, A: Adder<C>>(
    adder: A,
    terms: &Terms<'_, C>,
    entries: &Entries,
    windows: &Windows,
    window: usize,
    space: &mut Workspace<C, A::Scratch>,
    stop: &dyn Fn() -> bool,
) -> Option<Projective<C>> {
    sort(terms, entries, windows, window, space);
    let room = Room::of::<C>(space.sorted.len(), windows.buckets());
    reserve(&mut space.segments, room.segments);
    space.sums.iter_mut().zip(room.sums).for_each(|(sums, count)| reserve(sums, count));
    reserve(&mut space.pairs, room.pairs);
    A::reserve(&mut space.scratch, room.pairs);
    reserve(&mut space.buckets, windows.buckets());
    space.buckets.clear();
    space.buckets.resize(windows.buckets(), C::NONE);
    let mut segments = core::mem::take(&mut space.segments);
    let mut points = 0;
    segments.clear();
    for bucket in 0..windows.buckets() {
        let (mut start, end) = (space.starts[bucket] as usize, space.starts[bucket + 1] as usize);
        while start < end {
            let take = (end - start).min(chunk_size::<C>() - points);
            segments.push(Segment { bucket, start, points: take, left: take });
            (start, points) = (start + take, points + take);
            if points == chunk_size::<C>() {
                if stop() {
                    space.segments = segments;
                    return None;
                }
                chunk(adder, terms.points, &mut segments, space);
                segments.clear();
                points = 0;
            }
        }
    }
    chunk(adder, terms.points, &mut segments, space);
    space.segments = segments;
    (!stop()).then(|| buckets::weighted(adder, space))
}

/// Sorts the indices of points by the magnitude of their digit, digit 0 left out; `starts` is where each bucket begins,
/// and the end.
fn sort<C: Curve, S: Zeroize>(
    terms: &Terms<'_, C>,
    entries: &Entries,
    windows: &Windows,
    window: usize,
    space: &mut Workspace<C, S>,
) {
    let positions = entries.of_window(windows.bits(window).start);
    let starts = &mut space.starts;
    reserve(starts, windows.buckets() + 1);
    starts.clear();
    starts.resize(windows.buckets() + 1, 0);
    reserve(&mut space.digits, positions.len());
    space.digits.clear();
    for position in positions {
        let (magnitude, negative) = windows.digit(window, terms.scalar(*position as usize));
        starts[magnitude as usize] += 1;
        space.digits.push(magnitude << 1 | u32::from(negative));
    }
    // Digit 0 is sorted into nothing: its count becomes the sum before the first bucket.
    starts[0] = 0;
    let mut total = 0;
    for start in &mut *starts {
        let count = *start;
        *start = total;
        total += count;
    }
    reserve(&mut space.sorted, total as usize);
    space.sorted.clear();
    space.sorted.resize(total as usize, 0);
    // starts[m] is where bucket m − 1 begins; moving it along leaves it where bucket m begins.
    for (position, digit) in positions.iter().zip(&space.digits) {
        let magnitude = (digit >> 1) as usize;
        if magnitude > 0 {
            let at = &mut starts[magnitude];
            space.sorted[*at as usize] = position | (digit & 1) << 31;
            *at += 1;
        }
    }
}

/// Sums whole segments: adds their points in pairs, then the sums in pairs, until each has one.
fn chunk<C: Curve, A: Adder<C>>(
    adder: A,
    points: &[C::Words],
    segments: &mut [Segment],
    space: &mut Workspace<C, A::Scratch>,
) {
    let mut round = 0;
    let [mut from, mut to] = space.sums.each_mut().map(core::mem::take);
    while round == 0 || segments.iter().any(|segment| segment.left > 1) {
        let left = segments.iter().map(|segment| segment.left.div_ceil(2)).sum();
        at_least::<C>(&mut to, left);
        if round == 0 {
            plan(segments, &mut space.pairs, |pairs, segment, out| {
                let sorted = &space.sorted[segment.start..segment.start + segment.points];
                let (whole, odd) = sorted.as_chunks::<2>();
                for (i, [a, b]) in whole.iter().enumerate() {
                    pairs.push(Pair { a: *a, b: *b, to: (out + i) as u32 });
                }
                if let [odd] = odd {
                    let point = &points[(odd & !NEGATIVE) as usize];
                    to[out + whole.len()] = if odd & NEGATIVE == 0 { *point } else { C::negative(point) };
                }
            });
            add::<C, A, true>(adder, points, &mut space.pairs, &mut to, &mut space.scratch);
        } else {
            let mut start = 0;
            plan(segments, &mut space.pairs, |pairs, segment, out| {
                let half = segment.left / 2;
                for i in 0..half {
                    merge::<C>(&from, [start + 2 * i, start + 2 * i + 1], out + i, &mut to, pairs);
                }
                if segment.left % 2 == 1 {
                    to[out + half] = from[start + segment.left - 1];
                }
                start += segment.left;
            });
            add::<C, A, false>(adder, &from, &mut space.pairs, &mut to, &mut space.scratch);
        }
        for segment in segments.iter_mut() {
            segment.left = segment.left.div_ceil(2);
        }
        core::mem::swap(&mut from, &mut to);
        round += 1;
    }
    for (segment, sum) in segments.iter().zip(&from) {
        let bucket = &mut space.buckets[segment.bucket];
        // Buckets larger than a chunk come in parts.
        *bucket = if C::is_none(bucket) {
            *sum
        } else {
            C::words(&(C::point(bucket) + C::point(sum)).into_affine())
        };
    }
    space.sums = in_place(round, from, to);
}

fn plan(segments: &[Segment], pairs: &mut Vec<Pair>, mut push: impl FnMut(&mut Vec<Pair>, &Segment, usize)) {
    pairs.clear();
    let mut out = 0;
    for segment in segments {
        push(pairs, segment, out);
        out += segment.left.div_ceil(2);
    }
}
