//! One window of a multi-scalar multiplication: points sorted into buckets, buckets summed pair by pair, the sums
//! weighted.

use ark_ec::{AdditiveGroup as _, CurveGroup, short_weierstrass::Projective};
use zeroize::{Zeroize, Zeroizing};

#[cfg(any(target_arch = "x86_64", test))]
use super::batch::Steps;
use super::{
    buckets,
    digits::{Entries, Scalars, Windows},
    words::Step,
};
use crate::points::Curve;

/// Points of a curve that are summed together: half a megabyte, so that they and the sums of their pairs stay within a
/// second-level cache.
const fn chunk_size<C: Curve>() -> usize {
    (1 << 16) / C::WORDS
}

/// In the index of a point: it is subtracted.
const NEGATIVE: u32 = 1 << 31;

/// Two points to be added. Bit 31 of an index says that the point is to be negated.
#[derive(Clone, Copy, Debug, Zeroize)]
pub struct Pair {
    pub a: u32,
    pub b: u32,
    /// Index of the sum.
    pub to: u32,
}

/// How points of a curve are added, many pairs at a time.
pub trait Adder<C: Curve>: Copy {
    /// Memory that is used again.
    type Scratch: Default + Zeroize;

    /// Bytes of it for a pair.
    const SCRATCH: usize;

    /// Makes room for so many pairs.
    fn reserve(scratch: &mut Self::Scratch, pairs: usize);

    /// This adder's part of a thread's memory.
    fn workspace(space: &mut Space<C>) -> &mut Workspace<C, Self::Scratch>;

    /// Affine sums of pairs of points with different x. Returns false, with `out` unspecified, if a pair has equal ones.
    /// `SIGNED`: indices have signs.
    fn add<const SIGNED: bool>(
        self,
        source: &[C::Words],
        pairs: &[Pair],
        out: &mut [C::Words],
        scratch: &mut Self::Scratch,
    ) -> bool;
}

/// The memory of a thread, for one window after the other; wiped when dropped, for all of it tells of the scalars.
pub struct Space<C: Curve> {
    pub(super) words: Workspace<C, Vec<Step>>,
    #[cfg(any(target_arch = "x86_64", test))]
    pub(super) lanes: Workspace<C, Steps>,
}

impl<C: Curve> Default for Space<C> {
    fn default() -> Self {
        Self {
            words: Workspace::default(),
            #[cfg(any(target_arch = "x86_64", test))]
            lanes: Workspace::default(),
        }
    }
}

/// The memory of one adder.
pub struct Workspace<C: Curve, S: Zeroize> {
    digits: Vec<u32>,
    starts: Vec<u32>,
    sorted: Vec<u32>,
    pub(super) buckets: Vec<C::Words>,
    pub(super) sums: [Vec<C::Words>; 2],
    pub(super) pairs: Vec<Pair>,
    segments: Vec<Segment>,
    pub(super) scratch: S,
}

impl<C: Curve, S: Default + Zeroize> Default for Workspace<C, S> {
    fn default() -> Self {
        Self {
            digits: Vec::new(),
            starts: Vec::new(),
            sorted: Vec::new(),
            buckets: Vec::new(),
            sums: [Vec::new(), Vec::new()],
            pairs: Vec::new(),
            segments: Vec::new(),
            scratch: S::default(),
        }
    }
}

impl<C: Curve, S: Zeroize> Drop for Workspace<C, S> {
    fn drop(&mut self) {
        let Self { digits, starts, sorted, buckets, sums, pairs, segments, scratch } = self;
        digits.zeroize();
        starts.zeroize();
        sorted.zeroize();
        buckets.zeroize();
        sums.zeroize();
        pairs.zeroize();
        segments.zeroize();
        scratch.zeroize();
    }
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

/// Makes room for so many. What was there is wiped where it lies and not moved: all of it tells of the scalars.
pub(super) fn reserve<T: Zeroize>(vector: &mut Vec<T>, count: usize) {
    if vector.capacity() < count {
        vector.zeroize();
        *vector = Vec::new();
        vector.reserve_exact(count);
    }
}

/// Sorted points of one bucket, or of a part of it.
#[derive(Clone, Copy, Zeroize)]
struct Segment {
    bucket: usize,
    /// In the sorted list.
    start: usize,
    points: usize,
    /// Sums that are left of them.
    left: usize,
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

/// Two vectors that were swapped in each of so many rounds, where they were: each has room for what is its own.
pub(super) fn in_place<T>(rounds: usize, first: T, second: T) -> [T; 2] {
    if rounds.is_multiple_of(2) { [first, second] } else { [second, first] }
}

fn plan(segments: &[Segment], pairs: &mut Vec<Pair>, mut push: impl FnMut(&mut Vec<Pair>, &Segment, usize)) {
    pairs.clear();
    let mut out = 0;
    for segment in segments {
        push(pairs, segment, out);
        out += segment.left.div_ceil(2);
    }
}

/// Has so many sums, each of which will be written.
pub(super) fn at_least<C: Curve>(sums: &mut Vec<C::Words>, count: usize) {
    debug_assert!(sums.capacity() >= count, "reserved before");
    if sums.len() < count {
        sums.resize(count, C::NONE);
    }
}

/// Has the sum of two points of `from` made at `at` of `to`: by a pair, or at once if one is no point.
#[inline]
pub(super) fn merge<C: Curve>(
    from: &[C::Words],
    [a, b]: [usize; 2],
    at: usize,
    to: &mut [C::Words],
    pairs: &mut Vec<Pair>,
) {
    if C::is_none(&from[a]) {
        to[at] = from[b];
    } else if C::is_none(&from[b]) {
        to[at] = from[a];
    } else {
        pairs.push(Pair { a: a as u32, b: b as u32, to: at as u32 });
    }
}

/// Pairs of points with equal x that share an inversion.
const EQUAL: usize = 64;

/// Adds pairs of points, whatever they are: those with equal x, rare in keys that were made honestly, by themselves.
/// The sum may be no point.
pub(super) fn add<C: Curve, A: Adder<C>, const SIGNED: bool>(
    adder: A,
    source: &[C::Words],
    pairs: &mut [Pair],
    out: &mut [C::Words],
    scratch: &mut A::Scratch,
) {
    if pairs.is_empty() || adder.add::<SIGNED>(source, pairs, out, scratch) {
        return;
    }
    let point = |index: u32| {
        let point = C::point(&source[(index & !NEGATIVE) as usize]);
        if SIGNED && index & NEGATIVE != 0 { -point } else { point }
    };
    let mut count = 0;
    for i in 0..pairs.len() {
        if point(pairs[i].a).x == point(pairs[i].b).x {
            pairs.swap(i, count);
            count += 1;
        }
    }
    let (equal, rest) = pairs.split_at(count);
    for equal in equal.chunks(EQUAL) {
        let mut sums = [Projective::ZERO; EQUAL];
        for (sum, pair) in sums.iter_mut().zip(equal) {
            *sum = point(pair.a) + point(pair.b);
        }
        let mut sums = Projective::normalize_batch(Zeroizing::new(sums).as_slice());
        for (sum, pair) in sums.iter().zip(equal) {
            out[pair.to as usize] = C::words(sum);
        }
        sums.zeroize();
    }
    let added = rest.is_empty() || adder.add::<SIGNED>(source, rest, out, scratch);
    assert!(added, "pairs with equal x have been taken out");
}
