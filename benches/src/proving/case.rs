//! Circuits by name, and their files: keys, assignments, all made once and kept.

use std::{
    fmt,
    fs::{self, File},
    io::{BufReader, BufWriter, Write},
    path::{Path, PathBuf},
    str::FromStr,
};

use ark_bn254::{Bn254, Fr};
use ark_groth16::Groth16;
use ark_serialize::{CanonicalDeserialize, CanonicalSerialize};
use ark_std::rand::{SeedableRng, rngs::StdRng};
use popw_circuits::{
    claims::{Kind, Shape, shape},
    drivers::{evaluate::Assignment, r1cs::Csr},
};
use popw_files::{Content, Output, Overwrite};
use popw_prover::{
    groth16::{
        Check, Entropy, ProvingKey, Purpose, Replay, Source, import, read_witness, setup, write_witness,
        write_zkey,
    },
    progress::Silent,
};

use super::{Error, peers};
use crate::circuits::{self, Sample};

/// A circuit of the table.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Case {
    /// `uptime`, `possession`, `bandwidth`, `work`: a claim at `standard`.
    Claim(Shape),
    /// `chain-N`: [`circuits::chain`] with a domain of 2^N.
    Chain(u32),
    /// `bits-N`: [`circuits::bits`] with a domain of 2^N.
    Bits(u32),
    /// `circom`: files of circom and snarkjs that lie in the cache, as [`Files`] names them.
    Circom,
}

/// What the whole table has.
pub const ALL: [&str; 8] =
    ["uptime", "possession", "bandwidth", "work", "bits-18", "chain-16", "chain-18", "chain-20"];

impl FromStr for Case {
    type Err = String;

    fn from_str(name: &str) -> Result<Self, String> {
        let unknown = || format!("no circuit `{name}`: a claim, chain-N, bits-N or circom");
        if name == "circom" {
            return Ok(Self::Circom);
        }
        if let Some(kind) = Kind::ALL.iter().find(|kind| kind.id() == name) {
            return shape(*kind, "standard").map(Self::Claim).ok_or_else(unknown);
        }
        let (family, log) = name.split_once('-').ok_or_else(unknown)?;
        let log = log.parse().ok().filter(|log| (4..=24).contains(log)).ok_or_else(unknown)?;
        match family {
            "chain" => Ok(Self::Chain(log)),
            "bits" => Ok(Self::Bits(log)),
            _ => Err(unknown()),
        }
    }
}

impl fmt::Display for Case {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Claim(shape) => f.write_str(shape.kind.id()),
            Self::Chain(log) => write!(f, "chain-{log}"),
            Self::Bits(log) => write!(f, "bits-{log}"),
            Self::Circom => f.write_str("circom"),
        }
    }
}

impl Case {
    /// The files of this circuit in the folder `cache`, made now unless they are there and of this very circuit.
    ///
    /// # Errors
    /// Whatever setups and files may fail with.
    pub fn prepare(&self, cache: &Path) -> Result<Files, Error> {
        let files = Files(cache.join(self.to_string()));
        let sample = match self {
            Self::Claim(shape) => circuits::claim(shape),
            Self::Chain(log) => circuits::chain(*log),
            Self::Bits(log) => circuits::bits(*log),
            Self::Circom => {
                files.convert()?;
                return Ok(files);
            }
        };
        let digest = digest(&sample)?;
        if fs::read_to_string(files.digest()).is_ok_and(|found| found == digest) {
            return Ok(files);
        }
        eprintln!("  {self}: making keys, once");
        let _ = fs::remove_dir_all(&files.0);
        fs::create_dir_all(&files.0)?;
        let Sample { matrices, assignment } = &sample;
        assignment_to(&files.assignment(), assignment)?;
        let purpose = Purpose { claim: "bench".into(), claim_version: 1, shape: self.to_string() };
        setup(&files.popw(), matrices, &purpose, &Entropy::Seed([7; 32]), &Silent)?;
        let circuit = Replay { matrices, variables: None };
        let random = &mut StdRng::seed_from_u64(7);
        let stock = Groth16::<Bn254>::generate_random_parameters_with_reduction(circuit, random)?;
        let mut out = BufWriter::new(File::create(files.ark())?);
        stock.serialize_uncompressed(&mut out)?;
        out.flush()?;
        let key = ProvingKey::open(&files.popw(), Check::Once, &Silent)?;
        write_zkey(output(&files.zkey())?, &key, &Silent)?;
        write_witness(&files.witness(), assignment)?;
        fs::write(files.digest(), digest)?;
        Ok(files)
    }
}

fn output(path: &Path) -> Result<Output, Error> {
    Ok(Output::new(path, Content::file("key"), Overwrite::Yes)?)
}

/// The files of a circuit.
#[derive(Clone, Debug)]
pub struct Files(PathBuf);

impl Files {
    /// In a folder where [`Case::prepare`] made them.
    pub fn of(folder: &Path) -> Self {
        Self(folder.to_owned())
    }

    /// Where they are.
    pub fn folder(&self) -> &Path {
        &self.0
    }

    /// Our key.
    pub fn popw(&self) -> PathBuf {
        self.0.join("popw.pk")
    }

    /// ark-groth16's key of the same circuit.
    pub fn ark(&self) -> PathBuf {
        self.0.join("ark.key")
    }

    /// The same, where it is made of snarkjs's: its H query is in the basis of the coset.
    pub fn ark_coset(&self) -> PathBuf {
        self.0.join("ark-coset.key")
    }

    /// snarkjs's key.
    pub fn zkey(&self) -> PathBuf {
        self.0.join("circuit.zkey")
    }

    /// snarkjs's witness.
    pub fn witness(&self) -> PathBuf {
        self.0.join("circuit.wtns")
    }

    /// Makes the other files of those of snarkjs.
    fn convert(&self) -> Result<(), Error> {
        let mut hasher = blake3::Hasher::new();
        for path in [self.zkey(), self.witness()] {
            let bytes = fs::read(&path).map_err(|error| format!("{}: {error}", path.display()))?;
            hasher.update(blake3::hash(&bytes).as_bytes());
        }
        let digest = hasher.finalize().to_hex().to_string();
        if fs::read_to_string(self.digest()).is_ok_and(|found| found == digest) {
            return Ok(());
        }
        let r1cs = self.0.join("circuit.r1cs");
        let r1cs = r1cs.exists().then_some(r1cs.as_path());
        let key = import(&Source::Snarkjs { zkey: &self.zkey(), r1cs }, output(&self.popw())?, &Silent)?;
        assignment_to(&self.assignment(), &read_witness(&self.witness(), &key.dimensions())?)?;
        let mut out = BufWriter::new(File::create(self.ark_coset())?);
        peers::key_of(&key)?.serialize_uncompressed(&mut out)?;
        out.flush()?;
        Ok(fs::write(self.digest(), digest)?)
    }

    /// Values of all variables but the constant.
    pub fn assignment(&self) -> PathBuf {
        self.0.join("assignment")
    }

    fn digest(&self) -> PathBuf {
        self.0.join("digest")
    }

    /// Reads what [`Files::assignment`] holds.
    ///
    /// # Errors
    /// The file's.
    pub fn read_assignment(&self) -> Result<Assignment, Error> {
        let mut file = BufReader::new(File::open(self.assignment())?);
        let mut values = || Vec::<Fr>::deserialize_uncompressed(&mut file);
        Ok(Assignment { public: values()?, witness: values()?.into() })
    }
}

fn assignment_to(path: &Path, assignment: &Assignment) -> Result<(), Error> {
    let mut file = BufWriter::new(File::create(path)?);
    assignment.public.serialize_uncompressed(&mut file)?;
    assignment.witness.serialize_uncompressed(&mut file)?;
    Ok(file.flush()?)
}

/// Fixes constraints and values.
fn digest(sample: &Sample) -> Result<String, Error> {
    let Sample { matrices, assignment } = sample;
    let mut hasher = blake3::Hasher::new();
    let mut write = |values: &[Fr]| -> Result<(), Error> {
        let mut bytes = Vec::new();
        values.serialize_uncompressed(&mut bytes)?;
        hasher.update(&bytes);
        Ok(())
    };
    for values in [&assignment.public, &assignment.witness] {
        write(values)?;
    }
    for Csr { row_starts, columns, values } in [&matrices.a, &matrices.b, &matrices.c] {
        write(values)?;
        let numbers = row_starts.iter().chain(columns);
        write(&numbers.map(|number| Fr::from(*number)).collect::<Vec<_>>())?;
    }
    Ok(hasher.finalize().to_hex().to_string())
}
