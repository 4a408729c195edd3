# Everything works from a clean clone with Python 3.11 or newer: `make demo`, `make test`.
SHELL := /bin/bash
PYTHON ?= $(shell for p in python3 python3.14 python3.13 python3.12 python3.11; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && command -v $$p && break; done)
BIN := .venv/bin
STAMP := .venv/.installed
# A throw-away cluster of the distribution's server, with what pg_cron needs.
VIRTUALENV := pg_virtualenv -t -c --locale=C.UTF-8 -o shared_preload_libraries=pg_cron \
	-o cron.use_background_workers=on -o max_worker_processes=20 -o ssl=off
PYTEST := $(BIN)/python -m pytest -q $(ARGS)
CI_BARS := ../shared/data/bars

.PHONY: help setup demo down test beside test-postgres test-embedded lint bench soak ci-replay

help:
	@echo 'make demo [DATA=folder] [LEARN_EVERY=1d]'
	@echo '                         set up, replay a market (or your bars), learn, print what changed'
	@echo 'make test                set up, lint, types, pytest and pgTAP on two PostgreSQL versions'
	@echo 'make test-embedded       the same tests on the embedded PostgreSQL alone'
	@echo 'make down                stop the embedded server; its data stays'
	@echo 'make bench               benchmarks'
	@echo 'make soak                does the judge keep its promises? (hours)'

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

lint: setup
	$(BIN)/ruff check python tests
	$(BIN)/ruff format --check python tests
	$(BIN)/mypy

# Both servers at once: the second one's report comes after the first one's. The proof of learning
# (whole markets, 20 seeds) runs beside, on the second one; the other slow ones on the first.
test: lint
	@.ci/postgres-packages
	@$(MAKE) --no-print-directory -k -j2 test-postgres beside; status=$$?; \
	echo 'On the embedded PostgreSQL:'; cat .venv/embedded.log; exit $$status

beside: setup
	@$(PYTEST) --database-only -m 'not slow or learning' >.venv/embedded.log 2>&1

# The distribution's PostgreSQL (15 on Debian 12), with pg_cron, pgTAP, plpgsql_check.
test-postgres: setup
	@.ci/postgres-packages
	@rm -f .venv/.failed # pg_virtualenv would print the server's log over pytest's summary
	$(VIRTUALENV) sh -c '$(PYTEST) -m "not learning" || touch .venv/.failed'
	@test ! -e .venv/.failed

# The wheel's PostgreSQL: everything that touches a database.
test-embedded: setup
	$(PYTEST) --database-only

bench: setup
	@$(BIN)/python -m pip install -q --disable-pip-version-check --root-user-action=ignore -e '.[bench]'
	for bench in tests/bench/bench_*.py tests/bench/mining; do $(BIN)/python $$bench || exit 1; done

# Hundreds of histories judged look by look; puts the table into docs/evidence.md.
soak: setup
	$(BIN)/python tests/bench/promises --write $(ARGS)

# A slice of real bars through the whole system, in a home of its own.
ci-replay: setup
	@export QUADRANT_HOME=$$(mktemp -d); chmod 755 $$QUADRANT_HOME; \
	trap '$(BIN)/quadrant down; rm -rf "$$QUADRANT_HOME"' EXIT; \
	$(BIN)/quadrant up && \
	$(BIN)/quadrant replay $(CI_BARS) --symbols BTCUSDT,NEARUSDT --timeframes 1h,4h
