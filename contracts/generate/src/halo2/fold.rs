//! Folds the constraints by powers of y: `Σ y^(m−1−i) · constraint_i`.
//!
//! Neighbours with a factor in common, their selector, are folded first and multiplied by it once. In such a group, terms
//! are collected: what stands in several constraints with constant factors, as the state of a hash does, is multiplied
//! once, by a polynomial in y. Hashes have the same constants in many places, and so share these polynomials.

use std::collections::BTreeMap;

use ark_bn254::Fr;
use ark_ff::{AdditiveGroup, Field};

use super::{
    dag::{Graph, Node, Op, Place},
    yul::{Step, Target},
};

/// The folded constraints, in the accumulator.
pub(super) fn all(graph: &mut Graph, steps: &mut Vec<Step>, constraints: &[Node], y: Node) -> Node {
    let mut folded = graph.constant(Fr::ZERO);
    let mut rest = constraints;
    let mut version = 0;
    while let Some((factor, group)) = group(graph, rest) {
        rest = &rest[group.len()..];
        let count = group.len();
        let sum = match factor {
            None => collected(graph, Some(folded), &group, y),
            Some(factor) => {
                let sum = collected(graph, None, &group, y);
                let sum = graph.multiply(factor, sum);
                let power = graph.power(y, count);
                let before = graph.multiply(power, folded);
                graph.add(before, sum)
            }
        };
        steps.push(Step::Set(Target::Accumulator, sum));
        version += 1;
        folded = graph.read(Place::Accumulator(version));
    }
    folded
}

/// The first constraints that have a factor in common, without it; or that have none in common with the next.
fn group(graph: &Graph, constraints: &[Node]) -> Option<(Option<Node>, Vec<Node>)> {
    let mut shared = factors(graph, *constraints.first()?);
    let mut count = 1;
    for next in &constraints[1..] {
        let both = common(&shared, &factors(graph, *next));
        if both.is_empty() {
            break;
        }
        shared = both;
        count += 1;
    }
    if let (Some(factor), true) = (shared.first(), count > 1) {
        let group = constraints[..count].iter().map(|node| quotient(graph, *node, *factor));
        return Some((Some(*factor), group.collect()));
    }
    let rest = &constraints[1..];
    let alone = rest.iter().zip(rest.iter().skip(1).map(Some).chain([None])).take_while(|(one, next)| {
        next.is_none_or(|next| common(&factors(graph, **one), &factors(graph, *next)).is_empty())
    });
    let count = 1 + alone.count();
    Some((None, constraints[..count].to_vec()))
}

fn factors(graph: &Graph, node: Node) -> Vec<Node> {
    match graph.op(node) {
        Op::Multiply(a, b) => [*a, *b].into_iter().filter(|factor| graph.fixed(*factor).is_none()).collect(),
        _ => Vec::new(),
    }
}

fn common(some: &[Node], others: &[Node]) -> Vec<Node> {
    some.iter().copied().filter(|factor| others.contains(factor)).collect()
}

fn quotient(graph: &Graph, node: Node, factor: Node) -> Node {
    match *graph.op(node) {
        Op::Multiply(a, b) if a == factor => b,
        Op::Multiply(a, _) => a,
        _ => unreachable!("a product"),
    }
}

/// `before · y^m + Σ y^(m−1−i) · member_i`, with terms collected.
fn collected(graph: &mut Graph, before: Option<Node>, members: &[Node], y: Node) -> Node {
    // By term, in order of first appearance: the constants it is multiplied by, by member.
    let mut order: Vec<Node> = Vec::new();
    let mut terms: BTreeMap<Node, BTreeMap<usize, Fr>> = BTreeMap::new();
    for (index, member) in members.iter().enumerate() {
        linear(graph, *member, Fr::ONE, &mut |term, factor| {
            if !terms.contains_key(&term) {
                order.push(term);
            }
            *terms.entry(term).or_default().entry(index).or_default() += factor;
        });
    }
    // What is added where: each term at the last member it stands in.
    let mut added: BTreeMap<usize, Node> = BTreeMap::new();
    for term in order {
        let factors = &terms[&term];
        let Some((last, _)) = factors.last_key_value() else { continue };
        let mut polynomial = graph.constant(Fr::ZERO);
        let mut previous = 0;
        for (index, factor) in factors {
            for _ in previous..*index {
                polynomial = graph.multiply(y, polynomial);
            }
            let factor = graph.constant(*factor);
            polynomial = graph.add(polynomial, factor);
            previous = *index;
        }
        let value = graph.multiply(polynomial, term);
        let sum = match added.get(last) {
            Some(sum) => graph.add(*sum, value),
            None => value,
        };
        added.insert(*last, sum);
    }
    let mut sum = before.unwrap_or_else(|| graph.constant(Fr::ZERO));
    let mut gap = 0;
    for index in 0..members.len() {
        gap += 1;
        let Some(value) = added.get(&index) else { continue };
        let power = graph.power(y, gap);
        sum = graph.multiply(power, sum);
        sum = graph.add(sum, *value);
        gap = 0;
    }
    let power = graph.power(y, gap);
    graph.multiply(power, sum)
}

/// The terms of a sum with their constant factors. A sum with a factor of its own is one term: it may be shared.
fn linear(graph: &mut Graph, node: Node, factor: Fr, add: &mut dyn FnMut(Node, Fr)) {
    let whole = factor == Fr::ONE || factor == -Fr::ONE;
    match *graph.op(node) {
        Op::Constant(_) => {
            let value = graph.fixed(node).unwrap_or_default();
            let one = graph.constant(Fr::ONE);
            add(one, factor * value);
        }
        Op::Negate(a) => linear(graph, a, -factor, add),
        Op::Add(a, b) if whole => {
            linear(graph, a, factor, add);
            linear(graph, b, factor, add);
        }
        Op::Subtract(a, b) if whole => {
            linear(graph, a, factor, add);
            linear(graph, b, -factor, add);
        }
        Op::Multiply(a, b) => match graph.fixed(a) {
            Some(constant) => linear(graph, b, factor * constant, add),
            None => add(node, factor),
        },
        _ => add(node, factor),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(graph: &mut Graph, index: usize) -> Node {
        graph.read(Place::Memory(index))
    }

    /// Selectors, shared terms, constants, gaps and lone constraints, against the sum as it is written.
    #[test]
    fn folding_is_horner_by_y() {
        let mut graph = Graph::default();
        let y = read(&mut graph, 0);
        let [s, t, a, b] = [1, 2, 3, 4].map(|index| read(&mut graph, index));
        let mut constraints = vec![graph.multiply(a, b), graph.add(a, t)];
        for (selector, factors) in [(s, [3u64, 5, 0, 7]), (t, [3, 5, 0, 7]), (s, [1, 0, 0, 2])] {
            for factor in factors {
                let factor = graph.constant(Fr::from(factor));
                let left = graph.multiply(factor, a);
                let square = graph.square(b);
                let right = graph.multiply(factor, square);
                let sum = graph.subtract(left, right);
                let sum = graph.add(sum, factor);
                constraints.push(graph.multiply(selector, sum));
            }
        }
        constraints.push(graph.subtract(a, b));
        let mut steps = Vec::new();
        let last = all(&mut graph, &mut steps, &constraints, y);

        let value = |place: &Place| match place {
            Place::Memory(index) => Fr::from(1000 + 77 * *index as u64),
            _ => Fr::ZERO,
        };
        let values = graph.evaluate(value);
        let expected = constraints
            .iter()
            .fold(Fr::ZERO, |sum, node| sum * value(&Place::Memory(0)) + values[node.index()]);
        // Each step reads what the one before has left in the accumulator.
        let mut accumulator = Fr::ZERO;
        for (version, step) in steps.iter().enumerate() {
            let Step::Set(Target::Accumulator, node) = step else { unreachable!() };
            let current = accumulator;
            let values = graph.evaluate(|place| match place {
                Place::Accumulator(read) if *read == version => current,
                other => value(other),
            });
            accumulator = values[node.index()];
        }
        assert_eq!(accumulator, expected);
        assert_eq!(*graph.op(last), Op::Read(Place::Accumulator(steps.len())));
        assert_ne!(expected, Fr::ZERO);
    }
}
