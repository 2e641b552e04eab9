// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.24;

import {Base} from "./Base.sol";

/// The corpus of proofs with the verdicts of native code, as `popw-corpus expand` has written it into test/data.
abstract contract Corpus is Base {
    struct Entries {
        string[] names;
        string[] codes;
        bytes[] proofs;
        uint256[][] inputs;
        string json;
    }

    struct Batches {
        string[] names;
        string[] codes;
        uint256[][] members;
    }

    /// `shape` is standard or demo, `key` such as uptime-groth16.
    function path(string memory shape, string memory key) internal pure returns (string memory) {
        return string.concat("test/data/", shape, "/", key, ".json");
    }

    function entries(string memory shape, string memory key) internal view returns (Entries memory all) {
        string memory json = vm.readFile(path(shape, key));
        all.names = vm.parseJsonStringArray(json, ".names");
        all.codes = vm.parseJsonStringArray(json, ".codes");
        all.proofs = vm.parseJsonBytesArray(json, ".proofs");
        all.inputs = abi.decode(vm.parseJsonType(json, ".inputs", "uint256[][]"), (uint256[][]));
        all.json = json;
        check(all.names.length != 0, "the corpus is empty");
        checkEqual(all.names.length, all.codes.length, "codes");
        checkEqual(all.names.length, all.proofs.length, "proofs");
        checkEqual(all.names.length, all.inputs.length, "inputs");
    }

    function batches(Entries memory all) internal pure returns (Batches memory found) {
        found.names = vm.parseJsonStringArray(all.json, ".batches.names");
        found.codes = vm.parseJsonStringArray(all.json, ".batches.codes");
        found.members = abi.decode(vm.parseJsonType(all.json, ".batches.members", "uint256[][]"), (uint256[][]));
        check(found.names.length != 0, "the corpus has no batches");
    }

    /// Every entry gets the verdict that native code gives; every code of `codes` is met.
    function checkEntries(address verifier, Entries memory all, string[] memory codes) internal view {
        uint256[] memory met = new uint256[](codes.length);
        for (uint256 i = 0; i < all.names.length; ++i) {
            string memory found = verdict(verifier, encode(all.proofs[i], all.inputs[i]));
            checkEqual(found, all.codes[i], all.names[i]);
            for (uint256 j = 0; j < codes.length; ++j) {
                if (keccak256(bytes(codes[j])) == keccak256(bytes(found))) ++met[j];
            }
        }
        uint256 sum = 0;
        for (uint256 j = 0; j < codes.length; ++j) {
            check(met[j] != 0, string.concat("no entry is ", codes[j]));
            sum += met[j];
        }
        checkEqual(sum, all.names.length, "entries of other codes");
    }

    function checkBatches(address verifier, Entries memory all) internal view {
        Batches memory found = batches(all);
        for (uint256 i = 0; i < found.names.length; ++i) {
            (bytes[] memory proofs, uint256[][] memory inputs) = pick(all, found.members[i]);
            checkEqual(verdict(verifier, encode(proofs, inputs)), found.codes[i], found.names[i]);
        }
    }

    function pick(Entries memory all, uint256[] memory members)
        internal
        pure
        returns (bytes[] memory proofs, uint256[][] memory inputs)
    {
        proofs = new bytes[](members.length);
        inputs = new uint256[][](members.length);
        for (uint256 i = 0; i < members.length; ++i) {
            proofs[i] = all.proofs[members[i]];
            inputs[i] = all.inputs[members[i]];
        }
    }

    /// The first entry that is valid: the key's own proof.
    function valid(string memory shape, string memory key)
        internal
        view
        returns (bytes memory proof, uint256[] memory inputs)
    {
        Entries memory all = entries(shape, key);
        checkEqual(all.codes[0], "valid", all.names[0]);
        return (all.proofs[0], all.inputs[0]);
    }
}
