// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.24;

import {IPopwVerifier} from "../IPopwVerifier.sol";

// Straight-line code with checks; names of Yul functions' parameters and of an immutable.
// slither-disable-start cyclomatic-complexity,naming-convention

/// Verifies halo2 proofs (KZG over BN254 with SHPLONK, Keccak transcript) for one key.
///
/// Key digest  c9c50e4b42a48e9de48f30edc00e32cd5c7cd1d92272d9f9e78906481b34d94e (BLAKE3 of the .vk file)
/// Claim       uptime v1
/// Shape       standard
/// Setup       DEVELOPMENT KEY MADE FROM A PUBLIC SEED: ANYONE CAN FORGE PROOFS FOR IT
/// Written by  popw-solidity 0.1.0, `popw export solidity`; do not edit
///
/// Calldata have one canonical form, so every part of a proof is at a fixed place of them and is read there. Points are
/// operands of precompiles as they stand in the proof; precompiles refuse what is not on the curve. The steps are:
/// challenges; one inversion for everything that is divided by; what the quotient must be at x; the folded evaluations;
/// the folded commitments; one pairing equation.
contract PopwUptimeStandardHalo2 is IPopwVerifier {
    bytes32 private constant KEY_DIGEST = 0xc9c50e4b42a48e9de48f30edc00e32cd5c7cd1d92272d9f9e78906481b34d94e;

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
            mstore(0x4e0, 0x146b188ac6ba2daa47ec799e34e0c4d598e1168be2fcbcdf1e54914e4b55c88e)
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
            mstore(0x240, f)
            mstore(0x1020, add(0x282f48e7e5f24b1e2c6191feebb4807994f9d7adba3659699498e989615a6568, mulmod(mload(0x460), add(0x1a9b8f912675733bf67c743b139522e133236338ab12a734845d1c845ae2277b, mulmod(mload(0x460), add(0x1454dcb40e3dc84d2d22219c6091db8b3f74a2cbe4a5ea44fc297881bdcbb07e, mulmod(mload(0x460), add(0x2e8d793faa8a3f7277c124e3edbbb7183c16135a583f070af7971b3288d8ddbf, mulmod(mload(0x460), add(0x2c23123d3d313ec1ee7c70e2e440b798ba338dc38d8b881e2c62dee27118e192, mload(0x460)), p)), p)), p)), p)))
            mstore(0x1040, add(mload(0x4c0), mulmod(0x42fd86608773ea8df256bdc07f1a9a62c3b890915e590c6ef2e3dfb0b0a0c83, mload(0x460), p)))
            mstore(0x1060, add(mload(0x4c0), sub(p, mload(0x460))))
            mstore(0x1080, add(mload(0x4c0), mulmod(0xd2ca1a141f0e0fe8dae3331e2e74c55520d0e7e465bfcf0b2c819ad0554c355, mload(0x460), p)))
            mstore(0x10a0, mulmod(mload(0x1060), mload(0x1080), p))
            mstore(0x10c0, mulmod(mload(0x1040), mload(0x10a0), p))
            mstore(0x10e0, add(0x30644e72e131a029b85045b68181585d2833e84879b9709143e1f593f0000000, mload(0x240)))
            mstore(0x1100, mulmod(mload(0x460), mload(0x10e0), p))
            mstore(0x1120, mulmod(mload(0x10c0), mload(0x1100), p))
            mstore(0x1140, mulmod(mload(0x1020), mload(0x1120), p))
            mstore(0x1160, mulmod(mload(0x1140), add(0x30644e72e131a029b85045b68181585d2833e84879b9709143e1f593f0000000, mload(0x460)), p))
            mstore(0x1180, mulmod(mload(0x1160), add(0xd2ca1a141f0e0fe8dae3331e2e74c55520d0e7e465bfcf0b2c819ad0554c355, mload(0x460)), p))
            mstore(0x11a0, mulmod(mload(0x1180), add(0x1f807bdd1fd8003482ae8a6c8f43d6b32476d976213776a431307be488098520, mload(0x460)), p))
            mstore(0x220, mulmod(mload(0x11a0), add(0x42fd86608773ea8df256bdc07f1a9a62c3b890915e590c6ef2e3dfb0b0a0c83, mload(0x460)), p))
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
            mstore(0x11e0, mulmod(mload(0x1e0), add(0x42fd86608773ea8df256bdc07f1a9a62c3b890915e590c6ef2e3dfb0b0a0c83, mload(0x460)), p))
            mstore(0x1200, mulmod(mload(0x11e0), add(0x1f807bdd1fd8003482ae8a6c8f43d6b32476d976213776a431307be488098520, mload(0x460)), p))
            mstore(0x1220, mulmod(mload(0x1200), add(0xd2ca1a141f0e0fe8dae3331e2e74c55520d0e7e465bfcf0b2c819ad0554c355, mload(0x460)), p))
            mstore(0x1240, mulmod(mload(0x1140), mload(0x1220), p))
            mstore(0x1140, mulmod(0x30638ce1a7661b6337a964756aa75257c6bf4778d89789ab819ce60c19b04001, mload(0x10e0), p))
            mstore(0x1280, mulmod(mload(0x1240), mload(0x1140), p))
            mstore(0x12a0, mulmod(0x2c34760cd8ba6180d92ad9da798faeb6fbf85f3f63d3dfca54b3b798e4f5f37e, mulmod(mload(0x11a0), mload(0x1e0), p), p))
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
            let t917 := add(mload(0x420), mulmod(mload(0x1140), add(mulmod(mload(0x1240), calldataload(0xb04), p), add(mulmod(calldataload(0xb44), mulmod(0x10e3d295c1599ff535a1bb49f23d81aa03bd0ed25881f9ed12b179af67f67ae1, mulmod(mload(0x1180), mload(0x11e0), p), p), p), mulmod(calldataload(0xb24), mulmod(0x2337acd19f40bf2b2aa212849e9a0c07d626d9ca335d73a09119dbe6eaab3cac, mulmod(mload(0x1160), mload(0x1200), p), p), p))), p))
            mstore(0x13c0, add(sub(p, mulmod(add(t917, mulmod(0x9226b6e22c6f0ca64ec26aad4c86e715b5f898e5e963f25870e56bbe533e9a2, mload(0x1320), p)), mulmod(add(t909, mload(0x1320)), mulmod(calldataload(0xa24), add(mload(0x11c0), mload(0x1300)), p), p), p)), add(mulmod(add(t917, mulmod(mload(0x400), calldataload(0x9a4), p)), mulmod(add(t909, mulmod(mload(0x400), calldataload(0x984), p)), mulmod(calldataload(0xa44), add(mload(0x11c0), mulmod(mload(0x400), calldataload(0x964), p)), p), p), p), mulmod(y, add(sub(p, mulmod(add(mload(0x13a0), mload(0x12e0)), mulmod(add(mload(0x1380), mload(0x12c0)), mulmod(add(mload(0x1360), mload(0x1280)), mulmod(calldataload(0x9c4), add(mload(0x1340), mload(0x1220)), p), p), p), p)), mulmod(add(mload(0x13a0), mulmod(mload(0x400), calldataload(0x944), p)), mulmod(add(mload(0x1380), mulmod(mload(0x400), calldataload(0x924), p)), mulmod(add(mload(0x1360), mulmod(mload(0x400), calldataload(0x904), p)), mulmod(calldataload(0x9e4), add(mload(0x1340), mulmod(mload(0x400), calldataload(0x8e4), p)), p), p), p), p)), p))))
            mstore(0x13e0, add(0x1, sub(p, mulmod(mload(0x1140), add(mload(0x12a0), mulmod(mulmod(mload(0x1120), mload(0x11a0), p), add(0x29091bb6e83ca939bba98295ed003771e0225305bd8f73c66c6d3c34c93c04fd, mulmod(mload(0x460), add(0x26bead1409bf138d4eff0037362f7d92ac0e2bf6c0e1b4e1ba316eaa64776217, mulmod(mload(0x460), add(0x23ca06c997a9e76be93a2697e14d1e189209e82d45812253934781a2a69cee88, mulmod(mload(0x460), add(0x3adaa666d4ec16e811e41a5278b4289d83ba9dc42f4d30c9895b4c2ce4e4484, mulmod(0x4413c35a4006167c9d3d4d39d40a0c46e005a84ec2de873177f16b17ee71e6f, mload(0x460), p)), p)), p)), p)), p)), p))))
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
            mstore(0xa0, 0x2a46d0c4b68f67c3923083f3e87e9c7ae4e95c5a69420a59448163b06682f38b)
            mstore(0xc0, 0x139ddc28f977b7e7b3ee162f69daaf820ea887def2a32fca96b5cff100220953)
            mstore(0x2a0, 0x0b5ad23d980a2f357956cf4d97d311c3aff1246d92c16378a2cf1474b370876f)
            mstore(0x2c0, 0x1370ea2efe070fbd05f7c0bd4151c5c18f7d7af394534fd5e6be427ebe02bef0)
            mstore(0x320, 0x2f7a05533f4a6b352c56d7faf2e7349d656df4e806276cf66692fb71feaa6c0f)
            mstore(0x340, 0x2b9cd5bf68f2f7549098576cd8e13c655516cceb698e802099edb0ef6f19e711)
            mstore(0x3a0, 0x0c4b0a0d4b685efe678c7dad1d09d16c9a3f0c6ee2212312b2e61df52c65e6a7)
            mstore(0x3c0, 0x2eb87251a217f12dd09413cdaf68b60e9150fe50d51223d55be5db9d94ff3cc6)
            ok := and(staticcall(300, 6, 0x360, 0x80, 0x0, 0x40), and(staticcall(12000, 7, 0x0, 0x60, 0x360, 0x40), and(staticcall(300, 6, 0x2e0, 0x80, 0x0, 0x40), and(staticcall(12000, 7, 0x0, 0x60, 0x2e0, 0x40), and(staticcall(300, 6, 0x260, 0x80, 0x0, 0x40), and(staticcall(12000, 7, 0x0, 0x60, 0x260, 0x40), and(staticcall(300, 6, 0x60, 0x80, 0x0, 0x40), and(staticcall(12000, 7, 0x0, 0x60, 0x60, 0x40), ok))))))))
            mstore(0xa0, 0x03144c306fb078163423ee7885c73fbe084f9482c21600b911eac1fdbd946504)
            mstore(0xc0, 0x14267476f8dd0f30eb049562a10b8066df9313979fba08bafb5c29a3093ff348)
            mstore(0x2a0, 0x031ba31c839b13a6c8ad3d9ae6c9f6e405698e7286d6447cb319ac3394673e09)
            mstore(0x2c0, 0x2caf01122da1fa8daee832a410c0c6c08f0244a7964773290db3ced9dc3a9d33)
            mstore(0x320, 0x06498cab7f6380b7ed670f9edb06aa5e2f62a251d4325aebcf5d8c9beec43ca9)
            mstore(0x340, 0x24b421c978f6361149ccdbc302b55b469dbee9354d52f364f7ebd4d2e113786a)
            mstore(0x3a0, 0x236ca8e0381bb1dc6bae5cd7ee1c49ddb7d2ed63d8aedd3ba09ab8d55a32a60e)
            mstore(0x3c0, 0x297c9ef3071e0c5857851e018747cc11763ce559aa973e80d77c937f65349498)
            ok := and(staticcall(300, 6, 0x360, 0x80, 0x0, 0x40), and(staticcall(12000, 7, 0x0, 0x60, 0x360, 0x40), and(staticcall(300, 6, 0x2e0, 0x80, 0x0, 0x40), and(staticcall(12000, 7, 0x0, 0x60, 0x2e0, 0x40), and(staticcall(300, 6, 0x260, 0x80, 0x0, 0x40), and(staticcall(12000, 7, 0x0, 0x60, 0x260, 0x40), and(staticcall(300, 6, 0x60, 0x80, 0x0, 0x40), and(staticcall(12000, 7, 0x0, 0x60, 0x60, 0x40), ok))))))))
            mstore(0xa0, 0x1c7657b6648d48bad07393c44bf007dfac83a7caf6c6df8439a3f72b79297b06)
            mstore(0xc0, 0x255920ddb0daebff891365a65825d941829a66f332903ee1eb3380cc6e98314b)
            mstore(0x2a0, 0x2a3b091e5411124947f76931bc1d9ac85a70e1b8f9b25ab146d0df104282797d)
            mstore(0x2c0, 0x1e6208d51bbb0c7246da313ef16edb6b67ab84519f5239b85f3f5f8927d3c6f2)
            mstore(0x320, 0x2366b7427966a2ff699df5d718c2a734d23e20a83fd6761a8e365651115d412b)
            mstore(0x340, 0x2762e6113d5adba292cd3c6bc1e5bdd76c4dd6dd0c882a124bffb1273bca9465)
            mstore(0x3a0, 0x239d2a05d8cdd8afdcffb63e27295b1cd25339bbfaf038337d44212aa3d006a8)
            mstore(0x3c0, 0x2f0b64af701fad539a3d0411217167a35b44d1a1d329381c7c1dab26a99a6ba1)
            ok := and(staticcall(300, 6, 0x360, 0x80, 0x0, 0x40), and(staticcall(12000, 7, 0x0, 0x60, 0x360, 0x40), and(staticcall(300, 6, 0x2e0, 0x80, 0x0, 0x40), and(staticcall(12000, 7, 0x0, 0x60, 0x2e0, 0x40), and(staticcall(300, 6, 0x260, 0x80, 0x0, 0x40), and(staticcall(12000, 7, 0x0, 0x60, 0x260, 0x40), and(staticcall(300, 6, 0x60, 0x80, 0x0, 0x40), and(staticcall(12000, 7, 0x0, 0x60, 0x60, 0x40), ok))))))))
            mstore(0xa0, 0x174e6faf28610dfa5c428c83313efdac9033f83111ba905b47a73d61600a7654)
            mstore(0xc0, 0x20a4b1d9aa45b56a23fff42b02de8a0c97e0828156fdebca077d056197ab5d2b)
            mstore(0x2a0, 0x25df8fa03878f49af68464abd2f5d4a8db91966716737b454b2637d48f42429c)
            mstore(0x2c0, 0x030b36ec85934aaeb3ce140417fa92014cea6f40a648948232d3b4923fb53669)
            mstore(0x320, 0x25211528f98c5e38673d217253d39e70a0a4b1931e4663efa32a479fa0854b2a)
            mstore(0x340, 0x1699700d114ca8ca9c911c581c2eaf7cba5613f583bae5aac04fe24c07193b5b)
            mstore(0x3a0, 0x0ea4e3c32d85c6457e687ff737ef32e2c15920ff8bd3f4c4aa46158447397edf)
            mstore(0x3c0, 0x251ac872681f2ffe6528e5d2e1dea95f701020805ab259132b87ddd1ba7dceff)
            ok := and(staticcall(300, 6, 0x360, 0x80, 0x0, 0x40), and(staticcall(12000, 7, 0x0, 0x60, 0x360, 0x40), and(staticcall(300, 6, 0x2e0, 0x80, 0x0, 0x40), and(staticcall(12000, 7, 0x0, 0x60, 0x2e0, 0x40), and(staticcall(300, 6, 0x260, 0x80, 0x0, 0x40), and(staticcall(12000, 7, 0x0, 0x60, 0x260, 0x40), and(staticcall(300, 6, 0x60, 0x80, 0x0, 0x40), and(staticcall(12000, 7, 0x0, 0x60, 0x60, 0x40), ok))))))))
            mstore(0xa0, 0x2cba7aa6abf4031cca31535714bf06e9caf778690eec3bbe8aa8559ec7e10365)
            mstore(0xc0, 0x06cc47e458b969e964170dafffa9ee1e39c1f57666e0e4ae5a3625fb44c201ab)
            mstore(0x2a0, 0x0ad8a4a7087fa42719684557a907aca4efb675df87734fac98db0b60ea33664b)
            mstore(0x2c0, 0x2241e2a6f2968980277da055842471dc797a29c93fa492ffaa8fe35a35173ee2)
            mstore(0x320, 0x1907a1342c9f6334b6fc76530ba9fe66a9cc77eb8f942b3f8e00f7a82303f75d)
            mstore(0x340, 0x107f796a34005cf8b1ae05a5379638e688ab4f608a283aa0b1ee297cb8cb57a0)
            mstore(0x3a0, 0x0fd8c8b22d6cec8ccefcbcadd9c1045eee606a915e0ccf772704f167e97f66ce)
            mstore(0x3c0, 0x0e74a04687f39b95b654838bc41ec125808f6a598aab1da12930564c75b741c8)
            ok := and(staticcall(300, 6, 0x360, 0x80, 0x0, 0x40), and(staticcall(12000, 7, 0x0, 0x60, 0x360, 0x40), and(staticcall(300, 6, 0x2e0, 0x80, 0x0, 0x40), and(staticcall(12000, 7, 0x0, 0x60, 0x2e0, 0x40), and(staticcall(300, 6, 0x260, 0x80, 0x0, 0x40), and(staticcall(12000, 7, 0x0, 0x60, 0x260, 0x40), and(staticcall(300, 6, 0x60, 0x80, 0x0, 0x40), and(staticcall(12000, 7, 0x0, 0x60, 0x60, 0x40), ok))))))))
            mstore(0xa0, 0x1cabd90e39f7ed10719672d8273ff023f286a067ce95354a0fb21485895b45a9)
            mstore(0xc0, 0x273fb446561129f70a3dd2bb01073afad9419ed8246e85333143a09eff25c251)
            mstore(0x2a0, 0x128352558cb81465c39daab9aa248006f8367e68008f12d86baf8c1109f3d63a)
            mstore(0x2c0, 0x1e07f75b705a1eb5fc63f4912fdd10ef58d32493ca91640c6697f4a34a79355c)
            mstore(0x320, 0x1b7204c032976eae80639bc38e81c3fbe49d5723bb69d83069d61d94e2b5ecbe)
            mstore(0x340, 0x0cc77f3c28bb923d3e56073a2e7edcf3a4c98f627e9229fc0a4f8f19f4d25ba0)
            mstore(0x3a0, 0x0958242789a7e8cb552a45e38564082fb0c307be4dbf22d6028b3da64ede116a)
            mstore(0x3c0, 0x23267a3d4911681e42e95f10bfbf8ad8cddf5d2f528eed4bd30ea636b49c3a11)
            ok := and(staticcall(300, 6, 0x360, 0x80, 0x0, 0x40), and(staticcall(12000, 7, 0x0, 0x60, 0x360, 0x40), and(staticcall(300, 6, 0x2e0, 0x80, 0x0, 0x40), and(staticcall(12000, 7, 0x0, 0x60, 0x2e0, 0x40), and(staticcall(300, 6, 0x260, 0x80, 0x0, 0x40), and(staticcall(12000, 7, 0x0, 0x60, 0x260, 0x40), and(staticcall(300, 6, 0x60, 0x80, 0x0, 0x40), and(staticcall(12000, 7, 0x0, 0x60, 0x60, 0x40), ok))))))))
            mstore(0xa0, 0x0e684965170fb1790f74b854ed5a59c4ac4867fc0633799b1c55d7cb6608f7fc)
            mstore(0xc0, 0x0425923ece209d0f32faccd6d18a864b2a9e1b9e6c612520038750bca93bd983)
            mstore(0x2a0, 0x15eac5b3cc2a6c21b74c16092391e2d517ae5bed61a6a0bdcd465778cd1de788)
            mstore(0x2c0, 0x0c39957df6f48b53dbac78bcdd6f985b69a677b45377a99b43db718123c2bc25)
            mstore(0x320, 0x27653a5d722aeb45fbecd984f954f7b0ac9e5b273093ca42f22cfdb4ab74a80c)
            mstore(0x340, 0x19575fce70d79822df2be6168012d8f6f3006c630bd91c5fd39fbe22af866a96)
            mstore(0x3a0, 0x18919cae0cc2fffca9cd7983aabbfad0a64fad6b0a614ad76cee253fc024dd46)
            mstore(0x3c0, 0x05de19fd5a635eea2de72d734a2ee4c6786e683e740b0a4f27b90bb2af6e22a0)
            ok := and(staticcall(300, 6, 0x360, 0x80, 0x0, 0x40), and(staticcall(12000, 7, 0x0, 0x60, 0x360, 0x40), and(staticcall(300, 6, 0x2e0, 0x80, 0x0, 0x40), and(staticcall(12000, 7, 0x0, 0x60, 0x2e0, 0x40), and(staticcall(300, 6, 0x260, 0x80, 0x0, 0x40), and(staticcall(12000, 7, 0x0, 0x60, 0x260, 0x40), and(staticcall(300, 6, 0x60, 0x80, 0x0, 0x40), and(staticcall(12000, 7, 0x0, 0x60, 0x60, 0x40), ok))))))))
            mstore(0xa0, 0x0bf9183bc55c8e34228fe41f4a74c35fb4b94944cb0d7d883987413375f73617)
            mstore(0xc0, 0x2faa8cf4104d7665702baf5bd69814bd68d94ca0437fb2e0fc7c2d88b3e5fe35)
            mstore(0x2a0, 0x1fec45e3d64eaffb2272720e6bb0b9475cb4b8269a919a6e4d9f68a9b185ba0e)
            mstore(0x2c0, 0x039a4757f8d03a154445f8a3544d1969bdd1d6363c4eb258f72ce76f95710412)
            mstore(0x320, 0x0de8b54245361f2f87e400fd9e38eccffbebcae90c36f1f883d72155ac009962)
            mstore(0x340, 0x29aef9f1c81c6481d2d055801f453e8edd89423d5d2c3914737c112d29b3cd8e)
            mstore(0x3a0, 0x1c01a2bac6cf46fb0b44e6fce8bb3fe8da030b3a56b13f050e69e60e35aa9258)
            mstore(0x3c0, 0x1cdc64f4bc0b169213f79a68b559d085ac97b81d36c3e3d9a5e3f3bc91459889)
            ok := and(staticcall(300, 6, 0x360, 0x80, 0x0, 0x40), and(staticcall(12000, 7, 0x0, 0x60, 0x360, 0x40), and(staticcall(300, 6, 0x2e0, 0x80, 0x0, 0x40), and(staticcall(12000, 7, 0x0, 0x60, 0x2e0, 0x40), and(staticcall(300, 6, 0x260, 0x80, 0x0, 0x40), and(staticcall(12000, 7, 0x0, 0x60, 0x260, 0x40), and(staticcall(300, 6, 0x60, 0x80, 0x0, 0x40), and(staticcall(12000, 7, 0x0, 0x60, 0x60, 0x40), ok))))))))
            mstore(0xa0, 0x135b59ad76d54ea06525a7ff7fdae3d839a72b8b8055ad43b36e5e9c95a8ba64)
            mstore(0xc0, 0x12fb4356891b58e6ceff0ab33b845e2f2a252a65db3596a2b00b95195fb01dfa)
            mstore(0x2a0, 0x22606024ebfae60791de5e0c490a26109eab594722354ebd6da0ad3a8a8d1e67)
            mstore(0x2c0, 0x2f63e8b34535ae46c6ffd9632789ec6b04abf25a3579c36442ae15543deec4b4)
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
            mstore(0x180, sub(0xc19139cb84c680a6e14116da06056174a0cfa121e6e5c2450f87d64fc0000004, add(mulmod(mload(0x1140), mload(0x1220), p), add(mulmod(mload(0x1120), mulmod(mload(0x1060), mulmod(0x2d1ca3fced05ea99b4675f72b0769e2a3cf7c29819f27f93bad5da00d5c23bec, t80, p), p), p), add(mulmod(mload(0x10c0), mulmod(mload(0x1080), mulmod(0x347aa75f42bb59003e8e643d10aba32eb3c25b05fc6f0fd890c1b931a3dc415, t80, p), p), p), mulmod(mload(0x1020), add(mulmod(calldataload(0xa04), mulmod(mload(0x10a0), mulmod(0x29ab8a9fb58bd580af8680170eccea0d5658380b0dca7b3a8be933d5fee2e789, t1478, p), p), p), add(mulmod(calldataload(0x9c4), mulmod(mload(0x1100), mulmod(0x32d20d88ba6ff5e995f9f209097d427099840bf62e482c1147fad0a14d1442c, t1478, p), p), p), mulmod(calldataload(0x9e4), mulmod(mulmod(mload(0x1060), mload(0x1040), p), mulmod(0x38ba2fa9ffecb4a6f6a267ee21c9a28c8436f7e090a7295a37914b3dc4bd44c, t1478, p), p), p))), p))))))
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
