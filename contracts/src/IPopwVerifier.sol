// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.24;

/// A verifier of proofs of physical work, for one key. A call that returns means a valid proof; everything else reverts.
///
/// A proof alone proves nothing about being due: who calls must compute the inputs (context, nullifier, outcome) from
/// what it publishes itself, or check them, and spend the nullifier.
interface IPopwVerifier {
    /// `found` inputs were given, and the key takes another number.
    error InputCount(uint256 found);
    /// The input at `index` is not below the order of BN254's scalar field.
    error InputNotCanonical(uint256 index);
    /// The proof has `found` bytes, and proofs for the key have another length.
    error ProofLength(uint256 found);
    /// The call has `found` bytes, and is not the one canonical ABI encoding of its arguments.
    error CalldataLength(uint256 found);
    /// The point at byte `offset` of the proof is the one at infinity, which no honest prover sends.
    error PointAtInfinity(uint256 offset);
    /// The scalar at byte `offset` of the proof is not below the order of BN254's scalar field (halo2 only).
    error ScalarNotCanonical(uint256 offset);
    /// A precompile has refused a point of the proof: a coordinate too large, off the curve, or outside the subgroup.
    error ProofMalformed();
    /// The proof is well-formed and false.
    error ProofRejected();
    /// Nothing is said about the proof: there was too little gas. With `needed` and a little more the call gets further.
    error InsufficientGas(uint256 needed);
    /// Nothing is said about any proof: the chain has no such precompile, or charges more than twice its price of 2026.
    error PrecompileUnavailable(uint256 precompile);

    /// Returns if and only if `proof` is valid for `inputs`: context, nullifier, outcome.
    function verify(bytes calldata proof, uint256[] calldata inputs) external view;

    /// BLAKE3 of the key's file, as proofs name their key.
    function keyDigest() external pure returns (bytes32);

    /// What the key's proofs claim, such as "uptime".
    function claim() external pure returns (string memory);

    /// The sizes of the key's circuit, such as "standard".
    function shape() external pure returns (string memory);

    /// Whether the key is for development: its maker, or anyone, can forge proofs.
    function development() external pure returns (bool);
}

/// A verifier that takes many proofs at once, for much less gas each (Groth16).
interface IPopwBatchVerifier is IPopwVerifier {
    /// There are `proofs` proofs and `inputs` lists of inputs.
    error EntryCount(uint256 proofs, uint256 inputs);
    /// The entry at `index` is refused for `reason`: the error that `verify` would have reverted with.
    error Entry(uint256 index, bytes reason);

    /// Returns if and only if every proof is valid for its inputs, up to a chance of 2^-128. No proofs at all are valid.
    function verifyBatch(bytes[] calldata proofs, uint256[][] calldata inputs) external view;
}
