#!/usr/bin/env bash
# Verifier contracts on a chain of this machine, through `popw chain` as a user types it: an unmodified anvil (its limits
# are Ethereum's), every generated standard verifier, every proof of the corpus that a document can carry, and whatever
# can go wrong on the way. Installs what it needs and says what.
# usage: chain.sh
set -uo pipefail
export LC_ALL=C
cd "$(dirname "$0")/.."
root=$PWD
. scripts/target.sh
popw=$CARGO_TARGET_DIR/debug/popw
unset POPW_RPC POPW_PASSPHRASE_FILE
say() { printf '  chain: %s\n' "$*"; }
fail() { printf '  chain: %s\n' "$*" >&2; exit 1; }

scripts/contracts.sh --setup || exit 1
[ -n "${POPW_BUILT:-}" ] && [ -x "$popw" ] || cargo build --quiet -p popw-cli --bin popw --features as-tested || exit 1
(cd contracts && ./tools/forge build --quiet src) || fail "the contracts do not compile"

work=$root/target/chain
rm -rf "$work"
mkdir -p "$work/keys" "$work/documents"
anvil=''
stop() { [ -z "$anvil" ] || { kill "$anvil" && wait "$anvil"; } 2>/dev/null; anvil=''; }
trap stop EXIT
trap 'exit 130' INT TERM

passed=0 failed=0
group() { printf '\n%s\n' "$*"; }
# check NAME CODE PATTERN popw-arguments...   (setsid: no terminal, whoever runs this)
check() {
    local name=$1 code=$2 pattern=$3 got=0
    shift 3
    out=$(setsid -w "$popw" "$@" 2>&1 </dev/null) || got=$?
    if [ "$got" = "$code" ] && tr '\n' ' ' <<<"$out" | grep -qE -- "$pattern"; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        printf '  FAILED  %s: popw %s\n    exit code %s, wanted %s; wanted in the output: %s\n' "$name" "$*" "$got" "$code" "$pattern"
        head -n 12 <<<"$out" | sed 's/^/    | /'
    fi
}
helper() { node "$root/scripts/chain/helper.mjs" "$@" || fail "helper $1 has failed"; }

contracts/tools/anvil --port 0 >"$work/anvil.log" 2>&1 &
anvil=$!
for _ in $(seq 300); do
    address=$(sed -n 's/^Listening on //p' "$work/anvil.log")
    [ -n "$address" ] && break
    kill -0 "$anvil" 2>/dev/null || { cat "$work/anvil.log"; fail "anvil has ended"; }
    sleep 0.2
done
[ -n "$address" ] || fail "anvil does not listen"
rpc=(--rpc "http://$address")
corpus=$root/corpus/standard epoch=$root/corpus/standard/epoch.json
# Anvil's first account, whose key is in its manual.
account=0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266
printf '0xac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80\n' >"$work/account.key"
printf '0x0000000000000000000000000000000000000000000000000000000000000001\n' >"$work/poor.key"
printf 'no key\n' >"$work/text.key"
printf 'correct horse\n' >"$work/pass" && printf 'wrong horse\n' >"$work/wrong"
chmod 600 "$work"/*.key "$work/pass" "$work/wrong"

# Every key of the corpus whose contract is generated.
names=()
for vk in "$corpus"/*.vk; do
    name=$(basename "$vk" .vk) contract=$(helper contract "$(basename "$vk" .vk)")
    if [ -f "contracts/out/$contract.sol/$contract.json" ]; then
        names+=("$name") && cp "$vk" "$work/keys/"
    else
        say "SKIPPED $name: contracts/src/generated has no $contract"
    fi
done
[ "${#names[@]}" -ge 4 ] || fail "there are contracts of ${#names[@]} keys only"

group "deploy ${#names[@]} verifiers"
check "deploy: all" 0 "Deployed on chain 31337 by $account:.*PopwUptimeStandardGroth16  0x.*gas" chain deploy "${rpc[@]}" --keys "$work/keys" --unlocked "$account"
check "deploy: all, JSON" 0 '"contracts"' --json chain deploy "${rpc[@]}" --keys "$work/keys" --private-key-file "$work/account.key"
setsid -w "$popw" --json chain deploy "${rpc[@]}" --keys "$work/keys" --unlocked "$account" 2>/dev/null >"$work/deployed.json" </dev/null || fail "deploy has failed"
at() { helper address "$work/deployed.json" "$(helper contract "$1")"; }
uptime=$(at uptime-groth16) work_contract=$(at work-groth16)
one=(chain deploy "${rpc[@]}" --key "$corpus/uptime-groth16.vk")
artifact=contracts/out/PopwUptimeStandardGroth16.sol/PopwUptimeStandardGroth16.json
check "deploy: an artifact" 0 'PopwUptimeStandardGroth16  0x' "${one[@]}" --artifact "$artifact" --unlocked "$account" --chain-id 31337
check "deploy: says that the key is for development" 0 'warning: PopwUptimeStandardGroth16: a development key' "${one[@]}" --unlocked "$account"
check "deploy: keystore" 0 'Deployed' "${one[@]}" --keystore "$(helper keystore "$work" "$work/account.key")" --passphrase-file "$work/pass"
check "deploy: keystore, wrong passphrase" 1 'does not open.*remedy: check the passphrase' "${one[@]}" --keystore "$work/deployer" --passphrase-file "$work/wrong"
check "deploy: keystore, no terminal" 1 'no terminal.*--passphrase-file' "${one[@]}" --keystore "$work/deployer"
check "deploy: no keystore" 1 'account.key does not open' "${one[@]}" --keystore "$work/account.key" --passphrase-file "$work/pass"
check "deploy: no key in the file" 1 'text.key does not contain a private key' "${one[@]}" --private-key-file "$work/text.key"
check "deploy: missing key file" 1 'absent.key' "${one[@]}" --private-key-file absent.key
check "deploy: no funds" 1 'refused.*[Ii]nsufficient funds' "${one[@]}" --private-key-file "$work/poor.key"
check "deploy: an account the node does not sign for" 1 'refused.*[Nn]o [Ss]igner' "${one[@]}" --unlocked 0x00000000000000000000000000000000000000d1
check "deploy: nobody pays" 2 'private-key-file' "${one[@]}"
check "deploy: two pay" 2 'cannot be used with' "${one[@]}" --unlocked "$account" --private-key-file "$work/account.key"
check "deploy: no key" 2 '--key' chain deploy "${rpc[@]}" --unlocked "$account"
check "deploy: another key's artifact" 1 'generated from a key other than' chain deploy "${rpc[@]}" --key "$corpus/work-groth16.vk" --artifact "$artifact" --unlocked "$account"
check "deploy: no artifact" 1 'absent/.*json cannot be read.*remedy: generate and compile' "${one[@]}" --artifacts absent --unlocked "$account"
check "deploy: an interface" 1 'no code: an interface' "${one[@]}" --artifact contracts/out/IPopwVerifier.sol/IPopwVerifier.json --unlocked "$account"
check "deploy: no artifact at all" 1 'is not a compiled contract' "${one[@]}" --artifact "$epoch" --unlocked "$account"
helper grow "$artifact" "$work/large.json"
check "deploy: too large for a chain" 1 '24577 bytes of code, and chains store at most 24576' "${one[@]}" --artifact "$work/large.json" --unlocked "$account"
check "deploy: wrong chain" 1 'is for chain 31337, not chain 1' "${one[@]}" --unlocked "$account" --chain-id 1
check "deploy: no keys in the folder" 1 'no .vk files' chain deploy "${rpc[@]}" --keys "$work/documents" --unlocked "$account"

group "verify"
for name in "${names[@]}"; do
    proof=$corpus/$name.proof.json ask=(chain verify "${rpc[@]}" --contract "$(at "$name")")
    check "$name" 4 'CONTEXT NOT CHECKED.*on chain 31337.*gas +[0-9]+ for a transaction' "${ask[@]}" "$proof"
    printf '  %-22s %s\n' "$name" "$(grep -o 'gas .*' <<<"$out")"
    check "$name: its epoch" 3 'VALID FOR THIS EPOCH, by the contract' "${ask[@]}" "$proof" --epoch "$epoch"
    check "$name: natively, too" 3 'by the contract.*; natively, too' "${ask[@]}" "$proof" --epoch "$epoch" --keys "$corpus"
    helper next-epoch "$proof" "$work/next.json"
    check "$name: another epoch's opening" 6 'context-opening' "${ask[@]}" "$work/next.json"
    # Everything that the corpus does to a proof, all in one run: each has the code that native code gives it.
    helper documents "$corpus" "$name" "$work/documents/$name"
    out=$(cd "$work/documents/$name" && "$popw" --json "${ask[@]}" --keys "$corpus" -- *.json 2>"$work/errors")
    got=$?
    if [ "$got" = 6 ] && helper compare "$work/documents/$name.codes" <<<"$out"; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1)) && printf '  FAILED  corpus of %s: exit code %s\n' "$name" "$got" && head -n 5 "$work/errors"
    fi
done
proof=$corpus/uptime-groth16.proof.json ask=(chain verify "${rpc[@]}" --contract "$uptime")
check "JSON" 4 '"chain_id": 31337.*"at_once": 1.*"verification_per_claim": [0-9]+.*"verdict": "valid-context-not-checked"' --json "${ask[@]}" "$proof"
check "never plainly valid" 4 '^[^ ]+: VALID BY THE CONTRACT, CONTEXT NOT CHECKED' "${ask[@]}" "$proof"
check "warns of development keys" 4 'WARNING +development key: its maker' "${ask[@]}" "$proof"
for count in 2 8; do
    # shellcheck disable=SC2046
    check "$count at once" 4 "$count proofs at once: [0-9]+ a claim" "${ask[@]}" $(yes "$proof" | head -n "$count")
    printf '  %-22s %s\n' "$count at once" "$(grep -o "$count proofs at once.*" <<<"$out")"
done
helper flip "$proof" "$work/false.json"
check "one of three is false" 6 'uptime-groth16.proof.json: VALID BY.*false.json: INVALID .(rejected|malformed)' "${ask[@]}" "$proof" "$work/false.json" "$proof"
check "one of two is for another contract" 6 'VALID BY.*work-groth16.proof.json: INVALID .wrong-key' "${ask[@]}" "$proof" "$corpus/work-groth16.proof.json"

group "circuits of other software"
# A claim's key and proof as snarkjs has them, and that key with as many public inputs as a contract can have.
circuit=$work/circuit
mkdir -p "$circuit/src"
printf '[profile.default]\nsolc = "%s"\noffline = true\n' "$root/contracts/tools/solc" >"$circuit/foundry.toml"
"$popw" export snarkjs "$proof" --keys "$corpus" --out "$circuit" >/dev/null 2>&1 || fail "export snarkjs has failed"
helper widen "$circuit/verification_key.json" 64 "$circuit/wide.json"
helper widen "$circuit/verification_key.json" 65 "$circuit/wider.json"
check "a circuit's contract" 0 'Circuit.sol: ' groth16 export --key "$circuit/verification_key.json" --solidity "$circuit/src/Circuit.sol"
check "with 64 public inputs" 0 'Wide.sol: ' groth16 export --key "$circuit/wide.json" --solidity "$circuit/src/Wide.sol"
check "with 65" 1 'takes 65 public inputs, and the EVM stores verifiers of up to 64' groth16 export --key "$circuit/wider.json" --solidity "$circuit/src/Wider.sol"
contracts/tools/forge build --quiet --root "$circuit" || fail "a circuit's contract does not compile"
# answers NAME SELECTOR CONTRACT PUBLIC [MORE]   the error with which a contract answers a proof, or nothing
answers() {
    out=$(helper call "http://$address" "$3" "$("$popw" groth16 calldata --proof "$circuit/proof.json" --public "$4")${5:-}")
    if [ "$out" = "$2" ]; then passed=$((passed + 1)); else failed=$((failed + 1)) && printf '  FAILED  %s: %s\n' "$1" "$out"; fi
}
helper next-input "$circuit/public.json" "$circuit/other.json"
deployed=$(helper create "http://$address" "$circuit/out/Circuit.sol/Circuit.json" "$account")
answers "a circuit's proof" '' "$deployed" "$circuit/public.json"
answers "another input: ProofRejected" c3b0d8cd "$deployed" "$circuit/other.json"
answers "a byte too many: CalldataLength" 8a06889f "$deployed" "$circuit/public.json" 00
deployed=$(helper create "http://$address" "$circuit/out/Wide.sol/Wide.json" "$account")
answers "too few of 64 inputs: InputCount" 8f44dbe0 "$deployed" "$circuit/public.json"

group "what keeps a chain from answering"
check "another claim's contract" 6 'INVALID .wrong-key.*the proof was made for key' chain verify "${rpc[@]}" --contract "$work_contract" "$proof"
check "the same, JSON" 6 '"code": "wrong-key"' --json chain verify "${rpc[@]}" --contract "$work_contract" "$proof"
check "another epoch" 6 'context-mismatch' "${ask[@]}" "$proof" --epoch "$(helper other-epoch "$epoch" "$work/other-epoch.json")"
check "an account" 1 'no contract at 0xf39Fd6.*on chain 31337' chain verify "${rpc[@]}" --contract "$account" "$proof"
helper set-code "http://$address" 0x00000000000000000000000000000000000000aa 0x00
check "another contract" 1 'not a popw verifier: its keyDigest' chain verify "${rpc[@]}" --contract 0x00000000000000000000000000000000000000aa "$proof"
helper set-code "http://$address" 0x00000000000000000000000000000000000000ab 0x60006000fd
check "a contract that refuses all" 1 'not a popw verifier: it has no keyDigest' chain verify "${rpc[@]}" --contract 0x00000000000000000000000000000000000000ab "$proof"
helper impostor "http://$address" "$work_contract" "$corpus" work-groth16 uptime-groth16 0x00000000000000000000000000000000000000ac
check "work's verifier with uptime's digest" 6 'INVALID .key-mismatch' chain verify "${rpc[@]}" --contract 0x00000000000000000000000000000000000000ac "$proof"
check "the same, with the key" 1 'says its key is for work standard, the key itself is for uptime standard' chain verify "${rpc[@]}" --contract 0x00000000000000000000000000000000000000ac "$proof" --keys "$corpus"
helper deny "http://$address" "$uptime" 0x00000000000000000000000000000000000000ad
check "uptime's verifier, another equation" 6 'INVALID .(rejected|malformed)' chain verify "${rpc[@]}" --contract 0x00000000000000000000000000000000000000ad "$proof"
check "the same, with the key" 1 "the contract's answer is (rejected|malformed), the native verifier's is valid" chain verify "${rpc[@]}" --contract 0x00000000000000000000000000000000000000ad "$proof" --keys "$corpus"
check "wrong chain" 1 'is for chain 31337, not chain 1.*remedy: correct --rpc or --chain-id' "${ask[@]}" "$proof" --chain-id 1
check "the right chain" 4 'chain 31337' "${ask[@]}" "$proof" --chain-id 31337
helper set-chain-id "http://$address" 5
check "a network of another chain" 4 'warning: .*its network.s contract, eip155:31337:.*not on chain 5,.*CONTEXT NOT CHECKED' "${ask[@]}" "$proof"
helper set-chain-id "http://$address" 31337
check "no proof" 1 'epoch.json' "${ask[@]}" "$epoch"
check "missing proof" 1 'absent.json' "${ask[@]}" absent.json
check "no epoch" 1 'proof.json' "${ask[@]}" "$proof" --epoch "$proof"
check "a key that is not the contract's" 1 "the key given is not the contract.s: its digest is .*remedy: give the contract.s own key" "${ask[@]}" "$proof" --key "$corpus/work-groth16.vk"
check "key not in the folder" 1 'no verifying key with digest' "${ask[@]}" "$proof" --keys "$work/documents"
check "bad address" 2 '40 hex digits' chain verify "${rpc[@]}" --contract 0x12 "$proof"
check "mistyped address" 2 'checksum' chain verify "${rpc[@]}" --contract 0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92267 "$proof"
check "no address" 2 '--contract' chain verify "${rpc[@]}" "$proof"
check "no proofs" 2 'PROOFS' "${ask[@]}"
check "no URL" 1 'nowhere is not an RPC address.*remedy' chain verify --rpc nowhere --contract "$uptime" "$proof"
stop
check "dead RPC" 1 "the RPC at http://$address cannot be reached: .*refused.*remedy: start the node" "${ask[@]}" "$proof"
check "dead RPC, JSON" 1 '"remedy":"start the node' --json "${ask[@]}" "$proof"
check "dead RPC: the address's secret" 1 "RPC at http://$address cannot" chain verify --rpc "http://$address/v2/s3cr3t" --contract "$uptime" "$proof"
if grep -q s3cr3t <<<"$out"; then failed=$((failed + 1)) && echo '  FAILED  the message has the RPC'"'"'s API key'; fi
check "deploy: dead RPC" 1 'cannot be reached' "${one[@]}" --unlocked "$account"

printf '\n%s passed, %s failed\n' "$passed" "$failed"
[ "$failed" = 0 ]
