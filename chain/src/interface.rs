//! The interface of generated verifiers, from its Solidity source.
#![allow(missing_docs, reason = "generated")]

alloy::sol!("../contracts/src/IPopwVerifier.sol");
