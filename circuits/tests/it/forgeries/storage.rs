//! S1 to S7. Sector 0 is real data under a tree of height 3, sector 1 a higher tree.

use popw_circuits::claims::{Opening, Sector, Violation, Witness};
use popw_core::{
    Fr,
    lean_imt::LeanImt,
    poseidon, possession,
    tag::{self, Tag},
};

use super::{Attack, Forgeries, between};
use crate::common::{Network, fr, path, power, sectors::Tree};

/// Wires of a number's division by B: the quotient, its 64 bits, the product.
const DIVISION: usize = 66;

pub fn add(f: &mut Forgeries) {
    registered(f);
    order(f);
    term(f);
    size(f);
    challenge(f);
    opening(f);
    stored(f);
}

/// The leaf of what a sector says of itself, of a network, device and kind.
fn leaf(sector: &Sector, domain: Fr, device: Fr, kind: Tag) -> Fr {
    let whose = poseidon::hash(&[domain, device, kind.fr()]);
    let size = poseidon::hash(&[sector.bytes, sector.height, sector.expiry]);
    poseidon::hash(&[tag::SECTOR.fr(), whose, sector.comm_r, size, sector.seq])
}

/// A registry of these leaves, and the sectors' paths in it.
fn register(w: &mut Witness, leaves: Vec<Fr>) {
    let tree = LeanImt::from_leaves([vec![fr(1)], leaves, vec![fr(2), fr(3)]].concat());
    w.frame.sector_root = tree.root();
    for (i, sector) in w.possession.sectors.iter_mut().enumerate() {
        sector.path = path(&tree.proof(1 + i).expect("a leaf"));
    }
}

/// A registry that took these sectors as they are.
fn registering(f: &Forgeries, change: impl FnOnce(&mut Witness)) -> Witness {
    let mut witness = f.with(change);
    let leaves = leaves(&f.honest, &witness);
    register(&mut witness, leaves);
    witness
}

fn leaves(network: &Network, w: &Witness) -> Vec<Fr> {
    w.possession
        .sectors
        .iter()
        .map(|s| leaf(s, network.domain, network.device_leaf(), tag::POSSESSION))
        .collect()
}

fn registered(f: &mut Forgeries) {
    let depth = f.shape.sector_depth as u64;
    let changes: [Attack<'_, Witness>; 5] = [
        ("a sector that is not registered", &|w| w.possession.sectors[0].path.siblings[0] += fr(1)),
        ("longer than the registered one", &|w| w.possession.sectors[0].expiry += fr(1)),
        ("index at 2^depth", &|w| {
            w.possession.sectors[0].path.index += 1 << w.possession.sectors[0].path.depth
        }),
        ("depth beyond the registry's", &|w| w.possession.sectors[0].path.depth = depth + 1),
        ("root 0 by empty depths", &|w| {
            w.frame.sector_root = fr(0);
            w.possession.sectors.iter_mut().for_each(|sector| sector.path.depth = 77);
        }),
    ];
    for (what, change) in changes {
        let witness = f.with(change);
        f.add(Violation::SECTOR, what, witness);
    }
    // A registry without the sector: its leaf and a sibling that it chooses hash to what two others do.
    let mut witness = f.witness.clone();
    let mut without = leaves(&f.honest, &witness);
    let own = std::mem::replace(&mut without[0], fr(99));
    register(&mut witness, without);
    let (sibling, bit) = between(fr(1), fr(99), own);
    witness.possession.sectors[0].path.siblings[0] = sibling;
    // Of each sector `used` is the first input, the depth the second, the lowest bit the third.
    let inputs = f.inputs_in("S1-sector");
    f.add(Violation::SECTOR, "a member by an index that is no bit", witness).wire(
        "S1-sector",
        inputs[2],
        bit,
    );
    let honest = f.witness.clone();
    let last = inputs.len() / f.shape.sectors * (f.shape.sectors - 1);
    f.add(Violation::SECTOR, "used more than once", honest)
        .wire("S1-sector", inputs[last], fr(2))
        .natively(Violation::OUTCOME);

    let (domain, device) = (f.honest.domain, f.honest.device_leaf());
    for (what, domain, device, kind) in [
        ("another device's sector", domain, device + fr(1), tag::POSSESSION),
        ("another network's sector", domain + fr(1), device, tag::POSSESSION),
        ("a sector of another kind", domain, device, tag::REPLICA),
    ] {
        let mut witness = f.witness.clone();
        let mut leaves = leaves(&f.honest, &witness);
        leaves[0] = leaf(&witness.possession.sectors[0], domain, device, kind);
        register(&mut witness, leaves);
        f.add(Violation::SECTOR, what, witness);
    }
}

fn order(f: &mut Forgeries) {
    let changes: [Attack<'_, Witness>; 3] = [
        ("a sector twice", &|w| w.possession.sectors[1] = w.possession.sectors[0].clone()),
        ("the wrong way round", &|w| w.possession.sectors.swap(0, 1)),
        ("a used sector behind one that is not", &|w| w.possession.sectors[0] = Sector::default()),
    ];
    for (what, change) in changes {
        let witness = f.with(change);
        f.add(Violation::SECTOR_ORDER, what, witness);
    }
    let wide = registering(f, |w| w.possession.sectors[1].seq += power(64));
    f.add(Violation::SECTOR_ORDER, "a number of 65 bits", wide);
    // Number 3 is of batch 0, number 7 is not.
    let batches = f.network(|n| {
        n.rules[5] = 3;
        n.sectors[1].seq = 7;
        n.allotments.iter_mut().zip([6, 9]).for_each(|(allotted, seq)| allotted.seq = seq);
    });
    f.add(Violation::SECTOR_ORDER, "a sector of another batch", batches.witness());
    // 7 = 3 · 7/3 in the field.
    let third = fr(7) / fr(3);
    f.add(Violation::SECTOR_ORDER, "a sector of another batch, divided in the field", batches.witness())
        .wire("S2-order/batch", DIVISION, third);
}

fn term(f: &mut Forgeries) {
    let epoch = fr(u64::from(f.honest.epoch));
    for (what, expiry) in
        [("expired", epoch - fr(1)), ("expiring now", epoch), ("an expiry of 33 bits", fr(1 << 32) + epoch)]
    {
        let witness = registering(f, |w| w.possession.sectors[0].expiry = expiry);
        f.add(Violation::TERM, what, witness);
    }
}

/// Sector 0 said to have so many bytes and this height, opened where a sector of so many nodes is asked.
fn sized(f: &Forgeries, bytes: Fr, nodes: u64, height: u64) -> Witness {
    let (closing, tree) = (f.honest.closing, f.honest.sectors[0].data.tree());
    let challenges = f.shape.challenges as u32;
    registering(f, |w| {
        let sector = &mut w.possession.sectors[0];
        (sector.bytes, sector.height) = (bytes, fr(height));
        let asked = |j| possession::challenge(closing, sector.comm_r, j, nodes);
        sector.openings = (0..challenges).map(|j| tree.open(asked(j))).collect();
    })
}

fn size(f: &mut Forgeries) {
    let clause = Violation::SIZE;
    let more = sized(f, fr(31 * 512 + 1), 513, 3);
    f.add(clause, "a byte more than the tree holds", more);
    let less = sized(f, fr(31 * 64), 64, 3);
    f.add(clause, "so few bytes that the tree could be lower", less);
    let beyond = sized(f, f.witness.possession.sectors[0].bytes, 300, f.shape.height as u64 + 1);
    f.add(clause, "a height beyond the shape's", beyond);

    // Nodes that are not those of the bytes. The spare bytes of the last one are 31, or −1.
    let (most, least) = (sized(f, fr(31 * 299), 300, 3), sized(f, fr(31 * 299 + 1), 299, 3));
    f.add(clause, "a node more than the bytes need", most)
        .wire("S4-size", 0, fr(300))
        .natively(Violation::OPENING);
    f.add(clause, "a node fewer than the bytes need", least)
        .wire("S4-size", 0, fr(299))
        .natively(Violation::OPENING);
    // 31·0 − (−30) = 30: all that speaks against no nodes is that there is at least one.
    let negative = sized(f, -fr(30), 1, 0);
    f.add(clause, "no nodes of a negative number of bytes", negative)
        .wire("S4-size", 0, fr(0))
        .also(Violation::CHALLENGE)
        .also(Violation::OPENING);

    heights(f);
}

fn heights(f: &mut Forgeries) {
    let (closing, challenges) = (f.honest.closing, f.shape.challenges as u32);
    let tree = f.honest.sectors[0].data.tree();
    let asked =
        move |root, nodes| (0..challenges).map(move |j| possession::challenge(closing, root, j, nodes));
    // A root over the root, and a subtree that is said to be all.
    let over = registering(f, |w| {
        let sector = &mut w.possession.sectors[0];
        let mut top = [fr(0); 8];
        top[0] = tree.root();
        sector.comm_r = poseidon::hash(&top);
        sector.height = fr(4);
        sector.openings = asked(sector.comm_r, 300).map(|index| tree.open(index)).collect();
        sector.openings.iter_mut().for_each(|opening| opening.levels.push(top));
    });
    f.add(Violation::SIZE, "one level too many", over);
    let under = registering(f, |w| {
        let sector = &mut w.possession.sectors[0];
        sector.comm_r = tree.node(2, 0);
        sector.height = fr(2);
        let open = |index: u64| {
            let mut opening = tree.open(index % 64);
            // The climb goes on above the subtree, at the place that the rest of the index says.
            let mut above = [fr(0); 8];
            above[(index >> 6) as usize] = tree.node(2, 0);
            opening.levels[2] = above;
            opening
        };
        sector.openings = asked(sector.comm_r, 300).map(open).collect();
    });
    f.add(Violation::SIZE, "one level too few", under);
    let nothing = registering(f, |w| {
        let sector = &mut w.possession.sectors[0];
        (sector.bytes, sector.height, sector.comm_r) = (fr(0), fr(1), poseidon::hash(&[fr(0); 8]));
        sector.openings = vec![Opening { node: fr(0), levels: vec![[fr(0); 8]] }; challenges as usize];
    });
    f.add(Violation::SIZE, "no bytes under a tree", nothing);
}

fn challenge(f: &mut Forgeries) {
    let tree = f.honest.sectors[0].data.tree();
    let (root, digits) = (tree.root(), 3 * f.shape.height);
    let (opening, closing, challenges) = (f.honest.opening, f.honest.closing, f.shape.challenges as u32);
    let asked = |rho, j| possession::challenge(rho, root, j, 300);
    let bits = move |index: u64| (0..digits).map(move |i| fr(index >> i & 1));
    let answering = |w: &mut Witness, index: &dyn Fn(u32) -> u64| {
        w.possession.sectors[0].openings = (0..challenges).map(|j| tree.open(index(j))).collect();
    };
    // The device has one node and answers with that. Of the bits of each index, the first half is the index.
    for (what, index) in [
        ("a node of the device's choice", &(|_| 7u64) as &dyn Fn(u32) -> u64),
        ("what the opening beacon asked for", &|j| asked(opening, j)),
        ("the answer to another challenge", &|j| asked(closing, (j + 1) % challenges)),
    ] {
        let witness = f.with(|w| answering(w, index));
        let forgery = f.add(Violation::CHALLENGE, what, witness).natively(Violation::OPENING);
        for j in 0..challenges {
            forgery.row("S5-challenge/index", 2 * digits * j as usize, bits(index(j)));
        }
    }
    // The last two wires of a challenge's division are its quotient and the multiple of the number of nodes.
    let per = f.wires_in("S5-challenge") / (f.shape.sectors * f.shape.challenges);
    let seed = |j: u32| poseidon::hash(&[tag::CHALLENGE.fr(), closing, root, fr(j.into())]);
    let quotient = |j: u32| Fr::from(popw_core::field::low128(&seed(j)) / 300);
    // The tree has room for 512.
    let padded = (0..challenges).find(|j| asked(closing, *j) < 212).expect("an index to add 300 to");
    let witness = f.with(|w| answering(w, &|j| asked(closing, j) + if j == padded { 300 } else { 0 }));
    f.add(Violation::CHALLENGE, "a node of the padding", witness)
        .wire("S5-challenge", per * (padded as usize + 1) - 2, quotient(padded) - fr(1))
        .natively(Violation::OPENING);
    let witness = f.with(|w| answering(w, &|j| if j == 0 { 7 } else { asked(closing, j) }));
    let low = Fr::from(popw_core::field::low128(&seed(0)));
    f.add(Violation::CHALLENGE, "a quotient in the field", witness)
        .wire("S5-challenge", per - 2, (low - fr(7)) / fr(300))
        .natively(Violation::OPENING);
}

fn opening(f: &mut Forgeries) {
    let clause = Violation::OPENING;
    let tree = f.honest.sectors[0].data.tree();
    let asked = possession::challenge(f.honest.closing, tree.root(), 0, 300);
    let (rho, other) = (f.honest.opening, f.witness.possession.sectors[1].openings[0].clone());
    let changes: [Attack<'_, Opening>; 7] = [
        ("an altered node", &|o| o.node += fr(1)),
        ("an altered child", &|o| o.levels[1][((asked >> 3) as usize + 1) % 8] += fr(1)),
        ("an altered child at the top", &|o| o.levels[2][((asked >> 6) as usize + 1) % 8] += fr(1)),
        ("two children changed over", &|o| o.levels[0].swap(0, 1)),
        ("another sector's opening", &|o| *o = other.clone()),
        ("what the opening beacon asked for", &|o| {
            *o = tree.open(possession::challenge(rho, tree.root(), 0, 300));
        }),
        ("an inner node for a leaf", &|o| {
            o.node = tree.node(1, asked >> 3);
            o.levels.remove(0);
        }),
    ];
    for (what, change) in changes {
        let witness = f.with(|w| change(&mut w.possession.sectors[0].openings[0]));
        f.add(clause, what, witness);
    }
    let witness = f.with(|w| {
        w.possession.sectors.truncate(1);
        w.possession.sectors.push(Sector { comm_r: fr(1), ..Sector::default() });
    });
    f.add(clause, "an unused sector that is not what it says", witness);
    hashes_for_leaves(f, &tree);
}

/// A sector whose leaves are the hashes of another's: a proof of an eighth of it.
fn hashes_for_leaves(f: &mut Forgeries, tree: &Tree) {
    let (closing, challenges) = (f.honest.closing, f.shape.challenges as u32);
    let witness = registering(f, |w| {
        let sector = &mut w.possession.sectors[0];
        (sector.bytes, sector.height) = (fr(31 * 38), fr(2));
        let asked = |j| possession::challenge(closing, sector.comm_r, j, 38);
        let open = |index: u64| Opening {
            node: tree.node(1, index),
            levels: vec![tree.children(2, index >> 3), tree.children(3, 0)],
        };
        sector.openings = (0..challenges).map(|j| open(asked(j))).collect();
    });
    f.add(Violation::OPENING, "hashes for leaves", witness);
}

fn stored(f: &mut Forgeries) {
    // Two products, then the sum's bits, the lowest 20 of which are dropped.
    let honest = f.witness.clone();
    let bytes = honest.possession.sectors.iter().map(|sector| super::low(sector.bytes)).sum::<u64>();
    f.add(Violation::STORED, "one MiB more", honest)
        .wire("S7-stored", 2 + 20, fr(1 - (bytes >> 20 & 1)))
        .natively(Violation::OUTCOME);
    let unused = f.with(|w| w.possession.sectors[1].used = false);
    let bytes = unused.possession.sectors[1].bytes;
    f.add(Violation::STORED, "bytes of an unused sector", unused)
        .wire("S7-stored", 1, bytes)
        .natively(Violation::OUTCOME);
}
