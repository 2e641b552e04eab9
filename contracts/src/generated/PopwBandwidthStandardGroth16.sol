// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.24;

import {IPopwBatchVerifier, IPopwVerifier} from "../IPopwVerifier.sol";

/// Verifies Groth16 proofs (Groth, ePrint 2016/260) over BN254 for one key.
///
/// Key digest  f05ee7e36274b69344085ae0223e698a6e1f2c985c3fc9eba75e545e9201aefa (BLAKE3 of the .vk file)
/// Claim       bandwidth v1
/// Shape       standard
/// Setup       DEVELOPMENT KEY MADE FROM A PUBLIC SEED: ANYONE CAN FORGE PROOFS FOR IT
/// Written by  popw-solidity 0.1.0, `popw export solidity`; do not edit
///
/// e(A, B) · e(-α, β) · e(L, -γ) · e(C, -δ) = 1, where L = IC0 + Σ inputs[j] · IC[j + 1]. A proof is A, B, C: 256 bytes, laid out
/// as the pairing precompile reads points. The precompiles refuse coordinates that are too large, points off the curve and
/// points of the twist outside the subgroup; number and range of inputs, lengths and points at infinity are checked here.
///
/// A failed precompile call burns all gas it was given and does not say why it failed. So each call gets twice the price of
/// EIP-1108, and a failure is blamed on the proof only if that much was really there; else the answer is InsufficientGas.
contract PopwBandwidthStandardGroth16 is IPopwBatchVerifier {
    bytes32 private constant KEY_DIGEST = 0xf05ee7e36274b69344085ae0223e698a6e1f2c985c3fc9eba75e545e9201aefa;
    /// What a batch's coefficients are drawn from, apart from the batch itself.
    bytes32 private constant BATCH_TAG = "popw groth16 batch evm 1";

    /// Order of BN254's groups and of its scalar field.
    uint256 private constant R =
        21888242871839275222246405745257275088548364400416034343698204186575808495617;

    uint256 private constant MINUS_ALPHA_X =
        0x2afca881657a492c230540a5834ce8dcaba45f2db988208f5bfc496764f28999;
    uint256 private constant MINUS_ALPHA_Y =
        0x11f8a7fd56b254323fb51d8aa6628def33add695cf0075f615c7e9f2353f58f0;
    uint256 private constant IC0_X = 0x076708811ed25e0b1c4ac20947cee4216c4afdb51eb2e4c92230eae0ac8d26c2;
    uint256 private constant IC0_Y = 0x08b5599fd3cdfb555da859da1952c3afc0d81a01bd061f9fb1542354458b740c;
    uint256 private constant IC1_X = 0x03415cd36ab5ddb0a0d7eb13fac4c61fa69f391a7fd33052dc599efa19519094;
    uint256 private constant IC1_Y = 0x0af14ab363998e58d22c4f5c0aeabd9945047d16f35fc79abd704e4b0b6feca7;
    uint256 private constant IC2_X = 0x241eedfad5da653c820f3f0601c7d0fbe92499158aee61af3877bf685a192805;
    uint256 private constant IC2_Y = 0x1823f21eb560dd2f4e6d367debba71669f5961ea5432c88e2774273bfacf6dd3;
    uint256 private constant IC3_X = 0x1380b6037edaa9d06c25c1be531e43a33d2e922e67069aacaa4ce406fc4b6bab;
    uint256 private constant IC3_Y = 0x19423a2f71734636b2ed52cd2a365e4024df59ffbf38fc84fe729581eb26f5e0;
    uint256 private constant BETA_X1 = 0x1e7c787fa37b83ffe9b8dc5f749c6c3c98bcbfe000d6f637b8100a3317ff4016;
    uint256 private constant BETA_X0 = 0x10dbeb85d4432af655c639c2ff566cb5d6c4341cd799b4eaaf7c9777d7ccc975;
    uint256 private constant BETA_Y1 = 0x136da1bc1cb1d298e0840ceb4d533bc7bcc0d9e00155cc83eb8aefedcb92182a;
    uint256 private constant BETA_Y0 = 0x28631018ad9e491dba249649f52b3e4df513e91b71b3b5393871caf7becf56fb;
    uint256 private constant MINUS_GAMMA_X1 =
        0x0a56a1c38be98bc4422788b8d389b965cebf4beea68daa0189155fab71c8091f;
    uint256 private constant MINUS_GAMMA_X0 =
        0x068e7a32705775a133d077e09259abb14a5d2771128c03d117793818cd7d039f;
    uint256 private constant MINUS_GAMMA_Y1 =
        0x1fad63361436a08b09857e08918191284c9a9b6af44eb997796d3f40b82af98c;
    uint256 private constant MINUS_GAMMA_Y0 =
        0x2fc930cf1f815353a84a4c44a2426b576cd53154619502e160eaa496f6a205ec;
    uint256 private constant MINUS_DELTA_X1 =
        0x00e812be78b68262698dcbe5ca81787745d4cff435d7cb41c6ba6ba067a8c0eb;
    uint256 private constant MINUS_DELTA_X0 =
        0x05be90ef2fe87b359380f9171701137467e1d39d3a5e984b43ab814d27506828;
    uint256 private constant MINUS_DELTA_Y1 =
        0x1fb504b5070071c2194f1fb03660630003674e64063ced20ba808f047f6c2887;
    uint256 private constant MINUS_DELTA_Y0 =
        0x08be477ea34f82861e26c0fc00292937b65490244d8cde33c64fced6f74f60ac;

    uint256 private constant INPUTS = 3;
    uint256 private constant PROOF_BYTES = 256;
    /// Offsets in a proof.
    uint256 private constant A = 0;
    uint256 private constant B = 64;
    uint256 private constant C = 192;
    /// Bytes of an entry in a call: its length and itself.
    uint256 private constant PROOF_SLOT = 32 + PROOF_BYTES;
    uint256 private constant INPUTS_SLOT = 32 + 32 * INPUTS;
    /// Where the first argument's data start: after selector, two heads and a length.
    uint256 private constant FIRST = 4 + 64 + 32;
    /// Words of a pair of points, and of the pairs that every equation has: α with β, L with γ, C with δ.
    uint256 private constant PAIR = 6;
    uint256 private constant FIXED_PAIRS = 3;

    /// Precompiles and their prices (EIP-196, EIP-197, EIP-1108).
    uint256 private constant EC_ADD = 6;
    uint256 private constant EC_MUL = 7;
    uint256 private constant EC_PAIRING = 8;
    uint256 private constant ADD_PRICE = 150;
    uint256 private constant MUL_PRICE = 6000;
    uint256 private constant PAIRING_PRICE = 45000;
    uint256 private constant PAIR_PRICE = 34000;
    /// At most this much is used between reading the gas left and a precompile's first instruction.
    uint256 private constant CALL_SLACK = 1000;
    /// Everything but the precompiles' prices, generously: of a call, and of each entry.
    uint256 private constant CALL_WORK = 8000;
    uint256 private constant ENTRY_WORK = 4000;

    /// @inheritdoc IPopwVerifier
    function verify(bytes calldata proof, uint256[] calldata inputs) external view {
        bytes memory fault = _fault(proof, inputs);
        if (fault.length != 0) {
            assembly ("memory-safe") {
                revert(add(fault, 32), mload(fault))
            }
        }
        _checkCall(proof, inputs);
        uint256 needed = INPUTS * (MUL_PRICE + ADD_PRICE) + _pairingPrice(1 + FIXED_PAIRS) + CALL_WORK;
        _checkGas(needed);

        uint256[5] memory sum;
        (sum[0], sum[1]) = (IC0_X, IC0_Y);
        _addKeyPoint(sum, IC1_X, IC1_Y, inputs[0], 2 * needed);
        _addKeyPoint(sum, IC2_X, IC2_Y, inputs[1], 2 * needed);
        _addKeyPoint(sum, IC3_X, IC3_Y, inputs[2], 2 * needed);

        uint256[] memory pairs = new uint256[](PAIR * (1 + FIXED_PAIRS));
        assembly ("memory-safe") {
            calldatacopy(add(pairs, 32), proof.offset, 192)
        }
        _fixedPairs(pairs, PAIR, sum);
        (pairs[6], pairs[7]) = (MINUS_ALPHA_X, MINUS_ALPHA_Y);
        assembly ("memory-safe") {
            // C, of the last pair.
            calldatacopy(add(pairs, 608), add(proof.offset, 192), 64)
        }
        _checkPairing(pairs, 2 * needed);
    }

    /// Coefficients ρ make one equation of all: Π e(ρᵢ·Aᵢ, Bᵢ) · e(-Σρᵢ·α, β) · e(Σρᵢ·Lᵢ, -γ) · e(Σρᵢ·Cᵢ, -δ) = 1.
    ///
    /// All points are in groups of prime order R, so the equation of proof i is off by some power eᵢ of one generator, and the
    /// batch passes iff Σρᵢ·eᵢ = 0 mod R. With some eᵢ ≠ 0 that is so for at most one value of ρᵢ, the others fixed: of 2^128
    /// possible values, which differ mod R. The coefficients come from Keccak-256 over the key's digest and all inputs and
    /// proofs, so whoever tries Q batches finds a false one that passes with a chance of at most Q · 2^-128.
    /// @inheritdoc IPopwBatchVerifier
    function verifyBatch(bytes[] calldata proofs, uint256[][] calldata inputs) external view {
        uint256 entries = proofs.length;
        if (inputs.length != entries) revert EntryCount(entries, inputs.length);
        for (uint256 i = 0; i < entries; ++i) {
            bytes memory fault = _fault(proofs[i], inputs[i]);
            if (fault.length != 0) revert Entry(i, fault);
        }
        _checkBatchCall(proofs, inputs);
        if (entries == 0) return;
        uint256 needed = entries * (2 * MUL_PRICE + ADD_PRICE + ENTRY_WORK) + (INPUTS + 2)
            * (MUL_PRICE + ADD_PRICE) + _pairingPrice(entries + FIXED_PAIRS) + CALL_WORK;
        _checkGas(needed);

        uint256[] memory pairs = new uint256[](PAIR * (entries + FIXED_PAIRS));
        uint256[INPUTS + 1] memory scalars;
        uint256[5] memory sum;
        bytes32 seed = _seed(proofs, inputs);
        for (uint256 i = 0; i < entries; ++i) {
            uint256 rho = uint256(keccak256(abi.encode(seed, i))) >> 128;
            _addInputs(scalars, inputs[i], rho);
            _addEntry(pairs, PAIR * i, sum, proofs[i], i, rho, 2 * needed);
        }
        uint256 first = PAIR * entries;
        (pairs[first + 12], pairs[first + 13]) = (sum[0], sum[1]);
        (sum[0], sum[1]) = (0, 0);
        _addKeyPoint(sum, IC0_X, IC0_Y, scalars[0], 2 * needed);
        _addKeyPoint(sum, IC1_X, IC1_Y, scalars[1], 2 * needed);
        _addKeyPoint(sum, IC2_X, IC2_Y, scalars[2], 2 * needed);
        _addKeyPoint(sum, IC3_X, IC3_Y, scalars[3], 2 * needed);

        _fixedPairs(pairs, first, sum);
        (sum[0], sum[1]) = (0, 0);
        _addKeyPoint(sum, MINUS_ALPHA_X, MINUS_ALPHA_Y, scalars[0], 2 * needed);
        (pairs[first], pairs[first + 1]) = (sum[0], sum[1]);
        _checkPairing(pairs, 2 * needed);
    }

    /// @inheritdoc IPopwVerifier
    function keyDigest() external pure returns (bytes32) {
        return KEY_DIGEST;
    }

    /// @inheritdoc IPopwVerifier
    function claim() external pure returns (string memory) {
        return "bandwidth";
    }

    /// @inheritdoc IPopwVerifier
    function shape() external pure returns (string memory) {
        return "standard";
    }

    /// @inheritdoc IPopwVerifier
    function development() external pure returns (bool) {
        return true;
    }

    /// What is wrong with an entry that can be seen without arithmetic, as an encoded error; empty when nothing is.
    function _fault(bytes calldata proof, uint256[] calldata inputs) private pure returns (bytes memory) {
        if (inputs.length != INPUTS) return abi.encodeWithSelector(InputCount.selector, inputs.length);
        for (uint256 j = 0; j < INPUTS; ++j) {
            if (inputs[j] >= R) return abi.encodeWithSelector(InputNotCanonical.selector, j);
        }
        if (proof.length != PROOF_BYTES) return abi.encodeWithSelector(ProofLength.selector, proof.length);
        uint256 a;
        uint256 b;
        uint256 c;
        assembly ("memory-safe") {
            let start := proof.offset
            a := or(calldataload(start), calldataload(add(start, 32)))
            b := or(calldataload(add(start, 64)), calldataload(add(start, 96)))
            b := or(b, or(calldataload(add(start, 128)), calldataload(add(start, 160))))
            c := or(calldataload(add(start, 192)), calldataload(add(start, 224)))
        }
        if (a == 0) return abi.encodeWithSelector(PointAtInfinity.selector, A);
        if (b == 0) return abi.encodeWithSelector(PointAtInfinity.selector, B);
        if (c == 0) return abi.encodeWithSelector(PointAtInfinity.selector, C);
        return "";
    }

    /// Refuses every encoding of the arguments but one: nothing before, between or after them.
    function _checkCall(bytes calldata proof, uint256[] calldata inputs) private pure {
        uint256 second = FIRST + PROOF_BYTES + 32;
        if (_start(proof) != FIRST || _start(inputs) != second || msg.data.length != second + 32 * INPUTS) {
            revert CalldataLength(msg.data.length);
        }
    }

    /// The same for a batch of entries whose lengths have been checked.
    function _checkBatchCall(bytes[] calldata proofs, uint256[][] calldata inputs) private pure {
        uint256 entries = proofs.length;
        uint256 proofAt = FIRST + 32 * entries + 32;
        uint256 second = FIRST + entries * (32 + PROOF_SLOT) + 32;
        uint256 inputsAt = second + 32 * entries + 32;
        uint256 proofsStart;
        uint256 inputsStart;
        assembly ("memory-safe") {
            proofsStart := proofs.offset
            inputsStart := inputs.offset
        }
        bool canonical = proofsStart == FIRST && inputsStart == second
            && msg.data.length == second + entries * (32 + INPUTS_SLOT);
        for (uint256 i = 0; i < entries; ++i) {
            canonical = canonical && _start(proofs[i]) == proofAt + PROOF_SLOT * i
                && _start(inputs[i]) == inputsAt + INPUTS_SLOT * i;
        }
        if (!canonical) revert CalldataLength(msg.data.length);
    }

    function _start(bytes calldata data) private pure returns (uint256 start) {
        assembly ("memory-safe") {
            start := data.offset
        }
    }

    function _start(uint256[] calldata data) private pure returns (uint256 start) {
        assembly ("memory-safe") {
            start := data.offset
        }
    }

    /// Of tag, key digest and every entry's inputs and proof, all of fixed length: no two batches have the same bytes.
    function _seed(bytes[] calldata proofs, uint256[][] calldata inputs) private pure returns (bytes32) {
        uint256 entries = proofs.length;
        bytes memory transcript = new bytes(64 + entries * (32 * INPUTS + PROOF_BYTES));
        uint256 cursor;
        assembly ("memory-safe") {
            cursor := add(transcript, 32)
            mstore(cursor, BATCH_TAG)
            mstore(add(cursor, 32), KEY_DIGEST)
            cursor := add(cursor, 64)
        }
        for (uint256 i = 0; i < entries; ++i) {
            bytes calldata proof = proofs[i];
            uint256[] calldata own = inputs[i];
            assembly ("memory-safe") {
                calldatacopy(cursor, own.offset, 96)
                calldatacopy(add(cursor, 96), proof.offset, 256)
                cursor := add(cursor, 352)
            }
        }
        return keccak256(transcript);
    }

    /// Adds ρ and ρ · inputs to the sums that IC0 and the other key points are multiplied by.
    function _addInputs(uint256[INPUTS + 1] memory scalars, uint256[] calldata inputs, uint256 rho)
        private
        pure
    {
        scalars[0] = addmod(scalars[0], rho, R);
        for (uint256 j = 0; j < INPUTS; ++j) {
            scalars[j + 1] = addmod(scalars[j + 1], mulmod(rho, inputs[j], R), R);
        }
    }

    /// Puts (ρ · A, B) at word `word` of the pairs and adds ρ · C to the sum.
    function _addEntry(
        uint256[] memory pairs,
        uint256 word,
        uint256[5] memory sum,
        bytes calldata proof,
        uint256 index,
        uint256 rho,
        uint256 needed
    ) private view {
        uint256 pair;
        uint256 product;
        assembly ("memory-safe") {
            pair := add(add(pairs, 32), mul(word, 32))
            // A and ρ, where B will be.
            calldatacopy(pair, proof.offset, 64)
            mstore(add(pair, 64), rho)
            product := add(sum, 64)
            calldatacopy(product, add(proof.offset, 192), 64)
            mstore(add(product, 64), rho)
        }
        bool sound = _precompile(EC_MUL, MUL_PRICE, pair, 96, pair, 64, needed)
            && _precompile(EC_MUL, MUL_PRICE, product, 96, product, 64, needed);
        if (!sound) revert Entry(index, abi.encodeWithSelector(ProofMalformed.selector));
        _addProduct(sum, needed);
        assembly ("memory-safe") {
            calldatacopy(add(pair, 64), add(proof.offset, 64), 128)
        }
    }

    /// Adds scalar · (x, y), a point of the key, to the sum in the first two words; the rest is scratch.
    function _addKeyPoint(uint256[5] memory sum, uint256 x, uint256 y, uint256 scalar, uint256 needed)
        private
        view
    {
        (sum[2], sum[3], sum[4]) = (x, y, scalar);
        uint256 product;
        assembly ("memory-safe") {
            product := add(sum, 64)
        }
        if (!_precompile(EC_MUL, MUL_PRICE, product, 96, product, 64, needed)) {
            revert PrecompileUnavailable(EC_MUL);
        }
        _addProduct(sum, needed);
    }

    /// Adds the point in words 2 and 3, on the curve, to the one in words 0 and 1.
    function _addProduct(uint256[5] memory sum, uint256 needed) private view {
        uint256 start;
        assembly ("memory-safe") {
            start := sum
        }
        if (!_precompile(EC_ADD, ADD_PRICE, start, 128, start, 64, needed)) {
            revert PrecompileUnavailable(EC_ADD);
        }
    }

    /// Fills the pairs from word `word` on: β for α, L with -γ, -δ for C.
    function _fixedPairs(uint256[] memory pairs, uint256 word, uint256[5] memory l) private pure {
        (pairs[word + 2], pairs[word + 3]) = (BETA_X1, BETA_X0);
        (pairs[word + 4], pairs[word + 5]) = (BETA_Y1, BETA_Y0);
        (pairs[word + 6], pairs[word + 7]) = (l[0], l[1]);
        (pairs[word + 8], pairs[word + 9]) = (MINUS_GAMMA_X1, MINUS_GAMMA_X0);
        (pairs[word + 10], pairs[word + 11]) = (MINUS_GAMMA_Y1, MINUS_GAMMA_Y0);
        (pairs[word + 14], pairs[word + 15]) = (MINUS_DELTA_X1, MINUS_DELTA_X0);
        (pairs[word + 16], pairs[word + 17]) = (MINUS_DELTA_Y1, MINUS_DELTA_Y0);
    }

    /// Returns iff the product of the pairings is 1.
    function _checkPairing(uint256[] memory pairs, uint256 needed) private view {
        uint256 start;
        assembly ("memory-safe") {
            start := add(pairs, 32)
        }
        uint256[1] memory one;
        uint256 result;
        assembly ("memory-safe") {
            result := one
        }
        uint256 words = pairs.length;
        if (!_precompile(EC_PAIRING, _pairingPrice(words / PAIR), start, 32 * words, result, 32, needed)) {
            revert ProofMalformed();
        }
        if (one[0] != 1) revert ProofRejected();
    }

    function _pairingPrice(uint256 pairs) private pure returns (uint256) {
        return PAIRING_PRICE + PAIR_PRICE * pairs;
    }

    /// Room for the prices, and for the 64th part that a call may not hand on.
    function _checkGas(uint256 needed) private view {
        needed += needed / 64;
        if (gasleft() < needed) revert InsufficientGas(needed);
    }

    /// Calls a precompile with up to twice its price. False means that it refuses its input, and never that there was too
    /// little gas: then the call reverts, naming `needed`. Input and output are memory allocated by the caller.
    function _precompile(
        uint256 precompile,
        uint256 price,
        uint256 input,
        uint256 inputBytes,
        uint256 output,
        uint256 outputBytes,
        uint256 needed
    ) private view returns (bool accepted) {
        uint256 available = gasleft();
        uint256 found;
        assembly ("memory-safe") {
            accepted := staticcall(mul(price, 2), precompile, input, inputBytes, output, outputBytes)
            found := returndatasize()
        }
        if (accepted) {
            if (found != outputBytes) revert PrecompileUnavailable(precompile);
        } else if (available - available / 64 < 2 * price + CALL_SLACK) {
            revert InsufficientGas(needed + needed / 64);
        }
    }
}
