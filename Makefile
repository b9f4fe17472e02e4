# The commands of this repository; `make help` lists them. Nothing but Go and make is
# needed to build and test; `make race` also needs a C compiler.

# Tools, pinned and run from source by `go run`.
staticcheck := honnef.co/go/tools/cmd/staticcheck@v0.8.2
benchstat   := golang.org/x/perf/cmd/benchstat@v0.0.0-20260908200009-22c9c6c9d4da

go := go
# Python with numpy, which the Python package needs.
python := python3

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

# What `make wheel` builds for, as GOOS/GOARCH, and the version that the wheels have.
WHEELS        ?= $(shell $(go) env GOOS)/$(shell $(go) env GOARCH)
WHEEL_VERSION ?= 0.1.0.dev0

.PHONY: wheel
wheel: ## build wheels of the Python package into dist, the program inside: make wheel WHEELS="linux/amd64 linux/arm64"
	@set -e; for platform in $(WHEELS); do \
		CGO_ENABLED=0 GOOS=$${platform%/*} GOARCH=$${platform#*/} $(go) build -trimpath -ldflags="-s -w -X main.released=$(VERSION)" -o bin/wheel/adder ./cmd/adder; \
		$(python) python/build_wheel.py --binary bin/wheel/adder --platform $$platform --version $(WHEEL_VERSION) --out dist; \
	done

# The version that `make release` gives its archives: that of the tag, or what git says of none.
VERSION ?= $(shell git describe --tags --always --dirty)

.PHONY: release
release: ## write archives with checksums into dist/VERSION: make release VERSION=v0.1.0
	$(go) run ./tools/release -version "$(VERSION)" -out "dist/$(VERSION)"

.PHONY: python
python: build ## run the tests of the Python package and its notebook against ./bin/adder
	cd python && ADDER=$(CURDIR)/bin/adder PYTHONPATH=. $(python) -W ignore::ResourceWarning -m unittest discover -s tests
	cd python && ADDER=$(CURDIR)/bin/adder PYTHONPATH=. $(python) run_notebook.py notebooks/first_steps.ipynb

.PHONY: cross
cross: ## build for other machines: tests for linux/arm64, the program for darwin and windows
	@set -e; mkdir -p bin/cross; for package in $$($(go) list ./...); do \
		CGO_ENABLED=0 GOOS=linux GOARCH=arm64 $(go) test -c -o bin/cross/ $$package; done; rm -rf bin/cross
	CGO_ENABLED=0 GOOS=darwin GOARCH=arm64 $(go) build ./...
	CGO_ENABLED=0 GOOS=windows GOARCH=amd64 $(go) build ./...

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
