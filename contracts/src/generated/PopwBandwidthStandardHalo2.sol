// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.24;

import {IPopwVerifier} from "../IPopwVerifier.sol";

// Straight-line code with checks; names of Yul functions' parameters and of an immutable.
// slither-disable-start cyclomatic-complexity,naming-convention

/// Verifies halo2 proofs (KZG over BN254 with SHPLONK, Keccak transcript) for one key.
///
/// Key digest  581863d19e12aef90d2d173e818c3929fb21919202794e220f0446e240d46020 (BLAKE3 of the .vk file)
/// Claim       bandwidth v1
/// Shape       standard
/// Setup       DEVELOPMENT KEY MADE FROM A PUBLIC SEED: ANYONE CAN FORGE PROOFS FOR IT
/// Written by  popw-solidity 0.1.0, `popw export solidity`; do not edit
///
/// Calldata have one canonical form, so every part of a proof is at a fixed place of them and is read there. Points are
/// operands of precompiles as they stand in the proof; precompiles refuse what is not on the curve. The steps are:
/// challenges; one inversion for everything that is divided by; what the quotient must be at x; the folded evaluations;
/// the folded commitments; one pairing equation.
contract PopwBandwidthStandardHalo2 is IPopwVerifier {
    bytes32 private constant KEY_DIGEST = 0x581863d19e12aef90d2d173e818c3929fb21919202794e220f0446e240d46020;

    /// Order of BN254's groups and of its scalar field.
    uint256 private constant R = 21888242871839275222246405745257275088548364400416034343698204186575808495617;

    uint256 private constant INPUTS = 3;
    uint256 private constant PROOF_BYTES = 2688;
    /// Points, then scalars, then two points.
    uint256 private constant SCALARS_START = 896;
    uint256 private constant SCALARS_END = 2560;
    /// Where the proof starts in the call: after selector, two heads and a length.
    uint256 private constant FIRST = 4 + 64 + 32;
    /// From where it is checked on, with room for the 64th part that a call may not hand on.
    uint256 private constant NEEDED_GAS = 457000;

    /// @inheritdoc IPopwVerifier
    function verify(bytes calldata proof, uint256[] calldata inputs) external view {
        bool plain;
        assembly ("memory-safe") {
            plain := 1
            plain := and(lt(calldataload(0xb04), R), and(eq(calldataload(0xae4), 0x3), and(eq(calldataload(0x44), 0xa80), and(eq(calldataload(0x24), 0xae0), and(eq(calldataload(0x04), 0x40), and(eq(calldatasize(), 0xb64), plain))))))
            plain := and(lt(calldataload(0x444), R), and(lt(calldataload(0x424), R), and(lt(calldataload(0x404), R), and(lt(calldataload(0x3e4), R), and(lt(calldataload(0xb44), R), and(lt(calldataload(0xb24), R), plain))))))
            plain := and(lt(calldataload(0x504), R), and(lt(calldataload(0x4e4), R), and(lt(calldataload(0x4c4), R), and(lt(calldataload(0x4a4), R), and(lt(calldataload(0x484), R), and(lt(calldataload(0x464), R), plain))))))
            plain := and(lt(calldataload(0x5c4), R), and(lt(calldataload(0x5a4), R), and(lt(calldataload(0x584), R), and(lt(calldataload(0x564), R), and(lt(calldataload(0x544), R), and(lt(calldataload(0x524), R), plain))))))
            plain := and(lt(calldataload(0x684), R), and(lt(calldataload(0x664), R), and(lt(calldataload(0x644), R), and(lt(calldataload(0x624), R), and(lt(calldataload(0x604), R), and(lt(calldataload(0x5e4), R), plain))))))
            plain := and(lt(calldataload(0x744), R), and(lt(calldataload(0x724), R), and(lt(calldataload(0x704), R), and(lt(calldataload(0x6e4), R), and(lt(calldataload(0x6c4), R), and(lt(calldataload(0x6a4), R), plain))))))
            plain := and(lt(calldataload(0x804), R), and(lt(calldataload(0x7e4), R), and(lt(calldataload(0x7c4), R), and(lt(calldataload(0x7a4), R), and(lt(calldataload(0x784), R), and(lt(calldataload(0x764), R), plain))))))
            plain := and(lt(calldataload(0x8c4), R), and(lt(calldataload(0x8a4), R), and(lt(calldataload(0x884), R), and(lt(calldataload(0x864), R), and(lt(calldataload(0x844), R), and(lt(calldataload(0x824), R), plain))))))
            plain := and(lt(calldataload(0x984), R), and(lt(calldataload(0x964), R), and(lt(calldataload(0x944), R), and(lt(calldataload(0x924), R), and(lt(calldataload(0x904), R), and(lt(calldataload(0x8e4), R), plain))))))
            plain := and(lt(calldataload(0xa44), R), and(lt(calldataload(0xa24), R), and(lt(calldataload(0xa04), R), and(lt(calldataload(0x9e4), R), and(lt(calldataload(0x9c4), R), and(lt(calldataload(0x9a4), R), plain))))))
            plain := and(plain, iszero(or(iszero(calldataload(0x1c4)), or(iszero(calldataload(0x184)), or(iszero(calldataload(0x144)), or(iszero(calldataload(0x104)), or(iszero(calldataload(0xc4)), iszero(calldataload(0x84)))))))))
            plain := and(plain, iszero(or(iszero(calldataload(0x344)), or(iszero(calldataload(0x304)), or(iszero(calldataload(0x2c4)), or(iszero(calldataload(0x284)), or(iszero(calldataload(0x244)), iszero(calldataload(0x204)))))))))
            plain := and(plain, iszero(or(iszero(calldataload(0xac4)), or(iszero(calldataload(0xa84)), or(iszero(calldataload(0x3c4)), iszero(calldataload(0x384)))))))
        }
        if (!plain) _explain(proof, inputs);
        if (gasleft() < NEEDED_GAS) revert InsufficientGas(NEEDED_GAS);

        
        // Takes all of the memory, and never comes back from here.
        assembly {
            function fail(selector) {
                mstore(0x00, selector)
                revert(0x1c, 0x04)
            }
            // PrecompileUnavailable(uint256)
            function unavailable(precompile) {
                mstore(0x00, 0xed6f9dde)
                mstore(0x20, precompile)
                revert(0x1c, 0x24)
            }
            // Whether precompiles take (1, 2), a point on the curve, at this price.
            function probe() {
                mstore(0x00, 1)
                mstore(0x20, 2)
                mstore(0x40, 1)
                mstore(0x60, 2)
                if iszero(and(eq(returndatasize(), 0x40), staticcall(12000, 7, 0x00, 0x60, 0x80, 0x40))) {
                    unavailable(7)
                }
                if iszero(and(eq(returndatasize(), 0x40), staticcall(300, 6, 0x00, 0x80, 0x80, 0x40))) {
                    unavailable(6)
                }
            }
            // A precompile has failed with a point of the proof among its operands: ProofMalformed()
            function refuse() {
                probe()
                fail(0x4f7b0f0f)
            }

            let p := R
            let y
            let f
            let ok
            mstore(0x4e0, 0x052dcd11ecabaea5531fdcb2c655a50847088cec4d378fde7ddf1c2e5d5148d2)
            calldatacopy(0x500, 0xb04, 0x60)
            calldatacopy(0x560, 0x64, 0x180)
            f := keccak256(0x4e0, 0x200)
            mstore(0x3e0, mod(f, p))
            mstore(0x00, f)
            mstore8(0x20, 1)
            f := keccak256(0x00, 0x21)
            mstore(0x400, mod(f, p))
            mstore(0x00, f)
            mstore8(0x20, 1)
            f := keccak256(0x00, 0x21)
            mstore(0x420, mod(f, p))
            mstore(0x6e0, f)
            calldatacopy(0x700, 0x1e4, 0xc0)
            f := keccak256(0x6e0, 0xe0)
            mstore(0x440, mod(f, p))
            mstore(0x7c0, f)
            calldatacopy(0x7e0, 0x2a4, 0x140)
            f := keccak256(0x7c0, 0x160)
            mstore(0x460, mod(f, p))
            mstore(0x920, f)
            calldatacopy(0x940, 0x3e4, 0x680)
            f := keccak256(0x920, 0x6a0)
            mstore(0x480, mod(f, p))
            mstore(0x00, f)
            mstore8(0x20, 1)
            f := keccak256(0x00, 0x21)
            mstore(0x4a0, mod(f, p))
            mstore(0xfc0, f)
            calldatacopy(0xfe0, 0xa64, 0x40)
            f := keccak256(0xfc0, 0x60)
            mstore(0x4c0, mod(f, p))
            y := mload(0x440)
            f := mload(0x460)
            f := mulmod(f, f, p)
            f := mulmod(f, f, p)
            f := mulmod(f, f, p)
            f := mulmod(f, f, p)
            f := mulmod(f, f, p)
            f := mulmod(f, f, p)
            f := mulmod(f, f, p)
            f := mulmod(f, f, p)
            f := mulmod(f, f, p)
            f := mulmod(f, f, p)
            f := mulmod(f, f, p)
            f := mulmod(f, f, p)
            f := mulmod(f, f, p)
            f := mulmod(f, f, p)
            f := mulmod(f, f, p)
            f := mulmod(f, f, p)
            mstore(0x240, f)
            mstore(0x1020, add(0x215e9d7af9323d15a4c636320738196b85e59e9eff63c3caa26e7c7f5d0e5701, mulmod(mload(0x460), add(0x4668040988dfa53db1b765168f5c2156866d29384d69f6d0bbd57dd5100d74d, mulmod(mload(0x460), add(0x87133b603db6ba842d7f65c89c0534ccc7aa97727fdd4a1d8f2dd40ba196e5a, mulmod(mload(0x460), add(0x1e09f235ab0fc5f283b1b4d5a9804dee8d8b1f1a97a9b79aacada9260285b57e, mulmod(mload(0x460), add(0xe6dafd1ca22a2b61464feea8377264e51967afa16798100a1829ef49aa219e6, mload(0x460)), p)), p)), p)), p)))
            mstore(0x1040, add(mload(0x4c0), mulmod(0x189876f8f3c2fe70ce7477d64d262b5f6ec56789d8dc5d78861114104ff1fb6f, mload(0x460), p)))
            mstore(0x1060, add(mload(0x4c0), sub(p, mload(0x460))))
            mstore(0x1080, add(mload(0x4c0), mulmod(0x2691822789aea440946baae8421ce219823e0f4cf0b0545689249d72bca7b4d8, mload(0x460), p)))
            mstore(0x10a0, mulmod(mload(0x1060), mload(0x1080), p))
            mstore(0x10c0, mulmod(mload(0x1040), mload(0x10a0), p))
            mstore(0x10e0, add(0x30644e72e131a029b85045b68181585d2833e84879b9709143e1f593f0000000, mload(0x240)))
            mstore(0x1100, mulmod(mload(0x460), mload(0x10e0), p))
            mstore(0x1120, mulmod(mload(0x10c0), mload(0x1100), p))
            mstore(0x1140, mulmod(mload(0x1020), mload(0x1120), p))
            mstore(0x1160, mulmod(mload(0x1140), add(0x30644e72e131a029b85045b68181585d2833e84879b9709143e1f593f0000000, mload(0x460)), p))
            mstore(0x1180, mulmod(mload(0x1160), add(0x2691822789aea440946baae8421ce219823e0f4cf0b0545689249d72bca7b4d8, mload(0x460)), p))
            mstore(0x11a0, mulmod(mload(0x1180), add(0x4e66e8ea8f512a9531f8c69506089ed5ce2cfd694e5262b533524da85756bd3, mload(0x460)), p))
            mstore(0x220, mulmod(mload(0x11a0), add(0x189876f8f3c2fe70ce7477d64d262b5f6ec56789d8dc5d78861114104ff1fb6f, mload(0x460)), p))
            mstore(0x00, 0x20)
            mstore(0x20, 0x20)
            mstore(0x40, 0x20)
            mstore(0x60, mload(0x220))
            mstore(0x80, sub(p, 2))
            mstore(0xa0, p)
            ok := staticcall(8128, 5, 0x00, 0xc0, 0x1e0, 0x20)
            mstore(0x11c0, mulmod(calldataload(0x3e4), calldataload(0x404), p))
            {
            let t122 := add(calldataload(0x604), add(mulmod(calldataload(0x5e4), mload(0x11c0), p), add(mulmod(calldataload(0x5c4), calldataload(0x424), p), add(mulmod(calldataload(0x5a4), calldataload(0x404), p), mulmod(calldataload(0x584), calldataload(0x3e4), p)))))
            let t139 := add(mulmod(calldataload(0x684), calldataload(0x484), p), add(mulmod(calldataload(0x664), calldataload(0x464), p), add(mulmod(calldataload(0x644), calldataload(0x444), p), mulmod(calldataload(0x6a4), mulmod(calldataload(0x444), calldataload(0x464), p), p))))
            f := add(mulmod(calldataload(0x564), add(calldataload(0x6c4), t139), p), mulmod(y, add(mulmod(calldataload(0x564), t122, p), mulmod(calldataload(0x624), addmod(t122, add(t139, mulmod(calldataload(0x6c4), calldataload(0x4a4), p)), p), p)), p))
            }
            mstore(0x11e0, mulmod(calldataload(0x464), calldataload(0x464), p))
            mstore(0x1200, mulmod(calldataload(0x444), calldataload(0x444), p))
            mstore(0x1220, mulmod(calldataload(0x404), calldataload(0x404), p))
            mstore(0x1240, mulmod(calldataload(0x3e4), calldataload(0x3e4), p))
            mstore(0x1260, mulmod(y, y, p))
            mstore(0x1280, mulmod(y, mload(0x1260), p))
            mstore(0x12a0, mulmod(y, mulmod(y, mload(0x1280), p), p))
            f := add(mulmod(f, mload(0x12a0), p), mulmod(calldataload(0x6e4), add(mload(0x11e0), add(sub(p, calldataload(0x464)), mulmod(y, add(mload(0x1200), add(sub(p, calldataload(0x444)), mulmod(y, add(sub(p, calldataload(0x424)), add(mulmod(calldataload(0x424), calldataload(0x424), p), mulmod(y, add(mload(0x1220), add(sub(p, calldataload(0x404)), mulmod(y, add(mload(0x1240), sub(p, calldataload(0x3e4))), p))), p))), p))), p))), p))
            mstore(0x12c0, mulmod(calldataload(0x3e4), calldataload(0x464), p))
            {
            let t175 := mulmod(0x292f8, mulmod(mload(0x11c0), mulmod(calldataload(0x464), calldataload(0x484), p), p), p)
            f := add(mulmod(mload(0x1260), f, p), mulmod(calldataload(0x704), add(calldataload(0x4e4), add(mulmod(0x292fc, mload(0x12c0), p), add(sub(0x60c89ce5c263405370a08b6d0302b0ba5067d090f372e12287c3eb27e0000002, add(mulmod(calldataload(0x404), calldataload(0x484), p), mulmod(t175, calldataload(0x4e4), p))), mulmod(y, add(calldataload(0x4c4), add(mulmod(calldataload(0x4c4), t175, p), sub(0x60c89ce5c263405370a08b6d0302b0ba5067d090f372e12287c3eb27e0000002, add(mulmod(calldataload(0x404), calldataload(0x464), p), mulmod(calldataload(0x3e4), calldataload(0x484), p))))), p)))), p))
            }
            mstore(0x12e0, mulmod(calldataload(0x424), calldataload(0x444), p))
            f := add(mulmod(mload(0x1260), f, p), mulmod(calldataload(0x724), addmod(calldataload(0x484), add(0x30644e72e131a029b85045b68181585d2833e84879b9709143e1f593f0000000, add(sub(0x912ceb58a394e07d28f0d12384840917789bb8d96d2c51b3cba5e0bbd0000003, add(mulmod(calldataload(0x684), mload(0x12e0), p), add(mulmod(calldataload(0x444), calldataload(0x664), p), mulmod(calldataload(0x424), calldataload(0x644), p)))), mulmod(y, add(calldataload(0x464), sub(0x912ceb58a394e07d28f0d12384840917789bb8d96d2c51b3cba5e0bbd0000003, add(mulmod(calldataload(0x5c4), mload(0x12e0), p), add(mulmod(calldataload(0x5a4), calldataload(0x444), p), mulmod(calldataload(0x584), calldataload(0x424), p))))), p))), p), p))
            mstore(0x1300, mulmod(0x292fc, mload(0x1240), p))
            mstore(0x1240, add(mload(0x1300), mload(0x1220)))
            {
            let t241 := mulmod(0x292f8, mulmod(calldataload(0x484), mload(0x12e0), p), p)
            let t246 := add(0x1, mulmod(calldataload(0x464), add(calldataload(0x404), 0x30644e72e131a029b85045b68181585d2833e84879b9709143e1f593f0000000), p))
            f := add(mulmod(mload(0x12a0), f, p), mulmod(calldataload(0x744), add(calldataload(0x524), add(sub(0x60c89ce5c263405370a08b6d0302b0ba5067d090f372e12287c3eb27e0000002, add(mulmod(calldataload(0x444), t246, p), mulmod(t241, calldataload(0x524), p))), add(mulmod(0x292fc, mulmod(calldataload(0x424), mload(0x12c0), p), p), mulmod(y, add(calldataload(0x504), add(mulmod(calldataload(0x504), t241, p), add(sub(0x60c89ce5c263405370a08b6d0302b0ba5067d090f372e12287c3eb27e0000002, add(mulmod(calldataload(0x444), mload(0x12c0), p), mulmod(calldataload(0x424), t246, p))), mulmod(y, add(mload(0x1300), add(sub(p, mload(0x1220)), add(mulmod(calldataload(0x4e4), add(0x2, sub(0x60c89ce5c263405370a08b6d0302b0ba5067d090f372e12287c3eb27e0000002, mload(0x1240))), p), mulmod(y, add(mulmod(0x30644e72e131a029b85045b68181585d2833e84879b9709143e1f593efffffff, mload(0x11c0), p), add(mulmod(calldataload(0x4c4), mload(0x1240), p), mulmod(y, add(calldataload(0x484), sub(p, mulmod(mload(0x11c0), calldataload(0x464), p))), p))), p)))), p)))), p)))), p))
            }
            {
            let t266 := add(calldataload(0x3e4), calldataload(0x584))
            let t267 := mulmod(t266, t266, p)
            mstore(0x11c0, mulmod(t266, mulmod(t267, t267, p), p))
            }
            mstore(0x1220, mulmod(0x1fc8cf31c590bb6005993907254ab0ab93756c36cc95390545068d3ac457ee76, y, p))
            mstore(0x1240, add(0x1c342c8678c760f6aaf0a7513b49520041666e65ed5e393e117fb0a58a5e4e5a, mulmod(y, add(0x6fa5bf3f3fffba8fe8cd9403e077c92fb6aea77385d32b26db8b4d711f42890, mload(0x1220)), p)))
            mstore(0x12c0, add(calldataload(0x404), calldataload(0x5a4)))
            {
            let t273 := mulmod(mload(0x12c0), mload(0x12c0), p)
            mstore(0x12e0, mulmod(mload(0x12c0), mulmod(t273, t273, p), p))
            }
            mstore(0x1300, mulmod(0x19770c91a577df634d6f2c7431a39ba0951f0ba89dda863b6d1bb05013b6fc21, y, p))
            mstore(0x1320, add(0x18f78e4977d6d00435a936b778da5ac357dc071a20d198da927515e82711d6f0, mulmod(y, add(0x2403478f52eb3f06bb7d3ee4eeb1a9b6f96740bed3dda511a2fc47d684e01de, mload(0x1300)), p)))
            mstore(0x1340, add(calldataload(0x424), calldataload(0x5c4)))
            {
            let t280 := mulmod(mload(0x1340), mload(0x1340), p)
            mstore(0x1360, mulmod(mload(0x1340), mulmod(t280, t280, p), p))
            }
            mstore(0x1380, mulmod(0x4d392d2d1679a9fc2385dd9c1992a4f312d3ce46cce4c15cac761dca1c98c94, y, p))
            mstore(0x13a0, add(0x16c052688ac17435a095c5c8497eff1d81efa14572b53119d0ba58bcd2da2a21, mulmod(y, add(0x2053dc82de0e2673211eed401872532013a69a37da59c02b7b37293e4f076407, mload(0x1380)), p)))
            f := add(mulmod(mload(0x1280), f, p), mulmod(calldataload(0x764), add(calldataload(0x484), add(mulmod(mload(0x1360), mload(0x13a0), p), add(mulmod(mload(0x12e0), mload(0x1320), p), add(mulmod(mload(0x11c0), mload(0x1240), p), mulmod(y, add(calldataload(0x464), mulmod(y, calldataload(0x444), p)), p))))), p))
            mstore(0x13c0, add(calldataload(0x444), calldataload(0x644)))
            {
            let t313 := mulmod(mload(0x13c0), mload(0x13c0), p)
            mstore(0x13e0, mulmod(mload(0x13c0), mulmod(t313, t313, p), p))
            }
            mstore(0x1400, add(calldataload(0x464), calldataload(0x664)))
            {
            let t318 := mulmod(mload(0x1400), mload(0x1400), p)
            mstore(0x1420, mulmod(mload(0x1400), mulmod(t318, t318, p), p))
            }
            mstore(0x1440, add(calldataload(0x484), calldataload(0x684)))
            {
            let t324 := mulmod(mload(0x1440), mload(0x1440), p)
            mstore(0x1460, mulmod(mload(0x1440), mulmod(t324, t324, p), p))
            }
            f := add(mulmod(mload(0x1280), f, p), mulmod(calldataload(0x784), add(calldataload(0x504), add(mulmod(mload(0x1460), mload(0x13a0), p), add(mulmod(mload(0x1420), mload(0x1320), p), add(mulmod(mload(0x13e0), mload(0x1240), p), mulmod(y, add(calldataload(0x4e4), mulmod(y, calldataload(0x4c4), p)), p))))), p))
            mstore(0x1240, add(0x23085e920a013c19e87e8a38897ef56b0461e49fe5f4a0e47ff91022eacf6743, mulmod(y, add(0x190086e17ff028260c4d99b6986a19b8f18615515ff30b6aeaea1d3a3b282bff, y), p)))
            mstore(0x1280, mulmod(calldataload(0x524), mload(0x1240), p))
            mstore(0x1320, add(0x15e18692816f5c111357b1ae82e4210c275ddc6b191ae5d4582c677ff65d61f, mload(0x1220)))
            mstore(0x1220, add(0xe40c9c131aa448cf5194407d25fb2d5322101d91fe61056037a0c80f9a1f169, mulmod(y, mload(0x1320), p)))
            {
            let t401 := mulmod(calldataload(0x504), calldataload(0x504), p)
            mstore(0x13a0, mulmod(mload(0x1220), mulmod(calldataload(0x504), mulmod(t401, t401, p), p), p))
            }
            mstore(0x1480, mulmod(calldataload(0x544), add(0x190086e17ff028260c4d99b6986a19b8f18615515ff30b6aeaea1d3a3b282bff, y), p))
            {
            let t422 := mulmod(calldataload(0x524), calldataload(0x524), p)
            mstore(0x14a0, mulmod(mload(0x1320), mulmod(calldataload(0x524), mulmod(t422, t422, p), p), p))
            }
            {
            let t442 := mulmod(calldataload(0x544), calldataload(0x544), p)
            mstore(0x1320, mulmod(0x1fc8cf31c590bb6005993907254ab0ab93756c36cc95390545068d3ac457ee76, mulmod(calldataload(0x544), mulmod(t442, t442, p), p), p))
            }
            {
            let t378 := mulmod(calldataload(0x4e4), calldataload(0x4e4), p)
            mstore(0x14c0, add(mulmod(calldataload(0x504), mload(0x1240), p), mulmod(mload(0x1220), mulmod(calldataload(0x4e4), mulmod(t378, t378, p), p), p)))
            }
            {
            let t356 := mulmod(calldataload(0x4c4), calldataload(0x4c4), p)
            mstore(0x14e0, add(mulmod(calldataload(0x4e4), mload(0x1240), p), mulmod(mload(0x1220), mulmod(calldataload(0x4c4), mulmod(t356, t356, p), p), p)))
            }
            mstore(0x1500, mulmod(calldataload(0x4c4), mload(0x1240), p))
            mstore(0x1240, mulmod(y, mload(0x12a0), p))
            mstore(0x12a0, add(mload(0x1280), add(0x23309195b77fcef5e1e8f4cb11f0f6fd5921a93dfd73296c40e1a62c059ec126, add(calldataload(0x4a4), add(mulmod(y, add(0x1e26cfa9ef3b9a90b462fdbe08f985293c2e2ab42e778e442ad299ea64d6d2c4, mulmod(y, add(0x1e3f8ea31f8e2dc6faf7a3cb092876fdf9de97dca86c1271cad8f77befbdb3fa, mulmod(y, add(0x21957d3e21eb07594ca234101849d1db2ab4a6fb8243cb118450f06d3d1b9d4c, mulmod(y, add(0x243a290c6fcfa6cb126af93ad9dde2cb54aefcb8e8cb17d9529050a81eb131d7, mulmod(0x201243682a0fd549ce604d9b8011950f60c644dc5440dd192c165e06e9621aa8, y, p)), p)), p)), p)), p), mulmod(y, add(mload(0x14c0), mulmod(y, add(mload(0x14e0), mulmod(y, add(mload(0x1500), add(mulmod(mload(0x13e0), mload(0x1220), p), mulmod(y, add(mulmod(mload(0x1460), add(0x7a6573630afba19e21998baf3b8ce1db3985cef51d96f86bcb8322993fea487, mload(0x1380)), p), mulmod(mload(0x1420), add(0x2840e1a954f934f042a053996b03fbfcbfee7135a71be5d8d65cca0dda6a98fa, mload(0x1300)), p)), p))), p)), p)), p))))))
            f := add(mulmod(f, mload(0x1240), p), mulmod(calldataload(0x7a4), addmod(mload(0x12a0), add(mload(0x1320), add(mload(0x14a0), add(mload(0x1480), mload(0x13a0)))), p), p))
            mstore(0x12a0, add(mload(0x13a0), mload(0x1280)))
            {
            let t465 := mulmod(calldataload(0x484), calldataload(0x484), p)
            mstore(0x1280, mulmod(y, add(mload(0x1500), add(sub(p, calldataload(0x5c4)), add(mulmod(mload(0x1220), mulmod(calldataload(0x484), mulmod(t465, t465, p), p), p), mulmod(y, add(sub(p, calldataload(0x5a4)), add(mulmod(calldataload(0x484), add(0x23085e920a013c19e87e8a38897ef56b0461e49fe5f4a0e47ff91022eacf6743, mulmod(0x190086e17ff028260c4d99b6986a19b8f18615515ff30b6aeaea1d3a3b282bff, y, p)), p), add(mulmod(add(0xe40c9c131aa448cf5194407d25fb2d5322101d91fe61056037a0c80f9a1f169, mulmod(0x15e18692816f5c111357b1ae82e4210c275ddc6b191ae5d4582c677ff65d61f, y, p)), mulmod(calldataload(0x464), mulmod(mload(0x11e0), mload(0x11e0), p), p), p), mulmod(y, add(sub(p, calldataload(0x584)), add(mulmod(0x23085e920a013c19e87e8a38897ef56b0461e49fe5f4a0e47ff91022eacf6743, calldataload(0x464), p), mulmod(0xe40c9c131aa448cf5194407d25fb2d5322101d91fe61056037a0c80f9a1f169, mulmod(calldataload(0x444), mulmod(mload(0x1200), mload(0x1200), p), p), p))), p)))), p)))), p))
            }
            f := add(mulmod(mload(0x1240), f, p), mulmod(calldataload(0x7c4), addmod(mload(0x12a0), add(0x1db5cf78467a33a989e80bbcd14a18345fba2bf944b7e8490e32a0398a9e7ebf, add(mulmod(y, add(mload(0x14c0), mulmod(y, add(mload(0x1280), mload(0x14e0)), p)), p), add(mulmod(calldataload(0x4a4), add(0x28bdf73cb081e60fd636acfb8dc88a3f749b8b5927e0010a8729c36a5c015b7a, mulmod(0x2b90bba00fca0589f617e7dcbfe82e0df706ab640ceb247b791a93b74e36736d, y, p)), p), add(mulmod(calldataload(0x544), add(0x8236cc98c386b3975aff21d167d5c6068457712d29d8ab86d852b8615956707, mulmod(0x16ed41e13bb9c0c66ae119424fddbcbc9314dc9fdbdeea55d6c64543dc4903e0, y, p)), p), mulmod(y, add(0xb33e0328698e683f0b59df84fb70ddd5d16950c29f97b11939184e288bfcf97, mulmod(0x928744201094de5436ebb127930631e94804b0f3d8a22f683d5dffed2d88b6a, y, p)), p))))), p), p))
            f := add(mulmod(mload(0x1240), f, p), mulmod(calldataload(0x7e4), addmod(add(mload(0x12a0), mload(0x1480)), add(mload(0x14a0), add(calldataload(0x4a4), add(mload(0x1320), add(sub(p, calldataload(0x684)), mulmod(y, add(mload(0x14c0), add(sub(p, calldataload(0x664)), mulmod(y, add(mload(0x14e0), add(mload(0x1280), sub(p, calldataload(0x644)))), p))), p))))), p), p))
            mstore(0x11e0, mulmod(mload(0x1e0), add(0x189876f8f3c2fe70ce7477d64d262b5f6ec56789d8dc5d78861114104ff1fb6f, mload(0x460)), p))
            mstore(0x1200, mulmod(mload(0x11e0), add(0x4e66e8ea8f512a9531f8c69506089ed5ce2cfd694e5262b533524da85756bd3, mload(0x460)), p))
            mstore(0x1220, mulmod(mload(0x1200), add(0x2691822789aea440946baae8421ce219823e0f4cf0b0545689249d72bca7b4d8, mload(0x460)), p))
            mstore(0x1240, mulmod(mload(0x1140), mload(0x1220), p))
            mstore(0x1140, mulmod(0x30641e0e92bebef818268d663bcad6dbcfd6c0149170f6d7d350b1b1fa6c1001, mload(0x10e0), p))
            mstore(0x1280, mulmod(mload(0x1240), mload(0x1140), p))
            mstore(0x12a0, mulmod(0x17cbd779ed6ea1b8e9dbcde0345b2cfdb96e80bea0dd1318bdd0e183a00e0492, mulmod(mload(0x11a0), mload(0x1e0), p), p))
            mstore(0x11a0, add(calldataload(0x824), calldataload(0x804)))
            {
            let t615 := add(calldataload(0x864), calldataload(0x844))
            let t716 := add(calldataload(0x8a4), calldataload(0x884))
            mstore(0x1300, addmod(mulmod(calldataload(0x524), mload(0x11a0), p), add(mulmod(add(mulmod(mload(0x13c0), calldataload(0x824), p), mulmod(mload(0x13e0), calldataload(0x804), p)), add(0x2fa2eeaf3f5c2cebe01a5ad5ff4320dd9c8f3f925256f3ce887bd96e1df04ad7, mulmod(y, add(0x2c706778299faec39039b76b6ca5a9a6d13089649f4e43e904d5d1020f4bfc16, mulmod(y, add(0x22efeea2d360382e31d924831d72558e93e3e3a0bd8d16a8cad28337927b0f52, mulmod(0x132eb14e82093416e342df7ad30e18c59d435b6ca38958cbc8a7802f800c7d40, y, p)), p)), p)), p), add(mulmod(add(mulmod(mload(0x1340), calldataload(0x824), p), mulmod(mload(0x1360), calldataload(0x804), p)), add(0x2f148114307332cdc9a08122414c892b0c2d594f48c864af23632006c5cb322b, mulmod(y, add(0x20bbdf63b94ccc4c391cdde7fa8ad36b354fafdb3b5dd15849b9b92948dc49f9, mulmod(y, add(0x160977572544c7803a8ba8b8c69e54b0035e23d45b0de51bdb37f6119c5e1492, mulmod(0x2e2697eb5c4daf5daccae42e5ad7a50cd70a26e400223586bf3da2f5894f639f, y, p)), p)), p)), p), add(mulmod(add(mulmod(mload(0x12c0), calldataload(0x824), p), mulmod(mload(0x12e0), calldataload(0x804), p)), add(0xce3427ab8b9a40ff85856b7d341a91170239c15bf6c998fea77e031b2feb893, mulmod(y, add(0x24b861bd410e0cbc04fd21c2da6e2842147052fac9725da903f36fc51d28156, mulmod(y, add(0x28298e7d00314e393f6dc33978533d751f7f0b0a63ecad20d4a92752984988f3, mulmod(0x8edc82991bb5b6df3a69421a07a337191b4ca82f2a08af306f42d723d5851e8, y, p)), p)), p)), p), add(mulmod(mulmod(mload(0x11c0), mload(0x11a0), p), add(0x10ff01b5f2ed6b693c7f1a83f89d4a698438708a225fa988956b8635a71898a, mulmod(y, add(0xff3e6d467aa1d3a5f25f2ebe491d64fdeb91559ae0ef24e507b41aece3b12bf, mulmod(y, add(0x5eead018af61fac032a8790eae7ad342998204d5a48dc51539838fce17be5f5, mulmod(0xcf73b39a23943652e1b27defaa3de3f42504f0650584893bc4d837041aef754, y, p)), p)), p)), p), mulmod(y, add(mulmod(calldataload(0x504), mload(0x11a0), p), mulmod(y, add(mulmod(calldataload(0x4e4), mload(0x11a0), p), mulmod(y, add(mulmod(y, f, p), mulmod(calldataload(0x4c4), mload(0x11a0), p)), p)), p)), p))))), p))
            mstore(0x1320, add(mulmod(add(mulmod(mload(0x13c0), calldataload(0x864), p), mulmod(mload(0x13e0), calldataload(0x844), p)), add(0x32a3388b2c45be350474d29e5d854896a687cefbf792c726ef62682341e1c86, mulmod(y, add(0xa3e802a397e05e765dd1f919cd5c42720213c18b01826318b2bede55027aeb7, mulmod(y, add(0x1d9c6bc4e6df51d05f59e9d385d4d7bd5c8ba2bd50d522fededcd7b0be9c3065, mulmod(y, add(0xedbce30fa32e2d54b0dc92d7668d4a18cd17abbc4dd57b47ef565ec91acf5ee, mulmod(0x20174bdd3630d7cb224f340a5ba71119c1da49f11f1df1b1e29c0448492c3e3d, y, p)), p)), p)), p)), p), add(mulmod(add(mulmod(mload(0x1340), calldataload(0x864), p), mulmod(mload(0x1360), calldataload(0x844), p)), add(0x2d77a20a623beb74505019dcafc7ed1138fe6dde95d1053be228cbf86d296373, mulmod(y, add(0x141c244d3a07aa4a982deda17e363efc8ffd9e3684dfe795c71a98a0c27ec907, mulmod(y, add(0x1aaac189a2e9e3c4ea21191fbaeaf498ee6fdbe849702a219be850e1c7403cd6, mulmod(y, add(0x7a190435ecca6caacfc7e846e325e299b66586cdad6bc318b776c44724c93ca, mulmod(0x726ecf5638a7f2782f10bca8b51c6acba4895228651cc3bd54012751a8987ce, y, p)), p)), p)), p)), p), add(mulmod(add(mulmod(mload(0x12c0), calldataload(0x864), p), mulmod(mload(0x12e0), calldataload(0x844), p)), add(0x201a5651dbcaeb0a0d55271c241d976eb81d7499a19896cd03a6f39538d85ab8, mulmod(y, add(0x2277f98c053a4e23bdda8b3ceec4236c9d04ea19ac77261d563a7d50cf5e5c93, mulmod(y, add(0x30482f957ecd44b60abd2afe73499caac079b71d45a5621fd677be4c96b2cfaf, mulmod(y, add(0x852fa0dc49f81b5553a9c233265ce416d94559aeac4b7183286676556e33287, mulmod(0xa68fdbc8662507970847204c003c0952a0cfdabd78099adfb8cf10d06e3889c, y, p)), p)), p)), p)), p), add(mulmod(mulmod(mload(0x11c0), t615, p), add(0x6436ace404c2296bed3a854faba9472abd5928678734af560ea696723d1ca6c, mulmod(y, add(0x24254968753bf1149ece605843672ebbebf3ee0328fc4b7c52321ecdf8de07d1, mulmod(y, add(0xfaa7595311e361d9ac13515117206fd27acc49148e99f69ee7711b58f2bfe4, mulmod(y, add(0x5f394810c75d34df8122df4afa47d5b230ae46c13af8627d9eb93e1048b37c8, mulmod(0xb45ce9347d88fa9b0453ac54dc77426891102cdab7c989af41af7d6fc728260, y, p)), p)), p)), p)), p), mulmod(y, add(mulmod(calldataload(0x524), t615, p), mulmod(y, add(mulmod(calldataload(0x504), t615, p), mulmod(y, add(mulmod(calldataload(0x4e4), t615, p), mulmod(y, add(mulmod(y, mload(0x1300), p), mulmod(calldataload(0x4c4), t615, p)), p)), p)), p)), p))))))
            mstore(0x1380, addmod(mload(0x1320), add(mulmod(calldataload(0x544), t615, p), mulmod(add(mulmod(mload(0x1400), calldataload(0x864), p), mulmod(mload(0x1420), calldataload(0x844), p)), add(0x1c5d02c1949973a7eea32e98324b5a1374979dce06ddb9b77a547557f129a19d, mulmod(y, add(0x287436caf55c325931587866aa7093533ab4ef6578ffc7d5a4280308f8efdae2, mulmod(y, add(0x16822e20aa98ce16f4ec39399c8c62e78cc19cef84a7c28f0c332b59c442e9a, mulmod(y, add(0x1b86987807302e4e3836ea20eea889314023553a3b1519470ed48fb12400b6c0, mulmod(0x25ba189018e5f1183a66078314a7ee23af08b034e46986d2050c3c84c096368a, y, p)), p)), p)), p)), p)), p))
            mstore(0x13a0, add(mulmod(calldataload(0x544), t716, p), mulmod(y, add(mulmod(calldataload(0x524), t716, p), mulmod(y, add(mulmod(calldataload(0x504), t716, p), mulmod(y, add(mulmod(calldataload(0x4e4), t716, p), mulmod(y, add(mulmod(y, mload(0x1380), p), mulmod(calldataload(0x4c4), t716, p)), p)), p)), p)), p)))
            mstore(0x1480, add(mulmod(add(mulmod(mload(0x1400), calldataload(0x8a4), p), mulmod(mload(0x1420), calldataload(0x884), p)), add(0xd5b0d961c0e79d0b8b41c4d0741844656c2ff7ee0c7c60b654131667606ae57, mulmod(y, add(0x1c17d46106d723cc0ca2068285b11bafa1625c82e4f1d647c5165cff024aab10, mulmod(y, add(0x2799d30e7bb56ae0c524565b1dd434349df2279628afd5bec44dc16371c19b2d, mulmod(y, add(0x300cecba1a82d50f2bab5b688554d4e721e99dc874ea82ef333ca35399d223ee, mulmod(y, add(0x2c8bce3985486401e2069656b03e70f1f4a25b8ff59c16692ca61fc472cd7870, mulmod(0x17a70d4f44f32ed21de8d17294819b07cdb1f959d3261deab87a2d3db3f3d5fb, y, p)), p)), p)), p)), p)), p), add(mulmod(add(mulmod(mload(0x13c0), calldataload(0x8a4), p), mulmod(mload(0x13e0), calldataload(0x884), p)), add(0x2bd12678675f1417158821afed01e06cc0be38200550bd7ddb6a857631836a69, mulmod(y, add(0xa72e84121ba9a1a39ad052ec15b9949d0afb6a9892c966312a056b34ad619a9, mulmod(y, add(0x2f49ead07146e0a1bde987d014befdcafb9db01b02f2c891faf0a218051297c7, mulmod(y, add(0x1d3ff8281973a64796eb5c30f401af79bf82825d8f7bc1428d630ff7e20d1a2d, mulmod(y, add(0x2717998aab0ff057466c29ef6a59684799768726400cd327b8c9f7480fa48039, mulmod(0x2c66d358f2051a0a9558c5be708c0a35ac6a99910db698f3ab7611b710fae3c2, y, p)), p)), p)), p)), p)), p), add(mulmod(add(mulmod(mload(0x1340), calldataload(0x8a4), p), mulmod(mload(0x1360), calldataload(0x884), p)), add(0x1abdd0dad0efee32c7b10617c283d20eb096ad57f861f826836aa5359f138605, mulmod(y, add(0x2c643bd20c90c49d88011354965aff1b9d1556923af9972177d42ba48607f63, mulmod(y, add(0x15fce99d4cf1db82979b8514e1a5cbec0eafb7d5f213e4f5e442983bced34d9e, mulmod(y, add(0x14b55ca78c27eb03142fe3bb2e1bd8c37510c3479164576485556185e973b8a2, mulmod(y, add(0x6d76db0fe206470828940280a0ea32976894a97b92704b4baca1033935c53f1, mulmod(0xbe4a682bf0156102350f5622abf383e2e7cd111e5209c91759d8f92026207bc, y, p)), p)), p)), p)), p)), p), add(mulmod(add(mulmod(mload(0x12c0), calldataload(0x8a4), p), mulmod(mload(0x12e0), calldataload(0x884), p)), add(0xf4e3d9033e768b59155664618d096b6659a46e3b7f7ca8d58f4614b7f2f4648, mulmod(y, add(0x1ec55cea25f3cf569549ae4a67ed39d6c3757fc9ff500763a164537e490f92c1, mulmod(y, add(0x2825407eef916b0cb51f59768b7e8dd064e030519256a980d25d2818adcbb60b, mulmod(y, add(0x2a256fb122596e34b1a0b80038aa5a7313e0a2bffb2d93923351bff216498b2a, mulmod(y, add(0x173637a1639c35043cca9f639283656f1edb499c1dd1677bcc8ad1c124e25f94, mulmod(0x1ed1ff6fe417ef9762a5a3e73a975344445c285985454f30af50f4763f42f4ff, y, p)), p)), p)), p)), p)), p), mulmod(mulmod(mload(0x11c0), t716, p), add(0xba5fd724bee3e22db4588ab74c5c294a488b7fdd493d7df9d4eeea757e59774, mulmod(y, add(0x12f91113728e366748cde8931eee19b2f649b25c6f41ae956a01d8f29dc1bbcf, mulmod(y, add(0x242aafd379875fb93e3005c78675c2d16a861982af84e0741ea4f329cbe6095f, mulmod(y, add(0x8d899d865e35b7b13e194bdfeb5ef35268d02389c5e146d7da51f37231b01f7, mulmod(y, add(0x26130416beb2533d2270a58c98a44610f3aa8da40e06f48831ee7d869feaabf7, mulmod(0x1e1de77adbcfb2d0a15d5545cfc433d0badff3fb527bdb27375a3c7c86d5b2e9, y, p)), p)), p)), p)), p)), p))))))
            mstore(0x14a0, add(mulmod(y, mload(0x13a0), p), add(mulmod(calldataload(0x4a4), t716, p), mulmod(add(mulmod(mload(0x1440), calldataload(0x8a4), p), mulmod(mload(0x1460), calldataload(0x884), p)), add(0x1552326e44608a8b8fc03dd5b7a6bec75be83cfc52bde802804acb09c19a969d, mulmod(y, add(0x20cd3d107eba7c35b9a29903f67548106f3c9a63714440e86c211a68fec21713, mulmod(y, add(0x2ecacc029a130cc822fbff05b3c899b41247e1d287ec0c036731b2909f85bb78, mulmod(y, add(0x1f9a6befcb94475e6b9d6256a2fdb4a30857c0484adfda541948040dd875eb74, mulmod(y, add(0x775a00788caf2c0d40c8a06f0194aa550513544fb80719b289f29c6f0313580, mulmod(0x2eb8acd0ea3b62a82913b910b4c3eeed1031dc939703e1a3c551e36474b1425, y, p)), p)), p)), p)), p)), p))))
            f := add(mulmod(mload(0x1280), add(calldataload(0xa24), sub(p, calldataload(0xa04))), p), mulmod(y, add(mulmod(y, add(mulmod(mload(0x1280), add(0x1, sub(p, calldataload(0x9c4))), p), mulmod(y, addmod(mload(0x1480), mload(0x14a0), p), p)), p), mulmod(mulmod(mload(0x1140), mload(0x12a0), p), add(sub(p, calldataload(0xa24)), mulmod(calldataload(0xa24), calldataload(0xa24), p)), p)), p))
            }
            mstore(0x11a0, mulmod(mload(0x1220), add(0x30644e72e131a029b85045b68181585d2833e84879b9709143e1f593f0000000, mload(0x460)), p))
            mstore(0x11c0, add(calldataload(0x464), mload(0x420)))
            mstore(0x1220, mulmod(mload(0x400), mload(0x460), p))
            mstore(0x1280, mulmod(0x9226b6e22c6f0ca64ec26aad4c86e715b5f898e5e963f25870e56bbe533e9a2, mload(0x1220), p))
            mstore(0x12c0, mulmod(0x9226b6e22c6f0ca64ec26aad4c86e715b5f898e5e963f25870e56bbe533e9a2, mload(0x1280), p))
            mstore(0x12e0, mulmod(0x9226b6e22c6f0ca64ec26aad4c86e715b5f898e5e963f25870e56bbe533e9a2, mload(0x12c0), p))
            mstore(0x1300, mulmod(0x9226b6e22c6f0ca64ec26aad4c86e715b5f898e5e963f25870e56bbe533e9a2, mload(0x12e0), p))
            mstore(0x1320, mulmod(0x9226b6e22c6f0ca64ec26aad4c86e715b5f898e5e963f25870e56bbe533e9a2, mload(0x1300), p))
            mstore(0x1340, add(calldataload(0x3e4), mload(0x420)))
            mstore(0x1360, add(calldataload(0x404), mload(0x420)))
            mstore(0x1380, add(calldataload(0x424), mload(0x420)))
            mstore(0x13a0, add(calldataload(0x444), mload(0x420)))
            {
            let t909 := add(calldataload(0x484), mload(0x420))
            let t917 := add(mload(0x420), mulmod(mload(0x1140), add(mulmod(mload(0x1240), calldataload(0xb04), p), add(mulmod(calldataload(0xb44), mulmod(0x2b7ddfe4383c8d806530b94d3120ce6fcb511871e4d44a65f0acd0b96a8a942e, mulmod(mload(0x1180), mload(0x11e0), p), p), p), mulmod(calldataload(0xb24), mulmod(0x9d2cc4b5782fbe923e49ace3f647643a5f5d8fb89091c3ababd582133584b29, mulmod(mload(0x1160), mload(0x1200), p), p), p))), p))
            mstore(0x13c0, add(sub(p, mulmod(add(t917, mulmod(0x9226b6e22c6f0ca64ec26aad4c86e715b5f898e5e963f25870e56bbe533e9a2, mload(0x1320), p)), mulmod(add(t909, mload(0x1320)), mulmod(calldataload(0xa24), add(mload(0x11c0), mload(0x1300)), p), p), p)), add(mulmod(add(t917, mulmod(mload(0x400), calldataload(0x9a4), p)), mulmod(add(t909, mulmod(mload(0x400), calldataload(0x984), p)), mulmod(calldataload(0xa44), add(mload(0x11c0), mulmod(mload(0x400), calldataload(0x964), p)), p), p), p), mulmod(y, add(sub(p, mulmod(add(mload(0x13a0), mload(0x12e0)), mulmod(add(mload(0x1380), mload(0x12c0)), mulmod(add(mload(0x1360), mload(0x1280)), mulmod(calldataload(0x9c4), add(mload(0x1340), mload(0x1220)), p), p), p), p)), mulmod(add(mload(0x13a0), mulmod(mload(0x400), calldataload(0x944), p)), mulmod(add(mload(0x1380), mulmod(mload(0x400), calldataload(0x924), p)), mulmod(add(mload(0x1360), mulmod(mload(0x400), calldataload(0x904), p)), mulmod(calldataload(0x9e4), add(mload(0x1340), mulmod(mload(0x400), calldataload(0x8e4), p)), p), p), p), p)), p))))
            mstore(0x13e0, add(0x1, sub(p, mulmod(mload(0x1140), add(mload(0x12a0), mulmod(mulmod(mload(0x1120), mload(0x11a0), p), add(0x1ab82664a6cb4f3aa96207dfe1ece25b03538806e9f2ef4fe35f67d2eeb84cff, mulmod(mload(0x460), add(0x1eca4d707ef9b6da4be26c70ddaa500786989dfa665ef2dd14ec961eabfca2cd, mulmod(mload(0x460), add(0x1710b350d59f5d30efc862a0e4405e76c2c3ebe301bff2abb9095dd1c1b3b4f3, mulmod(mload(0x460), add(0x24b4b87a6c43b46e693d21c1b00214dd3551925bc41f71ed2e6898dbdaf49506, mulmod(0x21f69ea1170efd73a3eb46cbfe0a320ed69d6d4e633fef90a25f569f555de61b, mload(0x460), p)), p)), p)), p)), p)), p))))
            f := add(mulmod(mload(0x1260), f, p), mulmod(mload(0x13c0), mload(0x13e0), p))
            }
            calldatacopy(0x0, 0x224, 0x40)
            mstore(0x40, mload(0x480))
            calldatacopy(0xa0, 0x1a4, 0x40)
            if iszero(and(and(eq(returndatasize(), 0x40), staticcall(300, 6, 0x60, 0x80, 0x0, 0x40)), and(eq(returndatasize(), 0x40), staticcall(12000, 7, 0x0, 0x60, 0x60, 0x40)))) { refuse() }
            calldatacopy(0xa0, 0x164, 0x40)
            if iszero(and(staticcall(300, 6, 0x60, 0x80, 0x0, 0x40), staticcall(12000, 7, 0x0, 0x60, 0x60, 0x40))) { refuse() }
            calldatacopy(0xa0, 0x124, 0x40)
            if iszero(and(staticcall(300, 6, 0x60, 0x80, 0x0, 0x40), staticcall(12000, 7, 0x0, 0x60, 0x60, 0x40))) { refuse() }
            calldatacopy(0xa0, 0xe4, 0x40)
            if iszero(and(staticcall(300, 6, 0x60, 0x80, 0x0, 0x40), staticcall(12000, 7, 0x0, 0x60, 0x60, 0x40))) { refuse() }
            calldatacopy(0xa0, 0xa4, 0x40)
            if iszero(and(staticcall(300, 6, 0x60, 0x80, 0x0, 0x40), staticcall(12000, 7, 0x0, 0x60, 0x60, 0x40))) { refuse() }
            calldatacopy(0xa0, 0x64, 0x40)
            if iszero(and(staticcall(300, 6, 0x60, 0x80, 0x100, 0x40), staticcall(12000, 7, 0x0, 0x60, 0x60, 0x40))) { refuse() }
            calldatacopy(0x0, 0x1e4, 0x40)
            mstore(0x1120, mulmod(mload(0x1020), mload(0x11a0), p))
            mstore(0x1020, mulmod(mload(0x4a0), mulmod(mload(0x10a0), mulmod(mload(0x1100), mload(0x1120), p), p), p))
            mstore(0x40, mload(0x1020))
            if iszero(and(staticcall(300, 6, 0x100, 0x80, 0x100, 0x40), staticcall(12000, 7, 0x0, 0x60, 0x140, 0x40))) { refuse() }
            calldatacopy(0x0, 0x3a4, 0x40)
            mstore(0x40, mload(0x240))
            calldatacopy(0xa0, 0x364, 0x40)
            if iszero(and(staticcall(300, 6, 0x60, 0x80, 0x0, 0x40), staticcall(12000, 7, 0x0, 0x60, 0x60, 0x40))) { refuse() }
            calldatacopy(0xa0, 0x324, 0x40)
            if iszero(and(staticcall(300, 6, 0x60, 0x80, 0x0, 0x40), staticcall(12000, 7, 0x0, 0x60, 0x60, 0x40))) { refuse() }
            calldatacopy(0xa0, 0x2e4, 0x40)
            if iszero(and(staticcall(300, 6, 0x60, 0x80, 0x0, 0x40), staticcall(12000, 7, 0x0, 0x60, 0x60, 0x40))) { refuse() }
            calldatacopy(0xa0, 0x2a4, 0x40)
            if iszero(and(staticcall(300, 6, 0x60, 0x80, 0x1a0, 0x40), staticcall(12000, 7, 0x0, 0x60, 0x60, 0x40))) { refuse() }
            calldatacopy(0x0, 0x264, 0x40)
            mstore(0x40, mload(0x480))
            mstore(0xa0, mload(0x1a0))
            mstore(0xc0, mload(0x1c0))
            if iszero(and(staticcall(300, 6, 0x60, 0x80, 0x0, 0x40), staticcall(12000, 7, 0x0, 0x60, 0x60, 0x40))) { refuse() }
            mstore(0xa0, 0x111314a5532c7f733bcf9b9732da94d68547a0d1ce44040e386fc7e80767afab)
            mstore(0xc0, 0x05cd1ac8fcccb32c1b8e8732dbe6d9ef13adc841cbcb9357a3170c7dbc943675)
            mstore(0x2a0, 0x2793a5f63134bd5ffc8bdb145a06620e91d99f742b95b1ee3031d85178bcc978)
            mstore(0x2c0, 0x2d2e53a57232af0d61b6c0076c9cecf88644b95ef800aa4c1d6d09673b787040)
            mstore(0x320, 0x2901a64335c3e43886b4af232b4cd14bc5f096fc9c80b65176819ed89ce806ea)
            mstore(0x340, 0x1c8fe0cf8cc76264a1d0e5b3e5c499db5312c84230f0701652588ff9a7e6c9d2)
            mstore(0x3a0, 0x2e1005b018a714ee6268bacdbc5eb68298be7cbdace3457211be550cf63de5bc)
            mstore(0x3c0, 0x0cfe01d1d4f25bc40bcb87e19769c24e22ed346941eacb947754fd2133bb5bbc)
            ok := and(staticcall(300, 6, 0x360, 0x80, 0x0, 0x40), and(staticcall(12000, 7, 0x0, 0x60, 0x360, 0x40), and(staticcall(300, 6, 0x2e0, 0x80, 0x0, 0x40), and(staticcall(12000, 7, 0x0, 0x60, 0x2e0, 0x40), and(staticcall(300, 6, 0x260, 0x80, 0x0, 0x40), and(staticcall(12000, 7, 0x0, 0x60, 0x260, 0x40), and(staticcall(300, 6, 0x60, 0x80, 0x0, 0x40), and(staticcall(12000, 7, 0x0, 0x60, 0x60, 0x40), ok))))))))
            mstore(0xa0, 0x2194b5ba2495b2100043b0952eab57c1ddd4fef18c526ca69f1fb17653b5eae0)
            mstore(0xc0, 0x0d4567c0deaf4794e68690cca190ce8d0e2b467c03fe7f9725b8bac8acf68b68)
            mstore(0x2a0, 0x04849b22bff03c29751486f9ea2db18f9b15a0b2121ec1c9911961cfa797c869)
            mstore(0x2c0, 0x2f19039c84e201ae93a969f05c9b03c45ab854c4cece2d5960e3043a6a51a38a)
            mstore(0x320, 0x072be2cf3a619b0eacff3345e76f3bf06d248e5ee15d70ddf2b8fb196232b4d8)
            mstore(0x340, 0x01810478f0bf4f55a9df273793cc5df938ba6b8a2d4a32d0f70b49ac83dcc2f8)
            mstore(0x3a0, 0x2bb7ba00b7bf5d2b1bce0af7369aa05590bfa8818d47ffa2f4eed1f6238b14f2)
            mstore(0x3c0, 0x11f37e8e42c8b367adaecd4a9651bc91bec395c5444505e0b86542196cc3c767)
            ok := and(staticcall(300, 6, 0x360, 0x80, 0x0, 0x40), and(staticcall(12000, 7, 0x0, 0x60, 0x360, 0x40), and(staticcall(300, 6, 0x2e0, 0x80, 0x0, 0x40), and(staticcall(12000, 7, 0x0, 0x60, 0x2e0, 0x40), and(staticcall(300, 6, 0x260, 0x80, 0x0, 0x40), and(staticcall(12000, 7, 0x0, 0x60, 0x260, 0x40), and(staticcall(300, 6, 0x60, 0x80, 0x0, 0x40), and(staticcall(12000, 7, 0x0, 0x60, 0x60, 0x40), ok))))))))
            mstore(0xa0, 0x2be7ebcaaf53abd24a35a9787495a9fb801e56c463ec0fd98ed36c57f353a548)
            mstore(0xc0, 0x0215774df9a5c4ab2e20cf49d5de70e2b8995dacb6d3f772cf3bbdae6a026d0c)
            mstore(0x2a0, 0x0b2335e51776c518ebcad168d494d292c483ac1dfdb32567c23c2fbb6229e99b)
            mstore(0x2c0, 0x039436b23d937a6113c60233069d22d59c14aeef68bc282c9129ccbfe4740952)
            mstore(0x320, 0x022b0e0412bfda8b16afc25eb1d69f3c5075b32a1c59fb00947296f74b19d1c3)
            mstore(0x340, 0x2f792ba6893c58cc741995f0be560d65d869761c821f55962b438fc66ee67456)
            mstore(0x3a0, 0x153bd674ff5137d6afa068f03027e267bf8a5cf4706d36d1f506b84ff2dcc75f)
            mstore(0x3c0, 0x2f5cb9daf5322a89bfc07406376f7fb27eebd84048e54263d6f4f93f8101e025)
            ok := and(staticcall(300, 6, 0x360, 0x80, 0x0, 0x40), and(staticcall(12000, 7, 0x0, 0x60, 0x360, 0x40), and(staticcall(300, 6, 0x2e0, 0x80, 0x0, 0x40), and(staticcall(12000, 7, 0x0, 0x60, 0x2e0, 0x40), and(staticcall(300, 6, 0x260, 0x80, 0x0, 0x40), and(staticcall(12000, 7, 0x0, 0x60, 0x260, 0x40), and(staticcall(300, 6, 0x60, 0x80, 0x0, 0x40), and(staticcall(12000, 7, 0x0, 0x60, 0x60, 0x40), ok))))))))
            mstore(0xa0, 0x29e5d9d77a61376b13b381c70dfcc834c1193041c5c7796ff9eab43f866a9b24)
            mstore(0xc0, 0x0c9b1826bdeaf84499942197f83e8ca66659c00a9915294709348203d8c793ba)
            mstore(0x2a0, 0x1e4148824d095468deed09bd3f6145604cd0e51ac3f719cac8d62e2be0f35b6d)
            mstore(0x2c0, 0x2ebade7ebf067268d5f7662c3643e5405f94de7742cd83bdf093610e318c9eb0)
            mstore(0x320, 0x2b03ab136738792987602b31756e0d9458e4fdba20d93b301496ac1bbfeaa2dc)
            mstore(0x340, 0x15d261181f7bcf4a38a24b3f00e735878b1caf46ed18133ad1626c1370ca66c1)
            mstore(0x3a0, 0x11c85ba6ab2dbe0b647ac9ff54e19ce74ad66bfbfd0ee926dc65ce376ed1a606)
            mstore(0x3c0, 0x19e28d33ecf20c0853694182f33f6ca855138c1b4ec48ddd33312ad052232566)
            ok := and(staticcall(300, 6, 0x360, 0x80, 0x0, 0x40), and(staticcall(12000, 7, 0x0, 0x60, 0x360, 0x40), and(staticcall(300, 6, 0x2e0, 0x80, 0x0, 0x40), and(staticcall(12000, 7, 0x0, 0x60, 0x2e0, 0x40), and(staticcall(300, 6, 0x260, 0x80, 0x0, 0x40), and(staticcall(12000, 7, 0x0, 0x60, 0x260, 0x40), and(staticcall(300, 6, 0x60, 0x80, 0x0, 0x40), and(staticcall(12000, 7, 0x0, 0x60, 0x60, 0x40), ok))))))))
            mstore(0xa0, 0x2b6cc9b9187bc070e1f8062afb9a18535bcda4a759bae484f5bce8b6d073fd23)
            mstore(0xc0, 0x1d64ae94b8b47723f600881a349ac613505bc53d381474f2f4b37cf68c53b40f)
            mstore(0x2a0, 0x2c0cf1705a86913ed4860ed86fe30d3c36aa444ddc01e3c8da95a47a6d949703)
            mstore(0x2c0, 0x0ee4a7b07195282b95a442604986819cd9391f3e1c06f8011e30a99c7d2bb548)
            mstore(0x320, 0x035753dcad5134661cd49441ee61917506315e7698264e5091cf018a38055292)
            mstore(0x340, 0x0d3d409df4c73d24e1f638dba6d49fbaf3c523b0c9317c8de385a949279ccd3e)
            mstore(0x3a0, 0x15113d0c0c9fa3b613db5fa2c08f52d99f362a766acdb04147f841437cdda0de)
            mstore(0x3c0, 0x08147322b759cb73d6ff56cdf96155bd3d8c89495362a87cfe590af400605241)
            ok := and(staticcall(300, 6, 0x360, 0x80, 0x0, 0x40), and(staticcall(12000, 7, 0x0, 0x60, 0x360, 0x40), and(staticcall(300, 6, 0x2e0, 0x80, 0x0, 0x40), and(staticcall(12000, 7, 0x0, 0x60, 0x2e0, 0x40), and(staticcall(300, 6, 0x260, 0x80, 0x0, 0x40), and(staticcall(12000, 7, 0x0, 0x60, 0x260, 0x40), and(staticcall(300, 6, 0x60, 0x80, 0x0, 0x40), and(staticcall(12000, 7, 0x0, 0x60, 0x60, 0x40), ok))))))))
            mstore(0xa0, 0x1e3b900cc197843822ee5fca890de21a9a8dd357c9ca6aea14c26d5ad0f10fe8)
            mstore(0xc0, 0x0109c062c7fb0f83312135608779b88f6609ad97716aed1cc335e549edb5c299)
            mstore(0x2a0, 0x146586cd2de6ae014cfa66f941a110bd80ab1d649f2b68e57784dd9e06538ccb)
            mstore(0x2c0, 0x14367e0f67789ba52f5cdba6d8b9d3f602d2863a5f2ec857e7a1ed07417bce34)
            mstore(0x320, 0x2b4a068e5a1053b7b24384edb33b1befd47488eca3939450009bd00444764f80)
            mstore(0x340, 0x0300a0a29a679a643ae8e989086a5410af9c7abaaa564880fd9cdf3b6b5bd438)
            mstore(0x3a0, 0x2d3519537c5384b885a0ce7b775c6fcdcb7106f422f619ef62f28682d6e97ebb)
            mstore(0x3c0, 0x05fdda193a0493cc31aa3ddfeebaa89e6a2e1c146351dca51d2944a1b748f62d)
            ok := and(staticcall(300, 6, 0x360, 0x80, 0x0, 0x40), and(staticcall(12000, 7, 0x0, 0x60, 0x360, 0x40), and(staticcall(300, 6, 0x2e0, 0x80, 0x0, 0x40), and(staticcall(12000, 7, 0x0, 0x60, 0x2e0, 0x40), and(staticcall(300, 6, 0x260, 0x80, 0x0, 0x40), and(staticcall(12000, 7, 0x0, 0x60, 0x260, 0x40), and(staticcall(300, 6, 0x60, 0x80, 0x0, 0x40), and(staticcall(12000, 7, 0x0, 0x60, 0x60, 0x40), ok))))))))
            mstore(0xa0, 0x09a4081a830ea0618fc6888cc7c9039c9c298a55abaeaac5f9870732db0e7951)
            mstore(0xc0, 0x24e7de3fbc5d94ae4da47ab011f07ebe2a720abf8360195e710afb77e5b06e5e)
            mstore(0x2a0, 0x0fb63f86073637c006ea8267e68c760f7e59566ca30595470098265e1c41f371)
            mstore(0x2c0, 0x0ba65b95f46b07cd11f4aa3dfd56d52435583c0239e89801ab3585c614c79d74)
            mstore(0x320, 0x288f59f593bf2e2636362beef369f8aa08411f2841a8ee0594a979566b0f9cf6)
            mstore(0x340, 0x1dddf3599b093c4856cc384571038315a1fd689f6e0ed55ed1bf54d6361b8325)
            mstore(0x3a0, 0x266dd76839bdfede043c7caaadc6414d30e276dc12b31e148439caf7953a2634)
            mstore(0x3c0, 0x2527a070a119dec79fc74e3b8ebd6cfe9f0b397a63bdd2e838c7b3f135463eec)
            ok := and(staticcall(300, 6, 0x360, 0x80, 0x0, 0x40), and(staticcall(12000, 7, 0x0, 0x60, 0x360, 0x40), and(staticcall(300, 6, 0x2e0, 0x80, 0x0, 0x40), and(staticcall(12000, 7, 0x0, 0x60, 0x2e0, 0x40), and(staticcall(300, 6, 0x260, 0x80, 0x0, 0x40), and(staticcall(12000, 7, 0x0, 0x60, 0x260, 0x40), and(staticcall(300, 6, 0x60, 0x80, 0x0, 0x40), and(staticcall(12000, 7, 0x0, 0x60, 0x60, 0x40), ok))))))))
            mstore(0xa0, 0x17cd0ad460d6ed9bf92fdd330baf8e073110c02dfea932f474a8fb11c8dc33ac)
            mstore(0xc0, 0x18106cec8dfcf5183d4b1cb1e309735a1455f76fc36d336fe34b92a4377d5349)
            mstore(0x2a0, 0x0f3e1da3022cb2408fcb68aaec9bf274e123dc0f4bd1cd21881bcea8d3b34971)
            mstore(0x2c0, 0x01752c3452ee6d0cccf780e5c9a3f88092cb6766853e5a10ba411a14e0b963de)
            mstore(0x320, 0x01a06d59ef4eb24382420f91948d91b9b7a66416f4867fb38676ff0297159370)
            mstore(0x340, 0x26decfc9d173fada5b131a4d0586f4f4b8e70df90357e8c6b3a5b83dbef9bb75)
            mstore(0x3a0, 0x13967858107440590b2bb9bd72706b706961313818b597053f41b7dbba7d6b2b)
            mstore(0x3c0, 0x04adaa13d173e8b414fe5e3296e85188a19fcb603d71a7196e96910f4b2d8423)
            ok := and(staticcall(300, 6, 0x360, 0x80, 0x0, 0x40), and(staticcall(12000, 7, 0x0, 0x60, 0x360, 0x40), and(staticcall(300, 6, 0x2e0, 0x80, 0x0, 0x40), and(staticcall(12000, 7, 0x0, 0x60, 0x2e0, 0x40), and(staticcall(300, 6, 0x260, 0x80, 0x0, 0x40), and(staticcall(12000, 7, 0x0, 0x60, 0x260, 0x40), and(staticcall(300, 6, 0x60, 0x80, 0x0, 0x40), and(staticcall(12000, 7, 0x0, 0x60, 0x60, 0x40), ok))))))))
            mstore(0xa0, 0x104eda6108f522eaaead19177180a953baadc25771680912b0101996071594cd)
            mstore(0xc0, 0x1f6901f999a0da806a94967cf519c39a4d05268b66a479971ad1a2ac3d26d14e)
            mstore(0x2a0, 0x077938f62d8c03192717550840862947f1bc762bc9510ecea7b7777d4b69bdaa)
            mstore(0x2c0, 0x182395583cb0e2669d1428c56088eb1d25b6a8f45bb4b89045f77ee705a046ca)
            ok := and(staticcall(300, 6, 0x260, 0x80, 0x0, 0x40), and(staticcall(12000, 7, 0x0, 0x60, 0x260, 0x40), and(staticcall(300, 6, 0x60, 0x80, 0x0, 0x40), and(staticcall(12000, 7, 0x0, 0x60, 0x60, 0x40), ok))))
            mstore(0x1100, mulmod(mload(0x1080), mload(0x1040), p))
            mstore(0x1140, mulmod(mload(0x1100), mulmod(mload(0x4a0), mload(0x1020), p), p))
            mstore(0x40, mload(0x1140))
            ok := and(staticcall(300, 6, 0x100, 0x80, 0x100, 0x40), and(staticcall(12000, 7, 0x0, 0x60, 0x140, 0x40), ok))
            mstore(0x140, 0x0000000000000000000000000000000000000000000000000000000000000001)
            mstore(0x160, 0x0000000000000000000000000000000000000000000000000000000000000002)
            mstore(0x1160, mulmod(mload(0x10c0), mload(0x1120), p))
            {
            let t80 := mulmod(mload(0x10e0), mload(0x1160), p)
            let t1478 := mulmod(t80, t80, p)
            mstore(0x10c0, add(calldataload(0x3e4), mulmod(mload(0x480), add(calldataload(0x404), mulmod(mload(0x480), add(calldataload(0x424), mulmod(mload(0x480), add(calldataload(0x444), mulmod(mload(0x480), add(calldataload(0x464), mulmod(mload(0x480), add(calldataload(0x484), mulmod(mload(0x480), calldataload(0xa24), p)), p)), p)), p)), p)), p)))
            mstore(0x1120, add(calldataload(0x4c4), mulmod(mload(0x480), add(calldataload(0x4e4), mulmod(mload(0x480), add(calldataload(0x504), mulmod(mload(0x480), add(calldataload(0x524), mulmod(mload(0x480), add(calldataload(0x544), mulmod(mload(0x480), add(calldataload(0x4a4), mulmod(mload(0x480), calldataload(0xa44), p)), p)), p)), p)), p)), p)))
            mstore(0x1180, add(calldataload(0x944), mulmod(mload(0x480), add(calldataload(0x964), mulmod(mload(0x480), add(calldataload(0x984), mulmod(mload(0x480), add(calldataload(0x9a4), mulmod(mload(0x480), add(mulmod(mload(0x480), calldataload(0x8c4), p), mulmod(f, mulmod(mload(0x460), mload(0x1160), p), p)), p)), p)), p)), p)))
            mstore(0x11a0, add(calldataload(0x864), mulmod(mload(0x480), add(calldataload(0x884), mulmod(mload(0x480), add(calldataload(0x8a4), mulmod(mload(0x480), add(calldataload(0x8e4), mulmod(mload(0x480), add(calldataload(0x904), mulmod(mload(0x480), add(calldataload(0x924), mulmod(mload(0x480), mload(0x1180), p)), p)), p)), p)), p)), p)))
            mstore(0x11c0, add(calldataload(0x7a4), mulmod(mload(0x480), add(calldataload(0x7c4), mulmod(mload(0x480), add(calldataload(0x7e4), mulmod(mload(0x480), add(calldataload(0x804), mulmod(mload(0x480), add(calldataload(0x824), mulmod(mload(0x480), add(calldataload(0x844), mulmod(mload(0x480), mload(0x11a0), p)), p)), p)), p)), p)), p)))
            mstore(0x11e0, add(calldataload(0x6e4), mulmod(mload(0x480), add(calldataload(0x704), mulmod(mload(0x480), add(calldataload(0x724), mulmod(mload(0x480), add(calldataload(0x744), mulmod(mload(0x480), add(calldataload(0x764), mulmod(mload(0x480), add(calldataload(0x784), mulmod(mload(0x480), mload(0x11c0), p)), p)), p)), p)), p)), p)))
            mstore(0x1200, add(calldataload(0x624), mulmod(mload(0x480), add(calldataload(0x644), mulmod(mload(0x480), add(calldataload(0x664), mulmod(mload(0x480), add(calldataload(0x684), mulmod(mload(0x480), add(calldataload(0x6a4), mulmod(mload(0x480), add(calldataload(0x6c4), mulmod(mload(0x480), mload(0x11e0), p)), p)), p)), p)), p)), p)))
            mstore(0x1220, add(calldataload(0x564), mulmod(mload(0x480), add(calldataload(0x584), mulmod(mload(0x480), add(calldataload(0x5a4), mulmod(mload(0x480), add(calldataload(0x5c4), mulmod(mload(0x480), add(calldataload(0x5e4), mulmod(mload(0x480), add(calldataload(0x604), mulmod(mload(0x480), mload(0x1200), p)), p)), p)), p)), p)), p)))
            mstore(0x180, sub(0xc19139cb84c680a6e14116da06056174a0cfa121e6e5c2450f87d64fc0000004, add(mulmod(mload(0x1140), mload(0x1220), p), add(mulmod(mload(0x1120), mulmod(mload(0x1060), mulmod(0x24e4bb4ac40fa63028ca36db4af358a962988ed15444998f15a33ca0312c484a, t80, p), p), p), add(mulmod(mload(0x10c0), mulmod(mload(0x1080), mulmod(0xb7f93281d21f9f98f860edb368dffb3c59b59772574d7022e3eb8f3bed3b7b7, t80, p), p), p), mulmod(mload(0x1020), add(mulmod(calldataload(0xa04), mulmod(mload(0x10a0), mulmod(0x29dd5c910c9c0c5f548acb36e7f38dbb4d61ff2cb3a8e9de2d5534bfa7daa64f, t1478, p), p), p), add(mulmod(calldataload(0x9c4), mulmod(mload(0x1100), mulmod(0x4c33460b58ac6ca798b3f5d43dbadb7d552f2f265bd42d1cb8e798f1483ea63, t1478, p), p), p), mulmod(calldataload(0x9e4), mulmod(mulmod(mload(0x1060), mload(0x1040), p), mulmod(0x1c3bd811f0accffea3a3b2255b21cea057ef629605343e14afe474533a16f4f, t1478, p), p), p))), p))))))
            }
            ok := and(staticcall(300, 6, 0x100, 0x80, 0x100, 0x40), and(staticcall(12000, 7, 0x140, 0x60, 0x140, 0x40), ok))
            calldatacopy(0x140, 0xa64, 0x40)
            mstore(0x180, sub(p, mload(0x10a0)))
            if iszero(and(staticcall(300, 6, 0x100, 0x80, 0x100, 0x40), staticcall(12000, 7, 0x140, 0x60, 0x140, 0x40))) { refuse() }
            calldatacopy(0x140, 0xaa4, 0x40)
            mstore(0x180, mload(0x4c0))
            if iszero(and(staticcall(300, 6, 0x100, 0x80, 0xc0, 0x40), staticcall(12000, 7, 0x140, 0x60, 0x140, 0x40))) { refuse() }
            calldatacopy(0x0, 0xaa4, 0x40)
            mstore(0x40, 0x0af7f458adef5109f59db0bebbd777d55626bc5e3a45e419285366ced4815d66)
            mstore(0x60, 0x0ba50213f02bd75d51ca0825d08f1c2067e7f807cc61a0b6bfe83641053e7f5a)
            mstore(0x80, 0x222960e874b4fd5f13c8cfa3d3a677c13d86e76aa7e56caca228fcf6c7731a21)
            mstore(0xa0, 0x2e483941dd75634bec70b535cad37b25f9aa14e2977c9f36e22b3c21f634eb78)
            mstore(0x100, 0x198e9393920d483a7260bfb731fb5d25f1aa493335a9e71297e485b7aef312c2)
            mstore(0x120, 0x1800deef121f1e76426a00665e5c4479674322d4f75edadd46debd5cd992f6ed)
            mstore(0x140, 0x275dc4a288d1afb3cbb1ac09187524c7db36395df7be3b99e673b13a075a65ec)
            mstore(0x160, 0x1d9befcd05a5323e6da4d435f3b617cdb3af83285c2df711ef39c01571827f9d)
            mstore(0x200, 0)
            ok := and(staticcall(226000, 8, 0x00, 0x180, 0x200, 0x20), ok)
            ok := and(eq(returndatasize(), 0x20), ok)

            if iszero(ok) {
                probe()
                unavailable(8)
            }
            // Whatever is divided by has an inverse, or the proof is rejected, as if the equation were false.
            if iszero(eq(mulmod(mload(0x220), mload(0x1e0), p), 1)) {
                if mload(0x220) { unavailable(5) }
                mstore(0x200, 0)
            }
            // ProofRejected()
            if iszero(eq(mload(0x200), 1)) { fail(0xc3b0d8cd) }
            return(0x00, 0x00)
        }
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

    /// Says what is wrong with a call that is not plain.
    function _explain(bytes calldata proof, uint256[] calldata inputs) private pure {
        if (inputs.length != INPUTS) revert InputCount(inputs.length);
        for (uint256 j = 0; j < INPUTS; ++j) {
            if (inputs[j] >= R) revert InputNotCanonical(j);
        }
        if (proof.length != PROOF_BYTES) revert ProofLength(proof.length);
        uint256 proofStart;
        uint256 inputsStart;
        assembly ("memory-safe") {
            proofStart := proof.offset
            inputsStart := inputs.offset
        }
        bool canonical = proofStart == FIRST && inputsStart == FIRST + PROOF_BYTES + 32
            && msg.data.length == inputsStart + 32 * INPUTS;
        if (!canonical) revert CalldataLength(msg.data.length);
        for (uint256 offset = 0; offset < PROOF_BYTES;) {
            bool scalar = offset >= SCALARS_START && offset < SCALARS_END;
            uint256 first = uint256(bytes32(proof[offset:offset + 32]));
            if (scalar) {
                if (first >= R) revert ScalarNotCanonical(offset);
                offset += 32;
            } else {
                if (first == 0 && bytes32(proof[offset + 32:offset + 64]) == 0) revert PointAtInfinity(offset);
                offset += 64;
            }
        }
        // What is left is a point with y = 0, which the curve does not have.
        revert ProofMalformed();
    }
}
// slither-disable-end cyclomatic-complexity,naming-convention
