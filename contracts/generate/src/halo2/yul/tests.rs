//! What is written computes what the expressions say, and no sum passes 2^256: the lines are run here.

use std::{collections::HashMap, path::PathBuf};

use ark_bn254::Fr;
use ark_ff::{BigInt, BigInteger, Field, PrimeField};
use popw_verifier::{
    halo2::{Key, Op as ProgramOp},
    key::{Payload, VerifyingKey},
};

use super::{super::layout::Layout, super::memory, super::scalars, *};

type Word = BigInt<4>;

/// Runs assignments and stores; anything else of a body does not concern scalars.
#[derive(Default)]
struct Machine {
    memory: HashMap<usize, Word>,
    variables: HashMap<String, Word>,
}

/// What the calldata word or untouched memory word at a place holds.
type Leaf<'a> = &'a dyn Fn(&str, usize) -> Word;

impl Machine {
    fn run(&mut self, line: &str, leaf: Leaf<'_>) {
        if let Some((name, rest)) = line.split_once(" := ") {
            let value = self.value(&mut &*rest, leaf);
            self.variables.insert(name.trim_start_matches("let ").to_owned(), value);
        } else if let Some(rest) = line.strip_prefix("mstore(") {
            let (place, mut rest) = rest.split_once(", ").unwrap();
            let value = self.value(&mut rest, leaf);
            self.memory.insert(number(place), value);
        }
    }

    /// The value of the expression that `text` starts with, which is taken off.
    fn value(&self, text: &mut &str, leaf: Leaf<'_>) -> Word {
        let end = text.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(text.len());
        let (word, rest) = text.split_at(end);
        *text = rest;
        if !rest.starts_with('(') {
            return if word.starts_with(|c: char| c.is_ascii_digit()) {
                integer(word)
            } else {
                self.variables[word]
            };
        }
        let mut arguments = Vec::new();
        while !text.starts_with(')') {
            *text = text.trim_start_matches(['(', ',', ' ']);
            arguments.push(self.value(text, leaf));
        }
        *text = &text[1..];
        let place = || usize::try_from(arguments[0].0[0]).unwrap();
        let modular = |word: Word| Fr::from_le_bytes_mod_order(&word.to_bytes_le());
        match word {
            "mload" => self.memory.get(&place()).copied().unwrap_or_else(|| leaf(word, place())),
            "calldataload" => leaf(word, place()),
            "mulmod" => (modular(arguments[0]) * modular(arguments[1])).into_bigint(),
            "addmod" => (modular(arguments[0]) + modular(arguments[1])).into_bigint(),
            "add" => {
                let mut sum = arguments[0];
                assert!(!sum.add_with_carry(&arguments[1]), "a sum passes 2^256");
                sum
            }
            "sub" => {
                let mut difference = arguments[0];
                assert!(!difference.sub_with_borrow(&arguments[1]), "a difference is below 0");
                difference
            }
            other => panic!("{other} is no arithmetic"),
        }
    }
}

fn number(text: &str) -> usize {
    usize::try_from(integer(text).0[0]).unwrap()
}

fn integer(text: &str) -> Word {
    let (digits, base) = text.strip_prefix("0x").map_or((text, 10), |digits| (digits, 16));
    digits.chars().fold(Word::zero(), |value, digit| {
        let mut sum = Word::from(u64::from(digit.to_digit(base).unwrap()));
        (0..base).for_each(|_| assert!(!sum.add_with_carry(&value)));
        sum
    })
}

fn key(claim: &str) -> Key {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../corpus/standard");
    let bytes = std::fs::read(folder.join(format!("{claim}-halo2.vk"))).unwrap();
    match VerifyingKey::from_bytes(&bytes).unwrap().payload() {
        Payload::Halo2(key) => (**key).clone(),
        _ => panic!("a halo2 key"),
    }
}

/// A value for each place, or the largest one for all.
fn leaf_value(largest: bool, kind: &str, place: usize) -> Fr {
    let seed = Fr::from(place as u64 + if kind == "mload" { 1 << 40 } else { 0 });
    if largest { -Fr::ONE } else { (seed + Fr::from(3u64)).pow([0xffff_ffff_ffff]) }
}

#[test]
fn lines_compute_what_expressions_say() {
    for (claim, largest, outside) in [
        ("uptime", false, false),
        ("uptime", true, false),
        ("work", false, true),
        ("work", true, true),
        ("possession", false, false),
    ] {
        let key = key(claim);
        let layout = Layout::new(&key);
        let mut graph = Graph::default();
        let mut steps = Vec::new();
        let scalars = scalars::build(&mut graph, &key, &layout, &mut steps);
        let results: Vec<Node> =
            scalars.weights.iter().copied().chain([scalars.minus_value, scalars.minus_vanishing]).collect();
        const RESULTS: usize = 0x10_0000;
        let places = (RESULTS..).step_by(0x20);
        steps.extend(results.iter().zip(places).map(|(node, place)| Step::Set(Target::Memory(place), *node)));
        let table = outside.then(|| {
            let mut table = Table::new(0x2000);
            constants(&graph, &steps).into_iter().for_each(|node| table.add(&graph.fixed(node).unwrap()));
            table
        });
        let free = table.as_ref().map_or(0x2000, Table::end);
        let code = write(&graph, &steps, free, table.as_ref());

        let mut machine = Machine::default();
        let y = leaf_value(largest, "mload", memory::CHALLENGES + 0x60);
        machine.variables.insert("p".into(), Fr::MODULUS);
        machine.variables.insert("y".into(), y.into_bigint());
        if let Some(table) = &table {
            let words = table.bytes().chunks(32).zip((table.start()..).step_by(0x20));
            machine
                .memory
                .extend(words.map(|(word, place)| (place, Fr::from_be_bytes_mod_order(word).into_bigint())));
        }
        for line in code.lines.iter().filter(|line| !line.contains("staticcall")) {
            machine.run(line, &|kind, place| leaf_value(largest, kind, place).into_bigint());
        }

        let mut accumulators: Vec<Fr> = Vec::new();
        let evaluate = |accumulators: &[Fr]| {
            graph.evaluate(|place| match place {
                Place::Calldata(at) => leaf_value(largest, "calldataload", *at),
                Place::Memory(memory::ROWS_POWER) => accumulators.first().copied().unwrap_or_default(),
                Place::Memory(at) => leaf_value(largest, "mload", *at),
                Place::Variable(_) => y,
                Place::Accumulator(version) => accumulators.get(*version).copied().unwrap_or_default(),
            })
        };
        for step in &steps {
            match step {
                Step::Set(Target::Accumulator, node) => {
                    let value = evaluate(&accumulators)[node.index()];
                    // The first is x, which is squared k times.
                    let squarings = if accumulators.is_empty() { key.description().k } else { 0 };
                    accumulators.push((0..squarings).fold(value, |power, _| power * power));
                }
                Step::Set(Target::Memory(_), _) | Step::Raw(..) => {}
            }
        }
        let values = evaluate(&accumulators);
        for (node, place) in results.iter().zip((RESULTS..).step_by(0x20)) {
            let found = Fr::from_le_bytes_mod_order(&machine.memory[&place].to_bytes_le());
            assert_eq!(found, values[node.index()], "{claim}: the result at {place:#x}");
        }
        // With all values the same, distances are 0.
        assert!(largest || values[scalars.minus_value.index()] != Fr::from(0u64), "nothing was computed");
    }
}

/// Sharing and simplifying change no value: every gate of the keys against its program, run as it stands.
#[test]
fn expressions_of_gates_are_their_programs() {
    for claim in ["uptime", "possession", "bandwidth", "work"] {
        let key = key(claim);
        let mut graph = Graph::default();
        let mut nodes = Vec::new();
        let place = |op: ProgramOp| match op {
            ProgramOp::Fixed(query) => usize::from(query),
            ProgramOp::Advice(query) => 1000 + usize::from(query),
            _ => 2000,
        };
        for gate in &key.description().gates {
            nodes.push(scalars::run(&mut graph, gate, &mut |graph, op| {
                graph.read(Place::Calldata(place(op)))
            }));
        }
        let value = |at: usize| leaf_value(false, "calldataload", at);
        let values = graph.evaluate(|place| match place {
            Place::Calldata(at) => value(*at),
            _ => unreachable!(),
        });
        for (gate, node) in key.description().gates.iter().zip(nodes) {
            let mut stack: Vec<Fr> = Vec::new();
            for op in &gate.0 {
                let result = match *op {
                    ProgramOp::Constant(value) => value,
                    ProgramOp::Negate => -stack.pop().unwrap(),
                    ProgramOp::Add => stack.pop().unwrap() + stack.pop().unwrap(),
                    ProgramOp::Multiply => stack.pop().unwrap() * stack.pop().unwrap(),
                    leaf => value(place(leaf)),
                };
                stack.push(result);
            }
            assert_eq!(stack, [values[node.index()]]);
        }
    }
}
