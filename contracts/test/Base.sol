// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.24;

import {IPopwBatchVerifier, IPopwVerifier} from "../src/IPopwVerifier.sol";
import {Vm} from "./Vm.sol";

/// Assertions, calls that may fail, and the codes of `popw` for what verifiers answer.
abstract contract Base {
    Vm internal constant vm = Vm(0x7109709ECfa91a80626fF3989D68f67F5b1DD12D);
    address private constant CONSOLE = 0x000000000000000000636F6e736F6c652e6c6f67;

    error Failed(string what);

    function print(string memory line) internal view {
        (bool printed,) = CONSOLE.staticcall(abi.encodeWithSignature("log(string)", line));
        printed;
    }

    function check(bool holds, string memory what) internal pure {
        if (!holds) revert Failed(what);
    }

    function checkEqual(string memory found, string memory wanted, string memory what) internal pure {
        if (keccak256(bytes(found)) != keccak256(bytes(wanted))) {
            revert Failed(string.concat(what, ": found ", found, ", wanted ", wanted));
        }
    }

    function checkEqual(uint256 found, uint256 wanted, string memory what) internal pure {
        checkEqual(vm.toString(found), vm.toString(wanted), what);
    }

    function encode(bytes memory proof, uint256[] memory inputs) internal pure returns (bytes memory) {
        return abi.encodeCall(IPopwVerifier.verify, (proof, inputs));
    }

    function encode(bytes[] memory proofs, uint256[][] memory inputs) internal pure returns (bytes memory) {
        return abi.encodeCall(IPopwBatchVerifier.verifyBatch, (proofs, inputs));
    }

    /// The verdict on a call, as the corpus names it.
    function verdict(address verifier, bytes memory call) internal view returns (string memory) {
        return verdict(verifier, call, gasleft());
    }

    function verdict(address verifier, bytes memory call, uint256 gas) internal view returns (string memory) {
        (bool returned, bytes memory data) = verifier.staticcall{gas: gas}(call);
        if (!returned) return code(data);
        check(data.length == 0, "a verifier returns nothing");
        return "valid";
    }

    /// What an error says about a proof; "insufficient-gas" and "out-of-gas" say nothing about it.
    function code(bytes memory reason) internal pure returns (string memory) {
        if (reason.length == 0) return "out-of-gas";
        bytes4 selector = bytes4(reason);
        if (selector == IPopwBatchVerifier.Entry.selector) {
            (, bytes memory inner) = abi.decode(tail(reason), (uint256, bytes));
            return code(inner);
        }
        if (selector == IPopwVerifier.InputCount.selector) return "wrong-input-count";
        if (selector == IPopwVerifier.ProofRejected.selector) return "rejected";
        if (selector == IPopwVerifier.InsufficientGas.selector) return "insufficient-gas";
        bool malformed = selector == IPopwVerifier.InputNotCanonical.selector
            || selector == IPopwVerifier.ProofLength.selector || selector == IPopwVerifier.CalldataLength.selector
            || selector == IPopwVerifier.PointAtInfinity.selector
            || selector == IPopwVerifier.ScalarNotCanonical.selector
            || selector == IPopwVerifier.ProofMalformed.selector;
        return malformed ? "malformed" : string.concat("unknown error ", vm.toString(reason));
    }

    /// An error's arguments.
    function tail(bytes memory reason) internal pure returns (bytes memory rest) {
        rest = new bytes(reason.length - 4);
        for (uint256 i = 0; i < rest.length; ++i) {
            rest[i] = reason[i + 4];
        }
    }

    /// Requires exactly this error.
    function checkError(address verifier, bytes memory call, bytes memory wanted) internal view {
        (bool returned, bytes memory reason) = verifier.staticcall(call);
        check(!returned, "the call should have reverted");
        checkEqual(vm.toString(reason), vm.toString(wanted), "another error");
    }

    function copy(bytes memory data) internal pure returns (bytes memory) {
        return bytes.concat(data);
    }

    function copy(uint256[] memory data) internal pure returns (uint256[] memory same) {
        same = new uint256[](data.length);
        for (uint256 i = 0; i < data.length; ++i) {
            same[i] = data[i];
        }
    }
}
