//! Turns a [`Graph`] into statements of Yul.
//!
//! What is used once stands where it is used. What is used more often goes to a word of memory, or to a local variable if
//! one statement alone uses it. Sums are not reduced before they have to be: a value is at most `bound · r`, and
//! five times r is below 2^256, while `mulmod` and `addmod` take any word.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write as _,
};

use super::{
    dag::{Graph, Node, Op, Place},
    table::{self, Table},
};

/// 5·r < 2^256 < 6·r.
const MOST: u8 = 5;
/// r, which is the variable `p`, and its multiples.
const MULTIPLES: [&str; 4] = [
    "p",
    "0x60c89ce5c263405370a08b6d0302b0ba5067d090f372e12287c3eb27e0000002",
    "0x912ceb58a394e07d28f0d12384840917789bb8d96d2c51b3cba5e0bbd0000003",
    "0xc19139cb84c680a6e14116da06056174a0cfa121e6e5c2450f87d64fc0000004",
];
/// Words a nested expression may put on the stack: with the variables below it, all stay within reach of DUP16.
const DEPTH: u8 = 8;
/// Local variables of one statement.
const LOCALS: usize = 2;

/// The long constants that the steps need.
pub(super) fn constants(graph: &Graph, steps: &[Step]) -> Vec<Node> {
    let uses = Writer::new(graph, steps, 0, None).uses;
    let long = |node: &Node| matches!(graph.op(*node), Op::Constant(limbs) if table::long(limbs));
    graph.nodes().filter(|node| uses[node.index()] > 0).filter(long).collect()
}

/// Bytes of code that lines of Yul make, nearly.
pub(super) fn size(lines: &[String]) -> usize {
    let words = lines.iter().flat_map(|line| line.split(|c: char| !c.is_ascii_alphanumeric() && c != ':'));
    words
        .map(|word| match word {
            "" | "let" => 0,
            ":=" => 2,
            "if" => 4,
            hex if hex.starts_with("0x") => 1 + (hex.len() - 1) / 2,
            number if number.starts_with(|c: char| c.is_ascii_digit()) => 3,
            _ => 1,
        })
        .sum()
}

/// Where a statement puts its value.
#[derive(Clone, Copy, Debug)]
pub(super) enum Target {
    /// A word of memory.
    Memory(usize),
    /// The variable `f`.
    Accumulator,
}

/// A step of the contract.
#[derive(Clone, Debug)]
pub(super) enum Step {
    /// Evaluates.
    Set(Target, Node),
    /// Yul as it stands, with the gas it takes.
    Raw(String, u64),
}

/// Lines of Yul, with what they take.
pub(super) struct Code {
    pub lines: Vec<String>,
    /// Gas, without growing memory; never too low, and nearly right.
    pub gas: u64,
    /// End of the memory in use.
    pub memory: usize,
}

/// Writes all steps; memory from `memory` on is free for values in between. Long constants are read from the table, if
/// there is one.
pub(super) fn write(graph: &Graph, steps: &[Step], memory: usize, table: Option<&Table>) -> Code {
    let mut writer = Writer::new(graph, steps, memory, table);
    for (index, step) in steps.iter().enumerate() {
        match step {
            Step::Set(target, node) => writer.statement(Owner::Step(index), *target, *node),
            Step::Raw(text, gas) => {
                writer.lines.extend(text.lines().map(String::from));
                writer.gas += gas;
            }
        }
    }
    Code { lines: writer.lines, gas: writer.gas, memory: writer.end }
}

/// Whose statement an expression is part of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Owner {
    Step(usize),
    Node(Node),
}

/// An expression used more than once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Home {
    Memory,
    Local(Owner),
}

struct Stored {
    slot: usize,
    bound: u8,
    /// Reads still to come.
    left: usize,
}

struct Writer<'a> {
    graph: &'a Graph,
    table: Option<&'a Table>,
    uses: Vec<usize>,
    home: BTreeMap<Node, Home>,
    locals: BTreeMap<Owner, Vec<Node>>,
    stored: BTreeMap<Node, Stored>,
    local_bounds: BTreeMap<Node, u8>,
    free: BTreeSet<usize>,
    released: Vec<usize>,
    end: usize,
    lines: Vec<String>,
    gas: u64,
}

/// An expression as text.
#[derive(Clone)]
struct Text {
    text: String,
    /// The value is at most this many times r.
    bound: u8,
    /// Words it puts on the stack.
    depth: u8,
    gas: u64,
}

impl Text {
    fn leaf(text: String, gas: u64) -> Self {
        Self { text, bound: 1, depth: 1, gas }
    }
}

impl<'a> Writer<'a> {
    fn new(graph: &'a Graph, steps: &[Step], memory: usize, table: Option<&'a Table>) -> Self {
        let mut writer = Self {
            graph,
            table,
            uses: vec![0; graph.nodes().count()],
            home: BTreeMap::new(),
            locals: BTreeMap::new(),
            stored: BTreeMap::new(),
            local_bounds: BTreeMap::new(),
            free: BTreeSet::new(),
            released: Vec::new(),
            end: memory,
            lines: Vec::new(),
            gas: 0,
        };
        writer.settle(steps);
        writer
    }

    fn is_leaf(&self, node: Node) -> bool {
        matches!(self.graph.op(node), Op::Constant(_) | Op::Read(_))
    }

    fn is_cheap(&self, node: Node) -> bool {
        matches!(self.graph.op(node), Op::Add(..))
            && self.graph.op(node).operands().all(|operand| self.is_leaf(operand))
    }

    /// Counts uses and decides where what is used more than once is kept: users come first.
    fn settle(&mut self, steps: &[Step]) {
        let mut owners: BTreeMap<Node, BTreeSet<Owner>> = BTreeMap::new();
        for (index, step) in steps.iter().enumerate() {
            if let Step::Set(_, node) = step {
                self.uses[node.index()] += 1;
                owners.entry(*node).or_default().insert(Owner::Step(index));
            }
        }
        for node in self.graph.nodes().rev() {
            let uses = self.uses[node.index()];
            if uses == 0 || self.is_leaf(node) {
                continue;
            }
            let mut mine = owners.remove(&node).unwrap_or_default();
            if uses > 1 {
                let single = mine.first().copied().filter(|_| mine.len() == 1);
                let home = match single {
                    // Sooner added twice than stored once and read twice.
                    None if uses == 2 && self.is_cheap(node) => None,
                    Some(owner) if self.locals.get(&owner).is_none_or(|locals| locals.len() < LOCALS) => {
                        self.locals.entry(owner).or_default().push(node);
                        Some(Home::Local(owner))
                    }
                    _ => {
                        mine = BTreeSet::from([Owner::Node(node)]);
                        Some(Home::Memory)
                    }
                };
                if let Some(home) = home {
                    self.home.insert(node, home);
                }
            }
            for operand in self.graph.op(node).operands() {
                self.uses[operand.index()] += 1;
                owners.entry(operand).or_default().extend(&mine);
            }
        }
        self.locals.values_mut().for_each(|locals| locals.sort_unstable());
    }

    fn statement(&mut self, owner: Owner, target: Target, node: Node) {
        let mut seen = BTreeSet::new();
        match owner {
            Owner::Step(_) => self.prepare(node, &mut seen),
            Owner::Node(_) => self.operands_of(node, &mut seen),
        }
        let locals = self.locals.remove(&owner).unwrap_or_default();
        if !locals.is_empty() {
            self.lines.push("{".into());
        }
        for local in &locals {
            let text = self.operation(*local);
            self.local_bounds.insert(*local, text.bound);
            self.lines.push(format!("let t{} := {}", local.index(), text.text));
            self.gas += text.gas + 2;
        }
        // A step may ask for what is kept already.
        let kept = matches!(owner, Owner::Step(_)) && (self.home.contains_key(&node) || self.is_leaf(node));
        let text = if kept { self.operand(node) } else { self.operation(node) };
        match target {
            Target::Memory(slot) => self.lines.push(format!("mstore({slot:#x}, {})", text.text)),
            Target::Accumulator => self.lines.push(format!("f := {}", text.text)),
        }
        self.gas += text.gas + 6;
        if let Owner::Node(node) = owner {
            let Target::Memory(slot) = target else { unreachable!("kept in memory") };
            self.stored.insert(node, Stored { slot, bound: text.bound, left: self.uses[node.index()] });
        }
        if !locals.is_empty() {
            self.lines.push("}".into());
        }
        let released = std::mem::take(&mut self.released);
        self.free.extend(released);
    }

    /// Puts everything into memory that is to be there before `node` can be written.
    fn prepare(&mut self, node: Node, seen: &mut BTreeSet<Node>) {
        if self.is_leaf(node) || !seen.insert(node) || self.stored.contains_key(&node) {
            return;
        }
        self.operands_of(node, seen);
        if self.home.get(&node) == Some(&Home::Memory) {
            let slot = self.allocate();
            self.statement(Owner::Node(node), Target::Memory(slot), node);
        }
    }

    fn operands_of(&mut self, node: Node, seen: &mut BTreeSet<Node>) {
        let operands: Vec<Node> = self.graph.op(node).operands().collect();
        for operand in operands {
            self.prepare(operand, seen);
        }
    }

    fn allocate(&mut self) -> usize {
        self.free.pop_first().unwrap_or_else(|| {
            self.end += 0x20;
            self.end - 0x20
        })
    }

    /// `node` where it is used.
    fn operand(&mut self, node: Node) -> Text {
        match self.home.get(&node) {
            Some(Home::Local(_)) => {
                let bound = self.local_bounds[&node];
                Text { bound, ..Text::leaf(format!("t{}", node.index()), 3) }
            }
            Some(Home::Memory) => {
                let Some(stored) = self.stored.get_mut(&node) else { unreachable!("prepared") };
                stored.left -= 1;
                if stored.left == 0 {
                    self.released.push(stored.slot);
                }
                Text { bound: stored.bound, ..Text::leaf(format!("mload({:#x})", stored.slot), 6) }
            }
            None => self.operation(node),
        }
    }

    /// Evaluates `node`.
    fn operation(&mut self, node: Node) -> Text {
        match self.graph.op(node) {
            Op::Constant(limbs) => match self.table.and_then(|table| table.find(limbs)) {
                Some(place) => Text::leaf(format!("mload({place:#x})"), 6),
                None => Text::leaf(constant(limbs), 3),
            },
            Op::Read(Place::Calldata(at)) => Text::leaf(format!("calldataload({at:#x})"), 6),
            Op::Read(Place::Memory(at)) => Text::leaf(format!("mload({at:#x})"), 6),
            Op::Read(Place::Variable(name)) => Text::leaf((*name).into(), 3),
            Op::Read(Place::Accumulator(_)) => Text { bound: MOST, ..Text::leaf("f".into(), 3) },
            Op::Multiply(a, b) => {
                let (a, b) = (*a, *b);
                let (a, b) = (self.operand(a), self.operand(b));
                self.modular("mulmod", a, b)
            }
            Op::Negate(_) | Op::Add(..) | Op::Subtract(..) => self.sum(node),
        }
    }

    /// `name(a, b, p)`: arguments are evaluated from the right.
    fn modular(&mut self, name: &str, a: Text, b: Text) -> Text {
        let (mut a, mut b) = if a.depth > b.depth { (b, a) } else { (a, b) };
        while b.depth + 1 > DEPTH {
            b = self.spill(b);
            if a.depth > b.depth {
                (a, b) = (b, a);
            }
        }
        Text {
            text: format!("{name}({}, {}, p)", a.text, b.text),
            bound: 1,
            depth: (b.depth + 1).max(a.depth + 2),
            gas: a.gas + b.gas + 11,
        }
    }

    /// Too deep for the stack: evaluated before, into memory.
    fn spill(&mut self, text: Text) -> Text {
        let slot = self.allocate();
        self.released.push(slot);
        self.lines.push(format!("mstore({slot:#x}, {})", text.text));
        self.gas += text.gas + 6;
        Text { bound: text.bound, ..Text::leaf(format!("mload({slot:#x})"), 6) }
    }

    fn sum(&mut self, node: Node) -> Text {
        let (mut positive, mut negative) = (Vec::new(), Vec::new());
        self.terms(node, true, &mut positive, &mut negative);
        if !negative.is_empty() {
            let mut sum = self.total(negative);
            if sum.bound >= MOST {
                sum = self.modular("addmod", Text::leaf("0".into(), 3), sum);
            }
            let multiple = MULTIPLES[usize::from(sum.bound) - 1];
            positive.push(Text {
                text: format!("sub({multiple}, {})", sum.text),
                gas: sum.gas + 6,
                depth: sum.depth.max(2),
                ..sum
            });
        }
        self.total(positive)
    }

    /// Terms of the sum that `node` is, through everything that stands where it is used.
    fn terms(&mut self, node: Node, sign: bool, positive: &mut Vec<Text>, negative: &mut Vec<Text>) {
        let parts = match *self.graph.op(node) {
            Op::Negate(a) => vec![(a, !sign)],
            Op::Add(a, b) => vec![(a, sign), (b, sign)],
            Op::Subtract(a, b) => vec![(a, sign), (b, !sign)],
            _ => unreachable!("a sum"),
        };
        for (part, sign) in parts {
            let inside = matches!(self.graph.op(part), Op::Negate(_) | Op::Add(..) | Op::Subtract(..));
            if inside && !self.home.contains_key(&part) {
                self.terms(part, sign, positive, negative);
            } else {
                let text = self.operand(part);
                if sign { positive.push(text) } else { negative.push(text) }
            }
        }
    }

    /// Adds up, reducing as little as possible.
    fn total(&mut self, mut terms: Vec<Text>) -> Text {
        // What needs most of the stack is evaluated first, and so stands innermost.
        terms.sort_by_key(|term| std::cmp::Reverse(term.depth));
        let mut terms = terms.into_iter();
        let Some(mut sum) = terms.next() else { unreachable!("a sum has terms") };
        // What does not fit is gathered beside it; addmod reduces both at once.
        let mut beside: Option<Text> = None;
        for term in terms {
            if sum.bound + term.bound <= MOST {
                sum = plus(term, sum);
                continue;
            }
            beside = Some(match beside {
                None => term,
                Some(other) if other.bound + term.bound <= MOST => plus(term, other),
                Some(other) => {
                    sum = self.modular("addmod", other, sum);
                    term
                }
            });
        }
        if let Some(other) = beside {
            sum = if sum.bound + other.bound <= MOST {
                plus(other, sum)
            } else {
                self.modular("addmod", other, sum)
            };
        }
        sum
    }
}

/// `a + b`, of which `b` is evaluated first.
fn plus(a: Text, b: Text) -> Text {
    Text {
        text: format!("add({}, {})", a.text, b.text),
        bound: a.bound + b.bound,
        depth: b.depth.max(a.depth + 1),
        gas: a.gas + b.gas + 3,
    }
}

/// A number as Yul has it.
fn constant(limbs: &[u64; 4]) -> String {
    let mut digits = String::new();
    for limb in limbs.iter().rev() {
        let _ = write!(digits, "{limb:016x}");
    }
    let digits = digits.trim_start_matches('0');
    format!("0x{}", if digits.is_empty() { "0" } else { digits })
}

#[cfg(test)]
mod tests;
