// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.24;

import {ExampleRewards} from "../src/ExampleRewards.sol";
import {IPopwBatchVerifier, IPopwVerifier} from "../src/IPopwVerifier.sol";
import {PopwUptimeStandardGroth16} from "../src/generated/PopwUptimeStandardGroth16.sol";
import {Corpus} from "./Corpus.sol";

/// A consumer's view: what it is paid for, and what each of its own checks is good for.
contract ExampleRewardsTest is Corpus {
    ExampleRewards private rewards;
    ExampleRewards.Claim private good;

    function setUp() external {
        rewards = new ExampleRewards(IPopwBatchVerifier(address(new PopwUptimeStandardGroth16())));
        (bytes memory proof, uint256[] memory inputs) = valid("standard", "uptime-groth16");
        rewards.publish(inputs[0]);
        // The recipient that the corpus' proof document opens its payee to.
        string memory document = vm.readFile("../corpus/standard/uptime-groth16.proof.json");
        bytes32 recipient = abi.decode(vm.parseJsonType(document, ".opening.payee.recipient", "bytes32"), (bytes32));
        good = ExampleRewards.Claim(proof, inputs[1], address(uint160(uint256(recipient))), uint96(inputs[2] >> 160));
    }

    function test_pays_once() external {
        rewards.claim(good);
        checkEqual(rewards.owed(good.recipient), good.amount, "owed");
        refuses(good, abi.encodeWithSelector(ExampleRewards.AlreadyClaimed.selector, good.nullifier));
    }

    /// A thief who has seen the proof cannot have it pay another address, nor more, nor twice.
    function test_pays_only_what_is_proven() external {
        bytes memory rejected = abi.encodeWithSelector(IPopwVerifier.ProofRejected.selector);
        ExampleRewards.Claim memory other = good;
        other.recipient = address(this);
        refuses(other, rejected);
        other = good;
        other.amount += 1;
        refuses(other, rejected);
        other = good;
        other.nullifier += 1;
        refuses(other, rejected);
        rewards.publish(rewards.context() + 1);
        refuses(good, rejected);
    }

    function test_only_the_operator_publishes() external {
        vm.prank(address(1));
        (bool done, bytes memory reason) = address(rewards).call(abi.encodeCall(ExampleRewards.publish, (1)));
        check(!done && bytes4(reason) == ExampleRewards.NotTheOperator.selector, "published by anyone");
    }

    function test_one_bad_claim_fails_all() external {
        ExampleRewards.Claim[] memory claims = new ExampleRewards.Claim[](2);
        (claims[0], claims[1]) = (good, good);
        claims[1].amount += 1;
        (bool done, bytes memory reason) = address(rewards).call(abi.encodeCall(ExampleRewards.claimAll, (claims)));
        check(!done && bytes4(reason) == IPopwVerifier.ProofRejected.selector, "one is false");
        claims[1] = good;
        (done, reason) = address(rewards).call(abi.encodeCall(ExampleRewards.claimAll, (claims)));
        check(!done && bytes4(reason) == ExampleRewards.AlreadyClaimed.selector, "the same twice in one batch");
        checkEqual(rewards.owed(good.recipient), 0, "nothing is owed");
    }

    function refuses(ExampleRewards.Claim memory one, bytes memory wanted) private {
        (bool done, bytes memory reason) = address(rewards).call(abi.encodeCall(ExampleRewards.claim, (one)));
        check(!done, "the claim should have been refused");
        checkEqual(vm.toString(reason), vm.toString(wanted), "another error");
    }
}
