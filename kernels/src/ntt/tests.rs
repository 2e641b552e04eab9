//! Conformance with arkworks' transforms.

use ark_ff::{AdditiveGroup, Field};
use ark_poly::{EvaluationDomain, Radix2EvaluationDomain};

use super::*;
use crate::tests::{numbers, skipped};

/// By the definitions, with arkworks.
fn expected(form: Form, a: &[Fr], b: &[Fr]) -> Vec<Fr> {
    let domain = Radix2EvaluationDomain::<Fr>::new(a.len()).unwrap();
    let shift = Fr::get_root_of_unity(2 * a.len() as u64).unwrap();
    let coset = domain.get_coset(shift).unwrap();
    let c: Vec<Fr> = a.iter().zip(b).map(|(a, b)| *a * b).collect();
    let [a, b, c] = [a, b, &c].map(|x| coset.fft(&domain.ifft(x)));
    let h: Vec<Fr> = a.iter().zip(b).zip(c).map(|((a, b), c)| *a * b - c).collect();
    match form {
        Form::Coset => h,
        Form::Coefficients => {
            let minus_half = -Fr::from(2u64).inverse().unwrap();
            coset.ifft(&h).into_iter().map(|x| x * minus_half).collect()
        }
    }
}

fn agrees(hardware: Hardware, log: u32, a: &[Fr], b: &[Fr]) {
    let domain = Domain::on(hardware, log).unwrap();
    for form in [Form::Coset, Form::Coefficients] {
        let (mut made, mut b_spoiled, mut c) = (a.to_vec(), b.to_vec(), vec![Fr::from(3u64); a.len()]);
        domain.quotient(form, &mut made, &mut b_spoiled, &mut c, &|| false);
        assert_eq!(made, expected(form, a, b), "{form:?}, 2^{log}");
    }
}

fn all(test: impl Fn(Hardware)) {
    test(Hardware::Emulated);
    match Backend::avx512() {
        #[cfg(target_arch = "x86_64")]
        Some(Backend::Avx512(machine)) => test(Hardware::Avx512(machine)),
        _ => skipped(),
    }
}

#[test]
fn quotients_are_those_of_arkworks() {
    all(|hardware| {
        for log in SMALLEST..=13 {
            let size = 1 << log;
            let [a, b] = [1, 2].map(|seed| numbers(seed).take(size).collect::<Vec<_>>());
            agrees(hardware, log, &a, &b);
        }
    });
}

/// Where bounds are tightest, and where mistakes of position would show.
#[test]
fn extreme_values_are_those_of_arkworks() {
    all(|hardware| {
        let size = 1 << 9;
        let of = |value: Fr| vec![value; size];
        agrees(hardware, 9, &of(-Fr::ONE), &of(-Fr::ONE));
        agrees(hardware, 9, &of(Fr::ZERO), &of(-Fr::ONE));
        let words = Fr::new_unchecked(ark_ff::BigInt([u64::MAX, u64::MAX, u64::MAX, (1 << 60) - 1]));
        agrees(hardware, 9, &of(words), &of(words));
        for position in [0, 1, 31, 32, size - 1] {
            let mut one = of(Fr::ZERO);
            one[position] = -Fr::ONE;
            agrees(hardware, 9, &one, &one);
        }
    });
}

#[test]
fn a_satisfied_circuit_has_a_quotient_without_a_last_coefficient() {
    all(|hardware| {
        let [mut a, mut b] = [3, 4].map(|seed| numbers(seed).take(1 << 8).collect::<Vec<_>>());
        let mut c = vec![Fr::ZERO; 1 << 8];
        Domain::on(hardware, 8).unwrap().quotient(Form::Coefficients, &mut a, &mut b, &mut c, &|| false);
        assert_eq!(a.last(), Some(&Fr::ZERO));
        assert_ne!(a.first(), Some(&Fr::ZERO));
    });
}

#[test]
fn domains_that_lanes_do_not_pay_for_are_not_made() {
    assert!(Domain::new(Backend::Scalar, 10).is_none());
    all(|hardware| {
        assert!(Domain::on(hardware, SMALLEST - 1).is_none());
        assert!(Domain::on(hardware, Fr::TWO_ADICITY).is_none());
    });
}

#[test]
#[should_panic(expected = "an element for each point")]
fn other_sizes_are_refused() {
    let mut values = vec![Fr::ZERO; 128];
    let [a, b, c] = [0; 3].map(|_| values.clone());
    let (mut a, mut b, _) = (a, b, c);
    let domain = Domain::on(Hardware::Emulated, 7).unwrap();
    domain.quotient(Form::Coset, &mut a, &mut b, &mut values[..64], &|| false);
}
