// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.24;

import {IPopwBatchVerifier, IPopwVerifier} from "../IPopwVerifier.sol";

/// Verifies Groth16 proofs (Groth, ePrint 2016/260) over BN254 for one key.
///
/// Key digest  6146c28db887e4ac3310b1e75d7a4dc142db093b27151847ebca7773d65f4ede (BLAKE3 of the .vk file)
/// Claim       uptime v1
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
contract PopwUptimeStandardGroth16 is IPopwBatchVerifier {
    bytes32 private constant KEY_DIGEST = 0x6146c28db887e4ac3310b1e75d7a4dc142db093b27151847ebca7773d65f4ede;
    /// What a batch's coefficients are drawn from, apart from the batch itself.
    bytes32 private constant BATCH_TAG = "popw groth16 batch evm 1";

    /// Order of BN254's groups and of its scalar field.
    uint256 private constant R = 21888242871839275222246405745257275088548364400416034343698204186575808495617;

    uint256 private constant MINUS_ALPHA_X = 0x2afca881657a492c230540a5834ce8dcaba45f2db988208f5bfc496764f28999;
    uint256 private constant MINUS_ALPHA_Y = 0x11f8a7fd56b254323fb51d8aa6628def33add695cf0075f615c7e9f2353f58f0;
    uint256 private constant IC0_X = 0x1ee0ad82c11ee2fc19593f86ea163aeb752d343f7fb36dc02312cbff143c6278;
    uint256 private constant IC0_Y = 0x20951968834084663a8843aeec39bd842e741580e7882678cb30f6ecaaf525a2;
    uint256 private constant IC1_X = 0x0575608277d7814c4a0d9b8302f3c425d2b762936a877e3e643ff25a02fd7f79;
    uint256 private constant IC1_Y = 0x194f1103526aa2681fcb8ef07b3029f43bea2e038232789823a1a28b95886a4d;
    uint256 private constant IC2_X = 0x2bc943dae79930d84a1a90b300ee4d37e8d82e552910e6b1ea0a61218b653ffc;
    uint256 private constant IC2_Y = 0x2d4535a34ac171248cc1dac9908d1e71b666cc00336ddb3d3d21663fae8f1e35;
    uint256 private constant IC3_X = 0x192240fe33200ec0a3bbb67096b92ff589cf09a2a3181d5f9cc37838916bdaa2;
    uint256 private constant IC3_Y = 0x18a5823ac34b2894f5ed11815f52ffe7145b8dae2bd4e593057f551814328e4a;
    uint256 private constant BETA_X1 = 0x1e7c787fa37b83ffe9b8dc5f749c6c3c98bcbfe000d6f637b8100a3317ff4016;
    uint256 private constant BETA_X0 = 0x10dbeb85d4432af655c639c2ff566cb5d6c4341cd799b4eaaf7c9777d7ccc975;
    uint256 private constant BETA_Y1 = 0x136da1bc1cb1d298e0840ceb4d533bc7bcc0d9e00155cc83eb8aefedcb92182a;
    uint256 private constant BETA_Y0 = 0x28631018ad9e491dba249649f52b3e4df513e91b71b3b5393871caf7becf56fb;
    uint256 private constant MINUS_GAMMA_X1 = 0x0a56a1c38be98bc4422788b8d389b965cebf4beea68daa0189155fab71c8091f;
    uint256 private constant MINUS_GAMMA_X0 = 0x068e7a32705775a133d077e09259abb14a5d2771128c03d117793818cd7d039f;
    uint256 private constant MINUS_GAMMA_Y1 = 0x1fad63361436a08b09857e08918191284c9a9b6af44eb997796d3f40b82af98c;
    uint256 private constant MINUS_GAMMA_Y0 = 0x2fc930cf1f815353a84a4c44a2426b576cd53154619502e160eaa496f6a205ec;
    uint256 private constant MINUS_DELTA_X1 = 0x00e812be78b68262698dcbe5ca81787745d4cff435d7cb41c6ba6ba067a8c0eb;
    uint256 private constant MINUS_DELTA_X0 = 0x05be90ef2fe87b359380f9171701137467e1d39d3a5e984b43ab814d27506828;
    uint256 private constant MINUS_DELTA_Y1 = 0x1fb504b5070071c2194f1fb03660630003674e64063ced20ba808f047f6c2887;
    uint256 private constant MINUS_DELTA_Y0 = 0x08be477ea34f82861e26c0fc00292937b65490244d8cde33c64fced6f74f60ac;

    uint256 private constant INPUTS = 3;
    uint256 private constant INPUT_BYTES = 96;
    uint256 private constant PROOF_BYTES = 256;
    /// Offsets in a proof.
    uint256 private constant A = 0;
    uint256 private constant B = 64;
    uint256 private constant C = 192;
    /// An entry's parts in a call, each after its length.
    uint256 private constant PROOF_SLOT = 288;
    uint256 private constant INPUTS_SLOT = 128;
    /// Where the first argument's data start: after selector (4), two heads (64) and a length (32).
    uint256 private constant FIRST = 100;
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
    /// Everything but the precompiles' prices, generously: of a call, and of each entry of a batch.
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
        uint256 needed = _checkGas(0, 1 + FIXED_PAIRS, INPUTS);

        uint256[5] memory sum;
        (sum[0], sum[1]) = (IC0_X, IC0_Y);
        _addKeyPoint(sum, IC1_X, IC1_Y, inputs[0], needed);
        _addKeyPoint(sum, IC2_X, IC2_Y, inputs[1], needed);
        _addKeyPoint(sum, IC3_X, IC3_Y, inputs[2], needed);

        uint256[PAIR * (1 + FIXED_PAIRS)] memory pairs;
        uint256 start;
        assembly ("memory-safe") {
            start := pairs
            // A, B; -α and C, the first points of the second and the last pair.
            calldatacopy(start, proof.offset, 192)
            mstore(add(start, 192), MINUS_ALPHA_X)
            mstore(add(start, 224), MINUS_ALPHA_Y)
            calldatacopy(add(start, 576), add(proof.offset, 192), 64)
        }
        _fillFixedPairs(start + 192, sum);
        _checkPairing(start, 1 + FIXED_PAIRS, needed);
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
        (uint256 proofStart, uint256 inputsStart) = _checkEntries(proofs, inputs);
        if (entries == 0) return;
        uint256 needed = _checkGas(entries, entries + FIXED_PAIRS, 2 * entries + INPUTS + 2);

        bytes32 seed = _seed(entries, proofStart, inputsStart);
        uint256[] memory pairs = new uint256[](PAIR * (entries + FIXED_PAIRS));
        uint256 start;
        assembly ("memory-safe") {
            start := add(pairs, 32)
        }
        uint256[INPUTS + 1] memory scalars;
        uint256[5] memory sum;
        uint256 pair = start;
        for (uint256 i = 0; i < entries; ++i) {
            uint256 rho = _coefficient(seed, i);
            _addInputs(scalars, inputsStart, rho);
            if (!_addEntry(pair, sum, proofStart, rho, needed)) {
                revert Entry(i, abi.encodeWithSelector(ProofMalformed.selector));
            }
            // The next ones. Nothing of memory or calldata is anywhere near 2^256.
            unchecked {
                inputsStart += INPUTS_SLOT;
                proofStart += PROOF_SLOT;
                pair += 32 * PAIR;
            }
        }
        _putPoint(pair + 384, sum);
        _addKeyPoint(sum, IC0_X, IC0_Y, scalars[0], needed);
        _addKeyPoint(sum, IC1_X, IC1_Y, scalars[1], needed);
        _addKeyPoint(sum, IC2_X, IC2_Y, scalars[2], needed);
        _addKeyPoint(sum, IC3_X, IC3_Y, scalars[3], needed);

        _fillFixedPairs(pair, sum);
        (sum[0], sum[1]) = (0, 0);
        _addKeyPoint(sum, MINUS_ALPHA_X, MINUS_ALPHA_Y, scalars[0], needed);
        _putPoint(pair, sum);
        _checkPairing(start, entries + FIXED_PAIRS, needed);
    }

    /// @inheritdoc IPopwVerifier
    function keyDigest() external pure returns (bytes32) {
        return KEY_DIGEST;
    }

    /// @inheritdoc IPopwVerifier
    function claim() external pure returns (string memory) {
        return "uptime";
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
    function _fault(bytes calldata proof, uint256[] calldata inputs) private pure returns (bytes memory fault) {
        if (inputs.length != INPUTS) return abi.encodeWithSelector(InputCount.selector, inputs.length);
        uint256 wrong = INPUTS;
        assembly ("memory-safe") {
            for { let j := INPUTS } j { } {
                j := sub(j, 1)
                if iszero(lt(calldataload(add(inputs.offset, mul(32, j))), R)) { wrong := j }
            }
        }
        if (wrong != INPUTS) return abi.encodeWithSelector(InputNotCanonical.selector, wrong);
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
    }

    /// Refuses every encoding of the arguments but one: nothing before, between or after them.
    function _checkCall(bytes calldata proof, uint256[] calldata inputs) private pure {
        uint256 second = FIRST + PROOF_SLOT;
        bool canonical = msg.data.length == second + INPUT_BYTES;
        assembly ("memory-safe") {
            canonical := and(canonical, and(eq(proof.offset, FIRST), eq(inputs.offset, second)))
        }
        if (!canonical) revert CalldataLength(msg.data.length);
    }

    /// The same for all entries of a batch. Returns where the first proof and the first inputs are; others follow, a slot each.
    function _checkEntries(bytes[] calldata proofs, uint256[][] calldata inputs)
        private
        pure
        returns (uint256 proofStart, uint256 inputsStart)
    {
        uint256 entries = proofs.length;
        uint256 second = FIRST + entries * (32 + PROOF_SLOT) + 32;
        proofStart = FIRST + 32 * entries + 32;
        inputsStart = second + 32 * entries + 32;
        bool canonical = msg.data.length == second + entries * (32 + INPUTS_SLOT);
        assembly ("memory-safe") {
            canonical := and(canonical, and(eq(proofs.offset, FIRST), eq(inputs.offset, second)))
        }
        for (uint256 i = 0; i < entries; ++i) {
            bytes calldata proof = proofs[i];
            uint256[] calldata own = inputs[i];
            bytes memory fault = _fault(proof, own);
            if (fault.length != 0) revert Entry(i, fault);
            assembly ("memory-safe") {
                let proofFits := eq(proof.offset, add(proofStart, mul(PROOF_SLOT, i)))
                let inputsFit := eq(own.offset, add(inputsStart, mul(INPUTS_SLOT, i)))
                canonical := and(canonical, and(proofFits, inputsFit))
            }
        }
        // Last: an entry of another length, which has an error of its own, moves all that follow.
        if (!canonical) revert CalldataLength(msg.data.length);
    }

    /// Of tag, key digest and every entry's inputs and proof, all of fixed length: no two batches have the same bytes.
    function _seed(uint256 entries, uint256 proofStart, uint256 inputsStart) private pure returns (bytes32) {
        bytes memory transcript = new bytes(64 + entries * (INPUT_BYTES + PROOF_BYTES));
        assembly ("memory-safe") {
            let cursor := add(transcript, 32)
            mstore(cursor, BATCH_TAG)
            mstore(add(cursor, 32), KEY_DIGEST)
            cursor := add(cursor, 64)
            for { let i := 0 } lt(i, entries) { i := add(i, 1) } {
                calldatacopy(cursor, add(inputsStart, mul(i, INPUTS_SLOT)), INPUT_BYTES)
                calldatacopy(add(cursor, INPUT_BYTES), add(proofStart, mul(i, PROOF_SLOT)), PROOF_BYTES)
                cursor := add(cursor, add(INPUT_BYTES, PROOF_BYTES))
            }
        }
        return keccak256(transcript);
    }

    /// 128 bits, of the seed and an entry's position.
    function _coefficient(bytes32 seed, uint256 index) private pure returns (uint256 rho) {
        assembly ("memory-safe") {
            mstore(0, seed)
            mstore(32, index)
            rho := shr(128, keccak256(0, 64))
        }
    }

    /// Adds ρ and ρ · inputs to the sums that IC0 and the other key points are multiplied by.
    function _addInputs(uint256[INPUTS + 1] memory scalars, uint256 inputsStart, uint256 rho) private pure {
        assembly ("memory-safe") {
            mstore(scalars, addmod(mload(scalars), rho, R))
            for { let j := 0 } lt(j, INPUTS) { j := add(j, 1) } {
                let slot := add(scalars, mul(32, add(j, 1)))
                let product := mulmod(rho, calldataload(add(inputsStart, mul(32, j))), R)
                mstore(slot, addmod(mload(slot), product, R))
            }
        }
    }

    /// Writes (ρ · A, B) to `pair` and adds ρ · C to the sum; false when A or C is no point of the curve.
    function _addEntry(uint256 pair, uint256[5] memory sum, uint256 proofStart, uint256 rho, uint256 needed)
        private
        view
        returns (bool)
    {
        uint256 product;
        assembly ("memory-safe") {
            // A and ρ, where B will be.
            calldatacopy(pair, proofStart, 64)
            mstore(add(pair, 64), rho)
            product := add(sum, 64)
            calldatacopy(product, add(proofStart, 192), 64)
            mstore(add(product, 64), rho)
        }
        if (!_precompile(EC_MUL, MUL_PRICE, pair, 96, pair, 64, needed)) return false;
        if (!_precompile(EC_MUL, MUL_PRICE, product, 96, product, 64, needed)) return false;
        _addProduct(sum, needed);
        assembly ("memory-safe") {
            calldatacopy(add(pair, 64), add(proofStart, 64), 128)
        }
        return true;
    }

    /// Adds scalar · (x, y), a point of the key, to the sum in the first two words; the rest is scratch.
    function _addKeyPoint(uint256[5] memory sum, uint256 x, uint256 y, uint256 scalar, uint256 needed) private view {
        uint256 product;
        assembly ("memory-safe") {
            product := add(sum, 64)
            mstore(product, x)
            mstore(add(product, 32), y)
            mstore(add(product, 64), scalar)
        }
        if (!_precompile(EC_MUL, MUL_PRICE, product, 96, product, 64, needed)) revert PrecompileUnavailable(EC_MUL);
        _addProduct(sum, needed);
    }

    /// Adds the point in words 2 and 3, on the curve, to the one in words 0 and 1.
    function _addProduct(uint256[5] memory sum, uint256 needed) private view {
        uint256 start;
        assembly ("memory-safe") {
            start := sum
        }
        if (!_precompile(EC_ADD, ADD_PRICE, start, 128, start, 64, needed)) revert PrecompileUnavailable(EC_ADD);
    }

    /// Moves the point in words 0 and 1, and leaves the one at infinity there.
    function _putPoint(uint256 to, uint256[5] memory sum) private pure {
        assembly ("memory-safe") {
            mstore(to, mload(sum))
            mstore(add(to, 32), mload(add(sum, 32)))
            mstore(sum, 0)
            mstore(add(sum, 32), 0)
        }
    }

    /// Fills the last three pairs, but for -α and C: β; L, -γ; -δ.
    function _fillFixedPairs(uint256 start, uint256[5] memory l) private pure {
        assembly ("memory-safe") {
            mstore(add(start, 64), BETA_X1)
            mstore(add(start, 96), BETA_X0)
            mstore(add(start, 128), BETA_Y1)
            mstore(add(start, 160), BETA_Y0)
            mstore(add(start, 192), mload(l))
            mstore(add(start, 224), mload(add(l, 32)))
            mstore(add(start, 256), MINUS_GAMMA_X1)
            mstore(add(start, 288), MINUS_GAMMA_X0)
            mstore(add(start, 320), MINUS_GAMMA_Y1)
            mstore(add(start, 352), MINUS_GAMMA_Y0)
            mstore(add(start, 448), MINUS_DELTA_X1)
            mstore(add(start, 480), MINUS_DELTA_X0)
            mstore(add(start, 512), MINUS_DELTA_Y1)
            mstore(add(start, 544), MINUS_DELTA_Y0)
        }
    }

    /// Returns iff the product of the pairings is 1; the first word of the pairs is then overwritten.
    function _checkPairing(uint256 start, uint256 pairs, uint256 needed) private view {
        if (!_precompile(EC_PAIRING, _pairingPrice(pairs), start, 32 * PAIR * pairs, start, 32, needed)) {
            revert ProofMalformed();
        }
        uint256 one;
        assembly ("memory-safe") {
            one := mload(start)
        }
        if (one != 1) revert ProofRejected();
    }

    function _pairingPrice(uint256 pairs) private pure returns (uint256) {
        unchecked {
            return PAIRING_PRICE + PAIR_PRICE * pairs;
        }
    }

    /// Refuses to start with less gas than valid proofs may need: prices, the rest generously, and the 64th part that a call may
    /// not hand on. Returns what any proofs may need, at twice the prices.
    function _checkGas(uint256 entries, uint256 pairs, uint256 products) private view returns (uint256 needed) {
        unchecked {
            needed = CALL_WORK + ENTRY_WORK * entries + products * (MUL_PRICE + ADD_PRICE) + _pairingPrice(pairs);
            needed += needed / 64;
            if (gasleft() < needed) revert InsufficientGas(needed);
            return 2 * needed;
        }
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
            revert InsufficientGas(needed);
        }
    }
}
