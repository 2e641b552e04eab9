// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.24;

import {IPopwVerifier} from "../src/IPopwVerifier.sol";
import {Corpus} from "./Corpus.sol";

/// One accept set: what native code says of every halo2 proof of the corpus.
contract Halo2CorpusTest is Corpus {
    function test_uptime_standard() external {
        run("Uptime", "uptime", "Standard", "standard");
    }

    function test_possession_standard() external {
        run("Possession", "possession", "Standard", "standard");
    }

    function test_bandwidth_standard() external {
        run("Bandwidth", "bandwidth", "Standard", "standard");
    }

    function test_work_standard() external {
        run("Work", "work", "Standard", "standard");
    }

    /// The demo's keys, on machines that have made them.
    function test_demo() external {
        string[2][4] memory claims =
            [["Uptime", "uptime"], ["Possession", "possession"], ["Bandwidth", "bandwidth"], ["Work", "work"]];
        for (uint256 i = 0; i < claims.length; ++i) {
            if (vm.exists(path("demo", string.concat(claims[i][1], "-halo2")))) {
                run(claims[i][0], claims[i][1], "Demo", "demo");
            } else {
                print(string.concat("SKIPPED: no demo corpus for ", claims[i][1]));
            }
        }
    }

    function run(string memory name, string memory claim, string memory shapeName, string memory shape) private {
        address verifier = vm.deployCode(string.concat("Popw", name, shapeName, "Halo2.sol"));
        checkEqual(IPopwVerifier(verifier).claim(), claim, "claim");
        checkEqual(IPopwVerifier(verifier).shape(), shape, "shape");
        Entries memory all = entries(shape, string.concat(claim, "-halo2"));
        string[] memory codes = new string[](4);
        (codes[0], codes[1], codes[2], codes[3]) = ("valid", "malformed", "wrong-input-count", "rejected");
        checkEntries(verifier, all, codes);
        print(string.concat(claim, " ", shape, ": ", vm.toString(all.names.length), " proofs"));
    }
}
