# Everything that a newcomer, a developer and CI run. Needs Python 3.11 or newer and make; the rest goes into .venv/.
BIN := .venv/bin
WORKERS ?= 2
export IMAGE ?= banqup-exact
REDOCLY := @redocly/cli@2.77.0
LOCK = $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header

.DEFAULT_GOAL := help
.PHONY: help setup demo sandbox run test test-fast check lint types layers migrations openapi openapi-lint advisories coverage soak faults attack bench-intake bench-export bench-pace bench-hostile bench-peppol corpus image image-check screenshots lock clean

help: ## What can be made
	@sed -n 's/^\([a-z-]*\)[a-z -]*:.*## /\1\t/p' Makefile | expand -t 16

setup: ## Build .venv/ where it is missing, broken or older than the lock (PYTHON=… names the interpreter)
	@sh requirements/venv.sh

demo: setup ## Show the whole way of documents (ONCE=1 ends by itself; DOCUMENTS=folder takes your own)
	$(BIN)/banqup-exact demo $(if $(ONCE),--once) $(if $(DOCUMENTS),--documents "$(DOCUMENTS)")

sandbox: setup ## Run stand-ins for Exact Online and Banqup, and write a .env with which `make run` uses them
	$(BIN)/banqup-exact sandbox --env

run: setup ## Run the service as the environment or .env says (see .env.example)
	$(BIN)/banqup-exact serve

test: setup ## Run the tests
	$(BIN)/pytest -q -n $(WORKERS)

test-fast: setup ## Run the quick tests: half a minute, for every small step
	$(BIN)/pytest -q -n $(WORKERS) -m "not slow and not hypothesis"

check: lint types layers migrations openapi openapi-lint advisories coverage ## Everything that CI runs

lint: setup
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: setup
	$(BIN)/mypy

layers: setup
	$(BIN)/lint-imports

migrations: setup # up from empty, and nothing in the models that no migration brings
	$(BIN)/pytest -q tests/platform/test_schema.py

openapi: setup # the committed description in step with the code
	$(BIN)/banqup-exact openapi --check

openapi-lint: export REDOCLY_TELEMETRY = off
openapi-lint: export REDOCLY_SUPPRESS_UPDATE_NOTICE = true
openapi-lint: export npm_config_fetch_retries = 0
openapi-lint: export npm_config_update_notifier = false
openapi-lint:
	@if ! command -v npx >/dev/null; then echo "openapi.yaml is not linted: node is not installed"; \
	elif ! npx --yes $(REDOCLY) --version >/dev/null 2>&1; then echo "openapi.yaml is not linted: $(REDOCLY) cannot be had"; \
	else npx --yes $(REDOCLY) lint openapi.yaml; fi

advisories: setup # known vulnerabilities of the locked packages, where an index of advisories can be reached
	@$(BIN)/python requirements/audit.py

coverage: setup
	$(BIN)/pytest -q -n $(WORKERS) --cov --cov-report=term:skip-covered

soak: setup ## Kill processes at random while documents flow; each must arrive exactly once
	$(BIN)/python -m benchmarks.soak

faults: setup ## Make Exact and Banqup fail in every way while documents flow (SEED=n)
	$(BIN)/python -m benchmarks.faults $(if $(SEED),--seed $(SEED))

attack: setup ## Attack a running service by documents, links, tokens, endpoints and routes (ATTACKS="routes links")
	$(BIN)/python -m benchmarks.attack $(ATTACKS)

bench-intake bench-export bench-pace: bench-%: setup ## Messages accepted, documents exported a second; the pace at Exact's limits
	$(BIN)/python -m benchmarks.$*

bench-hostile: setup ## Time against size for hostile documents; fails where a doubling costs over 2.3 times (NAME=shape)
	$(BIN)/python -m benchmarks.hostile $(if $(NAME),"$(NAME)")

bench-peppol: setup ## UBL documents written and checked a second
	$(BIN)/python -m benchmarks.peppol_writing

image: ## Build the production image with buildah or podman (BASE=… names another base image)
	sh deploy/build-image.sh

image-check: setup image ## Build the production image, start it and look inside
	BANQUP_EXACT_TEST_IMAGE=$(IMAGE) $(BIN)/pytest -q tests/platform/test_image.py

screenshots: setup ## Take the pictures of docs/images again (needs Debian's Chromium)
	SCREENSHOTS=docs/images $(BIN)/pytest -q tests/api/test_browser.py -k sees_that_it_worked

corpus: setup ## Convert a folder of UBL, CII, PDF and Banqup's JSON; counts, and a report (FOLDER=folder REPORT=file)
	$(BIN)/python -m benchmarks.corpus "$(or $(FOLDER),tests/golden)" --report "$(or $(REPORT),corpus.html)"

lock: ## Resolve the dependencies anew (UPGRADE=1 takes the newest versions)
	test -x $(BIN)/uv || $(MAKE) setup
	$(LOCK) $(if $(UPGRADE),--upgrade) pyproject.toml -o requirements/production.txt
	$(LOCK) $(if $(UPGRADE),--upgrade) pyproject.toml --extra local --group dev -c requirements/production.txt -o requirements/development.txt
	$(LOCK) --group pyproject.toml:build -c requirements/development.txt -o requirements/build.txt

clean: ## Remove what was built here; the local database in .data/ stays
	rm -rf .venv .coverage* htmlcov .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis build *.egg-info
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
