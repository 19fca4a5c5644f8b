# phoneport: `make` lists the targets. Everything needs Go 1.26; what else a target needs, it installs or
# names. Scripts of more than a few lines are in .ci/.

SHELL       := /bin/bash
.SHELLFLAGS := -euo pipefail -c

PKGS     ?= ./...
FUZZTIME ?= 10m
# Packages whose tests run goroutines against each other; the race detector is too slow for the rest.
RACE     ?= ./discovery/advertise ./discovery/wire ./discovery/source/... ./switchctl/fleet/... ./switchctl/snmp ./switchctl/sim/... ./policy/enforce/... ./cmd/internal/...

.DEFAULT_GOAL := help
.PHONY: help demo build test lint race fuzz bench cover golden

help: ## list the targets
	@awk -F':.*## ' '/^[a-z]+:.*## /{printf "  make %-8s %s\n", $$1, $$2}' Makefile

demo: ## see it work: a simulated campus is broken, audited, repaired and audited again
	@go run ./cmd/phoneport demo --once

build: ## build bin/phoneport
	CGO_ENABLED=0 go build -trimpath -buildvcs=auto -o bin/phoneport ./cmd/phoneport

test: ## everything CI runs: install test tools (Debian, root), lint, all tests, race tests
	@.ci/deps
	@$(MAKE) --no-print-directory lint
	go test $(PKGS)
	@$(MAKE) --no-print-directory race

lint: ## the gate: go vet, staticcheck, gofumpt
	go vet $(PKGS)
	go tool staticcheck $(PKGS)
	@unformatted=$$(go tool gofumpt -l .); if [ -n "$$unformatted" ]; then \
	  echo "not gofumpt-clean; run: go tool gofumpt -w ."; echo "$$unformatted"; exit 1; fi

race: ## the concurrent packages under the race detector (needs a C compiler)
	@if [ "$$(go env CGO_ENABLED)" = 1 ] && command -v "$$(go env CC)" >/dev/null; then \
	  echo "go test -race $(RACE)"; go test -race $(RACE); \
	else echo "SKIPPED: the race detector needs a C compiler ($$(go env CC)), which is missing here"; fi

fuzz: ## fuzz every decoder in turn, FUZZTIME each (default 10m); PKGS=./discovery/... narrows it
	@.ci/fuzz $(FUZZTIME) $(PKGS)

bench: ## speed against snmpbulkwalk, plain gosnmp, gopacket and lldpd, measured in the same run
	@.ci/deps snmpbulkwalk lldpd ip
	go test -run '^$$' -bench . -benchtime 1x -timeout 30m ./cmd/internal/bench
	go test -run '^$$' -bench . ./discovery/lldp ./discovery/cdp ./discovery/neighbors ./discovery/advertise
	go test -run '^$$' -bench . -benchtime 1x -timeout 30m ./cmd/internal/peers

cover: ## statement coverage by package, and cover.html to look at
	@mkdir -p bin
	go test -coverprofile=bin/cover.out $(PKGS)
	@go tool cover -html=bin/cover.out -o bin/cover.html
	@go tool cover -func=bin/cover.out | tail -n 1

golden: ## write the golden files anew; read the diff before committing it
	@.ci/golden $(PKGS)
