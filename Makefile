# fairline: everything a contributor runs. `make help` lists it.
GO ?= go
FUZZTIME ?= 30s
SUDO ?= $(shell test "$$(id -u)" = 0 || echo sudo)
FUZZ = ./engine:FuzzCodec ./engine/journal:FuzzFrame ./policy:FuzzParse ./policy/rule:FuzzCompile \
	./policy/mapping:FuzzDecode ./policy/mapping:FuzzRead ./adapters/webhook:FuzzVerify ./adapters/social:FuzzSSE ./adapters/social:FuzzJetstream \
	./adapters/phone:FuzzDatagram ./adapters/phone:FuzzCall ./adapters/phone:FuzzDescription ./adapters/phone:FuzzCredentials \
	./adapters/phone:FuzzKeys ./adapters/phone:FuzzFraming \
	./adapters/host:FuzzTicketDecoder ./adapters/host:FuzzInput ./adapters/natsbus:FuzzAnchor ./simulations/recorded:FuzzRead \
	./adapters/email:FuzzHead ./adapters/email:FuzzResults ./adapters/email:FuzzDoor ./adapters/email:FuzzState
GOLDEN = ./engine ./engine/ledger ./policy ./policy/mapping ./policy/sentence ./policy/trial ./policy/worst \
	./simulations/fieldstories ./simulations/report ./simulations/scenario ./adapters/host ./cmd/fairline

help: ## show this list
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## /  make \1\t/' | expand -t 18

deps: ## fetch the modules, and the programs that tests speak with: telephones (sipp, baresip), a mail server (dovecot), curl and openssl
	$(GO) mod download
	@for p in curl:curl openssl:openssl sipp:sip-tester baresip:baresip-core /usr/lib/dovecot/imap:dovecot-imapd /usr/lib/dovecot/lmtp:dovecot-lmtpd; do \
		command -v $${p%:*} >/dev/null || missing="$$missing $${p#*:}"; done; \
		test -z "$$missing" || { $(SUDO) apt-get update -qq && $(SUDO) apt-get install -qq -y --no-install-recommends $$missing; }

build: deps ## build the program into ./fairline
	$(GO) build -trimpath -o fairline ./cmd/fairline

test: deps lint ## lint, then run all tests, the race detector on
	$(GO) test -race -timeout 15m ./...

race: ## the concurrent packages again and again under the race detector
	$(GO) test -race -count=5 ./adapters/... ./cmd/...

lint: ## gofmt, go vet, staticcheck, a tidy go.mod
	@test -z "$$(gofmt -l . | tee /dev/stderr)" || { echo "gofmt -w the files above"; exit 1; }
	$(GO) vet ./...
	$(GO) tool staticcheck ./...
	$(GO) mod tidy -diff

check: test ## all that a commit needs

golden: ## write the expected outputs anew; read the diff
	$(GO) test $(GOLDEN) -rewrite

bench: ## the benchmarks with their limits beside them
	$(GO) test -run '^$$' -bench . -benchtime 1s ./engine ./engine/journal ./policy ./adapters/natsbus ./simulations/run ./cmd/fairline

fuzz: ## each fuzz test for FUZZTIME (default 30s)
	@set -e; for f in $(FUZZ); do $(GO) test $${f%:*} -run '^$$' -fuzz "^$${f#*:}$$" -fuzztime $(FUZZTIME); done

soak: ## random histories, many times over; prints the seed that repeats a failure
	$(GO) test ./engine -run Histories -rapid.checks=300000 -timeout 60m

day: ## a day of the bank's log: a new policy each minute, lost agents, kills; LOG=FILE for another than the excerpt
	$(GO) test ./cmd/fairline -run 'TestDay$$' -v -timeout 60m -day-from 0 -day-to 48h -day-service 24h -day-thin=false -day-upset 40 $(if $(LOG),-day-log $(abspath $(LOG)))

reference: ## the simulator against values of queueing theory, with narrow intervals; prints the table by model
	$(GO) test ./simulations/reference -count=1 -timeout 120m -reference.long
	@cat simulations/reference/testdata/long.txt

.PHONY: help deps build test race lint check golden bench fuzz soak day reference
