# What can be done with this repository. `make` alone lists it.

CARGO ?= cargo
# Tools that `make install` puts into .venv come first.
export PATH := $(CURDIR)/.venv/bin:$(PATH)

# Where the workspace is built: as a whole, so that every task uses the same build of each dependency.
BUILT := $(if $(CARGO_TARGET_DIR),$(CARGO_TARGET_DIR),target)/debug

SEED ?= 1
DEMO := demo

.DEFAULT_GOAL := help
.PHONY: help install install-bench demo demo-report screenshots ui-test build deb test check golden gen fuzz fuzz-smoke soak bench evaluate docs clean

help: ## this list
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' Makefile | while IFS="$$(printf '\t')" read -r name what; do printf '  make %-12s %s\n' "$$name" "$$what"; done

install: ## tools that the tests need and that are missing (apt, pip into .venv, npm)
	@scripts/install.sh test

install-bench: ## tools that Bedrail's speed is compared with
	@scripts/install.sh bench

build: ## the binary, without optimisation
	$(CARGO) build --locked -p bedrail

deb: ## the Debian package, in target/deb (release build)
	@scripts/install.sh deb
	npm run build --prefix ui --silent
	$(CARGO) build --release --locked -p bedrail
	packaging/deb.sh target/release/bedrail target/deb

demo: ## a synthetic hospital live in a browser: the URL and the first login are printed; DEMO_LISTEN, DEMO_SPEED
	@scripts/install.sh demo
	@$(MAKE) --no-print-directory ui/dist/index.html
	$(CARGO) build --locked -p bedrail -p testkit
	@SEED=$(SEED) scripts/demo.sh

demo-report: ## the same hospital inspected once: table here, page in demo/hospital.html
	@scripts/install.sh build
	$(CARGO) build --locked -p bedrail -p testkit
	@mkdir -p $(DEMO)
	$(CARGO) run --quiet --locked -p testkit -- hospital --seed $(SEED) --out $(DEMO)/hospital.pcapng
	$(CARGO) run --quiet --locked -p bedrail -- inspect $(DEMO)/hospital.pcapng --html $(DEMO)/hospital.html
	@printf '\nThe page, to open in a browser: %s\n' '$(CURDIR)/$(DEMO)/hospital.html'

screenshots: ## pictures of every page of the real hub, for docs/screenshots; look at them
	@scripts/install.sh test
	@$(MAKE) --no-print-directory ui/dist/index.html
	$(CARGO) build --locked -p bedrail -p testkit
	npm run screenshots --prefix ui --silent

ui-test: install ## the UI: units, sizes; in Chromium against the mock and the real hub (a part of `make test`)
	npm run test --prefix ui --silent
	@$(MAKE) --no-print-directory ui/dist/index.html
	npm run size --prefix ui --silent
	$(CARGO) build --locked --workspace
	npm run e2e --prefix ui --silent

# Built anew when a source changed; a debug build of the hub reads it when asked.
ui/dist/index.html: $(shell find ui/src ui/public -type f) ui/index.html ui/vite.config.ts ui/package-lock.json
	npm run build --prefix ui --silent

test: install ## every test
	$(CARGO) nextest run --workspace --locked --no-fail-fast
	$(CARGO) test --workspace --locked --doc --quiet
	scripts/fuzz.sh smoke
	@$(MAKE) --no-print-directory ui-test

check: install ## form, lints, the house's numbers, generated files, licences, scripts
	$(CARGO) fmt --all --check
	$(CARGO) clippy --workspace --all-targets --locked -- -D warnings
	$(CARGO) build --workspace --all-targets --locked
	npm run form --prefix ui --silent
	$(BUILT)/xtask tidy
	$(BUILT)/bedrail rule check crates/engines/identify/rules/*.toml
	$(BUILT)/xtask gen-check
	$(CARGO) fetch --locked --quiet
	$(CARGO) fetch --locked --quiet --manifest-path fuzz/Cargo.toml
	$(CARGO) deny --offline --locked check --hide-inclusion-graph licenses bans sources
	shellcheck .ci/run scripts/*.sh packaging/*.sh packaging/debian/p*
	packaging/check.sh

golden: ## write the golden files of the captures anew; read the diff before committing it
	BEDRAIL_GOLDEN=write $(CARGO) nextest run --workspace --locked -E 'test(golden)'

gen: ## write generated files: registries and docs/protocols.md
	@scripts/install.sh gen
	$(CARGO) xtask gen

fuzz: ## fuzz every target for long; figures go to qa/ledger.jsonl
	scripts/fuzz.sh long

fuzz-smoke: ## fuzz every target for a few seconds
	scripts/fuzz.sh smoke

soak: install ## the tests that draw what they do, for long; figures go to qa/ledger.jsonl
	scripts/soak.sh

bench: install-bench ## compare speed with other tools in one run (release build)
	$(CARGO) xtask bench

evaluate: ## identification against labelled captures: make evaluate LABELS=FILE CAPTURES=FOLDER
	@test -n "$(LABELS)" -a -n "$(CAPTURES)" || { echo 'evaluate: make evaluate LABELS=FILE CAPTURES=FOLDER' >&2; exit 2; }
	$(CARGO) run --release --quiet --locked -p bedrail -- evaluate $(LABELS) --captures $(CAPTURES)

docs: ## documentation of the code
	$(CARGO) doc --workspace --locked --no-deps

clean: ## remove what was built and made
	$(CARGO) clean
	rm -rf $(DEMO)
