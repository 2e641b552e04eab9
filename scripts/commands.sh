#!/usr/bin/env bash
# The demo, then every command as a user types it, with good and bad input: exit code and message are checked.
# usage: commands.sh [--no-demo]    (--no-demo: with what an earlier demo has left under target/demo/)
set -uo pipefail
export LC_ALL=C
cd "$(dirname "$0")/.."
root=$PWD
. scripts/target.sh
popw=${POPW:-$CARGO_TARGET_DIR/debug/popw}
snarkjs=$root/tools/snarkjs/node_modules/.bin/snarkjs
circom=$root/tools/circom/node_modules/.bin/circom2
rounds=$root/scripts/demo
unset POPW_NETWORK POPW_PASSPHRASE_FILE RUST_LOG

[ "${1:-}" = --no-demo ] || scripts/demo.sh || exit 1
demo=$root/target/demo
epoch_public=$(ls "$demo"/epochs/*-public.json) epoch_directory=$(ls "$demo"/epochs/*-directory.json)
proof=$demo/proof-uptime-groth16.json halo2=$demo/proof-uptime-halo2.json keys=$demo/keys
policy=$demo/network.toml

work=$root/target/commands
rm -rf "$work"
mkdir -p "$work"
cd "$work" || exit 1
daemon=''
trap '[ -z "$daemon" ] || kill "$daemon" 2>/dev/null; wait' EXIT

passed=0 failed=0
group() { printf '\n%s\n' "$*"; }
# check NAME CODE PATTERN popw-arguments...   (setsid: no terminal, whoever runs this)
check() {
    local name=$1 code=$2 pattern=$3 out got=0
    shift 3
    out=$(setsid -w "$popw" "$@" 2>&1 </dev/null) || got=$?
    verdict "$name: popw $*" "$code" "$pattern" "$out" "$got"
}
verdict() { # name, wanted code, pattern, output, code
    if [ "$5" = "$2" ] && tr '\n' ' ' <<<"$4" | grep -qE -- "$3"; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        printf '  FAILED  %s\n    exit code %s, wanted %s; wanted in the output: %s\n' "$1" "$5" "$2" "$3"
        head -n 12 <<<"$4" | sed 's/^/    | /'
    fi
}
# expect NAME CODE PATTERN command...   any other program
expect() {
    local name=$1 code=$2 pattern=$3 out got=0
    shift 3
    out=$("$@" 2>&1 </dev/null) || got=$?
    verdict "$name: $*" "$code" "$pattern" "$out" "$got"
}
# edit FROM TO JAVASCRIPT   the document d, changed
edit() {
    node -e 'const fs = require("fs"), [from, to, code] = process.argv.slice(1);
        const d = JSON.parse(fs.readFileSync(from));
        const flip = (hex) => (hex[0] === "0" ? "1" : "0") + hex.slice(1);
        const plus = (n, k) => String(BigInt(n) + BigInt(k));
        const r = 21888242871839275222246405745257275088548364400416034343698204186575808495617n;
        eval(code);
        fs.writeFileSync(to, JSON.stringify(d, null, 2));' "$1" "$2" "$3"
}
# but ARRAY OPTION VALUE   the array with one option's value changed, in changed
but() {
    local -n array=$1
    changed=("${array[@]}")
    for i in "${!changed[@]}"; do [ "${changed[i]}" != "$2" ] || changed[i + 1]=$3; done
}
# A folder that cannot be written to, also by root.
if [ "$(id -u)" = 0 ]; then read_only=/sys; else read_only=$work/read-only && mkdir "$read_only" && chmod 555 "$read_only"; fi
printf 'correct horse\n' >pass && printf 'wrong horse\n' >wrong && printf '\n' >empty && chmod 600 pass wrong empty
printf '{"format": "popw.epoch", "version": 1' >cut.json
printf 'no document at all\n' >text

group "help, completions, schemas"
for command in '' network 'network init' 'network show' key 'key new' 'key show' 'key passphrase' registry 'registry add' 'registry list' \
    'registry remove' 'registry prove-possession' 'registry set-address' epoch 'epoch snapshot' 'epoch close' 'epoch show' \
    beacon 'beacon verify' 'beacon rounds' 'beacon chain' 'beacon file' 'witness run' 'device run' 'device status' \
    'device export' 'setup uptime' 'setup storage' 'setup bandwidth' 'setup work' 'prove uptime' 'prove storage' \
    'prove bandwidth' 'prove work' 'storage add' 'storage list' 'storage audit' 'storage scrub' 'storage rebuild' \
    'storage remove' 'client fetch' 'receipts check' 'receipts export' verify inspect 'export snarkjs' 'export solidity' 'lint key' schema completions \
    eligibility 'chain deploy' 'chain verify' serve-page 'groth16 prove' 'groth16 verify' 'groth16 import' 'groth16 export' \
    'groth16 calldata'; do
    # shellcheck disable=SC2086
    check "help" 0 'Usage: popw' $command --help
done
for shell in bash zsh fish; do check "completions" 0 'prove-possession' completions "$shell"; done
for document in uptime storage bandwidth work epoch proof eligibility eligibility-answer; do
    check "schema" 0 'json-schema.org' schema "$document"
    expect "schema is JSON" 0 '' bash -c "'$popw' schema $document | node -e 'JSON.parse(require(\"fs\").readFileSync(0))'"
done
shell() { expect "$1" "$2" "$3" bash -c "${*:4}"; }
shell "help to a full disk" 1 'cannot write to standard output.*No space' "'$popw' --help >/dev/full"
shell "completions to a full disk" 1 'cannot write to standard output' "'$popw' completions bash >/dev/full"
shell "a schema to a full disk" 1 'cannot write to standard output.*remedy' "'$popw' schema uptime >/dev/full"
shell "a schema to a full disk, JSON" 1 '"error":"cannot write to standard output' "'$popw' --json schema uptime >/dev/full"
shell "a reader that goes away" 0 '^141 *$' "{ sleep 0.3; '$popw' completions bash; echo \$? >&2; } | true"
shell "nobody hears the error either" 1 '^ *$' "'$popw' network show --network absent.toml 2>/dev/full"
check "unknown command" 2 'unrecognized subcommand' prvoe
check "unknown schema" 2 'possible values' schema uptme

group "network"
check "init" 0 '3 of 5 drawn' network init --name garden --shape demo --genesis +1h --beacon file
check "init: exists" 1 'network.toml exists already' network init
check "init: forced" 0 'Network garden' network init --name garden --shape demo --genesis +1h --beacon file --force
check "init: bad domain" 1 'domain_id.*CAIP-10' network init --out n.toml --domain eip155:1:0xABC
check "init: EVM domain" 0 'eip155:1:0x' network init --out evm.toml --domain eip155:1:0x00000000000000000000000000000000000000aa
check "init: quorum above committee" 1 'rules.quorum: 6 is not in 1..=5' network init --out n.toml --shape demo --quorum 6
check "init: too many slots" 1 'rules.slots: 25 is not in 1..=24' network init --out n.toml --shape demo --slots 25
check "init: gap above slots" 1 'rules.max_gap' network init --out n.toml --shape demo --slots 5 --max-gap 6
check "init: bad time" 1 'tomorrow' network init --out n.toml --genesis tomorrow
check "init: bad shape" 2 'possible values: demo, standard' network init --out n.toml --shape tiny
check "init: read-only folder" 1 "no permission to write .*$read_only/n.toml" network init --out "$read_only/n.toml"
check "init: no folder" 1 'its folder does not exist' network init --out no/such/n.toml
check "show" 0 'Network garden' network show
check "show: missing" 1 'not found at absent.toml' network show --network absent.toml
check "show: wrong file" 1 'pass is not a valid network policy' network show --network pass
sed 's/^quorum = .*/quorum = 9/' network.toml >bad.toml
check "show: impossible quorum" 1 'rules.quorum: 9' network show --network bad.toml
sed 's/^quorum = .*/qourum = 3/' network.toml >bad.toml
check "show: misspelt field" 1 'bad.toml.*qourum' network show --network bad.toml
check "show: JSON" 0 '"digest"' --json network show

group "key"
check "new" 0 'under a passphrase' key new --role device --owner 0x00000000000000000000000000000000000000d1 --out device.key --passphrase-file pass
check "new: never overwritten" 1 'device.key exists already' key new --role device --out device.key --passphrase-file pass
check "new: client" 0 'Key of a client' key new --role client --out client.key --insecure-plaintext
check "new: witness, in the open" 0 'NOT encrypted' key new --role witness --owner 0x00000000000000000000000000000000000000e1 --out witness.key --insecure-plaintext
check "new: no terminal, no file" 1 'no terminal.*--passphrase-file' key new --role device --out x.key
check "new: empty passphrase" 1 'first line of the passphrase file empty is empty' key new --role device --out x.key --passphrase-file empty
check "new: missing passphrase file" 1 'passphrase file not found at absent' key new --role device --out x.key --passphrase-file absent
check "new: bad owner" 2 'EVM address' key new --role device --out x.key --owner 0x12 --insecure-plaintext
check "new: mistyped checksum" 2 'EIP-55' key new --role device --out x.key --owner 0xD8dA6BF26964aF9D7eEd9e03E53415D37aA96045 --insecure-plaintext
check "new: bad role" 2 'device, witness or client' key new --role relay --out x.key
check "new: read-only folder" 1 "no permission to write .*$read_only/x.key" key new --role device --out "$read_only/x.key" --insecure-plaintext
check "show" 0 'endpoint' key show device.key
check "show: unlocked" 0 'belong together' key show device.key --unlock --passphrase-file pass
check "show: wrong passphrase" 1 'wrong passphrase for the key file device.key' key show device.key --unlock --passphrase-file wrong
head -c 200 device.key >cut.key
check "show: truncated" 1 'cut.key is not a valid key file' key show cut.key
check "show: wrong file" 1 'network.toml is not a valid key file' key show network.toml
check "show: a document of another kind" 1 'popw.proof.*expected .*popw.key' key show "$proof"
edit device.key altered.key 'd.owner = "7"'
check "show: owner altered" 1 'role or owner in the key file altered.key was changed' key show altered.key --unlock --passphrase-file pass
edit device.key altered.key 'd.seed.age = d.seed.age.slice(0, 120)'
check "show: seed cut" 1 'altered.key' key show altered.key --unlock --passphrase-file pass
edit device.key altered.key 'd.endpoint = flip(d.endpoint)'
check "show: endpoint altered" 1 'altered.key names an endpoint' key show altered.key --unlock --passphrase-file pass
edit device.key altered.key 'd.public_key.x = plus(d.public_key.x, 1)'
check "show: point off the curve" 1 'altered.key.*field .public_key' key show altered.key
check "show: JSON" 0 '"encrypted": true' --json key show device.key
check "passphrase: anew" 0 'takes 64 MiB' key passphrase device.key --keep --passphrase-file pass
check "passphrase: wrong" 1 'wrong passphrase' key passphrase device.key --keep --passphrase-file wrong
check "passphrase: kept and changed" 2 'cannot be used with' key passphrase device.key --keep --new-passphrase-file wrong

group "registry"
check "possession" 0 'holds no secret' registry prove-possession --key device.key --passphrase-file pass --address 127.0.0.1:4433
check "possession: another owner" 1 'device.key.*another owner' registry prove-possession --key device.key --passphrase-file pass --owner 0x0000000000000000000000000000000000000001 --out p.json
check "possession: wrong passphrase" 1 'wrong passphrase' registry prove-possession --key device.key --passphrase-file wrong --out p.json
check "possession: a client" 1 'only devices and witnesses' registry prove-possession --key client.key --owner 0x0000000000000000000000000000000000000001 --out p.json
check "possession: bad address" 2 'invalid socket address' registry prove-possession --key device.key --address here
check "add" 0 'Entry 1: device .* acts from epoch 0' registry add --possession possession.json
check "add: again" 1 'possession.json is not registered.*registered already' registry add --possession possession.json
edit possession.json forged.json 'd.owner = "7"'
check "add: forged" 1 'forged.json.*proof of possession does not hold' registry add --possession forged.json
check "add: another network" 1 'made for the network' registry add --registry evm.db --network evm.toml --possession possession.json
check "add: wrong file" 1 'network.toml is not a valid registration' registry add --possession network.toml
check "add: not a database" 1 'is not a database' registry add --registry pass --possession possession.json
check "add: read-only folder" 1 "no permission.*$read_only/r.db" registry add --registry "$read_only/r.db" --possession possession.json
"$popw" registry prove-possession --key witness.key --out witness.json >/dev/null 2>&1
check "add: too early" 0 'acts from epoch 5' registry add --possession witness.json --acts-from 5
check "list" 0 '1 device, 1 witness, 0 sectors and 0 allotments of' registry list
check "list: JSON" 0 '"possession_proven": true' --json registry list
check "list: of an epoch" 0 '0 witnesses' registry list --epoch 0
check "list: missing" 1 'registry not found at absent.db' registry list --registry absent.db
check "list: a ledger" 1 'database of another kind' registry list --registry "$demo/spent.db" --network "$policy"
check "list: of another network" 1 'belongs to the network with domain' registry list --registry "$demo/registry.db"
check "set-address" 0 'listens at 127.0.0.1:4434' registry set-address --entry 1 --address 127.0.0.1:4434
check "remove: unknown" 1 'no entry 99' registry remove --entry 99
check "remove" 0 'no longer acts' registry remove --key witness.key
check "remove: which?" 2 '--entry' registry remove

group "beacon"
check "verify" 0 'signature holds' beacon verify "$rounds/quicknet-1000.json" --network "$policy"
edit "$rounds/quicknet-1000.json" b.json 'd.round = 1001'
check "verify: other round" 1 'b.json.*does not verify' beacon verify b.json --network "$policy"
edit "$rounds/quicknet-1000.json" b.json 'd.randomness = flip(d.randomness)'
check "verify: other randomness" 1 'randomness is not SHA-256' beacon verify b.json --network "$policy"
edit "$rounds/quicknet-1000.json" b.json 'd.signature = d.signature.slice(2)'
check "verify: cut signature" 1 'b.json' beacon verify b.json --network "$policy"
check "verify: wrong file" 1 "not a drand round" beacon verify "$proof" --network "$policy"
check "file" 0 'development beacon' beacon file --round 1 --out opening.json
check "file: next" 0 'Written: closing.json' beacon file --round 2 --out closing.json
check "file: exists" 1 'closing.json exists already' beacon file --round 2 --out closing.json
check "chain" 0 'can drop it' beacon chain --block 19000000 --value "$(printf 'ab%.0s' {1..32})" --out chain.json
check "chain: bad value" 2 '64 hex digits' beacon chain --block 1 --value 0x12 --out c.json
check "verify: a file's value" 0 'nothing to verify' beacon verify opening.json
check "verify: a value where drand is pinned" 1 'opening.json' beacon verify opening.json --network "$policy"
check "rounds" 0 'Epoch 3: registry taken' beacon rounds --epoch 3
check "rounds: drand" 0 'https://api.drand.sh/52db9ba7' beacon rounds --epoch 3 --network evm.toml

group "epoch"
check "snapshot: too few" 1 'a quorum takes 3' epoch snapshot --epoch 0 --opening opening.json
check "snapshot: missing beacon" 1 'beacon not found at absent.json' epoch snapshot --epoch 0 --opening absent.json
for i in 1 2 3; do
    "$popw" key new --role witness --owner "0x000000000000000000000000000000000000000$i" --out "w$i.key" --insecure-plaintext
    "$popw" registry prove-possession --key "w$i.key" --out "w$i.json"
    "$popw" registry add --possession "w$i.json"
done >/dev/null 2>&1
check "snapshot" 0 'device 0 .*drawn witnesses' epoch snapshot --epoch 0 --opening opening.json
check "snapshot: exists" 1 'epoch-directory.json exists already' epoch snapshot --epoch 0 --opening opening.json
check "show" 0 'closing +not yet' epoch show
check "show: a device" 0 'device 0' epoch show --directory epoch-directory.json --device device.key
check "show: no such device" 1 'has 1 devices' epoch show --directory epoch-directory.json --device 3
check "show: a witness's key" 1 'belongs to no device of epoch 0' epoch show --directory epoch-directory.json --device w1.key
check "show: another network" 1 'epoch-public.json.*domain_id' epoch show --network "$policy"
check "show: cut" 1 'cut.json is not a valid published epoch' epoch show --epoch cut.json
edit epoch-public.json e.json 'd.rules.q = 2'
check "show: rules altered" 1 'rules.q is 2' epoch show --epoch e.json
edit epoch-public.json e.json 'd.roots.witness = plus(d.roots.witness, 1)'
check "show: root altered" 1 'witness root' epoch show --epoch e.json --directory epoch-directory.json
edit epoch-public.json e.json 'd.roots.device = plus(d.roots.device, r)'
check "show: root not below r" 1 'e.json.*roots.device' epoch show --epoch e.json
check "close: the opening beacon again" 1 'does not come after' epoch close --closing opening.json
check "close" 0 'closing +file 2' epoch close --closing closing.json
check "close: again" 1 'closed already' epoch close --closing closing.json
edit "$epoch_public" open.json 'delete d.closing'
check "close: read-only folder" 1 "$read_only" epoch close --epoch open.json --network "$policy" --closing "$rounds/quicknet-1009.json" --out "$read_only/e.json"
edit "$epoch_public" drand.json 'd.opening.signature = flip(d.opening.signature)'
check "show: beacon forged" 1 'drand.json.*opening beacon' epoch show --epoch drand.json --network "$policy"
check "show: the demo's, JSON" 0 '"closed": true' --json epoch show --epoch "$epoch_public" --directory "$epoch_directory" --network "$policy"

group "daemons"
member=$demo/members
run=(--network "$policy" --epochs "$demo/epochs" --locks "$work/locks")
check "a witness's key for a device" 1 "witness-00.key is a witness's" device run "${run[@]}" --key "$member/witness-00.key" --db x.db --listen 127.0.0.1:0
check "no folder of epochs" 1 'folder of epoch documents' witness run --network "$policy" --locks "$work/locks" --epochs absent --key "$member/witness-00.key" --db x.db
check "metrics for everyone" 1 'on loopback only' witness run "${run[@]}" --key "$member/witness-00.key" --db x.db --metrics 0.0.0.0:9100
check "another key's database" 1 'witness-01.db belongs to another key' witness run "${run[@]}" --key "$member/witness-00.key" --db "$demo/db/witness-01.db"
check "not a database" 1 'pass' witness run "${run[@]}" --key "$member/witness-00.key" --db pass
check "a database in a folder that is missing" 1 'no folder .*absent.*mounted' witness run "${run[@]}" --key "$member/witness-00.key" --db absent/x.db
check "wrong passphrase" 1 'wrong passphrase' device run "${run[@]}" --key device.key --passphrase-file wrong --db x.db --listen 127.0.0.1:0
"$popw" device run "${run[@]}" --key "$member/device.key" --db running.db --listen 127.0.0.1:0 >daemon.log 2>&1 &
daemon=$!
for _ in $(seq 100); do grep -q listening daemon.log && break; sleep 0.05; done
port=$(grep -m1 listening daemon.log | grep -oE '127\.0\.0\.1:[1-9][0-9]*' | head -n1)
check "a second device with one key" 1 'already runs with key' device run "${run[@]}" --key "$member/device.key" --db other.db --listen 127.0.0.1:0
check "an address that is taken" 1 "cannot listen on $port" witness run "${run[@]}" --key "$member/witness-00.key" --db x.db --listen "$port"
kill -TERM "$daemon"
expect "SIGTERM ends a daemon cleanly" 0 '' bash -c "for _ in \$(seq 100); do kill -0 $daemon 2>/dev/null || exit 0; sleep 0.05; done; exit 1"
wait "$daemon"
expect "and it says what it has done" 0 'attestations stored' cat daemon.log
daemon=''
collected=(--db "$demo/db/device.db" --key "$member/device.key" --epoch "$epoch_public" --directory "$epoch_directory")
check "status" 0 'A proof would claim (1[2-9]|2[0-3]) slots' device status "${collected[@]}"
check "status: JSON" 0 '"claimed_up_slots"' --json device status "${collected[@]}"
but collected --db "$demo/db/witness-00.db" && check "status: a witness's database" 1 'is not a device database' device status "${changed[@]}"
but collected --db absent.db && check "status: missing database" 1 'absent.db' device status "${changed[@]}"
but collected --key device.key && check "status: another device" 1 'belongs to no device of epoch|not registered' device status "${changed[@]}"
but collected --directory epoch-directory.json && check "status: another epoch's directory" 1 'another network' device status "${changed[@]}"
but collected --epoch open.json && check "export: not closed" 1 'no closing beacon yet' device export "${changed[@]}" --out u.json
check "export" 0 'seats of different owners' device export "${collected[@]}" --out u.json
check "export: exists" 1 'u.json exists already' device export "${collected[@]}" --out u.json
check "export: names the key" 0 'Written' device export "${collected[@]}" --out named.json --name-key-file

group "setup, prove"
check "setup: another key" 0 'DEVELOPMENT' setup uptime --shape demo --system groth16 --keys other-keys
check "setup: a bad folder" 1 "$read_only/keys" setup uptime --shape demo --system groth16 --keys "$read_only/keys"
input=$demo/epoch-uptime.json
prove=(prove uptime --device-key "$member/device.key" --keys "$keys" --recipient 0x00000000000000000000000000000000c0ffee00 --system groth16)
check "dry run" 0 'onstraints' prove uptime --input "$input" --system groth16 --dry-run
check "dry run: halo2" 0 'rows' prove uptime --input "$input" --system halo2 --dry-run
check "dry run: threads and memory" 0 'on 3 threads' prove uptime --input "$input" --system groth16 --dry-run --threads 3 --max-memory 300M
check "dry run: halo2, threads" 0 'on 1 thread;' prove uptime --input "$input" --system halo2 --dry-run --threads 1
check "dry run: too little memory" 1 'at least [0-9]+ MiB.*2 MiB are allowed.*--max-memory [0-9]+M' prove uptime --input "$input" --system groth16 --dry-run --max-memory 2M
check "dry run: too little memory for halo2" 1 'at least [0-9]+ MiB.*--max-memory' prove uptime --input "$input" --system halo2 --dry-run --max-memory 2M
check "from the database" 0 'p.json' "${prove[@]}" --db "$demo/db/device.db" --epoch "$epoch_public" --directory "$epoch_directory" --out p.json
check "exists" 1 'p.json exists already' "${prove[@]}" --input "$input" --out p.json
check "within memory" 0 'm.json' "${prove[@]}" --input "$input" --out m.json --threads 2 --max-memory 100M
check "too little memory" 1 'at least [0-9]+ MiB' "${prove[@]}" --input "$input" --out q.json --max-memory 2M
check "not a size" 2 'not a size such as 300M' "${prove[@]}" --input "$input" --out q.json --max-memory much
check "no threads" 2 '--threads' "${prove[@]}" --input "$input" --out q.json --threads 0
check "compact" 0 'p.bin' "${prove[@]}" --input "$input" --out p.bin --compact
check "an owner tag" 0 'tag.json' "${prove[@]}" --input "$input" --out tag.json --owner-tag 12345
check "the key that the input names" 0 'named-proof.json' prove uptime --input named.json --keys "$keys" --recipient 0x00000000000000000000000000000000c0ffee00 --system groth16 --out named-proof.json
but prove --device-key device.key && check "another device's key" 1 'key' "${changed[@]}" --input "$input" --out q.json --passphrase-file pass
but prove --device-key "$member/witness-00.key" && check "a witness's key" 1 "is a witness's" "${changed[@]}" --input "$input" --out q.json
but prove --keys absent-keys && check "no keys" 1 'absent-keys' "${changed[@]}" --input "$input" --out q.json
but prove --recipient 0x12 && check "bad recipient" 1 '--recipient' "${changed[@]}" --input "$input" --out q.json
check "bad owner tag" 1 '--owner-tag' "${prove[@]}" --input "$input" --out q.json --owner-tag seven
check "read-only folder" 1 "$read_only/q.json" "${prove[@]}" --input "$input" --out "$read_only/q.json"
check "missing input" 1 'absent.json' "${prove[@]}" --input absent.json --out q.json
check "wrong file" 1 'popw.proof.*expected .*popw.uptime-input' "${prove[@]}" --input "$proof" --out q.json
edit "$input" i.json 'd.seats[0].bitmap = d.seats[0].bitmap.slice(0, -1) + (d.seats[0].bitmap.endsWith("e") ? "f" : "e")'
check "a bitmap altered" 1 '[Ss]ignature|signed' "${prove[@]}" --input i.json --out q.json
edit "$input" i.json 'd.seats[1].seat = d.seats[0].seat'
check "a seat twice" 1 'seats\[1\].seat' "${prove[@]}" --input i.json --out q.json
edit "$input" i.json 'd.seats[0].path.siblings[0] = plus(d.seats[0].path.siblings[0], 1)'
check "a path altered" 1 'seat' "${prove[@]}" --input i.json --out q.json
edit "$input" i.json 'd.device.owner = plus(d.device.owner, 1)'
check "another owner" 1 'device' "${prove[@]}" --input i.json --out q.json
edit "$input" i.json 'd.surprise = 1'
check "an unknown field" 1 'surprise' "${prove[@]}" --input i.json --out q.json

group "verify"
# The demo's network pays work; one that pays single claims takes these.
sed 's/^pays = "work"/pays = "singles"/' "$policy" >singles.toml
against=(--network singles.toml --epoch "$epoch_public")
check "context not checked" 4 'CONTEXT NOT CHECKED' verify "$proof" --keys "$keys"
check "for this epoch" 3 'VALID FOR THIS EPOCH' verify "$proof" --keys "$keys" "${against[@]}"
check "halo2" 3 'VALID FOR THIS EPOCH' verify "$halo2" --keys "$keys" "${against[@]}"
check "compact" 3 'VALID FOR THIS EPOCH' verify p.bin --keys "$keys" "${against[@]}"
check "already claimed" 5 'ALREADY CLAIMED' verify "$demo/proof-work-halo2.json" --keys "$keys" --network "$policy" --epoch "$epoch_public" --ledger "$demo/spent.db"
# Commands come minutes after the demo's epoch: with a window of a second it is closed.
sed 's/^answer_window_ms = .*/answer_window_ms = 1000/' singles.toml >closed.toml
late=(--network closed.toml --epoch "$epoch_public")
check "too late" 3 'NOT DUE: the network.s answer window closed at' verify "$proof" --keys "$keys" "${late[@]}" --ledger late.db --record
check "too late, for machines" 3 '"window": "closed"' --json verify "$proof" --keys "$keys" "${late[@]}" --ledger late.db
check "too late to export" 0 'takes no claims about epoch [0-9]+ any more' device export "${collected[@]}" --network closed.toml --out late.json
check "too late, in its status" 0 'takes no claims about epoch [0-9]+ any more' device status "${collected[@]}" --network closed.toml
check "another network's window" 1 'network.toml is the policy of the network .*, and the epoch is of' device status "${collected[@]}" --network network.toml
check "too late to prove" 0 'takes no claims about epoch [0-9]+ any more' "${prove[@]}" --input "$input" --network closed.toml --out late-proof.json
check "in time" 3 'answer window for this epoch closes at' verify "$proof" --keys "$keys" "${against[@]}"
check "not paid beside work" 3 'does not pay this kind' verify "$proof" --keys "$keys" --network "$policy" --epoch "$epoch_public" --ledger "$demo/spent.db"
check "due" 0 'DUE.*entered into the ledger' verify "$proof" --keys "$keys" "${against[@]}" --ledger fresh.db --record
check "other payee, same uptime" 5 'ALREADY CLAIMED' verify tag.json --keys "$keys" "${against[@]}" --ledger fresh.db
check "development key" 4 'forge' verify "$proof" --keys "$keys"
check "JSON" 3 '"does_not_prove"' --json verify "$proof" --keys "$keys" "${against[@]}"
check "no key" 2 '--key' verify "$proof"
check "a key by name" 4 'VALID' verify "$proof" --key "$keys/uptime-demo-groth16.vk"
check "another key" 6 '[0-9a-f]{16}.*[0-9a-f]{16}' verify "$proof" --key "$(ls other-keys/*.vk)"
check "no such key in the folder" 1 'other-keys' verify "$proof" --keys other-keys
check "another epoch" 6 'INVALID' verify "$proof" --keys "$keys" --epoch epoch-public.json
check "an epoch not closed" 1 'closing' verify "$proof" --keys "$keys" --epoch open.json
check "an epoch of another network" 1 'domain_id' verify "$proof" --keys "$keys" --network network.toml --epoch "$epoch_public"
check "no ledger" 1 'absent.db' verify "$proof" --keys "$keys" "${against[@]}" --ledger absent.db
check "a registry as ledger" 1 'another kind' verify "$proof" --keys "$keys" "${against[@]}" --ledger "$demo/registry.db"
check "missing proof" 1 'absent.json' verify absent.json --keys "$keys"
head -c 400 "$proof" >cut-proof.json
check "cut proof" 1 'cut-proof.json' verify cut-proof.json --keys "$keys"
head -c 100 p.bin >cut.bin
check "cut compact proof" 1 'cut.bin' verify cut.bin --keys "$keys"
check "a document of another kind" 1 'popw.epoch' verify "$epoch_public" --keys "$keys"
for name in context nullifier outcome; do
    edit "$proof" v.json "d.public.$name = plus(d.public.$name, 1)"
    check "another $name" 6 'INVALID' verify v.json --keys "$keys" "${against[@]}"
    edit "$proof" v.json "d.public.$name = plus(d.public.$name, r)"
    check "$name + r" 1 "v.json.*public.$name" verify v.json --keys "$keys" "${against[@]}"
done
edit "$proof" v.json 'd.opening.payee.recipient = flip(d.opening.payee.recipient)'
check "another recipient" 6 'INVALID' verify v.json --keys "$keys" "${against[@]}"
edit "$proof" v.json 'd.opening.context.rules.q = 1'
check "another quorum" 6 'INVALID' verify v.json --keys "$keys" "${against[@]}"
edit "$proof" v.json 'd.proof = flip(d.proof)'
check "proof altered" 6 'INVALID' verify v.json --keys "$keys" "${against[@]}"
edit "$halo2" v.json 'd.proof = d.proof.slice(0, -1) + (d.proof.endsWith("0") ? "1" : "0")'
check "halo2 proof altered" 6 'INVALID' verify v.json --keys "$keys" "${against[@]}"
edit "$proof" v.json 'd.proof += "00"'
check "trailing byte" 6 'INVALID' verify v.json --keys "$keys" "${against[@]}"
edit "$proof" v.json 'd.development = false'
check "development mark removed" 6 'INVALID' verify v.json --keys "$keys" "${against[@]}"

group "inspect, lint"
for file in "$demo"/proof-*.json "$epoch_public" "$epoch_directory" "$demo"/epoch-*.json "$policy" device.key \
    possession.json p.bin "$demo"/store/*/sector.json "$demo"/store/*/scrub.json "$demo"/store/*/tree "$demo/registry.db" "$demo/db/client-1.db" "$demo/spent.db" "$demo/db/device.db" "$keys"/*.vk "$keys"/*.pk "$keys"/*.srs; do
    [ -f "$file" ] && check "inspect" 0 "$(basename "$file")" inspect "$file"
done
check "inspect: what it does not prove" 0 'does not prove' inspect "$proof"
check "inspect: odds of noticing a loss" 0 '4 challenges a sector notice a loss: 3.9 % in one epoch and 70 % in 30 for 1 % lost' inspect "$demo/proof-storage-halo2.json"
check "inspect: possession, never replication" 0 'claim +possession v1.*possession is not replication' inspect "$demo/proof-storage-groth16.json"
check "inspect: foreign file" 1 'text is not a popw file' inspect text
check "inspect: missing" 1 'absent' inspect absent
check "lint" 0 'DEVELOPMENT|development|usable|nothing wrong' lint key "$keys/uptime-demo-groth16.vk"
vk=$keys/uptime-demo-groth16.vk
head -c 300 "$vk" >cut.vk
check "lint: cut key" 7 'do not use' lint key cut.vk
{ cat "$vk" && printf x; } >long.vk
check "lint: trailing byte" 7 'do not use' lint key long.vk
check "lint: no key" 1 'pass does not contain a verifying key.*remedy' lint key pass
check "lint: a folder" 1 'is a folder' lint key .
check "lint: the key inside a proving key" 0 'usable' lint key "$keys/uptime-demo-groth16.pk"
check "lint: missing" 1 'absent.vk' lint key absent.vk
check "verify: cut key" 1 'cut.vk' verify "$proof" --key cut.vk

group "eligibility"
standard=$root/corpus/standard
# policy TO JAVASCRIPT   a policy d that the corpus's proof of work meets, changed
policy() {
    node -e 'const fs = require("fs"), [from, to, code] = process.argv.slice(1);
        const read = (name) => JSON.parse(fs.readFileSync(`${from}/${name}`));
        const epoch = read("epoch.json"), key = read("work-groth16.proof.json").key_digest;
        const d = { format: "popw.eligibility", version: 1, domain_id: epoch.domain_id, epochs: [epoch], claims: ["work"], keys: [key] };
        eval(code);
        fs.writeFileSync(to, JSON.stringify(d, null, 2));' "$standard" "$1" "$2"
}
policy e.json ''
eligible=(eligibility --policy e.json --keys "$standard" "$standard/work-groth16.proof.json")
check "eligible" 0 '^ELIGIBLE: 1 epoch, each with work.*counts: epoch 9, work, [0-9]+ of 240 slots up.*does not prove' "${eligible[@]}"
check "eligible: JSON" 0 '"eligible": true.*"counted": true.*"verdict": "due"' --json "${eligible[@]}"
check "eligible: one more proof does no harm" 0 'ELIGIBLE.*uptime-groth16.*does not count .other-claim' "${eligible[@]}" "$standard/uptime-groth16.proof.json"
check "the same proof twice counts once" 0 'ELIGIBLE.*does not count .already-claimed' "${eligible[@]}" "$standard/work-groth16.proof.json"
check "not eligible: JSON" 8 '"eligible": false.*"code": "other-claim".*"code": "not-covered"' --json eligibility --policy e.json --keys "$standard" "$standard/uptime-groth16.proof.json"
check "another key" 8 'NOT ELIGIBLE.*key-not-accepted.*missing +epoch 9 has no accepted proof of work' eligibility --policy e.json --keys "$standard" "$standard/work-halo2.proof.json"
check "no document" 8 'NOT ELIGIBLE.*unreadable' eligibility --policy e.json --keys "$standard" text
edit "$standard/work-groth16.proof.json" i.json 'd.proof = d.proof.slice(0, -1) + (d.proof.endsWith("0") ? "1" : "0")'
check "a proof altered" 8 'NOT ELIGIBLE.*(malformed|rejected)' eligibility --policy e.json --keys "$standard" i.json
policy e.json 'd.minimum = { up_slots: 240, stored_mib: 4294967295, served_mib: 0, rate: 0 }'
check "too little" 8 'NOT ELIGIBLE.*below-minimum' "${eligible[@]}"
policy e.json 'd.spent = [read("work-groth16.proof.json").public.nullifier]'
check "spent" 8 'NOT ELIGIBLE.*already-claimed' "${eligible[@]}"
policy e.json 'd.recipient = "ab".repeat(32)'
check "somebody else is paid" 8 'NOT ELIGIBLE.*other-recipient' "${eligible[@]}"
policy e.json 'd.claims = ["work", "uptime"]'
check "a policy that counts twice" 1 'e.json.*claims' "${eligible[@]}"
policy e.json 'd.epochs = []'
check "a policy without epochs" 1 'e.json.*epochs' "${eligible[@]}"
policy e.json 'd.maximum = 1'
check "a policy with an unknown field" 1 'e.json.*maximum' "${eligible[@]}"
policy e.json ''
check "policy: another document" 1 'epoch.json.*popw.eligibility' eligibility --policy "$standard/epoch.json" --keys "$standard" "$standard/work-groth16.proof.json"
check "policy: missing" 1 'absent.json' eligibility --policy absent.json --keys "$standard" "$standard/work-groth16.proof.json"
check "keys: not there" 1 'its key [0-9a-f]{64} is accepted by the policy, but is not in.*remedy' eligibility --policy e.json --keys "$keys" "$standard/work-groth16.proof.json"
check "keys: no folder" 1 'absent' eligibility --policy e.json --keys absent "$standard/work-groth16.proof.json"
check "proof: missing" 1 'absent.json' eligibility --policy e.json --keys "$standard" absent.json
check "no proofs" 2 'PROOFS' eligibility --policy e.json --keys "$standard"
check "no policy" 2 '--policy' eligibility --keys "$standard" "$standard/work-groth16.proof.json"

group "chain, without one (scripts/chain.sh has one)"
contract=0x5fbdb2315678afecb367f032d93f642f64180aa3
check "dead RPC" 1 'http://127.0.0.1:1 cannot be reached.*remedy: start the node' chain verify "$proof" --rpc http://127.0.0.1:1 --contract $contract
check "missing proof" 1 'absent.json' chain verify absent.json --rpc http://127.0.0.1:1 --contract $contract
check "no RPC" 2 '--rpc' chain verify "$proof" --contract $contract
check "no URL" 1 'only http:// and https://' chain verify "$proof" --rpc ws://127.0.0.1:1 --contract $contract
check "bad address" 2 '40 hex digits' chain verify "$proof" --rpc http://127.0.0.1:1 --contract 0x5f
check "deploy: nobody pays" 2 'unlocked' chain deploy --rpc http://127.0.0.1:1 --keys "$keys"
check "deploy: no artifact" 1 'absent/.*cannot be read.*remedy: generate and compile' chain deploy --rpc http://127.0.0.1:1 --key "$keys/uptime-demo-groth16.vk" --artifacts absent --unlocked $contract

group "serve-page"
mkdir -p page && printf '<!doctype html>' >page/index.html && printf 'x' >page/a.wasm
check "no page" 1 'no index.html.*remedy: build it with: make page' serve-page --dir absent
check "a public address" 1 'loopback only' serve-page --dir page --listen 0.0.0.0:0
check "no address" 2 '--listen' serve-page --dir page --listen nowhere
"$popw" --json serve-page --dir page --listen 127.0.0.1:0 >url.json 2>page.log &
daemon=$!
for _ in $(seq 100); do [ -s url.json ] && break; sleep 0.1; done
url=$(node -p 'JSON.parse(require("fs").readFileSync("url.json")).url')
fetched='const answer = await fetch(process.argv[1]); console.log(answer.status, [...answer.headers].join(" "))'
expect "the page" 0 '^200 .*text/html' node --input-type=module -e "$fetched" "$url"
expect "WebAssembly" 0 '^200 .*application/wasm' node --input-type=module -e "$fetched" "${url}a.wasm"
expect "nothing else" 0 '^404 ' node --input-type=module -e "$fetched" "${url}%2e%2e/url.json"
check "its port is taken" 1 'cannot listen on' serve-page --dir page --listen "$(sed 's,http://,,; s,/$,,' <<<"$url")"
kill -TERM "$daemon"
ended=0 && { wait "$daemon" || ended=$?; }
verdict "SIGTERM ends it" 0 '^ *$' "$(cat page.log)" "$ended"
daemon=''

group "snarkjs"
check "export" 0 'verification_key.json' export snarkjs "$proof" --keys "$keys" --out snarkjs
check "export: halo2" 1 'Groth16 only' export snarkjs "$halo2" --keys "$keys" --out none
check "export: an invalid proof" 1 'not valid' export snarkjs v.json --keys "$keys" --out none
check "export: read-only folder" 1 "$read_only" export snarkjs "$proof" --keys "$keys" --out "$read_only/snarkjs"
mkdir same && cp "$proof" same/proof.json
check "export: over the proof itself" 1 'this command reads .*same/proof.json' export snarkjs same/proof.json --keys "$keys" --out same
expect "which stays, alone" 0 '^proof.json *$' ls same
expect "as it was" 0 '' cmp same/proof.json "$proof"
verify=("$snarkjs" groth16 verify snarkjs/verification_key.json)
expect "stock snarkjs accepts" 0 'OK!' "${verify[@]}" snarkjs/public.json snarkjs/proof.json
for index in 0 1 2; do
    edit snarkjs/public.json public.json "d[$index] = plus(d[$index], 1)"
    expect "and refuses when input $index changes" 1 'Invalid proof' "${verify[@]}" public.json snarkjs/proof.json
done
edit snarkjs/public.json public.json '[d[0], d[1]] = [d[1], d[0]]'
expect "and when two inputs change places" 1 'Invalid proof' "${verify[@]}" public.json snarkjs/proof.json

group "groth16: circuits of circom, keys of snarkjs"
mkdir circom && cd circom || exit 1
stock() { expect "stock snarkjs" 0 '' "$snarkjs" "$@"; }
compile() { expect "circom" 0 'Everything went okay' "$circom" "$1" --r1cs --wasm -o .; }
cp "$root/tools/circom/mimc.circom" . && compile mimc.circom
stock powersoftau new bn128 9 new.ptau
stock powersoftau contribute new.ptau contributed.ptau --name=test -e=text
stock powersoftau prepare phase2 contributed.ptau final.ptau
stock groth16 setup mimc.r1cs final.ptau raw.zkey
stock zkey contribute raw.zkey mimc.zkey --name=test -e=text
stock zkey export verificationkey mimc.zkey vk.json
witness() { # sibling, name
    printf '{"minimum": 100, "secret": 12345, "amount": 700, "side": [0, 1], "sibling": [11, %s]}' "$1" >input.json
    stock wtns calculate mimc_js/mimc.wasm input.json "$2"
}
witness 22 mimc.wtns && witness 23 other.wtns
check "prove" 0 'written: proof.json.*362 constraints, 5 public inputs; import' groth16 prove --zkey mimc.zkey --wtns mimc.wtns
expect "stock snarkjs accepts" 0 'OK!' "$snarkjs" groth16 verify vk.json public.json proof.json
expect "the root, the nullifier, the minimum and the siblings are public" 0 '^5 *$' node -p 'JSON.parse(require("fs").readFileSync("public.json")).length'
edit public.json other.json 'd[0] = plus(d[0], 1)'
expect "and refuses another root" 1 'Invalid proof' "$snarkjs" groth16 verify vk.json other.json proof.json
check "prove: exists" 1 'proof.json exists already' groth16 prove --zkey mimc.zkey --wtns mimc.wtns
check "prove: as JSON, with constraints" 0 '"import_ms": [0-9]' groth16 prove --zkey mimc.zkey --r1cs mimc.r1cs --wtns mimc.wtns --force --json
expect "stock snarkjs accepts" 0 'OK!' "$snarkjs" groth16 verify vk.json public.json proof.json
check "prove: within memory" 0 'verified before it was written' groth16 prove --zkey mimc.zkey --wtns mimc.wtns --force --threads 1 --max-memory 100M
expect "stock snarkjs accepts" 0 'OK!' "$snarkjs" groth16 verify vk.json public.json proof.json
check "prove: too little memory" 1 'at least [0-9]+ MiB.*1 MiB are allowed.*--max-memory [0-9]+M' groth16 prove --zkey mimc.zkey --wtns mimc.wtns --proof q.json --public r.json --max-memory 1M
check "prove: not a size" 2 'not a size such as 300M' groth16 prove --zkey mimc.zkey --wtns mimc.wtns --max-memory 300X
check "prove: no size" 2 'not a size' groth16 prove --zkey mimc.zkey --wtns mimc.wtns --max-memory ''
check "prove: no threads" 2 '--threads' groth16 prove --zkey mimc.zkey --wtns mimc.wtns --threads 0
check "prove: too many threads" 1 'threads 100000: at most [0-9]+ on this machine.*remedy' groth16 prove --zkey mimc.zkey --wtns mimc.wtns --proof q.json --public r.json --threads 100000
expect "what was refused wrote nothing" 2 'No such file' ls q.json r.json
check "import" 0 'mimc.pk: .*362 constraints.*without C' groth16 import --zkey mimc.zkey --out mimc.pk
check "import: exists" 1 'mimc.pk exists already' groth16 import --zkey mimc.zkey --out mimc.pk
check "import with constraints" 0 'full.pk: .*362 constraints, 5 public inputs, [0-9]* witness variables; checked' groth16 import --zkey mimc.zkey --r1cs mimc.r1cs --out full.pk
for key in mimc.pk full.pk; do
    check "prove with a key file" 0 'verified before it was written' groth16 prove --key "$key" --wtns other.wtns --force
    expect "stock snarkjs accepts" 0 'OK!' "$snarkjs" groth16 verify vk.json public.json proof.json
done
expect "a false witness" 0 '' node -e '
    const fs = require("fs"), w = fs.readFileSync("mimc.wtns"); w[w.length - 32] ^= 1; fs.writeFileSync("false.wtns", w);'
check "prove: a false witness, with C" 1 'violates constraint [0-9]' groth16 prove --key full.pk --wtns false.wtns --force
check "prove: a false witness, without C" 1 'does not satisfy the circuit.*--r1cs' groth16 prove --key mimc.pk --wtns false.wtns --force
check "export" 0 'again.zkey: .*KiB' groth16 export --key mimc.pk --zkey again.zkey
expect "stock snarkjs proves with it" 0 '' "$snarkjs" groth16 prove again.zkey mimc.wtns stock.json stock-public.json
expect "and accepts its proof" 0 'OK!' "$snarkjs" groth16 verify vk.json stock-public.json stock.json
check "export: verifying key" 0 'ours.json' groth16 export --key mimc.pk --verification-key ours.json
expect "is snarkjs's own" 0 '' node -e '
    require("assert").deepStrictEqual(...["vk.json", "ours.json"].map((f) => JSON.parse(require("fs").readFileSync(f))))'
check "export: constraints" 0 'back.r1cs' groth16 export --key full.pk --r1cs back.r1cs
expect "stock snarkjs checks the witness by them" 0 'WITNESS IS CORRECT' "$snarkjs" wtns check back.r1cs mimc.wtns
check "export: constraints that are not known" 1 'does not hold the matrix C.*--r1cs' groth16 export --key mimc.pk --r1cs none.r1cs
check "export for arkworks" 0 'key.ark: ' groth16 export --key full.pk --ark key.ark
check "import from arkworks" 0 'ark.pk: .*362 constraints' groth16 import --ark key.ark --r1cs mimc.r1cs --out ark.pk
check "prove with it" 0 'verified before it was written' groth16 prove --key ark.pk --wtns mimc.wtns --force
expect "stock snarkjs accepts" 0 'OK!' "$snarkjs" groth16 verify vk.json public.json proof.json
check "export: the wrong basis" 1 'in the basis of coefficients' groth16 export --key ark.pk --zkey none.zkey
check "export: which?" 2 'required arguments' groth16 export --key ark.pk
check "export: a demo key" 0 'uptime.zkey' groth16 export --key "$keys/uptime-demo-groth16.pk" --zkey uptime.zkey
expect "stock snarkjs exports its verifying key" 0 '' "$snarkjs" zkey export verificationkey uptime.zkey uptime.json
expect "which is the one we export" 0 '' node -e '
    require("assert").deepStrictEqual(...["uptime.json", "../snarkjs/verification_key.json"].map((f) => JSON.parse(require("fs").readFileSync(f))))'
check "import: nobody has contributed" 1 'nobody has contributed.*snarkjs zkey contribute' groth16 import --zkey raw.zkey --out none.pk
head -c 100000 mimc.zkey >cut.zkey
check "import: truncated" 1 'cut.zkey: ends within' groth16 import --zkey cut.zkey --out none.pk
check "import: not a zkey" 1 'mimc.wtns: not a .zkey file' groth16 import --zkey mimc.wtns --out none.pk
check "import: no file" 1 'absent.zkey: cannot be read' groth16 import --zkey absent.zkey --out none.pk
check "import: read-only folder" 1 "no permission to write the key file $read_only/none.pk" groth16 import --zkey mimc.zkey --out "$read_only/none.pk"
check "import: neither" 2 'required arguments' groth16 import --out none.pk
check "import: arkworks without constraints" 2 'required arguments' groth16 import --ark key.ark --out none.pk
printf 'pragma circom 2.0.0; template Square() { signal input a; signal output b; b <== a * a; } component main = Square();' >square.circom
compile square.circom
stock plonk setup square.r1cs final.ptau plonk.zkey
check "import: PLONK" 1 'a key for PLONK, and only Groth16' groth16 import --zkey plonk.zkey --out none.pk
check "import: constraints of another circuit" 1 'square.r1cs: of a different circuit than mimc.zkey: 1 public inputs instead of 5' groth16 import --zkey mimc.zkey --r1cs square.r1cs --out none.pk
printf '{"a": 3}' >input.json && stock wtns calculate square_js/square.wasm input.json square.wtns
check "prove: a witness of another circuit" 1 'square.wtns: 3 values for a circuit of 367 variables' groth16 prove --key mimc.pk --wtns square.wtns --force
check "prove: not a witness" 1 'mimc.zkey: not a .wtns file' groth16 prove --key mimc.pk --wtns mimc.zkey --force
check "prove: not a key" 1 'mimc.zkey: not a Groth16 proving key' groth16 prove --key mimc.zkey --wtns mimc.wtns --force
check "prove: constraints with a key that has its own" 2 'cannot be used with' groth16 prove --key mimc.pk --r1cs absent --wtns mimc.wtns
check "verify" 0 '^VALID: proof.json with 5 public inputs' groth16 verify --key vk.json
check "verify: by a .zkey" 0 '^VALID' groth16 verify --key mimc.zkey
check "verify: by a key file, JSON" 0 '"valid": true' --json groth16 verify --key full.pk
check "verify: another root" 6 '^INVALID' groth16 verify --key vk.json --public other.json
edit proof.json bad-proof.json 'd.pi_a[0] = plus(d.pi_a[0], 1)'
check "verify: a point off the curve" 6 '^INVALID .*not on the curve' groth16 verify --key vk.json --proof bad-proof.json
edit public.json bad.json 'd.pop()'
check "verify: too few inputs" 1 'bad.json: the key takes 5 public inputs, 4 were given' groth16 verify --key vk.json --public bad.json
check "verify: no proof" 1 'vk.json is not a snarkjs proof' groth16 verify --key vk.json --proof vk.json
check "verify: no key" 1 'proof.json does not contain a verifying key' groth16 verify --key proof.json
check "verify: missing" 1 'absent.json' groth16 verify --key vk.json --proof absent.json
mkdir sol
check "export: a contract" 0 'sol/Mimc.sol: ' groth16 export --key mimc.pk --solidity sol/Mimc.sol
expect "is called as its file is, and imports what is beside it" 0 '' grep -q 'import .* from "./IPopwVerifier.sol"' sol/Mimc.sol
expect "and knows no claim" 0 'contract Mimc is IPopwBatchVerifier' grep 'contract Mimc' sol/Mimc.sol
expect "the interface is beside it" 0 'sol/IPopwVerifier.sol' ls sol/IPopwVerifier.sol
check "export: another contract, by a .zkey, beside it" 0 'sol/Other.sol: ' groth16 export --key mimc.zkey --solidity sol/Other.sol
expect "with the same points" 0 '' cmp <(grep 'constant IC' sol/Other.sol) <(grep 'constant IC' sol/Mimc.sol)
check "export: a contract is there" 1 'sol/Mimc.sol exists already.*--force' groth16 export --key vk.json --solidity sol/Mimc.sol
check "export: a contract, replaced" 0 'Mimc.sol' groth16 export --key vk.json --solidity sol/Mimc.sol --force
check "export: an interface elsewhere" 0 'There.sol' groth16 export --key vk.json --solidity There.sol --interface @popw/IPopwVerifier.sol
expect "is imported from there" 2 'No such file' ls IPopwVerifier.sol
printf 'another\n' >sol/IPopwVerifier.sol
check "export: another file has the interface's name" 1 'IPopwVerifier.sol exists already.*--interface.*--force' groth16 export --key vk.json --solidity sol/New.sol
expect "is kept, and nothing written" 0 '^another *$' cat sol/IPopwVerifier.sol
expect "nothing" 2 'No such file' ls sol/New.sol
shell "a contract through a pipe" 0 'contract stdout is' "'$popw' groth16 export --key vk.json --solidity /dev/stdout | cat"
check "export: no name for a contract" 1 'no contract of its own can be called "1-a"' groth16 export --key vk.json --solidity 1-a.sol
check "export: the interface's own name" 1 'IPopwVerifier.sol cannot be both the contract and the interface' groth16 export --key vk.json --solidity IPopwVerifier.sol
check "export: the interface's own name, imported from elsewhere" 1 'no contract of its own can be called' groth16 export --key vk.json --solidity IPopwVerifier.sol --interface x.sol
check "export: a contract for no key" 1 'proof.json does not contain a verifying key' groth16 export --key proof.json --solidity a.sol
check "export: an interface of no contract" 2 'cannot be used with' groth16 export --key mimc.pk --zkey b.zkey --interface a.sol
check "calldata" 0 '^0x9649daae0{62}40' groth16 calldata
check "calldata, JSON" 0 '"calldata": "0x9649daae.*"inputs": ' --json groth16 calldata --proof proof.json --public public.json
check "calldata: a point off the curve" 1 'bad-proof.json: .*not on the curve' groth16 calldata --proof bad-proof.json
check "calldata: no proof" 1 'vk.json is not a snarkjs proof' groth16 calldata --proof vk.json
check "calldata: no public inputs" 1 'vk.json is not a list of public inputs' groth16 calldata --public vk.json
for key in vk.json ours.json mimc.zkey mimc.pk full.pk; do
    check "lint: a circuit's key" 0 "$key: usable" lint key "$key"
done
edit vk.json weak.json 'd.vk_delta_2 = d.vk_gamma_2'
check "lint: nobody has contributed" 7 'related-points.*do not use' lint key weak.json
check "lint: nobody has contributed, .zkey" 7 'related-points.*do not use' lint key raw.zkey
check "verify: nobody has contributed" 1 'unsafe key' groth16 verify --key weak.json
check "export: no contract for it" 1 'unsafe key' groth16 export --key weak.json --solidity Weak.sol
edit vk.json weak.json 'd.vk_alpha_1[0] = plus(d.vk_alpha_1[0], 1)'
check "lint: a point off the curve" 7 'not-on-curve' lint key weak.json
edit vk.json weak.json 'd.IC.pop()'
check "lint: an IC point is missing" 1 'nPublic is 5, and there are 5 IC points' lint key weak.json
check "inspect: .zkey" 0 'public inputs +5.*contributed +yes' inspect mimc.zkey
check "inspect: .zkey without contributions" 0 'contributed +NO' inspect raw.zkey
check "inspect: .r1cs" 0 'constraints +362' inspect mimc.r1cs
check "inspect: .wtns" 0 'secret.*values +367' inspect mimc.wtns
check "inspect: verification_key.json" 0 'verifying key of snarkjs.*public inputs +5' inspect vk.json
check "inspect: cut" 1 'cut.zkey: ends within' inspect cut.zkey
version() { # name, constant of C
    printf 'pragma circom 2.0.0; template V() { signal input a; signal input b; a * a === b + %s; } component main {public [b]} = V();' "$2" >"$1.circom"
    compile "$1.circom"
    printf '{"a": 12, "b": %s}' $((144 - $2)) >input.json && stock wtns calculate "$1_js/$1.wasm" input.json "$1.wtns"
}
version v1 36 && version v2 80
stock groth16 setup v1.r1cs final.ptau raw1.zkey
stock zkey contribute raw1.zkey v1.zkey --name=test -e=text
check "import: constraints that differ in C alone" 0 'versions.pk' groth16 import --zkey v1.zkey --r1cs v2.r1cs --out versions.pk
check "prove: what the key takes, and the constraints do not" 1 'violates constraint 0 of the .r1cs.*another version' groth16 prove --key versions.pk --wtns v1.wtns --force
check "prove: what the constraints take, and the key does not" 1 'its C differs' groth16 prove --key versions.pk --wtns v2.wtns --force --check
printf 'pragma circom 2.0.0; template Z() { signal input a; signal output b; b <-- a * a; } component main = Z();' >zero.circom
compile zero.circom
stock groth16 setup zero.r1cs final.ptau raw0.zkey
stock zkey contribute raw0.zkey zero.zkey --name=test -e=text
check "import: no constraints" 1 'zero.zkey: a circuit without constraints' groth16 import --zkey zero.zkey --out none.pk
check "import: no constraints, .r1cs" 1 'zero.r1cs: a circuit without constraints' groth16 import --ark key.ark --r1cs zero.r1cs --out none.pk

group "groth16: where files go"
import=(groth16 import --zkey mimc.zkey --out)
prove_to=(groth16 prove --key mimc.pk --wtns mimc.wtns)
printf precious >victim && ln -s victim k.pk.partial && ln -s victim k.pk.checked && printf another >k.pk.tmp
check "names beside the target" 0 'k.pk' "${import[@]}" k.pk
expect "are nobody's business" 0 '^precious another victim victim *$' bash -c 'cat victim <(echo) k.pk.tmp <(echo); readlink k.pk.partial k.pk.checked'
ln -s k.pk link.pk && ln -s nowhere dangling
check "a link" 1 'link.pk exists already' "${import[@]}" link.pk
check "a link, forced" 0 'link.pk' "${import[@]}" link.pk --force
expect "is still one" 0 '^k.pk *$' readlink link.pk
check "a link to nowhere" 1 'dangling is a link to nowhere' "${import[@]}" dangling --force
check "a folder" 1 'mimc_js is a folder' "${import[@]}" mimc_js
check "a key is no device's" 1 'null is not a regular file' "${import[@]}" /dev/null --force
check "a device" 0 'written: d.json' "${prove_to[@]}" --proof d.json --public /dev/null
expect "is still one" 0 'character special' stat -c %F /dev/null
ln -s /proc/self/fd/1 out
shell "a pipe gets the proof, and nothing else" 0 '^groth16 *$' \
    "'$popw' ${prove_to[*]} --proof out --public /dev/null 2>said | node -p 'JSON.parse(require(\"fs\").readFileSync(0)).protocol'"
expect "the rest is on stderr" 0 '^written: out' cat said
expect "and the link is still one" 0 'fd/1' readlink out
check "one file for both" 1 'o.json cannot be both the proof and the list of public inputs' "${prove_to[@]}" --proof o.json --public ./o.json --force
check "a missing folder is told first" 1 'its folder does not exist' "${prove_to[@]}" --proof o.json --public no/u.json
check "a full disk" 1 'the disk is full' "${prove_to[@]}" --proof o.json --public /dev/full
expect "and leave nothing" 2 'No such file' ls o.json
long=$(printf 'n%.0s' {1..250})
check "a long name" 0 'written: nnn' "${prove_to[@]}" --proof "$long" --public u.json
check "too long a name" 1 'the name is too long' "${prove_to[@]}" --proof "$long$long" --public u2.json
cp mimc.zkey z.zkey
check "an input" 1 'this command reads .*z.zkey' groth16 import --zkey z.zkey --out z.zkey --force
check "an input by another name" 1 'this command reads' groth16 export --key link.pk --zkey k.pk --force
check "a witness" 1 'this command reads .*mimc.wtns' "${prove_to[@]}" --proof mimc.wtns --public u2.json --force
expect "is as it was" 0 '' cmp z.zkey mimc.zkey
shell "what appears meanwhile" 1 'late.pk exists already' \
    "'$popw' groth16 import --zkey <(sleep 1; cat mimc.zkey) --out late.pk & sleep 0.4; echo precious >late.pk; wait \$!"
expect "is kept" 0 '^precious *$' cat late.pk
shell "a key and a witness through pipes" 0 'written' "cat mimc.wtns | '$popw' groth16 prove --zkey <(cat mimc.zkey) --wtns - --force"
shell "documents through pipes" 0 '^VALID' "'$popw' groth16 verify --key <(cat vk.json) --proof <(cat proof.json) --public <(cat public.json)"
shell "not a witness through a pipe" 1 'not a .wtns file' "cat vk.json | '$popw' ${prove_to[*]:0:4} --wtns /dev/stdin --force"
check "a folder for a key" 1 'is a folder: name a file' groth16 prove --zkey . --wtns mimc.wtns --force
check "a folder for a key file" 1 'is a folder: name a file' groth16 prove --key . --wtns mimc.wtns --force
shell "a key file through a pipe" 1 'a pipe or a device, and a proving key is mapped' "'$popw' groth16 prove --key <(cat mimc.pk) --wtns mimc.wtns --force"
odd=$(printf 'n\xff.json')
check "a name that is not UTF-8" 0 'written' "${prove_to[@]}" --proof "$odd" --public u3.json
rm -f "$odd"
check "a name that is not UTF-8, JSON" 1 'UTF-8' --json "${prove_to[@]}" --proof "$odd" --public u4.json
expect "is refused before anything is written" 2 'No such file' ls "$odd" u4.json
expect "no temporary file is left" 1 '' bash -c 'ls -A | grep ^.popw-'
mkdir imposter && cp mimc.pk imposter/uptime-demo-groth16.pk
but prove --keys imposter
check "a circuit's key is no claim's" 1 'is a key for circuit v0, shape mimc: expected uptime' "${changed[@]}" --input "$input" --out none.json
cd .. || exit 1

group "solidity"
solidity=(export solidity --claim uptime --system groth16)
check "export" 0 'written: solidity/PopwUptimeDemoGroth16.sol for .*uptime-demo-groth16.vk' "${solidity[@]}" --keys "$keys" --out solidity
expect "the contract names its key" 0 '' grep -q "$("$popw" --json inspect "$keys/uptime-demo-groth16.vk" | grep -oE '[0-9a-f]{64}' | head -n 1)" solidity/PopwUptimeDemoGroth16.sol
expect "and imports the interface beside it" 0 '' cmp solidity/IPopwVerifier.sol "$root/contracts/src/IPopwVerifier.sol"
check "export: the interface is elsewhere" 0 'written' "${solidity[@]}" --keys "$keys" --out elsewhere --interface ../IPopwVerifier.sol
expect "export: and is not written" 1 '' test -e elsewhere/IPopwVerifier.sol
check "export: a development key" 0 'can forge proofs' "${solidity[@]}" --keys "$keys" --out solidity
check "export: one key, JSON" 0 '"contract": "PopwUptimeDemoGroth16"' --json export solidity --key "$keys/uptime-demo-groth16.vk" --out solidity
check "export: no such key" 1 'no verifying key in .* is of this claim.*popw setup' "${solidity[@]}" --shape standard --keys "$keys" --out none
check "export: a folder of none" 1 'no verifying key in' export solidity --keys "$root/docs" --out none
check "export: missing folder" 1 'absent' export solidity --keys absent --out none
check "export: a cut key" 1 'cut.vk.*popw lint key' export solidity --key cut.vk --out none
mkdir -p twice && cp "$keys/uptime-demo-groth16.vk" twice/a.vk && cp "$keys/uptime-demo-groth16.vk" twice/b.vk
check "export: one name for two keys" 1 'a.vk and .*b.vk would both become.*--key' export solidity --keys twice --out none
cp cut.vk twice/b.vk
check "export: a bad key among good ones" 1 'twice/b.vk' export solidity --keys twice --out none
expect "export: and nothing is written" 1 '' test -e none
check "export: both --key and --keys" 2 'cannot be used with' export solidity --key cut.vk --keys twice --out none
check "export: a filter for one key" 2 'cannot be used with' export solidity --key cut.vk --claim work --out none
check "export: read-only folder" 1 "$read_only" "${solidity[@]}" --keys "$keys" --out "$read_only/solidity"

group "storage"
head -c 100000 /dev/zero >film
check "add" 0 'film: taken in.*97.66 KiB, 3226 nodes, a tree of height 4' storage add film --store sectors
check "add: again" 0 'is in the store already' storage add film --store sectors
check "add: JSON" 0 '"new": false' --json storage add film --store sectors
: >nothing
check "add: an empty file" 0 'nothing: taken in.*1 node, a tree of height 0' storage add nothing --store empty-store
check "add: an empty file is no sector" 0 'nothing is empty: its sector cannot be registered' storage add nothing --store empty-store
check "add: missing" 1 'absent.bin' storage add absent.bin --store sectors
check "add: read-only folder" 1 "$read_only" storage add film --store "$read_only/store"
mkdir -p folder/inner && printf one >folder/a && printf two >folder/inner/b
check "add: a folder" 0 '2 sectors: 2 taken in' storage add folder --store folder-store
ln -s ../film folder/link && mkfifo folder/pipe
check "add: what is no file" 0 'skipped folder/link: a symbolic link.*skipped folder/pipe: a pipe' storage add folder --store folder-store
check "add: what is no file, counted" 0 '2 in the store already; 2 skipped' storage add folder --store folder-store
check "add: the store in its folder" 1 'folder' storage add folder --store folder/store
check "add: linked" 0 'taken in' storage add film --store linked --link
check "list" 0 'film' storage list --store sectors
check "list: no store" 1 'absent-store' storage list --store absent-store
check "audit" 0 'all 16 challenges answered.*15 % now' storage audit --store sectors
check "audit: of an epoch" 0 '"answers"' --json storage audit --store sectors --epoch "$epoch_public" --challenges 4
check "audit: an epoch not closed" 1 'closing beacon' storage audit --store sectors --epoch open.json
check "audit: no such sector" 6 'DAMAGED' storage audit --store sectors "$(printf '0%.0s' {1..64})"
check "audit: no sector's name" 2 '64 lower-case hex' storage audit --store sectors film
check "scrub" 0 'whole' storage scrub --store sectors
id=$(basename "$(ls -d sectors/*/)")
cp -r sectors damaged
head -c 30000 /dev/urandom | dd of="damaged/$id/data" bs=10000 seek=4 conv=notrunc status=none
check "scrub: damage" 6 'bytes 32768 to 81920 of the data: fetch them again' storage scrub --store damaged
check "audit: damage" 6 'challenge [0-9]+, node [0-9]+ .bytes [0-9]+ to [0-9]+' storage audit --store damaged --challenges 256
truncate -s -1 "damaged/$id/tree"
check "a cut tree" 6 "damaged/$id/tree" storage audit --store damaged
check "add: a damaged sector" 0 'film: repaired, its data were damaged|film: repaired, its tree' storage add film --store damaged
check "add: repaired" 0 'whole' storage scrub --store damaged
cp film moving && check "add: a link" 0 'links' storage add moving --store moved --link
mv moving moved-away
check "rebuild: a link to nothing" 1 'links to .*moving, where there is no file.*popw storage add FILE --link' storage rebuild "$id" --store moved
check "scrub: a link to nothing" 6 'DAMAGED.*add it again as a link' storage scrub --store moved
check "add: a moved file" 0 'moved-away: repaired, it linked to .*moving' storage add moved-away --store moved --link
check "scrub: linked anew" 0 'whole' storage scrub --store moved
cp -r sectors rebuilt && truncate -s -1 "rebuilt/$id/tree"
check "rebuild" 0 'Rebuilt' storage rebuild "$id" --store rebuilt
check "rebuild: whole again" 0 'whole' storage scrub --store rebuilt
if mkdir -p full && mount -t tmpfs -o size=128k tmpfs full 2>/dev/null; then
    head -c 1000000 /dev/urandom >large
    check "add: disk full" 1 'full.*free' storage add large --store full/store
    expect "nothing is left of it" 2 'No such file' bash -c 'ls full/store/*/sector.json'
    head -c 20000 film >small && "$popw" storage add small --store full/store >/dev/null
    head -c 200000 /dev/zero >full/filler 2>/dev/null
    check "scrub: disk full" 9 'is not kept: no room to write.*: whole' storage scrub --store full/store
    umount full
else
    echo '  SKIPPED  disk full: a tmpfs cannot be mounted here'
fi
check "remove" 0 'Removed' storage remove "$id" --store rebuilt
check "remove: again" 1 "$id" storage remove "$id" --store rebuilt
check "remove: unfinished" 0 '0 unfinished' storage remove --unfinished --store rebuilt

group "prove: storage, bandwidth, work"
common=(--device-key "$member/device.key" --keys "$keys" --recipient 0x00000000000000000000000000000000c0ffee00 --system groth16)
epoch_files=(--epoch "$epoch_public" --directory "$epoch_directory")
for claim in storage bandwidth work; do
    check "dry run" 0 'onstraints' prove "$claim" --input "$demo/epoch-$claim.json" --system groth16 --dry-run
    check "another claim's input" 1 "popw.uptime-input.*expected .*popw.$claim-input" prove "$claim" "${common[@]}" --input "$demo/epoch-uptime.json" --out q.json
    edit "$demo/epoch-$claim.json" i.json 'd.batch = 1'
    check "no such batch" 1 'batch' prove "$claim" "${common[@]}" --input i.json --out q.json
done
check "bandwidth from the database" 0 'served.json' prove bandwidth "${common[@]}" --db "$demo/db/device.db" "${epoch_files[@]}" --out served.json
check "its verdict" 3 '112 MiB served' verify served.json --keys "$keys" "${against[@]}"
work_of=(device export --claim work --key "$member/device.key" "${epoch_files[@]}" --db "$demo/db/device.db")
check "work without a store" 1 'sector [0-9]+ is left out: no store was given.*paid once.*--partial' "${work_of[@]}" --out w-input.json
mkdir away
check "work, its disk not mounted" 1 'sector [0-9]+ is left out: .*no sector.*--partial' "${work_of[@]}" --store away --out w-input.json
check "work of which a part is left out" 0 'sector [0-9]+ is left out.*0 sectors' "${work_of[@]}" --store away --partial --out w-input.json
check "its parts for machines" 0 '"part": "possession".*"fate": "mendable"' --json "${work_of[@]}" --partial --force --out w-input.json
check "work whose sector is damaged" 0 'sector [0-9]+ is left out: .*challenges have no answer' "${work_of[@]}" --store "$demo/store" --force --out w-input.json
check "proven at once" 1 'sector [0-9]+ is left out: no store was given.*--partial' prove work "${common[@]}" --db "$demo/db/device.db" "${epoch_files[@]}" --out w.json
check "proven without a part" 0 'w.json' prove work "${common[@]}" --db "$demo/db/device.db" "${epoch_files[@]}" --partial --out w.json
check "a part that is absent counts 0" 3 '21 of 24 slots up, 0 MiB possessed|of 24 slots up, 0 MiB possessed, 112 MiB served' verify w.json --keys "$keys" "${against[@]}"
check "a damaged store" 1 'challenge 2, node' prove storage "${common[@]}" --store "$demo/store" "${epoch_files[@]}" --shape demo --out q.json
check "another store" 1 'sector' prove storage "${common[@]}" --store sectors "${epoch_files[@]}" --out q.json
check "no store" 1 '--store is needed' prove storage "${common[@]}" --db "$demo/db/device.db" "${epoch_files[@]}" --out q.json
edit "$demo/epoch-storage.json" i.json 'd.sectors[0].openings[2].levels[3][0] = plus(d.sectors[0].openings[2].levels[3][0], 1)'
check "an opening altered" 1 'S6-opening' prove storage "${common[@]}" --input i.json --out q.json
edit "$demo/epoch-storage.json" i.json 'd.sectors[0].openings[1].index += 1'
check "another node" 1 'openings\[1\].index.*closing beacon' prove storage "${common[@]}" --input i.json --out q.json
edit "$demo/epoch-storage.json" i.json 'd.sectors[0].bytes -= 1048576'
check "another size" 1 'sectors\[0\]|S1-sector' prove storage "${common[@]}" --input i.json --out q.json
edit "$demo/epoch-storage.json" i.json 'd.sectors[0].openings.length = 3'
check "too few answers" 1 '3 answers.*asks for 4' prove storage "${common[@]}" --input i.json --out q.json --shape demo
edit "$demo/epoch-bandwidth.json" i.json 'd.receipts[0].bytes += 1'
check "a receipt altered" 1 'B4-receipt' prove bandwidth "${common[@]}" --input i.json --out q.json
edit "$demo/epoch-bandwidth.json" i.json 'd.receipts[0].cap *= 2'
check "a cap altered" 1 'B1-allotment' prove bandwidth "${common[@]}" --input i.json --out q.json
edit "$demo/epoch-bandwidth.json" i.json 'd.receipts.push(d.receipts[0])'
check "an allotment twice" 1 'receipts\[2\].seq' prove bandwidth "${common[@]}" --input i.json --out q.json
edit "$demo/epoch-bandwidth.json" i.json 'd.challengers[0].rate += 1'
check "a rate altered" 1 'B8-attestation' prove bandwidth "${common[@]}" --input i.json --out q.json

group "receipts, client"
check "receipts check" 0 '' receipts check "$demo/epoch-bandwidth.json"
check "receipts check: JSON" 0 '"' --json receipts check "$demo/epoch-work.json"
edit "$demo/epoch-bandwidth.json" i.json 'd.receipts[0].bytes += 1'
check "receipts check: altered" 1 'signature' receipts check i.json
check "receipts check: wrong file" 1 'text' receipts check text
check "receipts export" 0 'r.json' receipts export "${collected[@]}" --out r.json
check "receipts check: the log" 0 '' receipts check r.json
fetch=(client fetch --key "$member/client-2.key" --device 0 --content "$(basename "$(ls -d "$demo"/store/*/)")" "${epoch_files[@]}" --db c.db --out f.bin)
check "fetch: after the epoch" 1 'over|ended|not running' "${fetch[@]}"
but fetch --key device.key && check "fetch: a device's key" 1 "is a device's" "${changed[@]}" --passphrase-file pass
but fetch --device 9 && check "fetch: no such device" 1 'no device' "${changed[@]}"
but fetch --content abc && check "fetch: no hash" 2 '64' "${changed[@]}"

group "sectors and allotments"
for command in 'registry add-sector' 'registry remove-sector' 'registry add-allotment' 'epoch verify'; do
    # shellcheck disable=SC2086
    check "help" 0 'Usage: popw' $command --help
done
record=$(ls sectors/*/sector.json)
sector=(registry add-sector --sector "$record" --device device.key --expiry 50)
check "add-sector" 0 'Sector 1: 100000 bytes .*earns in epochs 0 to 49' "${sector[@]}"
check "add-sector: again" 1 'keeps this data already, as sector 1' "${sector[@]}"
but sector --device client.key && check "add-sector: no device" 1 'no device with this key' "${changed[@]}"
but sector --device w1.key && check "add-sector: a witness" 1 "is a witness's" "${changed[@]}"
but sector --expiry 0 && check "add-sector: expired" 1 'choose a later expiry' "${changed[@]}"
but sector --sector possession.json && check "add-sector: wrong file" 1 'possession.json.*popw.sector' "${changed[@]}"
but sector --sector absent.json && check "add-sector: missing" 1 'absent.json' "${changed[@]}"
but sector --sector "$(ls empty-store/*/sector.json)" && check "add-sector: an empty file" 1 'sector of 0 bytes' "${changed[@]}"
edit "$record" sector.json 'd.height = 5'
but sector --sector sector.json && check "add-sector: another height" 1 'sector.json.*height' "${changed[@]}"
edit "$record" sector.json 'd.nodes += 1'
but sector --sector sector.json && check "add-sector: another number of nodes" 1 'sector.json.*nodes' "${changed[@]}"
edit "$record" sector.json 'd.comm_r = plus(d.comm_r, r)'
but sector --sector sector.json && check "add-sector: root not below r" 1 'sector.json.*comm_r' "${changed[@]}"
check "add-sector: whose?" 2 '--device' registry add-sector --sector "$record" --expiry 50
check "add-sector: bad key" 2 'X,Y' registry add-sector --sector "$record" --expiry 50 --device-public-key 5
owner=(--owner 0x00000000000000000000000000000000000000c1)
allotment=(registry add-allotment --client client.key --device-entry 1 --epoch 0 --cap 5000)
check "add-allotment: no owner" 1 'owner is not known' "${allotment[@]}"
check "add-allotment: the device's owner" 1 'same owner' "${allotment[@]}" --owner 0x00000000000000000000000000000000000000d1
but allotment --cap 0 && check "add-allotment: nothing" 1 'buys nothing' "${changed[@]}" "${owner[@]}"
but allotment --device-entry 99 && check "add-allotment: no entry" 1 'no entry 99' "${changed[@]}" "${owner[@]}"
but allotment --client device.key && check "add-allotment: a device as client" 1 'device.key' "${changed[@]}" "${owner[@]}"
check "add-allotment: bad cap" 2 '--cap' registry add-allotment --client client.key --device-entry 1 --epoch 0 --cap many
check "add-allotment" 0 'Allotment 1: .* 5000 bytes' "${allotment[@]}" "${owner[@]}"
check "add-allotment: again" 1 'for epoch 0 already, number 1' "${allotment[@]}" "${owner[@]}"
check "list" 0 '1 sector and 1 allotment of' registry list
check "list: JSON" 0 '"comm_r".*"cap": 5000' --json registry list --epoch 0
check "list: after all" 0 '0 sectors and 0 allotments of' registry list --epoch 50
check "snapshot" 0 '1 sector, 1 allotment.*stores 1 sector' epoch snapshot --epoch 0 --opening opening.json --out s.json --directory s-directory.json
check "verify" 0 'sector root +[1-9].*challengers' epoch verify --epoch s.json --directory s-directory.json
edit s-directory.json d.json 'd.sectors[0].expiry += 1'
check "verify: a sector altered" 1 'd.json.*sector root' epoch verify --epoch s.json --directory d.json
edit s-directory.json d.json 'd.sectors = []'
check "verify: a sector left out" 1 'd.json.*sector root' epoch verify --epoch s.json --directory d.json
edit s-directory.json d.json 'd.allotments[0].cap += 1'
check "verify: an allotment altered" 1 'd.json.*allotment root' epoch verify --epoch s.json --directory d.json
check "remove-sector" 0 'Sector 1 no longer earns' registry remove-sector --seq 1
check "remove-sector: again" 1 'already' registry remove-sector --seq 1
check "remove-sector: unknown" 1 'no sector 9' registry remove-sector --seq 9

printf '\n%s passed, %s failed\n' "$passed" "$failed"
[ "$failed" = 0 ]
