# handfest: the commands of this checkout. `make` alone prints them.
PYTHON ?= python3
BIN := .venv/bin
PYTEST_WORKERS ?= 2

# Where it is set, every command that a test starts compiles handfest and its libraries anew: three seconds each.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help demo test check lint types contracts bench docs lock clean

help: ## print this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-10s %s\n", $$1, $$2}'

.venv/.ready: pyproject.toml requirements/lock.txt
	@echo "Setting up .venv (once; needs Python 3.11 or newer)"
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "handfest needs Python 3.11 or newer; set PYTHON=python3.x"; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check 'uv>=0.9'
	@$(BIN)/uv pip install --quiet --python $(BIN)/python --require-hashes -r requirements/lock.txt
	@$(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps --editable .
	@touch $@

demo: .venv/.ready ## play the incident: the call as it was lost, then the same call kept
	@$(BIN)/handfest demo

test: check ## lint, types, import contracts, then every test
	@$(BIN)/python -m pytest -q -n $(PYTEST_WORKERS) --dist worksteal

check: lint types contracts

lint: .venv/.ready ## ruff over the code and the tests
	@$(BIN)/ruff check --quiet src tests bench
	@$(BIN)/ruff format --quiet --check src tests bench || { echo "run: $(BIN)/ruff format src tests bench"; exit 1; }

types: .venv/.ready ## mypy --strict over the package
	@$(BIN)/mypy

contracts: .venv/.ready ## who may import whom (import-linter)
	@$(BIN)/lint-imports --config .importlinter --no-cache > .venv/contracts.txt || { cat .venv/contracts.txt; exit 1; }

bench: .venv/.ready ## measured ratios, printed and written to bench/
	@$(BIN)/python -m bench

docs: .venv/.ready ## write the generated pages of docs/reference anew
	@$(BIN)/python -m handfest.catalogue.file_reference > docs/reference/business-file.md
	@$(BIN)/python -m handfest.diagnosis.registry.findings_reference > docs/reference/findings.md
	@$(BIN)/python -m handfest.testing.api_reference > docs/reference/api.md

LOCK := uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header

screens: .venv/.ready ## take the pictures of the console for the documents (needs Chromium; smaller with pngquant)
	@PYTHONPATH=tests $(BIN)/python -m console.take_pictures

lock: ## pin every dependency with its hash: lock.txt for this checkout, serve.txt for a server
	@$(BIN)/$(LOCK) --extra test pyproject.toml -o requirements/lock.txt
	@$(BIN)/$(LOCK) --extra postgres --extra oidc --extra mcp --extra otel --constraint requirements/lock.txt pyproject.toml -o requirements/serve.txt

clean: ## remove the environment and caches
	@rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis
