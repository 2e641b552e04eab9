// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.24;

import {IPopwBatchVerifier, IPopwVerifier} from "../src/IPopwVerifier.sol";
import {PopwUptimeStandardGroth16} from "../src/generated/PopwUptimeStandardGroth16.sol";
import {PopwWorkStandardGroth16} from "../src/generated/PopwWorkStandardGroth16.sol";
import {Corpus} from "./Corpus.sol";

/// What each check refuses, by its error; what is not a corpus entry: calldata, keys, points' order, random changes.
contract Groth16Test is Corpus {
    uint256 private constant R = 21888242871839275222246405745257275088548364400416034343698204186575808495617;
    uint256 private constant Q = 21888242871839275222246405745257275088696311157297823662689037894645226208583;

    address private verifier;
    bytes private proof;
    uint256[] private inputs;

    function setUp() external {
        verifier = address(new PopwUptimeStandardGroth16());
        (proof, inputs) = valid("standard", "uptime-groth16");
    }

    function test_valid() external view {
        IPopwVerifier(verifier).verify(proof, inputs);
    }

    function test_refuses_any_other_number_of_inputs() external view {
        for (uint256 count = 0; count < 6; ++count) {
            if (count == 3) continue;
            uint256[] memory other = new uint256[](count);
            for (uint256 i = 0; i < count && i < 3; ++i) {
                other[i] = inputs[i];
            }
            checkError(verifier, encode(proof, other), abi.encodeWithSelector(IPopwVerifier.InputCount.selector, count));
        }
    }

    function test_refuses_inputs_plus_r() external view {
        for (uint256 i = 0; i < 3; ++i) {
            uint256[] memory other = copy(inputs);
            other[i] += R;
            checkError(
                verifier, encode(proof, other), abi.encodeWithSelector(IPopwVerifier.InputNotCanonical.selector, i)
            );
        }
    }

    function test_refuses_other_lengths() external view {
        checkError(
            verifier,
            encode(bytes.concat(proof, hex"00"), inputs),
            abi.encodeWithSelector(IPopwVerifier.ProofLength.selector, 257)
        );
        checkError(verifier, encode("", inputs), abi.encodeWithSelector(IPopwVerifier.ProofLength.selector, 0));
        bytes memory short = copy(proof);
        assembly {
            mstore(short, 255)
        }
        checkError(verifier, encode(short, inputs), abi.encodeWithSelector(IPopwVerifier.ProofLength.selector, 255));
    }

    function test_refuses_points_at_infinity() external view {
        uint256[3] memory starts = [uint256(0), 64, 192];
        uint256[3] memory sizes = [uint256(64), 128, 64];
        for (uint256 i = 0; i < 3; ++i) {
            bytes memory other = copy(proof);
            for (uint256 j = 0; j < sizes[i]; ++j) {
                other[starts[i] + j] = 0;
            }
            checkError(
                verifier,
                encode(other, inputs),
                abi.encodeWithSelector(IPopwVerifier.PointAtInfinity.selector, starts[i])
            );
        }
    }

    function test_refuses_coordinates_plus_q() external view {
        for (uint256 start = 0; start < 256; start += 32) {
            uint256 value = word(proof, start);
            // Some do not fit when q is added; those that do would be a second encoding of the same proof.
            if (value > type(uint256).max - Q) continue;
            bytes memory other = withWord(proof, start, value + Q);
            checkError(verifier, encode(other, inputs), abi.encodeWithSelector(IPopwVerifier.ProofMalformed.selector));
        }
    }

    /// B is x.c1, x.c0, y.c1, y.c0, as the precompile reads it; the order of most libraries is another point, or none.
    function test_refuses_another_order_of_coordinates() external view {
        bytes memory other = withWord(withWord(proof, 64, word(proof, 96)), 96, word(proof, 64));
        checkError(verifier, encode(other, inputs), abi.encodeWithSelector(IPopwVerifier.ProofMalformed.selector));
        other = withWord(withWord(other, 128, word(proof, 160)), 160, word(proof, 128));
        checkError(verifier, encode(other, inputs), abi.encodeWithSelector(IPopwVerifier.ProofMalformed.selector));
    }

    /// Sound points, and false: A and B with opposite signs cancel, alone they do not.
    function test_refuses_negated_points() external view {
        bytes memory minusA = withWord(proof, 32, Q - word(proof, 32));
        checkError(verifier, encode(minusA, inputs), abi.encodeWithSelector(IPopwVerifier.ProofRejected.selector));
        bytes memory minusC = withWord(proof, 224, Q - word(proof, 224));
        checkError(verifier, encode(minusC, inputs), abi.encodeWithSelector(IPopwVerifier.ProofRejected.selector));
        bytes memory minusAB = withWord(minusA, 128, Q - word(proof, 128));
        minusAB = withWord(minusAB, 160, Q - word(proof, 160));
        // The same proof in other bytes: that is why nothing may be keyed by a proof's bytes.
        checkEqual(verdict(verifier, encode(minusAB, inputs)), "valid", "-A, -B");
    }

    function test_refuses_a_proof_for_another_key() external {
        address other = address(new PopwWorkStandardGroth16());
        checkError(other, encode(proof, inputs), abi.encodeWithSelector(IPopwVerifier.ProofRejected.selector));
    }

    function test_refuses_trailing_calldata() external view {
        bytes memory call = bytes.concat(encode(proof, inputs), hex"00");
        checkError(verifier, call, abi.encodeWithSelector(IPopwVerifier.CalldataLength.selector, call.length));
        call = bytes.concat(encode(list(2), inputLists(2)), hex"00");
        checkError(verifier, call, abi.encodeWithSelector(IPopwVerifier.CalldataLength.selector, call.length));
        call = bytes.concat(encode(list(0), inputLists(0)), hex"00");
        checkError(verifier, call, abi.encodeWithSelector(IPopwVerifier.CalldataLength.selector, call.length));
    }

    /// The arguments' data in the other order are as long, and no second name for the same call.
    function test_refuses_other_offsets() external view {
        bytes memory data = abi.encodePacked(uint256(192), uint256(64), uint256(3), inputs, uint256(256), proof);
        bytes memory call = bytes.concat(IPopwVerifier.verify.selector, data);
        checkEqual(call.length, encode(proof, inputs).length, "length");
        checkError(verifier, call, abi.encodeWithSelector(IPopwVerifier.CalldataLength.selector, call.length));
    }

    function test_refuses_entries_of_a_batch_in_another_order() external view {
        bytes memory call = encode(list(2), inputLists(2));
        // The offsets of the two proofs, exchanged: the same proofs and inputs, in another encoding.
        bytes memory other = withWord(withWord(call, 100, word(call, 132)), 132, word(call, 100));
        checkError(verifier, other, abi.encodeWithSelector(IPopwVerifier.CalldataLength.selector, call.length));
    }

    function test_refuses_truncated_calldata() external view {
        bytes memory call = encode(proof, inputs);
        for (uint256 length = 0; length < call.length; length += 7) {
            bytes memory cut = copy(call);
            assembly {
                mstore(cut, length)
            }
            (bool returned,) = verifier.staticcall(cut);
            check(!returned, "truncated");
        }
    }

    function test_batch_of_none_is_valid() external view {
        IPopwBatchVerifier(verifier).verifyBatch(list(0), inputLists(0));
    }

    function test_batch_refuses_lists_of_different_lengths() external view {
        checkError(
            verifier,
            encode(list(2), inputLists(3)),
            abi.encodeWithSelector(IPopwBatchVerifier.EntryCount.selector, 2, 3)
        );
    }

    function test_batch_names_the_entry() external view {
        bytes[] memory proofs = list(3);
        uint256[][] memory all = inputLists(3);
        proofs[1] = withWord(proof, 32, word(proof, 32) ^ 1);
        checkError(
            verifier, encode(proofs, all), entryError(1, abi.encodeWithSelector(IPopwVerifier.ProofMalformed.selector))
        );
        proofs[1] = withWord(proof, 224, word(proof, 224) ^ 1);
        checkError(
            verifier, encode(proofs, all), entryError(1, abi.encodeWithSelector(IPopwVerifier.ProofMalformed.selector))
        );
        proofs[1] = withWord(withWord(proof, 192, 0), 224, 0);
        checkError(
            verifier,
            encode(proofs, all),
            entryError(1, abi.encodeWithSelector(IPopwVerifier.PointAtInfinity.selector, 192))
        );
        proofs[1] = hex"00";
        checkError(
            verifier, encode(proofs, all), entryError(1, abi.encodeWithSelector(IPopwVerifier.ProofLength.selector, 1))
        );
        proofs[1] = proof;
        all[2] = copy(inputs);
        all[2][0] += R;
        checkError(
            verifier,
            encode(proofs, all),
            entryError(2, abi.encodeWithSelector(IPopwVerifier.InputNotCanonical.selector, 0))
        );
        all[2] = new uint256[](2);
        checkError(
            verifier, encode(proofs, all), entryError(2, abi.encodeWithSelector(IPopwVerifier.InputCount.selector, 2))
        );
        // B goes into the one pairing of all: which of them it is cannot be told.
        all[2] = inputs;
        proofs[1] = withWord(proof, 96, word(proof, 96) ^ 1);
        checkError(verifier, encode(proofs, all), abi.encodeWithSelector(IPopwVerifier.ProofMalformed.selector));
    }

    /// With equal coefficients these two would make up for each other: +P in one C, -P in the other.
    function test_batch_refuses_what_a_plain_sum_would_accept() external view {
        bytes[] memory proofs = list(2);
        uint256[4] memory points = [word(proof, 192), word(proof, 224), 1, 2];
        (uint256 x, uint256 y) = add(points);
        proofs[0] = withWord(withWord(proof, 192, x), 224, y);
        points[3] = Q - 2;
        (x, y) = add(points);
        proofs[1] = withWord(withWord(proof, 192, x), 224, y);
        checkError(
            verifier, encode(proofs, inputLists(2)), abi.encodeWithSelector(IPopwVerifier.ProofRejected.selector)
        );
    }

    /// Coefficients are drawn as docs/src/contracts.md says, from everything: A and C are multiplied by them.
    function test_batch_coefficients() external {
        bytes[] memory proofs = list(3);
        uint256[][] memory all = inputLists(3);
        proofs[1] = withWord(withWord(proof, 32, Q - word(proof, 32)), 128, Q - word(proof, 128));
        proofs[1] = withWord(proofs[1], 160, Q - word(proof, 160));
        bytes memory hashed = abi.encodePacked(bytes32("popw groth16 batch evm 1"), IPopwVerifier(verifier).keyDigest());
        for (uint256 i = 0; i < 3; ++i) {
            hashed = abi.encodePacked(hashed, all[i], proofs[i]);
        }
        checkEqual(hashed.length, 64 + 3 * 352, "what is hashed");
        bytes32 seed = keccak256(hashed);
        for (uint256 i = 0; i < 3; ++i) {
            uint256 rho = uint256(keccak256(abi.encodePacked(seed, i))) >> 128;
            vm.expectCall(address(7), abi.encodePacked(word(proofs[i], 0), word(proofs[i], 32), rho));
            vm.expectCall(address(7), abi.encodePacked(word(proofs[i], 192), word(proofs[i], 224), rho));
        }
        IPopwBatchVerifier(verifier).verifyBatch(proofs, all);
    }

    /// Any other byte anywhere in proof or inputs: refused, and in a batch as alone.
    function testFuzz_changed_bytes(uint256 position, uint8 change) external view {
        if (change == 0) change = 1;
        position %= 256 + 96;
        bytes memory other = copy(proof);
        uint256[] memory otherInputs = copy(inputs);
        if (position < 256) {
            other[position] ^= bytes1(change);
        } else {
            uint256 input = (position - 256) / 32;
            otherInputs[input] ^= uint256(change) << (8 * (position % 32));
        }
        string memory alone = verdict(verifier, encode(other, otherInputs));
        check(keccak256(bytes(alone)) != keccak256("valid"), "a changed proof is valid");
        bytes[] memory proofs = list(3);
        uint256[][] memory all = inputLists(3);
        (proofs[position % 3], all[position % 3]) = (other, otherInputs);
        checkEqual(verdict(verifier, encode(proofs, all)), alone, "in a batch");
    }

    /// Bytes that are no proof.
    function testFuzz_random_words(uint256[8] calldata words, uint256[3] calldata values) external view {
        uint256[] memory other = new uint256[](3);
        for (uint256 i = 0; i < 3; ++i) {
            other[i] = values[i] % R;
        }
        checkEqual(verdict(verifier, encode(abi.encode(words), other)), "malformed", "random words");
    }

    function list(uint256 count) private view returns (bytes[] memory proofs) {
        proofs = new bytes[](count);
        for (uint256 i = 0; i < count; ++i) {
            proofs[i] = proof;
        }
    }

    function inputLists(uint256 count) private view returns (uint256[][] memory all) {
        all = new uint256[][](count);
        for (uint256 i = 0; i < count; ++i) {
            all[i] = inputs;
        }
    }

    function entryError(uint256 index, bytes memory reason) private pure returns (bytes memory) {
        return abi.encodeWithSelector(IPopwBatchVerifier.Entry.selector, index, reason);
    }

    function word(bytes memory data, uint256 start) private pure returns (uint256 value) {
        assembly {
            value := mload(add(add(data, 32), start))
        }
    }

    function withWord(bytes memory data, uint256 start, uint256 value) private pure returns (bytes memory changed) {
        changed = copy(data);
        assembly {
            mstore(add(add(changed, 32), start), value)
        }
    }

    function add(uint256[4] memory points) private view returns (uint256, uint256) {
        (bool done, bytes memory sum) = address(6).staticcall(abi.encode(points));
        check(done, "ecAdd");
        return abi.decode(sum, (uint256, uint256));
    }
}
