//! LeanIMT against zk-kit.

use popw_core::lean_imt::{LeanImt, MerkleProof};

use crate::vectors::{elements, fr, vectors};

#[test]
fn roots_and_paths_equal_zk_kits() {
    for case in vectors()["lean_imt"].as_array().unwrap() {
        let tree = LeanImt::from_leaves(elements(&case["leaves"]));
        let root = fr(&case["root"]);
        assert_eq!(tree.root(), root, "{} leaves", tree.len());
        let expected = MerkleProof {
            index: case["proof"]["index"].as_u64().unwrap(),
            siblings: elements(&case["proof"]["siblings"]),
        };
        let position = case["proof"]["leaf_position"].as_u64().unwrap() as usize;
        assert_eq!(tree.proof(position), Some(expected.clone()));
        assert_eq!(expected.root(fr(&case["proof"]["leaf"])), root);
    }
}
