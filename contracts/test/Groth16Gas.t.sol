// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.24;

import {IPopwVerifier} from "../src/IPopwVerifier.sol";
import {PopwUptimeStandardGroth16} from "../src/generated/PopwUptimeStandardGroth16.sol";
import {Corpus} from "./Corpus.sol";
import {Groth16Verifier as SnarkjsVerifier} from "./peers/SnarkjsVerifier.sol";

/// What verifying costs, and what is said when there is too little gas.
///
/// "In the call" is what the verifier's own frame uses, as the EVM counts it. "As a transaction" adds 21,000 and the call's bytes
/// (4 gas for a zero byte, 16 for another; EIP-7623's floor is below that here).
contract Groth16GasTest is Corpus {
    uint256 private constant SINGLE_LIMIT = 205_000;
    uint256 private constant BATCH_LIMIT = 60_000;

    address private verifier;
    Entries private all;
    /// Entries that are valid.
    uint256[] private good;

    function setUp() external {
        verifier = address(new PopwUptimeStandardGroth16());
        all = entries("standard", "uptime-groth16");
        for (uint256 i = 0; i < all.codes.length; ++i) {
            if (keccak256(bytes(all.codes[i])) == keccak256("valid")) good.push(i);
        }
    }

    function test_single() external {
        bytes memory call = encode(all.proofs[good[0]], all.inputs[good[0]]);
        uint256 used = measure(verifier, call);
        check(used <= SINGLE_LIMIT, string.concat("verify takes ", vm.toString(used)));
        vm.snapshotValue("Groth16", "verify", used);
        row("verify", used, transaction(call, used));
        uint256 least = leastGas(call);
        vm.snapshotValue("Groth16", "verify, least gas to give", least);
        print(string.concat("verify starts at ", vm.toString(least)));
    }

    function test_batches() external {
        uint256[7] memory sizes = [uint256(1), 2, 4, 8, 16, 32, 64];
        for (uint256 i = 0; i < sizes.length; ++i) {
            bytes memory call = batch(sizes[i]);
            uint256 used = measure(verifier, call);
            uint256 each = used / sizes[i];
            if (sizes[i] >= 32) check(each <= BATCH_LIMIT, string.concat("an entry takes ", vm.toString(each)));
            string memory name = string.concat("verifyBatch of ", vm.toString(sizes[i]), ", each");
            vm.snapshotValue("Groth16", name, each);
            row(name, each, transaction(call, used) / sizes[i]);
        }
    }

    /// snarkjs's contract for the same key and proof.
    function test_beside_snarkjs() external {
        SnarkjsVerifier peer = new SnarkjsVerifier();
        (uint256[2] memory a, uint256[2][2] memory b, uint256[2] memory c) =
            abi.decode(all.proofs[good[0]], (uint256[2], uint256[2][2], uint256[2]));
        uint256[] memory own = all.inputs[good[0]];
        uint256[3] memory inputs = [own[0], own[1], own[2]];
        bytes memory call = abi.encodeCall(SnarkjsVerifier.verifyProof, (a, b, c, inputs));
        uint256 used = measure(address(peer), call);
        check(peer.verifyProof(a, b, c, inputs), "snarkjs's verifier accepts the proof");
        vm.snapshotValue("Groth16", "snarkjs's verifyProof", used);
        row("snarkjs's verifyProof", used, transaction(call, used));
        inputs[1] ^= 1;
        check(!peer.verifyProof(a, b, c, inputs), "and refuses another nullifier");
    }

    function test_valid_with_any_gas() external view {
        starve(encode(all.proofs[good[0]], all.inputs[good[0]]), 230_000, "valid");
    }

    function test_valid_batch_with_any_gas() external view {
        starve(batch(4), 415_000, "valid");
    }

    function test_rejected_with_any_gas() external view {
        uint256[] memory inputs = copy(all.inputs[good[0]]);
        inputs[1] ^= 1;
        starve(encode(all.proofs[good[0]], inputs), 230_000, "rejected");
    }

    function test_malformed_with_any_gas() external view {
        bytes memory proof = copy(all.proofs[good[0]]);
        proof[31] ^= 0x01;
        starve(encode(proof, all.inputs[good[0]]), 450_000, "malformed");
    }

    function test_malformed_in_a_batch_with_any_gas() external view {
        for (uint256 last = 31; last < 256; last += 192) {
            (bytes[] memory proofs, uint256[][] memory inputs) = pick(all, members(4));
            proofs[2] = copy(proofs[2]);
            proofs[2][last] ^= 0x01;
            starve(encode(proofs, inputs), 800_000, "malformed");
        }
    }

    /// What `needed` names is enough to get an answer.
    function test_needed_gas_is_enough() external view {
        bytes memory malformed = copy(all.proofs[good[0]]);
        malformed[31] ^= 0x01;
        bytes[3] memory calls =
            [encode(all.proofs[good[0]], all.inputs[good[0]]), encode(malformed, all.inputs[good[0]]), batch(4)];
        string[3] memory wanted = ["valid", "malformed", "valid"];
        for (uint256 i = 0; i < calls.length; ++i) {
            uint256 gas = 30_000;
            string memory found = "insufficient-gas";
            uint256 rounds = 0;
            while (keccak256(bytes(found)) == keccak256("insufficient-gas")) {
                check(++rounds < 4, "needed has been too little twice");
                (bool returned, bytes memory reason) = verifier.staticcall{gas: gas}(calls[i]);
                found = returned ? "valid" : code(reason);
                // The frame's own start and the checks of lengths come before the first look at the gas.
                if (!returned && rounds < 3) gas = abi.decode(tail(reason), (uint256)) + 8_000;
            }
            checkEqual(found, wanted[i], "with the gas needed");
        }
    }

    /// With whatever gas, nothing but `wanted` is ever said about the proof; with enough of it, always.
    function starve(bytes memory call, uint256 enough, string memory wanted) private view {
        bytes32 answer = keccak256(bytes(wanted));
        bool answered = false;
        uint256 silent = 0;
        uint256 step = enough / 700;
        for (uint256 gas = 0; gas <= enough + 5 * step; gas += step) {
            bytes32 found = keccak256(bytes(verdict(verifier, call, gas)));
            if (found == answer) {
                answered = true;
            } else {
                bool nothing = found == keccak256("insufficient-gas") || found == keccak256("out-of-gas");
                check(nothing, string.concat("a wrong answer with ", vm.toString(gas), " gas"));
                check(gas < enough, string.concat("no answer with ", vm.toString(gas), " gas"));
                // Once there is an answer, more gas does not take it away.
                check(!answered, string.concat("no answer any more with ", vm.toString(gas), " gas"));
                ++silent;
            }
        }
        check(answered && silent > 100, "both sides were met");
    }

    function measure(address target, bytes memory call) private view returns (uint256) {
        (bool returned,) = target.staticcall(call);
        check(returned, "a valid proof");
        return vm.lastCallGas().gasTotalUsed;
    }

    /// Of the frame; by bisection.
    function leastGas(bytes memory call) private view returns (uint256 enough) {
        uint256 less = 0;
        enough = 2 * SINGLE_LIMIT;
        while (enough - less > 1) {
            uint256 middle = (enough + less) / 2;
            (bool returned,) = verifier.staticcall{gas: middle}(call);
            if (returned) enough = middle;
            else less = middle;
        }
    }

    function transaction(bytes memory call, uint256 used) private pure returns (uint256) {
        uint256 sum = 21_000 + used;
        for (uint256 i = 0; i < call.length; ++i) {
            sum += call[i] == 0 ? 4 : 16;
        }
        return sum;
    }

    function batch(uint256 size) private view returns (bytes memory) {
        (bytes[] memory proofs, uint256[][] memory inputs) = pick(all, members(size));
        return encode(proofs, inputs);
    }

    function members(uint256 size) private view returns (uint256[] memory some) {
        some = new uint256[](size);
        for (uint256 i = 0; i < size; ++i) {
            some[i] = good[i % good.length];
        }
    }

    function row(string memory name, uint256 used, uint256 whole) private view {
        print(string.concat(name, ": ", vm.toString(used), " in the call, ", vm.toString(whole), " as a transaction"));
    }
}
