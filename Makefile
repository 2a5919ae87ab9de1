# Each target makes its own virtual environment and installs what is missing; a second call finds it ready.
#
#   make run [IMAGES=path]   the program, on the demonstration smear or on your images
#   make test                all tests
#   make lint                style, types, import contracts
#   make bench               printed figures: start-up, opening, reading, drawing
#   make build               a one-folder build of the viewer in dist/

SHELL := /bin/sh
PYTHON ?= $(shell for p in python3 python3.13 python3.12 python3.11; do \
	$$p -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 14))' 2>/dev/null && echo $$p && break; done)
IMAGES ?=
TESTS ?= tests

RUN := .venv
DEV := .venv-dev
export PIP_DISABLE_PIP_VERSION_CHECK := 1
export PYTHONPATH := .
# compiled modules are kept, so that the second start is quick
unexport PYTHONDONTWRITEBYTECODE

.PHONY: run test lint bench build clean
.DELETE_ON_ERROR:

run: $(RUN)/ready
	@$(RUN)/bin/python packaging/run.py "$(IMAGES)"

test: $(DEV)/ready
	@OMP_NUM_THREADS=1 $(DEV)/bin/python -m pytest -q -n 2 -m "not frozen and not benchmark and not exhaustive" $(TESTS)

lint: $(DEV)/ready
	$(DEV)/bin/ruff check .
	$(DEV)/bin/ruff format --check .
	$(DEV)/bin/mypy
	$(DEV)/bin/lint-imports

bench: $(DEV)/ready
	@$(DEV)/bin/python -m tests.benchmarks

build: $(DEV)/ready
	$(DEV)/bin/python packaging/build.py --check

$(RUN)/ready: packaging/locked/base.txt packaging/system_libraries.py packaging/venv.sh
	@sh packaging/venv.sh "$(PYTHON)" $(RUN) packaging/locked/base.txt
	@touch $@

$(DEV)/ready: packaging/locked/base.txt packaging/locked/dev.txt packaging/system_libraries.py packaging/venv.sh
	@sh packaging/venv.sh "$(PYTHON)" $(DEV) packaging/locked/dev.txt --tests
	@touch $@

clean:
	rm -rf $(RUN) $(DEV) build dist out .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
