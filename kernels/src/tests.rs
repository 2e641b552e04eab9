//! Conformance of every backend with the plain hash, and of the field on lanes with arkworks.

use ark_bn254::{Fq, FqConfig, FrConfig};
use ark_ff::{AdditiveGroup, BigInt, Field, Fp, MontBackend, PrimeField};
use popw_core::{Fr, poseidon};
use proptest::prelude::*;

use crate::{
    Backend, INPUTS,
    field52::{Columns, Element, Field52, join, split},
    lanes::{Emulated, LANES, Lanes},
    poseidon8, poseidon8_on,
};

/// Says that AVX-512 was not tested; a failure where it is required.
pub fn skipped() {
    skipped_without("AVX-512 IFMA");
}

/// Says that kernels were not tested for want of instructions. Machines with AVX-512 have all that kernels use.
pub fn skipped_without(instructions: &str) {
    eprintln!("SKIPPED: this machine has no {instructions}, its kernels were not run");
    assert!(std::env::var_os("REQUIRE_AVX512").is_none(), "REQUIRE_AVX512 is set");
}

/// Numbers that look random, the same each time.
pub fn numbers(seed: u64) -> impl Iterator<Item = Fr> {
    let mut number = Fr::from(seed + 2).inverse().unwrap();
    std::iter::repeat_with(move || {
        number = number.square() + Fr::from(seed);
        number
    })
}

/// Field elements, often at the edges of words and limbs, in value or in Montgomery form.
pub fn element() -> impl Strategy<Value = Fr> {
    prop_oneof![any::<[u64; 4]>().prop_map(from_words), (0..EDGES).prop_map(edge)]
}

fn from_words(words: [u64; 4]) -> Fr {
    words.iter().fold(Fr::ZERO, |value, word| value * Fr::from(1u128 << 64) + Fr::from(*word))
}

const EDGES: usize = 2 * 3 * 11;

/// 2^n − 1, 2^n, 2^n + 1 around 0, words, limbs and the modulus; as numbers, and as words of the Montgomery form.
fn edge(i: usize) -> Fr {
    const BITS: [u64; 9] = [0, 1, 52, 64, 104, 156, 208, 252, 253];
    let power = match i / 6 {
        0 => Fr::ZERO,
        n => BITS.get(n - 1).map_or(-Fr::from(2u64), |bits| Fr::from(2u64).pow([*bits])),
    };
    let value = power + Fr::from((i % 3) as u64) - Fr::ONE;
    // Dividing by R makes the value the memory's words.
    if i % 6 < 3 { value } else { value / Fr::from(2u64).pow([256]) }
}

type Hash = fn(&[Fr], &mut [Fr]);

/// What has to hold of each; the emulation and AVX-512 share all but the instructions.
fn implementations() -> Vec<(&'static str, Hash)> {
    let mut all: Vec<(_, Hash)> = vec![
        ("scalar", |inputs, out| poseidon8_on(Backend::Scalar, inputs, out)),
        ("emulated", |inputs, out| {
            crate::poseidon8::on_lanes::<Emulated>((), crate::poseidon8::lane_weights(), inputs, out);
        }),
        ("detected", poseidon8),
    ];
    match Backend::avx512() {
        Some(_) => all.push(("avx512", |inputs, out| {
            poseidon8_on(Backend::avx512().expect("found before"), inputs, out);
        })),
        None => skipped(),
    }
    all
}

fn agrees(inputs: &[Fr]) {
    let expected: Vec<Fr> = inputs.chunks_exact(INPUTS).map(poseidon::hash).collect();
    for (name, hash) in implementations() {
        let mut out = vec![Fr::from(99u64); expected.len()];
        hash(inputs, &mut out);
        assert_eq!(out, expected, "{name}, {} hashes", expected.len());
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]
    #[test]
    fn hashes_of_any_inputs(inputs in prop::collection::vec(element(), INPUTS * LANES)) {
        agrees(&inputs);
    }
}

#[test]
fn any_number_of_hashes() {
    let inputs: Vec<Fr> = (0..17 * INPUTS as u64).map(|i| Fr::from(i + 3).pow([1000 + i])).collect();
    for count in [0, 1, 7, 8, 9, 16, 17] {
        agrees(&inputs[..count * INPUTS]);
    }
}

#[test]
fn edges() {
    // Each edge in all places, then one hash after the other with edges at different places.
    for i in 0..EDGES {
        agrees(&[edge(i); INPUTS * LANES]);
    }
    let mixed: Vec<Fr> = (0..EDGES * INPUTS).map(|i| edge((i * 7 + i / 13) % EDGES)).collect();
    agrees(&mixed);
}

#[test]
fn a_lane_does_not_touch_another() {
    let mut inputs = [Fr::from(5u64); INPUTS * LANES];
    inputs[3 * INPUTS + 2] += Fr::ONE;
    for (name, hash) in implementations() {
        let mut out = [Fr::ZERO; LANES];
        hash(&inputs, &mut out);
        for (lane, value) in out.iter().enumerate() {
            assert_eq!(*value == out[0], lane != 3, "{name}, lane {lane}");
        }
    }
}

#[test]
#[should_panic(expected = "eight inputs for each output")]
fn refuses_another_number_of_inputs() {
    poseidon8(&[Fr::ZERO; 15], &mut [Fr::ZERO; 2]);
}

#[test]
fn backends_have_names() {
    assert_eq!(Backend::Scalar.to_string(), "scalar");
    assert!(Backend::avx512().is_none_or(|backend| backend.name() == "avx512"));
    assert_eq!(Backend::detect().name(), Backend::avx512().unwrap_or(Backend::Scalar).name());
}

type On<P> = Fp<MontBackend<P, 4>, 4>;

/// Every operation of the field on lanes, with bounds stretched as far as they are said to go, against arkworks.
/// Sums and differences are multiplied by 16² / R = 1, which reduces them enough to be stored.
fn field_agrees<P: Field52, L: Lanes>(machine: L::Machine, a: [On<P>; LANES], b: [On<P>; LANES]) {
    let sixteen = On::<P>::from(16u64);
    let load = |values: &[On<P>; LANES]| {
        let scaled = values.map(|value| value * sixteen);
        Element::<P, L>::load_divided_by_16(machine, &scaled.each_ref())
    };
    let check = |name: &str, made: Element<P, L>, expected: fn(On<P>, On<P>) -> On<P>| {
        let made = made.store_times_16();
        for lane in 0..LANES {
            assert_eq!(made[lane], expected(a[lane], b[lane]) * sixteen, "{name}");
        }
    };
    let one = load(&[On::<P>::ONE; LANES]);
    let (x, y) = (load(&a), load(&b));
    check("load", x, |a, _| a);
    check("add", x.add(&y), |a, b| a + b);
    check("three", x.add(&y).add(&y), |a, b| a + b + b);
    check("mul", x.mul(&y), |a, b| a * b);
    check("square", x.square(), |a, _| a * a);
    check("sub", x.sub(&y).mul(&one), |a, b| a - b);
    // 8 r at the right of a difference, 16 r as both factors of a product.
    let double = |x: &Element<P, L>| x.add(x);
    let eight = |x: &Element<P, L>| double(&double(&double(x)));
    check("sub 8", x.sub(&eight(&y)).mul(&one), |a, b| a - b * On::<P>::from(8u64));
    let (wide, high) = (double(&eight(&x)), eight(&y));
    check("mul wide", wide.mul(&high), |a, b| a * b * On::<P>::from(128u64));
    check("square wide", eight(&x).square(), |a, _| a * a * On::<P>::from(64u64));

    let mut product = Columns::zero(machine);
    product.add_product(&x, &y);
    let mut sum = product;
    for _ in 0..7 {
        sum.add(&product);
    }
    check("sum", sum.reduce(), |a, b| a * b * On::<P>::from(8u64));
    let mut sums = Columns::zero(machine);
    sums.sub(&product);
    sums.add_product_of_sums([&one, &x], [&one, &y]);
    sums.add_element(&y);
    check("sums", sums.reduce().mul(&one), |a, b| On::<P>::ONE + a + b + b);
    check("late", sums.reduce_and_add(&x).mul(&one), |a, b| On::<P>::ONE + a + b + b + a);
}

fn fields_agree(a: [Fr; LANES], b: [Fr; LANES]) {
    let fq = |values: [Fr; LANES]| values.map(|value| Fq::from(value.into_bigint()));
    field_agrees::<FrConfig, Emulated>((), a, b);
    field_agrees::<FqConfig, Emulated>((), fq(a), fq(b));
    #[cfg(target_arch = "x86_64")]
    match crate::lanes::Avx512Machine::detect() {
        Some(machine) => {
            field_agrees::<FrConfig, crate::lanes::Avx512>(machine, a, b);
            field_agrees::<FqConfig, crate::lanes::Avx512>(machine, fq(a), fq(b));
        }
        None => skipped(),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn field_on_lanes(
        a in prop::array::uniform8(element()),
        b in prop::array::uniform8(element()),
        words: [u64; 4],
    ) {
        fields_agree(a, b);
        prop_assert_eq!(join(split(words)), words);
    }
}

#[test]
fn field_on_lanes_at_all_edges() {
    for i in (0..EDGES).step_by(LANES) {
        for j in 0..EDGES {
            let a = core::array::from_fn(|lane| edge((i + lane) % EDGES));
            fields_agree(a, [edge(j); LANES]);
        }
    }
}

#[test]
fn constants_of_the_reduction() {
    assert_eq!(join(FrConfig::LIMBS), Fr::MODULUS.0);
    // k r + 1 = 2^52 · SHIFTED, so SHIFTED · 2^52 is 1 in the field.
    let shifted = Fr::from_bigint(BigInt(join(FrConfig::SHIFTED))).expect("below the modulus");
    assert_eq!(shifted * Fr::from(1u64 << 52), Fr::ONE);
}
