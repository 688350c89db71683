# The two commands of this project: `make demo` and `make test`.
# Both set up everything they need: tools in .venv, missing Debian packages through apt.
#   make demo ARGS="--seconds 20 --plain --home DIR"

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
ARGS ?=
PYTEST_ARGS ?= -q -n 2 --dist loadfile

.PHONY: demo test setup dev check format lock fleet clean
.DEFAULT_GOAL := test

demo: setup
	@$(BIN)/flatwatt demo $(ARGS)

test: dev check
	$(BIN)/pytest $(PYTEST_ARGS)

# Only what running needs.
setup: $(VENV)/.setup
$(VENV)/.setup: pyproject.toml uv.lock scripts/bootstrap.sh
	@sh scripts/bootstrap.sh "$(PYTHON)" "$(VENV)"
	@$(BIN)/uv sync --quiet --frozen --no-dev --inexact --project . --python $(BIN)/python --active
	@touch $@

# And what testing needs: the firmware is built and run in a simulator.
PACKAGES := gcc g++ gcc-avr avr-libc arduino-core-avr libsimavr-dev libelf-dev avrdude postgresql
dev: $(VENV)/.dev
	@sh scripts/debian.sh $(PACKAGES)
$(VENV)/.dev: $(VENV)/.setup
	@$(BIN)/uv sync --quiet --frozen --inexact --project . --python $(BIN)/python --active
	@touch $@

check: dev
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: dev
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

lock: dev
	$(BIN)/uv lock

# Many flats on every engine, Sail with real workers too: half a gigabyte of its own.
FLEET := .venv-fleet
fleet: dev
	@[ -x $(FLEET)/bin/python ] || $(BIN)/python -m venv $(FLEET)
	@$(BIN)/uv pip install --quiet --python $(FLEET)/bin/python -e '.[fleet-spark]' 'pysail>=0.7,<0.8'
	@$(FLEET)/bin/python -m bench.fleet --spark sail $(ARGS)

clean:
	rm -rf $(VENV) $(FLEET) .mypy_cache .ruff_cache .pytest_cache .hypothesis build dist

# Trust what the system trusts, also behind a company's or a school's proxy.
export UV_SYSTEM_CERTS := true
export VIRTUAL_ENV := $(CURDIR)/$(VENV)
