# `make demo` shows the main job, `make test` runs all that decides whether we ship.

SHELL := /bin/bash

.PHONY: help demo test frontier chaos planted fuzz soak install package reproducible sbom deny workflow bench docs format

help: ## these lines
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "%-13s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: ## build, start the sandbox, plan and apply a real configuration, destroy it
	@scripts/demo.sh

test: ## format, lints, unit, gRPC and acceptance tests, examples, documentation
	@scripts/test.sh

frontier: ## what newer CLIs can do, with the CLI at hand (TF_ACC_TERRAFORM_PATH)
	@scripts/frontier.sh

chaos: ## break the provider on purpose: COUNT=1000 runs from SEED=1 on, CLI=0 with the real Terraform
	@scripts/chaos.sh

planted: ## whether chaos finds faults that are put into the provider
	@scripts/planted.sh

fuzz: ## hand made-up input to all that takes some: COUNT=10000000 for each, or for one TARGET
	@scripts/fuzz.sh

soak: ## wait for COUNT=500 ports for MINUTES=60, and look at memory, open files and requests
	@scripts/soak.sh

install: ## put the release build where Terraform and OpenTofu find it
	@scripts/install.sh

package: ## archives, sums and manifest of the release build, in dist/
	@scripts/package.sh

reproducible: ## build this commit twice, in two folders, and compare
	@scripts/reproducible.sh

sbom: ## list what is built in, as CycloneDX
	@scripts/sbom.sh

deny: ## licences, sources, duplicates, known faults and needless ones of what is built in
	@scripts/deny.sh

workflow: ## lint the workflow that tests and releases
	@scripts/workflow.sh

bench: ## start-up, instructions, refresh and waiting, for BENCHMARKS.md; QUICK=1 prints a short form
	@scripts/bench.sh

docs: ## write docs/ anew from the entities and the examples
	UPDATE_DOCS=1 cargo test --locked --test documentation

format: ## format all code
	cargo fmt --all
	@source scripts/common.sh && "$$(find_terraform)" fmt -recursive examples acceptance-tests
