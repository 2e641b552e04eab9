//! Fuzz targets of other software's files.

use std::{io::Cursor, path::Path};

use ark_bn254::Fr;
use ark_ff::{One, Zero};
use popw_verifier::key::{CIRCUIT, Header, Payload, System, VerifyingKey};
use zeroize::Zeroizing;

use super::{
    super::{
        backend::Backend, key::ProvingKey, layout::Dimensions, mapping::Mapping, matrix::Coefficients,
        write::write,
    },
    import::{contents, one_sided},
    r1cs, wtns, zkey,
};
use crate::progress::Silent;

/// Largest evaluation domain for which a key is made.
const DOMAIN: usize = 1 << 10;
/// Sizes of the witness that is expected.
const WITNESS: (usize, usize, usize) = (1, 2, 1);

/// A `.zkey` file: what is accepted becomes a key file that opens, and if its points are points, one that a prover loads.
pub fn fuzz_zkey(data: &[u8]) {
    let Ok(zkey) = zkey::read(data) else { return };
    if zkey.dimensions.domain() > DOMAIN {
        return;
    }
    let header = Header {
        system: System::Groth16,
        claim: CIRCUIT.into(),
        claim_version: 0,
        shape: "fuzz".into(),
        development: None,
    };
    let payload = Payload::Groth16(Box::new(zkey.verifying_key.clone()));
    let verifying_key = VerifyingKey::new(header, payload).expect("the key was accepted");
    let contents = contents(&zkey, &verifying_key);
    if one_sided(&contents).is_some() {
        return;
    }
    let mut file = Cursor::new(Vec::new());
    let (_, bytes) = write(&mut file, &contents, &Silent).expect("memory");
    assert!(bytes <= contents.bytes_at_most());
    let mapping = Mapping::copy(file.get_ref()).expect("memory");
    let key = ProvingKey::decode(Path::new("fuzz.pk"), mapping, bytes).expect("the file was accepted");
    assert_eq!(key.dimensions(), zkey.dimensions);
    if key.validate(&Silent).is_ok() {
        let mut variables = Zeroizing::new(vec![Fr::zero(); key.dimensions().variables()]);
        variables[0] = Fr::one();
        let loaded = Backend::reference().load(key.view()).expect("the domain exists");
        loaded.commit(variables, &Silent).expect("without C every assignment will do");
    }
}

/// A `.r1cs` file: rows and entries of what is accepted are within bounds.
pub fn fuzz_r1cs(data: &[u8]) {
    let mut coefficients = Coefficients::default();
    let Ok(system) = r1cs::read(data, &mut coefficients) else { return };
    for matrix in [&system.a, &system.b, &system.c] {
        assert_eq!(matrix.count(), system.a.count());
        assert_eq!(matrix.starts.last().map(|end| *end as usize), Some(matrix.entries.len()));
        for [column, coefficient] in &matrix.entries {
            assert!((*column as usize) < 1 + system.public + system.witness);
            assert!((*coefficient as usize) < coefficients.values.len());
        }
    }
}

/// A `.wtns` file of a small circuit: what is accepted has the circuit's numbers of values.
pub fn fuzz_wtns(data: &[u8]) {
    let (public, witness, constraints) = WITNESS;
    let dimensions = Dimensions::new(public, witness, constraints).expect("a small circuit");
    if let Ok(assignment) = wtns::read(data, &dimensions) {
        assert_eq!((assignment.public.len(), assignment.witness.len()), (public, witness));
    }
}
