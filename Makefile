# Two commands do everything: `make demo` and `make test`. Both install what they need and say what.
SHELL := /bin/bash
export CARGO_TARGET_DIR ?= $(or $(XDG_CACHE_HOME),$(HOME)/.cache)/popw/target

.PHONY: demo test test-long build page corpus contracts bench fuzz fuzz-replay goldens completions clean help

help: ## this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

demo: ## a device on this machine: its uptime, its file, its clients, and the proofs of it
	@scripts/setup.sh rust
	@scripts/demo.sh

test: ## everything CI runs, with the minutes of each stage
	@scripts/test.sh

test-long: ## what is worth running before a release, and not at each landing: hours
	@scripts/test.sh long

build: ## the popw command, as tests use it
	@. scripts/target.sh && cargo build -p popw-cli --bin popw --features as-tested

page: ## the page that checks proofs, in wasm/www/dist; `popw serve-page` shows it
	@scripts/page.sh build

corpus: ## proofs, keys and documents of the demo shape that every verifier is held to, in corpus/demo
	@scripts/corpus.sh demo

contracts: ## the Solidity contracts: written again, built, tested, measured, read by slither
	@scripts/contracts.sh

bench: ## side-by-side figures of docs/src/performance.md
	@scripts/bench.sh

fuzz: ## every parser under libFuzzer, SECONDS=20 each, or TARGET=name alone; needs nightly
	@scripts/fuzz.sh run "$(or $(SECONDS),20)" "$(TARGET)"

fuzz-replay: ## the fuzz corpora and changed copies of them, on stable; FUZZ_ROUNDS, FUZZ_SEED
	@scripts/fuzz.sh replay

goldens: ## rewrite the golden files after an intended change
	@. scripts/target.sh && UPDATE_GOLDENS=1 cargo nextest run $${tested[@]} -E 'test(golden)'

completions: build ## shell completions under target/completions/
	@scripts/completions.sh

clean: ## what the demo and the tests left in this checkout
	@rm -rf target/demo target/completions target/chain tools/*/node_modules corpus/demo contracts/{node_modules,out,cache,src/demo,test/data} \
		wasm/{node_modules,pkg} wasm/www/{node_modules,dist,shots}
