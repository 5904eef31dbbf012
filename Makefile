# Everything is done in a virtual environment of this folder's own; nothing is installed elsewhere.
#
#   make demo                   the newest suitable Python that is found
#   make test PYTHON=python3.12 a Python of your choice (run `make clean` first if one was chosen)
#   make test ARGS="-k merge"   more arguments for pytest

VENV := .venv
PYTHON ?=
ARGS :=

BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip
PYTEST := $(BIN)/python -m pytest
# Two workers; tests of one group share a worker, and so what their fixtures have built.
PARALLEL := -n 2 --dist loadgroup
# The build backend is installed first, so that its version is held by the constraints as well.
INSTALL := $(PIP) install --quiet --constraint constraints.txt
EDITABLE := $(INSTALL) --no-build-isolation --editable

CANDIDATES := $(if $(PYTHON),$(PYTHON),python3.13 python3.12 python3.11 python3)
# A name on the PATH proves little: shims answer to versions that are not there, and some systems
# ship Python without venv. So each candidate has to do what will be asked of it.
SUITABLE := import ensurepip, sqlite3, sys, venv; sys.exit(sys.version_info < (3, 11))

export PIP_DISABLE_PIP_VERSION_CHECK := 1
# No question to a registry at each run whether a newer pyright is out.
export PYRIGHT_PYTHON_IGNORE_WARNINGS := 1

# An environment whose Python has gone, whose making was interrupted, or which was moved together
# with this folder (scripts name their interpreter by full path) is thrown away and made anew.
$(shell test ! -e $(VENV)/pyvenv.cfg \
  || { test -x $(BIN)/python && test -x $(BIN)/pip && grep -qF '$(abspath $(VENV))' $(BIN)/activate; } \
  || rm -rf $(VENV))

.DEFAULT_GOAL := help
.PHONY: help demo install test slow hostile faults bench check format reference coverage constraints clean

help: ## this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' Makefile

demo: $(VENV)/.runtime ## install, build the demonstration store if there is none, open it
	@test -e demo || $(BIN)/taizhang --store demo demo
	@$(BIN)/taizhang --store demo

install: $(VENV)/.dev ## install what development needs, and nothing else

test: $(VENV)/.dev ## the tests of every day
	@$(PYTEST) $(PARALLEL) -m "not slow and not faults and not hostile" $(ARGS)

slow: $(VENV)/.dev ## the slow tests only
	@$(PYTEST) $(PARALLEL) -m slow $(ARGS) || test $$? -eq 5  # 5: there are none

hostile: $(VENV)/.dev ## the real program beside plugins that fail or lie, and files that are none
	@$(PYTEST) $(PARALLEL) -m hostile $(ARGS)

faults: $(VENV)/.dev ## the tests of faults, with a table of what was tried, lost and wrong
	@$(PYTEST) $(PARALLEL) -m faults $(ARGS) tests/faults

bench: $(VENV)/.dev ## the benchmarks, tests/benchmarks/bench_*.py, one after the other
	@for bench in $(wildcard tests/benchmarks/bench_*.py); do \
	  echo "$$bench" && $(BIN)/python "$$bench" $(ARGS) || exit 1; \
	done

coverage: $(VENV)/.dev ## write plugins/COVERAGE.md from the tests marked with a row of it
	@rm -f plugins/COVERAGE.md
	@$(PYTEST) -m covers --write-coverage $(ARGS)

check: $(VENV)/.dev ## style, format, types twice, the floors of the house
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/pyright --pythonpath $(BIN)/python
	$(BIN)/lint-imports --no-logo

format: $(VENV)/.dev ## put files into the house's format, mend what ruff can
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

reference: $(VENV)/.dev ## write plugins/REFERENCE.md, the reference for authors, from the code
	@$(BIN)/python -m taizhang.reference > plugins/REFERENCE.md

# With the oldest Python that is supported: what it can install, the newer ones can.
constraints: ## choose the newest versions that pyproject.toml allows, and write constraints.txt
	rm -rf $(VENV)-constraints
	$(MAKE) PYTHON=$(or $(PYTHON),python3.11) VENV=$(VENV)-constraints $(VENV)-constraints/bin/python
	$(VENV)-constraints/bin/python -m pip install --quiet --editable '.[dev]'
	{ head -n 2 constraints.txt; \
	  $(VENV)-constraints/bin/python -m pip freeze --exclude-editable | LC_ALL=C sort -f; \
	} > constraints.new
	mv constraints.new constraints.txt
	rm -rf $(VENV)-constraints

clean: ## remove the environment, the demonstration store and every cache
	rm -rf $(VENV) $(VENV)-constraints demo demo.taizhang-part build dist constraints.new
	rm -rf .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache .benchmarks
	find core eventstore plugins tui tests -type d -name __pycache__ -prune -exec rm -rf {} +

$(BIN)/python:
	@for python in $(CANDIDATES); do \
	  if "$$python" -c '$(SUITABLE)' 2>/dev/null; then \
	    exec "$$python" -m venv $(VENV); \
	  fi; \
	done; \
	echo "No Python 3.11 or newer with venv and sqlite3 among: $(CANDIDATES)" >&2; \
	echo "Install one (on Debian also python3-venv), or name it: make PYTHON=..." >&2; \
	exit 1

# The stamps: touched last, so that an interrupted install is taken up again.
# The interpreter is an order-only prerequisite: its age says nothing about what is installed.
$(VENV)/.runtime: pyproject.toml constraints.txt | $(BIN)/python
	@echo "Installing taizhang in $(VENV), which takes a minute at most"
	@$(INSTALL) hatchling
	@$(EDITABLE) .
	@touch $@

$(VENV)/.dev: pyproject.toml constraints.txt | $(BIN)/python
	@echo "Installing taizhang and its tools in $(VENV), which takes a minute or two"
	@$(INSTALL) hatchling
	@$(EDITABLE) '.[dev]'
	@touch $@ $(VENV)/.runtime
