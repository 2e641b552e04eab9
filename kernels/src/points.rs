//! Points as words: the memory of arkworks' affine points, Montgomery form, as kernels load and store it.

use ark_bn254::{Fq, Fq2, Fr, G1Affine, G2Affine, g1, g2};
use ark_ec::short_weierstrass::{Affine, SWCurveConfig};
use ark_ff::{BigInt, PrimeField};
use zeroize::Zeroize;

use core::mem;

/// A group whose points lie in memory as `WORDS`.
pub trait Curve: SWCurveConfig<ScalarField = Fr> {
    /// Coordinates one after the other, each of four words per element of Fq. All zero: no point.
    type Words: Copy + PartialEq + Zeroize + Send + Sync + 'static;

    /// Number of words.
    const WORDS: usize;
    /// No point; also infinity.
    const NONE: Self::Words;

    /// Whether these are [`Curve::NONE`].
    fn is_none(words: &Self::Words) -> bool;

    /// Views points as words.
    fn view(points: &[Affine<Self>]) -> &[Self::Words];

    /// The point of these words, whose coordinates may be any representative below 2^256.
    fn point(words: &Self::Words) -> Affine<Self>;

    /// The words of a point.
    fn words(point: &Affine<Self>) -> Self::Words;

    /// The words of the negative of a point whose coordinates are below the modulus.
    fn negative(words: &Self::Words) -> Self::Words {
        Self::words(&-Self::point(words))
    }
}

// The compiler may lay out types of other crates as it likes: check that it chose plain coordinates.
const _: () = {
    assert!(mem::size_of::<G1Affine>() == mem::size_of::<[u64; 8]>());
    assert!(mem::align_of::<G1Affine>() == mem::align_of::<[u64; 8]>());
    assert!(mem::offset_of!(G1Affine, x) == 0 && mem::offset_of!(G1Affine, y) == 32);
    assert!(mem::size_of::<G2Affine>() == mem::size_of::<[u64; 16]>());
    assert!(mem::align_of::<G2Affine>() == mem::align_of::<[u64; 16]>());
    assert!(mem::offset_of!(G2Affine, x) == 0 && mem::offset_of!(G2Affine, y) == 64);
    assert!(mem::offset_of!(Fq2, c0) == 0 && mem::offset_of!(Fq2, c1) == 32);
    assert!(mem::size_of::<Fq>() == 32 && mem::size_of::<Fr>() == 32 && mem::align_of::<Fr>() == 8);
};

impl Curve for g1::Config {
    type Words = [u64; 8];
    const WORDS: usize = 8;
    const NONE: Self::Words = [0; 8];

    #[inline]
    fn is_none(words: &Self::Words) -> bool {
        // One word nearly always decides, which a comparison of memory would not make use of.
        words.iter().all(|word| *word == 0)
    }

    fn view(points: &[G1Affine]) -> &[Self::Words] {
        // SAFETY: size, alignment and order of the fields are asserted above; words have no invalid values.
        unsafe { core::slice::from_raw_parts(points.as_ptr().cast(), points.len()) }
    }

    fn point(words: &Self::Words) -> G1Affine {
        let [x, y] = halves(words).map(|words| element(&words));
        G1Affine::new_unchecked(x, y)
    }

    fn words(point: &G1Affine) -> Self::Words {
        join(point.x.0.0, point.y.0.0)
    }
}

impl Curve for g2::Config {
    type Words = [u64; 16];
    const WORDS: usize = 16;
    const NONE: Self::Words = [0; 16];

    #[inline]
    fn is_none(words: &Self::Words) -> bool {
        // One word nearly always decides, which a comparison of memory would not make use of.
        words.iter().all(|word| *word == 0)
    }

    fn view(points: &[G2Affine]) -> &[Self::Words] {
        // SAFETY: as in G1.
        unsafe { core::slice::from_raw_parts(points.as_ptr().cast(), points.len()) }
    }

    fn point(words: &Self::Words) -> G2Affine {
        let [x, y] = halves(words).map(|words: [u64; 8]| {
            let [c0, c1] = halves(&words).map(|words| element(&words));
            Fq2::new(c0, c1)
        });
        G2Affine::new_unchecked(x, y)
    }

    fn words(point: &G2Affine) -> Self::Words {
        let coordinate = |value: &Fq2| join::<4, 8>(value.c0.0.0, value.c1.0.0);
        join(coordinate(&point.x), coordinate(&point.y))
    }
}

/// A field element from any representative below 2^256.
fn element(words: &[u64; 4]) -> Fq {
    let mut number = BigInt(*words);
    while number >= Fq::MODULUS {
        ark_ff::BigInteger::sub_with_borrow(&mut number, &Fq::MODULUS);
    }
    Fq::new_unchecked(number)
}

fn halves<const N: usize, const M: usize>(words: &[u64; M]) -> [[u64; N]; 2] {
    [core::array::from_fn(|i| words[i]), core::array::from_fn(|i| words[N + i])]
}

fn join<const N: usize, const M: usize>(a: [u64; N], b: [u64; N]) -> [u64; M] {
    core::array::from_fn(|i| if i < N { a[i] } else { b[i - N] })
}
