// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.24;

import {PopwBandwidthStandardHalo2} from "../src/generated/PopwBandwidthStandardHalo2.sol";
import {PopwPossessionStandardHalo2} from "../src/generated/PopwPossessionStandardHalo2.sol";
import {PopwUptimeStandardHalo2} from "../src/generated/PopwUptimeStandardHalo2.sol";
import {PopwWorkStandardHalo2} from "../src/generated/PopwWorkStandardHalo2.sol";
import {Corpus} from "./Corpus.sol";

/// What verifying halo2 proofs costs, how large the contracts are, and what is said when there is too little gas.
contract Halo2GasTest is Corpus {
    /// EIP-170 and EIP-3860.
    uint256 private constant CODE_LIMIT = 24_576;
    uint256 private constant INITCODE_LIMIT = 49_152;

    function test_uptime() external {
        run("uptime", type(PopwUptimeStandardHalo2).creationCode, 455_000);
    }

    function test_bandwidth() external {
        run("bandwidth", type(PopwBandwidthStandardHalo2).creationCode, 455_000);
    }

    function test_possession() external {
        run("possession", type(PopwPossessionStandardHalo2).creationCode, 525_000);
    }

    function test_work() external {
        run("work", type(PopwWorkStandardHalo2).creationCode, 538_000);
    }

    function run(string memory claim, bytes memory creation, uint256 limit) private {
        address verifier = create(creation);
        check(verifier.code.length <= CODE_LIMIT, "code is too large");
        check(creation.length <= INITCODE_LIMIT, "what makes the code is too large");
        (bytes memory proof, uint256[] memory inputs) = valid("standard", string.concat(claim, "-halo2"));
        bytes memory call = encode(proof, inputs);
        (bool returned,) = verifier.staticcall(call);
        uint256 used = vm.lastCallGas().gasTotalUsed;
        check(returned, "a valid proof");
        check(used <= limit, string.concat("verify takes ", vm.toString(used)));
        vm.snapshotValue("Halo2", claim, used);
        print(
            string.concat(
                claim,
                ": ",
                vm.toString(used),
                " in the call, ",
                vm.toString(transaction(call, used)),
                " as a transaction; code ",
                vm.toString(verifier.code.length),
                " bytes"
            )
        );
        starve(verifier, call, used + 15_000, "valid");
        inputs[1] ^= 1;
        starve(verifier, encode(proof, inputs), used + 15_000, "rejected");
        inputs[1] ^= 1;
        // The first point and the last, which is the last to be looked at.
        proof[31] ^= 0x01;
        starve(verifier, encode(proof, inputs), used + 15_000, "malformed");
        proof[31] ^= 0x01;
        proof[proof.length - 1] ^= 0x01;
        starve(verifier, encode(proof, inputs), used + 15_000, "malformed");
    }

    /// With whatever gas, nothing but `wanted` is ever said about the proof; with enough of it, always.
    function starve(address verifier, bytes memory call, uint256 enough, string memory wanted) private view {
        bool answered = false;
        // Coarsely all over, then finely where the answer changes.
        for (uint256 gas = 0; gas <= enough; gas += enough / 60) {
            answered = answer(verifier, call, gas, enough, wanted, answered);
        }
        answered = false;
        for (uint256 gas = enough - 21_000; gas <= enough + 5_000; gas += 173) {
            answered = answer(verifier, call, gas, enough, wanted, answered);
        }
        check(answered, "no answer");
    }

    function answer(
        address verifier,
        bytes memory call,
        uint256 gas,
        uint256 enough,
        string memory wanted,
        bool answered
    ) private view returns (bool) {
        bytes32 found = keccak256(bytes(verdict(verifier, call, gas)));
        if (found == keccak256(bytes(wanted))) return true;
        bool nothing = found == keccak256("insufficient-gas") || found == keccak256("out-of-gas");
        check(nothing, string.concat("a wrong answer with ", vm.toString(gas), " gas"));
        check(!answered && gas < enough, string.concat("no answer any more with ", vm.toString(gas), " gas"));
        return false;
    }

    function create(bytes memory creation) private returns (address made) {
        assembly {
            made := create(0, add(creation, 32), mload(creation))
        }
        check(made != address(0), "a contract");
    }

    function transaction(bytes memory call, uint256 used) private pure returns (uint256) {
        uint256 sum = 21_000 + used;
        for (uint256 i = 0; i < call.length; ++i) {
            sum += call[i] == 0 ? 4 : 16;
        }
        return sum;
    }
}
