//! Calls of a verifier's contract.

use ark_bn254::Fr;
use ark_ff::{BigInteger as _, PrimeField as _};

/// First bytes of `keccak256("verify(bytes,uint256[])")`.
const SELECTOR: [u8; 4] = [0x96, 0x49, 0xda, 0xae];
const WORD: usize = 32;

/// The call of `verify(bytes proof, uint256[] inputs)`, in the one encoding that contracts take. A proof has whole words.
pub fn calldata(proof: &[u8], inputs: &[Fr]) -> Vec<u8> {
    debug_assert_eq!(proof.len() % WORD, 0, "a proof has whole words");
    let mut out = SELECTOR.to_vec();
    // Where the arguments' data start, counted from the end of the selector: two heads, a length and the proof.
    for number in [2 * WORD, 3 * WORD + proof.len(), proof.len()] {
        push(&mut out, number);
    }
    out.extend_from_slice(proof);
    push(&mut out, inputs.len());
    inputs.iter().for_each(|input| out.extend(input.into_bigint().to_bytes_be()));
    out
}

fn push(out: &mut Vec<u8>, number: usize) {
    out.extend([0; WORD - 8]);
    out.extend((number as u64).to_be_bytes());
}

#[cfg(test)]
mod tests {
    use sha3::{Digest as _, Keccak256};

    use super::*;

    #[test]
    fn the_selector_is_the_signatures() {
        assert_eq!(Keccak256::digest("verify(bytes,uint256[])")[..4], SELECTOR);
    }

    #[test]
    fn arguments_follow_each_other() {
        let call = calldata(&[7; 256], &[Fr::from(1), Fr::from(258)]);
        let word = |i: usize| &call[4 + WORD * i..][..WORD];
        let number = |i: usize| u64::from_be_bytes(word(i)[24..].try_into().expect("8 bytes"));
        assert_eq!(call.len(), 4 + WORD * (3 + 8 + 3));
        assert_eq!([number(0), number(1), number(2)], [64, 352, 256]);
        assert!((3..11).all(|i| *word(i) == [7; WORD]));
        assert_eq!([number(11), number(12), number(13)], [2, 1, 258]);
    }
}
