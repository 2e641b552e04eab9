//! What a sector's files hold, against independent implementations.

use std::fs;
use std::io::Cursor;

use bao_tree::io::outboard::{EmptyOutboard, PreOrderOutboard};
use bao_tree::io::sync::{CreateOutboard, decode_ranges, encode_ranges_validated};
use bao_tree::{BaoTree, BlockSize, ChunkNum, ChunkRanges};
use popw_core::field;
use popw_core::possession::{height, node_count};
use popw_storage::header::TreeHeader;
use popw_storage::layout::{BLOCK_BYTES, GROUP_BYTES};
use popw_storage::{AddOptions, Placement, Silent, add, store};

use super::common::{World, bytes, naive_tree};

const IROH: BlockSize = BlockSize::from_chunk_log(4);

fn edges() -> Vec<usize> {
    vec![0, 1, 30, 31, 32, 31 * 8 - 1, 31 * 8, 31 * 8 + 1, 31 * 64 - 1, 31 * 64, 31 * 64 + 1, (1 << 20) + 7]
}

#[test]
fn the_tree_is_the_naive_one() {
    for size in edges() {
        let data = bytes(size, 1);
        let world = World::new(&data);
        let sector = world.add();
        let naive = naive_tree(&data);
        assert_eq!(sector.comm_r(), naive.last().unwrap()[0], "{size} bytes");

        let record = sector.record();
        assert_eq!(record.bytes, size as u64);
        assert_eq!(record.nodes, node_count(size as u64));
        assert_eq!((record.height, naive.len()), (height(record.nodes), usize::from(record.height) + 1));
        assert_eq!(record.blake3, *blake3::hash(&data).as_bytes(), "{size} bytes");
        assert_eq!(record.name, "photo.raw");
        assert_eq!(fs::read(sector.data_path()).unwrap(), data);

        let tree = fs::read(sector.folder().join("tree")).unwrap();
        assert_eq!(TreeHeader::parse(&tree).unwrap().comm_r, sector.comm_r());
        for level in 1..=record.height {
            let start = sector.layout().level_offset(level) as usize;
            let count = sector.layout().level_nodes(level) as usize;
            let naive: Vec<u8> =
                naive[usize::from(level)][..count].iter().flat_map(field::to_be_bytes).collect();
            assert!(tree[start..start + 32 * count] == naive, "level {level} of {size} bytes");
        }
        assert_eq!(world.names(), [sector.id().to_string()]);
    }
}

/// Several blocks: roots of blocks are joined on levels of their own. The naive tree would be too large; one made of
/// the blocks' naive trees is as independent.
#[test]
fn blocks_are_joined() {
    let size = 9 * BLOCK_BYTES as usize + 100;
    let data = bytes(size, 2);
    let world = World::new(&data);
    let sector = world.add();
    assert_eq!(sector.layout().height(), 7);
    let zero5 = naive_tree(&[0; BLOCK_BYTES as usize]).last().unwrap()[0];
    let zero6 = popw_core::poseidon::hash(&[zero5; 8]);
    let root = |block: &[u8]| {
        let mut padded = block.to_vec();
        padded.resize(BLOCK_BYTES as usize, 0);
        naive_tree(&padded).last().unwrap()[0]
    };
    let mut roots: Vec<_> = data.chunks(BLOCK_BYTES as usize).map(root).collect();
    roots.resize(16, zero5);
    let mut top: Vec<_> = roots.chunks(8).map(popw_core::poseidon::hash).collect();
    top.resize(8, zero6);
    assert_eq!(sector.comm_r(), popw_core::poseidon::hash(&top));
    assert_eq!(sector.id().0, *blake3::hash(&data).as_bytes());
}

/// The outboard is the one bao-tree makes, byte for byte, and its decoder accepts what is served from it.
#[test]
fn the_outboard_is_bao_trees() {
    let group = GROUP_BYTES as usize;
    let mut sizes =
        vec![group - 1, group, group + 1, 5 * group, 7 * group + 3, 8 * group, 9 * group - 1, 64 * group];
    sizes.extend(edges());
    sizes.extend([2 * BLOCK_BYTES as usize, 3 * BLOCK_BYTES as usize + 1]);
    for size in sizes {
        let data = bytes(size, 3);
        let world = World::new(&data);
        let sector = world.add();
        let theirs = PreOrderOutboard::<Vec<u8>>::create_sized(&data[..], size as u64, IROH).unwrap();
        let ours = fs::read(sector.outboard_path()).unwrap();
        assert!(ours == theirs.data, "{size} bytes");
        assert_eq!(theirs.root.as_bytes(), &sector.id().0);

        let tree = BaoTree::new(size as u64, IROH);
        let outboard = PreOrderOutboard { root: sector.id().0.into(), tree, data: ours };
        for ranges in [ChunkRanges::all(), ChunkRanges::from(ChunkNum(3)..ChunkNum(20))] {
            let mut encoded = Vec::new();
            let stored = fs::read(sector.data_path()).unwrap();
            encode_ranges_validated(&stored[..], &outboard, &ranges, &mut encoded).unwrap();
            let mut decoded = Vec::new();
            let empty = EmptyOutboard { root: outboard.root, tree };
            decode_ranges(Cursor::new(encoded), &ranges, &mut decoded, empty).unwrap();
            if ranges.is_all() {
                assert!(decoded == data, "{size} bytes");
            }
        }
        if size > group {
            let mut damaged = data.clone();
            damaged[group] ^= 1;
            let refused = encode_ranges_validated(&damaged[..], &outboard, &ChunkRanges::all(), Vec::new());
            refused.unwrap_err();
        }
    }
}

#[test]
fn a_sparse_file_is_zeros() {
    let world = World::new(b"");
    fs::File::create(world.source()).unwrap().set_len(3 * BLOCK_BYTES + 5).unwrap();
    let sector = world.add();
    assert_eq!(sector.layout().height(), 6);
    assert_eq!(
        sector.comm_r(),
        popw_core::poseidon::hash(&[naive_tree(&[0; BLOCK_BYTES as usize]).last().unwrap()[0]; 8])
    );
}

#[test]
fn the_same_content_is_kept_once() {
    let world = World::new(&bytes(5000, 4));
    let sector = world.add();
    let twin = world.folder.path().join("twin");
    fs::copy(world.source(), &twin).unwrap();
    let added = add(&twin, &world.store(), &AddOptions::default(), &mut Silent).unwrap();
    assert!(!added.new && added.repaired.is_none());
    assert_eq!(added.sector.record(), sector.record());
    assert_eq!(world.names(), [sector.id().to_string()]);
}

#[test]
fn a_reference_leaves_the_file_where_it_is() {
    let data = bytes(40_000, 5);
    let world = World::new(&data);
    let options = AddOptions { placement: Placement::Reference, ..AddOptions::default() };
    let sector = add(&world.source(), &world.store(), &options, &mut Silent).unwrap().sector;
    assert_eq!(sector.data_path(), world.source().canonicalize().unwrap());
    assert!(!sector.folder().join("data").exists());
    assert_eq!(sector.comm_r(), naive_tree(&data).last().unwrap()[0]);
    assert_eq!(sector.open_node(1290).unwrap().node, field::bytes31(&[&data[39_990..], &[0; 21]].concat()));
    store::remove(&world.store(), sector.id()).unwrap();
    assert_eq!(fs::read(world.source()).unwrap(), data);
}

#[test]
fn progress_rises_to_the_total() {
    let world = World::new(&bytes(2 * BLOCK_BYTES as usize + 1, 7));
    let mut seen = Vec::new();
    let mut report = |done: u64, total: u64| seen.push((done, total));
    add(&world.source(), &world.store(), &super::common::careful(), &mut report).unwrap();
    let total = 2 * BLOCK_BYTES + 1;
    assert_eq!(seen, [(BLOCK_BYTES, total), (2 * BLOCK_BYTES, total), (total, total)]);
}
