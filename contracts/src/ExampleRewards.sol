// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.24;

import {IPopwBatchVerifier} from "./IPopwVerifier.sol";

/// An example of a contract that pays for proofs. What it must do beside verifying: publish the context itself, build the
/// outcome from whom it pays and how much, and spend the nullifier.
contract ExampleRewards {
    error NotTheOperator();
    error AlreadyClaimed(uint256 nullifier);

    event Published(uint256 context);
    event Claimed(uint256 indexed nullifier, address indexed recipient, uint256 amount);

    IPopwBatchVerifier public immutable verifier;
    address public immutable operator;
    /// The epoch's context: of this contract as the domain, the epoch's beacons, registries and rules.
    uint256 public context;
    mapping(uint256 nullifier => bool) public spent;
    mapping(address recipient => uint256 amount) public owed;

    /// `amount` is packed as the protocol has it: slots that were up in the lowest 8 bits, and so on.
    struct Claim {
        bytes proof;
        uint256 nullifier;
        address recipient;
        uint96 amount;
    }

    constructor(IPopwBatchVerifier itsVerifier) {
        verifier = itsVerifier;
        operator = msg.sender;
    }

    function publish(uint256 newContext) external {
        if (msg.sender != operator) revert NotTheOperator();
        context = newContext;
        emit Published(newContext);
    }

    /// Credits whom the proof names, whoever sends it. Reverts as the verifier does.
    function claim(Claim calldata one) external {
        verifier.verify(one.proof, _inputs(one));
        _credit(one);
    }

    /// The same for many at once: either all are credited, or none.
    function claimAll(Claim[] calldata claims) external {
        bytes[] memory proofs = new bytes[](claims.length);
        uint256[][] memory inputs = new uint256[][](claims.length);
        for (uint256 i = 0; i < claims.length; ++i) {
            proofs[i] = claims[i].proof;
            inputs[i] = _inputs(claims[i]);
        }
        verifier.verifyBatch(proofs, inputs);
        for (uint256 i = 0; i < claims.length; ++i) {
            _credit(claims[i]);
        }
    }

    /// Context, nullifier, and the outcome: payee + 2^160 · amount, where the payee is a hash of recipient and owner tag.
    function _inputs(Claim calldata one) private view returns (uint256[] memory inputs) {
        bytes32 payee = keccak256(abi.encode(bytes32(uint256(uint160(one.recipient))), uint256(0)));
        inputs = new uint256[](3);
        inputs[0] = context;
        inputs[1] = one.nullifier;
        inputs[2] = uint256(uint160(uint256(payee))) | (uint256(one.amount) << 160);
    }

    function _credit(Claim calldata one) private {
        if (spent[one.nullifier]) revert AlreadyClaimed(one.nullifier);
        spent[one.nullifier] = true;
        owed[one.recipient] += one.amount;
        emit Claimed(one.nullifier, one.recipient, one.amount);
    }
}
