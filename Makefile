# Everything works from a clean clone with Python 3.11 or newer: `make demo`, `make test`.
SHELL := /bin/bash
# Modules and tests are compiled once, not by every process anew.
export PYTHONDONTWRITEBYTECODE =
PYTHON ?= $(shell for p in python3 python3.14 python3.13 python3.12 python3.11; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && command -v $$p && break; done)
BIN := .venv/bin
STAMP := .venv/.installed
# A throw-away cluster of the distribution's server, with what pg_cron needs. Databases made from a
# template do not have what `quadrant migrate` set for that: jit.
VIRTUALENV := .ci/in-memory pg_virtualenv -t -c --locale=C.UTF-8 -o shared_preload_libraries=pg_cron \
	-o cron.use_background_workers=on -o max_worker_processes=20 -o ssl=off -o jit=off
PYTEST := .ci/in-memory $(BIN)/python -m pytest -q
# Two processes more than two cores can run, for some wait; tests/conftest.py says who runs what.
AT_ONCE := -n 4
# What another version of the server could answer differently: SQL, deployment, rights, plans.
OF_THE_SERVER := tests/pgtap tests/python/database/test_deploy.py \
	tests/python/database/test_real_schema.py tests/python/mining tests/python/rights \
	tests/python/runtime tests/python/test_conventions.py
FAULTS := tests/flow/test_faults.py tests/flow/test_crash.py
CI_BARS := ../shared/data/bars
# Where `quadrant up` keeps its server; psql-demo keeps its market there too.
SMALL := $(or $(QUADRANT_HOME),.quadrant)/small

.PHONY: help setup demo down psql-demo check lint test test-postgres test-newer test-embedded \
	test-bots untested schema roles upgrade-dump soak reliability promises bench ci-replay

help:
	@echo 'For users:'
	@echo '  make demo [DATA=folder] [LEARN_EVERY=1d]'
	@echo '                         set up, replay a market (or your bars), learn, print what changed'
	@echo '  make down              stop the embedded server; its data stays'
	@echo 'For contributors (CONTRIBUTING.md):'
	@echo '  make check             lint, types, and the quick tests: about a minute'
	@echo '  make test              lint, types, pytest and pgTAP on two PostgreSQL versions'
	@echo '  make test-embedded     the same tests on the embedded PostgreSQL alone: needs no packages'
	@echo '  make test-bots         freqtrade and nautilus_trader over the database, offline'
	@echo '  make psql-demo         psql on a small market that was replayed'
	@echo '  make schema            writes docs/schema.sql and the list of docs/views.md, after a change'
	@echo '  make roles             writes the table of docs/roles.md, after a change of rights'
	@echo '  make upgrade-dump      writes the dump that the upgrade test begins with (PostgreSQL 15)'
	@echo '  make untested          which SQL functions no test reaches'
	@echo '  make soak              every campaign in its long form, and the promises (hours)'
	@echo '  make reliability       the campaigns of faults on both servers; writes docs/reliability.md'
	@echo '  make bench             benchmarks'

setup: $(STAMP)

$(STAMP): pyproject.toml
	@test -n "$(PYTHON)" || { echo 'Python 3.11 or newer is needed (or: make PYTHON=/path/to/python)'; exit 1; }
	@.ci/make-venv "$(PYTHON)"
	@$(BIN)/python -m pip install -q --disable-pip-version-check --root-user-action=ignore -e '.[test]'
	@touch $(STAMP)

demo: setup
	$(BIN)/quadrant demo $(if $(DATA),--data '$(DATA)') $(if $(LEARN_EVERY),--learn-every '$(LEARN_EVERY)')

down: setup
	$(BIN)/quadrant down

psql-demo: setup
	@$(BIN)/quadrant up >/dev/null
	@test -d '$(SMALL)' || $(BIN)/python -c "from quadrant.market import *; \
		write_market(synthesize(planted_market(timeframes=('15m',)), 1), '$(SMALL)')"
	@$(BIN)/quadrant replay '$(SMALL)' --chain synthetic --database small --learn-every 1d --json \
		>/dev/null
	@$(BIN)/quadrant --database small psql $(ARGS)

lint: setup
	$(BIN)/ruff check python tests
	$(BIN)/ruff format --check python tests
	$(BIN)/mypy

# What is worth knowing before a commit: one server, the embedded one, and nothing slow.
check: lint
	$(PYTEST) $(AT_ONCE) --quick $(ARGS)

# The distribution's server runs all of it, the embedded one what it could answer differently.
test: lint test-postgres test-newer

# The distribution's PostgreSQL (15 on Debian 12), with pg_cron, pgTAP, plpgsql_check.
test-postgres: setup
	@.ci/postgres-packages
	@rm -f .venv/.failed # pg_virtualenv would print the server's log over pytest's summary
	$(VIRTUALENV) sh -c '$(PYTEST) $(AT_ONCE) $(ARGS) || touch .venv/.failed'
	@test ! -e .venv/.failed

test-newer: setup
	$(PYTEST) $(AT_ONCE) --database-only -m 'not slow' $(OF_THE_SERVER) $(ARGS)

test-embedded: setup
	$(PYTEST) $(AT_ONCE) $(ARGS)

# In a venv of their own, in the user's cache: they are large, and bring their own pandas.
test-bots: setup
	QUADRANT_BOTS=$$(.ci/bots-python "$(PYTHON)") $(PYTEST) tests/python/integrations $(ARGS)

untested: setup
	@.ci/postgres-packages
	@rm -f .venv/calls
	-$(VIRTUALENV) -o track_functions=all sh -c 'QUADRANT_CALLS=.venv/calls $(PYTEST) $(AT_ONCE) $(ARGS)'
	@$(BIN)/python tests/support/calls.py .venv/calls

roles: setup
	QUADRANT_WRITE=1 $(PYTEST) tests/python/rights/test_roles_page.py

schema: setup
	QUADRANT_WRITE=1 $(PYTEST) tests/python/database/test_schema_page.py \
		tests/python/database/test_views_page.py

# By the oldest server there is: newer ones can read it.
upgrade-dump: setup
	@.ci/postgres-packages
	$(VIRTUALENV) sh -c 'QUADRANT_WRITE=1 $(PYTEST) tests/python/database/test_upgrade.py'

# What `make test` does in short, at full length; then the faults, counted, and the promises.
soak: export QUADRANT_LONG := 1
soak: test-postgres test-bots reliability promises

# One after the other, for a fault's moment is a part of the time the work takes.
reliability: export QUADRANT_LONG := 1
reliability: export QUADRANT_FAULTS := $(CURDIR)/.venv/.faults
reliability: setup
	@.ci/postgres-packages
	-@.ci/apt-install libfaketime
	@rm -f $(QUADRANT_FAULTS) .venv/.failed
	$(VIRTUALENV) sh -c '$(PYTEST) $(FAULTS) $(ARGS) || touch .venv/.failed'
	$(PYTEST) $(FAULTS) $(ARGS) || touch .venv/.failed
	$(BIN)/python tests/support/reliability.py $(QUADRANT_FAULTS)
	@test ! -e .venv/.failed

# Hundreds of histories judged look by look; puts the table into docs/evidence.md.
promises: setup
	$(BIN)/python tests/bench/promises --write $(ARGS)

bench: setup
	@$(BIN)/python -m pip install -q --disable-pip-version-check --root-user-action=ignore -e '.[bench]'
	for bench in tests/bench/bench_*.py tests/bench/mining; do $(BIN)/python $$bench || exit 1; done

# A slice of real bars through the whole system, in a home of its own.
ci-replay: setup
	@export QUADRANT_HOME=$$(mktemp -d); chmod 755 $$QUADRANT_HOME; \
	trap '$(BIN)/quadrant down; rm -rf "$$QUADRANT_HOME"' EXIT; \
	$(BIN)/quadrant up && \
	$(BIN)/quadrant replay $(CI_BARS) --symbols BTCUSDT,NEARUSDT --timeframes 1h,4h
