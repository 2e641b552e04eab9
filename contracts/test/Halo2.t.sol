// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.24;

import {IPopwVerifier} from "../src/IPopwVerifier.sol";
import {PopwBandwidthStandardHalo2} from "../src/generated/PopwBandwidthStandardHalo2.sol";
import {PopwUptimeStandardHalo2} from "../src/generated/PopwUptimeStandardHalo2.sol";
import {PopwWorkStandardHalo2} from "../src/generated/PopwWorkStandardHalo2.sol";
import {Corpus} from "./Corpus.sol";

/// What each check refuses, by its error, at every place of a proof: for a contract with its constants in its code, and
/// for one that has them outside.
abstract contract Halo2Checks is Corpus {
    uint256 private constant R = 21888242871839275222246405745257275088548364400416034343698204186575808495617;
    uint256 private constant Q = 21888242871839275222246405745257275088696311157297823662689037894645226208583;

    address internal verifier;
    bytes internal proof;
    uint256[] internal inputs;
    /// A proof's points come first, but for two, which come last.
    uint256 internal firstScalar;
    uint256 internal afterScalars;

    function deploy() internal virtual returns (address, string memory key, uint256 pointsInFront);

    function setUp() external {
        string memory key;
        uint256 points;
        (verifier, key, points) = deploy();
        (proof, inputs) = valid("standard", key);
        (firstScalar, afterScalars) = (64 * points, proof.length - 128);
    }

    function test_valid() external view {
        IPopwVerifier(verifier).verify(proof, inputs);
    }

    function test_refuses_any_other_number_of_inputs() external view {
        for (uint256 count = 0; count < 6; ++count) {
            if (count == 3) continue;
            uint256[] memory other = new uint256[](count);
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

    function test_refuses_other_inputs() external view {
        for (uint256 i = 0; i < 3; ++i) {
            uint256[] memory other = copy(inputs);
            other[i] = addmod(other[i], 1, R);
            checkError(verifier, encode(proof, other), abi.encodeWithSelector(IPopwVerifier.ProofRejected.selector));
        }
    }

    function test_refuses_other_lengths() external view {
        checkLength(bytes.concat(proof, hex"00"));
        checkLength(bytes.concat(proof, new bytes(32)));
        checkLength("");
        for (uint256 less = 1; less <= 64; less += 21) {
            bytes memory short = copy(proof);
            assembly {
                mstore(short, sub(mload(short), less))
            }
            checkLength(short);
        }
    }

    function checkLength(bytes memory other) private view {
        checkError(
            verifier, encode(other, inputs), abi.encodeWithSelector(IPopwVerifier.ProofLength.selector, other.length)
        );
    }

    /// Every point in turn: at infinity; with a coordinate too large; off the curve; y = 0; negated.
    function test_refuses_other_points() external view {
        uint256 points = 0;
        for (
            uint256 place = 0;
            place < proof.length;
            place += place == firstScalar - 64 ? afterScalars + 64 - firstScalar : 64
        ) {
            ++points;
            (uint256 x, uint256 y) = (word(proof, place), word(proof, place + 32));
            bytes memory infinity = withWord(withWord(proof, place, 0), place + 32, 0);
            checkError(
                verifier,
                encode(infinity, inputs),
                abi.encodeWithSelector(IPopwVerifier.PointAtInfinity.selector, place)
            );
            checkMalformed(withWord(proof, place + 32, y ^ 1));
            checkMalformed(withWord(proof, place, x ^ 1));
            checkMalformed(withWord(proof, place + 32, 0));
            checkMalformed(withWord(proof, place, type(uint256).max));
            if (x <= type(uint256).max - Q) checkMalformed(withWord(proof, place, x + Q));
            if (y <= type(uint256).max - Q) checkMalformed(withWord(proof, place + 32, y + Q));
            checkRejected(withWord(proof, place + 32, Q - y));
            checkRejected(withWord(withWord(proof, place, 1), place + 32, 2));
        }
        checkEqual(points, firstScalar / 64 + 2, "points");
    }

    /// Every scalar in turn: r and its own value plus r, which would be a second name for it; another value; 0.
    function test_refuses_other_scalars() external view {
        for (uint256 place = firstScalar; place < afterScalars; place += 32) {
            uint256 value = word(proof, place);
            bytes memory reason = abi.encodeWithSelector(IPopwVerifier.ScalarNotCanonical.selector, place);
            checkError(verifier, encode(withWord(proof, place, value + R), inputs), reason);
            checkError(verifier, encode(withWord(proof, place, R), inputs), reason);
            checkError(verifier, encode(withWord(proof, place, type(uint256).max), inputs), reason);
            checkRejected(withWord(proof, place, addmod(value, 1, R)));
            checkRejected(withWord(proof, place, 0));
            checkRejected(withWord(proof, place, R - 1));
        }
    }

    /// Two points or two scalars of the same kind, exchanged.
    function test_refuses_another_order() external view {
        for (uint256 place = 0; place + 64 < firstScalar; place += 64) {
            bytes memory other = withWord(proof, place, word(proof, place + 64));
            other = withWord(other, place + 32, word(proof, place + 96));
            other = withWord(other, place + 64, word(proof, place));
            checkRejected(withWord(other, place + 96, word(proof, place + 32)));
        }
        for (uint256 place = firstScalar; place + 32 < afterScalars; place += 32) {
            checkRejected(withWord(withWord(proof, place, word(proof, place + 32)), place + 32, word(proof, place)));
        }
    }

    function test_refuses_a_proof_for_another_key() external {
        address other = address(new PopwBandwidthStandardHalo2());
        (bytes memory foreign, uint256[] memory theirs) = valid("standard", "bandwidth-halo2");
        IPopwVerifier(other).verify(foreign, theirs);
        bytes memory reason = foreign.length == proof.length
            ? abi.encodeWithSelector(IPopwVerifier.ProofRejected.selector)
            : abi.encodeWithSelector(IPopwVerifier.ProofLength.selector, foreign.length);
        checkError(verifier, encode(foreign, theirs), reason);
    }

    function test_refuses_trailing_calldata() external view {
        bytes memory call = bytes.concat(encode(proof, inputs), hex"00");
        checkError(verifier, call, abi.encodeWithSelector(IPopwVerifier.CalldataLength.selector, call.length));
    }

    /// The arguments' data in the other order are as long, and no second name for the same call.
    function test_refuses_other_offsets() external view {
        bytes memory data = abi.encodePacked(uint256(192), uint256(64), uint256(3), inputs, proof.length, proof);
        bytes memory call = bytes.concat(IPopwVerifier.verify.selector, data);
        checkEqual(call.length, encode(proof, inputs).length, "length");
        checkError(verifier, call, abi.encodeWithSelector(IPopwVerifier.CalldataLength.selector, call.length));
    }

    function test_refuses_truncated_calldata() external view {
        bytes memory call = encode(proof, inputs);
        for (uint256 length = 0; length < call.length; length += 61) {
            bytes memory cut = copy(call);
            assembly {
                mstore(cut, length)
            }
            (bool returned,) = verifier.staticcall(cut);
            check(!returned, "truncated");
        }
    }

    /// What calls before have left, or other calls in the same transaction, changes nothing: no state, fresh memory.
    function test_answers_do_not_depend_on_calls_before() external view {
        for (uint256 i = 0; i < 3; ++i) {
            checkRejected(withWord(proof, firstScalar, addmod(word(proof, firstScalar), i + 1, R)));
            IPopwVerifier(verifier).verify(proof, inputs);
        }
    }

    /// Any other byte anywhere in proof or inputs.
    function testFuzz_changed_bytes(uint256 position, uint8 change) external view {
        if (change == 0) change = 1;
        position %= proof.length + 96;
        bytes memory other = copy(proof);
        uint256[] memory otherInputs = copy(inputs);
        if (position < proof.length) {
            other[position] ^= bytes1(change);
        } else {
            uint256 input = (position - proof.length) / 32;
            otherInputs[input] ^= uint256(change) << (8 * (position % 32));
        }
        string memory found = verdict(verifier, encode(other, otherInputs));
        bool refused =
            keccak256(bytes(found)) == keccak256("rejected") || keccak256(bytes(found)) == keccak256("malformed");
        check(refused, string.concat("a changed proof is ", found));
    }

    /// Scalars and points that are sound, and make no proof.
    function testFuzz_sound_parts(uint256 seed) external view {
        bytes memory other = copy(proof);
        for (uint256 place = firstScalar; place < afterScalars; place += 32) {
            other = withWord(other, place, uint256(keccak256(abi.encode(seed, place))) % R);
        }
        checkRejected(other);
    }

    function checkMalformed(bytes memory other) internal view {
        checkError(verifier, encode(other, inputs), abi.encodeWithSelector(IPopwVerifier.ProofMalformed.selector));
    }

    function checkRejected(bytes memory other) internal view {
        checkError(verifier, encode(other, inputs), abi.encodeWithSelector(IPopwVerifier.ProofRejected.selector));
    }

    function word(bytes memory data, uint256 start) internal pure returns (uint256 value) {
        assembly {
            value := mload(add(add(data, 32), start))
        }
    }

    function withWord(bytes memory data, uint256 start, uint256 value) internal pure returns (bytes memory changed) {
        changed = copy(data);
        assembly {
            mstore(add(add(changed, 32), start), value)
        }
    }
}

contract Halo2UptimeTest is Halo2Checks {
    function deploy() internal override returns (address, string memory, uint256) {
        return (address(new PopwUptimeStandardHalo2()), "uptime-halo2", 14);
    }
}

contract Halo2WorkTest is Halo2Checks {
    function deploy() internal override returns (address, string memory, uint256) {
        return (address(new PopwWorkStandardHalo2()), "work-halo2", 14);
    }

    /// Within what a node takes: EIP-170 for code, EIP-3860 for what makes it.
    function test_constants_are_a_contract_that_nobody_can_run() external view {
        // The first contract of a contract with nonce 1.
        bytes32 hash = keccak256(abi.encodePacked(hex"d694", verifier, hex"01"));
        address constants = address(uint160(uint256(hash)));
        check(constants.code.length > 1 && constants.code.length <= 24_576, "constants are there");
        check(constants.code[0] == 0x00, "STOP");
    }
}
