# The commands of this repository; `make help` lists them. Nothing but Go and make is
# needed to build and test; `make race` also needs a C compiler.

# Tools, pinned and run from source by `go run`.
staticcheck := honnef.co/go/tools/cmd/staticcheck@v0.8.2
benchstat   := golang.org/x/perf/cmd/benchstat@v0.0.0-20260908200009-22c9c6c9d4da

go := go

# The packages that model hardware, which the nomul analyzer guards.
datapath := ./fixedpoint/... ./core/... ./router/...

# What `make bench` and `make fuzz` run, and for how long: make bench PKG=./core BENCH=Tick
PKG       ?= ./...
BENCH     ?= .
BENCHTIME ?= 1s
COUNT     ?= 1
FUZZTIME  ?= 5s

# How long the tests of a package may take on a slow machine.
timeout := 30m

.DEFAULT_GOAL := help

.PHONY: help
help: ## list the targets
	@sed -n 's/^\([a-z]*\):.*## /\1	/p' $(MAKEFILE_LIST) | expand -t 12

.PHONY: build
build: ## build ./bin/adder
	$(go) build -o bin/adder ./cmd/adder

.PHONY: test
test: ## run all tests; set ADDER_TESTDATA to a folder of data sets to run those that need one
	$(go) test -timeout $(timeout) ./...

.PHONY: race
race: ## run the short tests of all but the tools under the race detector, without data sets
	@set -e; all=$$($(go) list ./...); packages=$$(echo "$$all" | grep -v '^adder/tools/'); \
	echo "$(go) test -race -short -timeout $(timeout) <all packages but tools>"; \
	ADDER_TESTDATA= CGO_ENABLED=1 $(go) test -race -short -timeout $(timeout) $$packages

.PHONY: browser
browser: ## open the pages of `adder report` in a headless Chromium, where there is one
	cd report/browser && $(go) vet . && $(go) test -count 1 -timeout 10m .

.PHONY: invariants
invariants: ## run the short tests of mesh, engines and compiler with their internal checks built in
	$(go) test -short -tags invariants ./router ./chip ./compiler

.PHONY: cover
cover: ## run all tests and print the coverage of each package and the whole
	@mkdir -p bin
	$(go) test -timeout $(timeout) -coverprofile=bin/cover.out ./...
	@$(go) tool cover -func=bin/cover.out | tail -n 1

.PHONY: lint
lint: bin/nomul ## check format, go vet, the datapath rule, staticcheck
	@unformatted=$$(gofmt -l .); if [ -n "$$unformatted" ]; then \
		echo "not formatted, run gofmt -w on:"; echo "$$unformatted"; exit 1; fi
	$(go) vet ./...
	$(go) vet -vettool=$(CURDIR)/bin/nomul $(datapath)
	$(go) run $(staticcheck) ./...

# Always built: the go command knows better than make whether it is current.
.PHONY: bin/nomul
bin/nomul:
	@$(go) build -buildvcs=false -o $@ ./tools/nomul/cmd/nomul

.PHONY: generate
generate: ## write the assembly of core/kernel by its generator, a module of its own
	cd core/kernel/asm && $(go) run . -out ../kernel_amd64.s -stubs ../kernel_amd64.go -pkg kernel

.PHONY: bench
bench: ## run the Go benchmarks
	$(go) test -run '^$$' -bench '$(BENCH)' -benchtime $(BENCHTIME) -count $(COUNT) -benchmem $(PKG)

.PHONY: benchcmp
benchcmp: ## compare two outputs of `make bench COUNT=10`: make benchcmp OLD=a.txt NEW=b.txt
	$(go) run $(benchstat) $(OLD) $(NEW)

.PHONY: fuzz
fuzz: ## run every fuzz target for FUZZTIME
	@set -e; packages=$$($(go) list $(PKG)); for package in $$packages; do \
		targets=$$($(go) test -list '^Fuzz' $$package); \
		for target in $$(echo "$$targets" | sed -n '/^Fuzz/p'); do \
			echo "$$package $$target"; \
			$(go) test -run '^$$' -fuzz "^$$target\$$" -fuzztime $(FUZZTIME) $$package; \
		done; \
	done

.PHONY: check
check: lint test invariants ## all that a change must pass: lint, tests, tidy go.mod, nothing uncommitted
	$(go) mod tidy -diff
	git diff --exit-code
	git diff --cached --exit-code
