# Every target says what it does and how long it may take; a second run skips what is done.
# Needs make and Python 3.11 or later; everything else goes into .venv.

# The Python that makes .venv: the first on the path that is new enough. `make PYTHON=… lab` chooses another.
PYTHON ?= $(shell for python in python3 python3.13 python3.12 python3.11 python; do \
	$$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$python && break; done)
# The versions for `make test-pythons`.
PYTHONS ?= 3.11 3.12 3.13
VENV ?= .venv
# What `make test` hands to pytest: `make test ARGS="-m 'not slow'"`.
ARGS ?=
BIN := $(VENV)/bin
NOT_INSTALLED := { echo 'Installing failed; the reason is above. Is this machine online?' >&2; exit 1; }
export PYTHONSAFEPATH := 1
export PIP_DISABLE_PIP_VERSION_CHECK := 1
# Graders start a process for each submission: it would compile the whole checker anew where no bytecode may be kept.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help lab test demo build lint bench test-pythons clean
.SILENT:

help:
	echo 'make lab           open the course in JupyterLab (first time: about 3 minutes)'
	echo 'make test          run all tests (up to 30 minutes; fast ones: make test-fast, 2 minutes)'
	echo 'make demo          grade a small class from end to end (about a minute)'
	echo 'make build         generate the notebooks from course/ (about 20 seconds)'
	echo 'make lint          ruff and mypy (about 20 seconds)'
	echo 'make test-pythons  the fast tests on Python $(PYTHONS) (3 minutes each)'
	echo 'make bench         the benchmarks (about 25 minutes)'
	echo 'make clean         remove the environments; the gradebook and your work stay'

lab: $(BIN)/.lab
	echo 'Preparing the course (first time: about 20 seconds), then opening JupyterLab.'
	$(BIN)/python -m checker lab $(if $(PORT),--port $(PORT)) $(if $(LAB),-- $(LAB))

test: $(BIN)/.test
	echo 'Running all tests: up to 30 minutes on two cores (make test-fast takes two).'
	$(BIN)/python -m pytest $(ARGS)

.PHONY: test-fast
test-fast: $(BIN)/.test
	echo 'Running the fast tests: about two minutes.'
	$(BIN)/python -m pytest -m 'not slow' $(ARGS)

demo: $(BIN)/.lab
	echo 'Grading a small class from end to end: about a minute.'
	$(BIN)/python -m checker demo

build: $(BIN)/.lab
	echo 'Generating the notebooks from course/: about 20 seconds.'
	$(BIN)/python -m checker build $(ARGS)
	$(BIN)/python -m checker build --check

lint: $(BIN)/.test
	echo 'Ruff and mypy: about 20 seconds.'
	$(BIN)/ruff check . && $(BIN)/mypy

bench: $(BIN)/.bench
	echo 'Running the benchmarks: about 25 minutes; results go to benchmarks/RESULTS.md.'
	$(BIN)/python benchmarks/run.py $(ARGS)

test-pythons:
	for version in $(PYTHONS); do \
		PYENV_VERSION=$$version $(MAKE) --no-print-directory test-fast \
			VENV=.venv-$$version PYTHON=python$$version || exit 1; \
	done

clean:
	rm -rf .venv .venv-*

$(BIN)/python:
	if [ -z '$(PYTHON)' ] || ! $(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then \
		echo "No Python 3.11 or later found$(if $(PYTHON), as $(PYTHON)); install one, or name it: make PYTHON=/path/to/python3" >&2; exit 1; fi
	if ! $(PYTHON) -c 'import ensurepip, venv' 2>/dev/null; then \
		echo 'This Python cannot make environments; on Debian and Ubuntu: sudo apt install python3-venv' >&2; exit 1; fi
	echo 'Making $(VENV) (a few seconds).'
	$(PYTHON) -m venv $(VENV)

$(BIN)/.lab: pyproject.toml | $(BIN)/python
	echo 'Installing JupyterLab, nbgrader and the rest into $(VENV) (first time: one to three minutes).'
	$(BIN)/python -m pip install -qq --editable . || $(NOT_INSTALLED)
	touch $@

$(BIN)/.test: pyproject.toml | $(BIN)/.lab
	echo 'Installing what the tests need (about half a minute).'
	$(BIN)/python -m pip install -qq --editable '.[test,dask,hub]' || $(NOT_INSTALLED)
	touch $@

$(BIN)/.bench: pyproject.toml | $(BIN)/.lab
	echo 'Installing what the benchmarks compare with (about half a minute).'
	$(BIN)/python -m pip install -qq --editable '.[test,bench]' || $(NOT_INSTALLED)
	touch $@
