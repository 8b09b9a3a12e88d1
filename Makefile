# Every target says what it does and how long it may take; a second run skips what is done.
# Needs make and Python 3.11 to 3.15 (later ones check themselves first); everything else goes into .venv.

# The versions that the tests are run on: all that are found, by `make test-pythons`.
PYTHONS ?= 3.11 3.12 3.13 3.14 3.15
# The Python that makes .venv: the first on the path that is new enough, can make environments and has the GIL, without
# which there are no verdicts; else the first that is there, and then a line says what it lacks. `make PYTHON=…` chooses.
FITS := import ensurepip, sys, sysconfig, venv; \
	sys.exit(sys.version_info < (3, 11) or bool(sysconfig.get_config_var("Py_GIL_DISABLED")))
NAMES := python3 $(foreach version,3.15 3.14 3.13 3.12 3.11,python$(version)) python
ifndef PYTHON
PYTHON := $(shell for python in $(NAMES); do $$python -c '$(FITS)' 2>/dev/null && echo $$python && break; done)
PYTHON := $(or $(PYTHON),$(shell for python in $(NAMES); do $$python -c '' 2>/dev/null && echo $$python && break; done))
endif
VENV ?= .venv
# What `make test` hands to pytest: `make test ARGS="-m 'not slow'"`.
ARGS ?=
BIN := $(VENV)/bin
INSTALL := $(BIN)/python checker/installing.py $(VENV)
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
	echo 'make test-pythons  the fast tests on each Python of $(PYTHONS) that is here (4 minutes each)'
	echo 'make test-bare     make lab and the fast tests on bare systems, Python 3.14 and 3.15 (root, Debian; 6 minutes)'
	echo 'make bench         the benchmarks (about 25 minutes)'
	echo 'make clean         remove the environments; the gradebook and your work stay'

lab: $(BIN)/.lab
	echo 'Preparing the course (first time: about 20 seconds), then opening JupyterLab.'
	$(BIN)/python -m checker lab $(if $(PORT),--port $(PORT)) $(if $(LAB),-- $(LAB))

test: $(BIN)/.test $(BIN)/.browser
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
		if PYENV_VERSION=$$version python$$version -c '' 2>/dev/null; then \
			echo "Python $$version:"; \
			PYENV_VERSION=$$version $(MAKE) --no-print-directory test-fast \
				VENV=.venv-$$version PYTHON=python$$version || failed="$$failed $$version"; \
			tested="$$tested $$version"; \
		else missing="$$missing $$version"; fi; \
	done; \
	echo "Tested on:$${tested:- none}. Not here:$${missing:- none}. Failed on:$${failed:- none}."; \
	test -z "$$failed" -a -n "$$tested"

.PHONY: test-bare
test-bare:
	.ci/pythons

clean:
	rm -rf .venv .venv-*

$(BIN)/python:
	if [ -z '$(PYTHON)' ] || ! $(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then \
		echo "No Python 3.11 or later found$(if $(PYTHON), as $(PYTHON)); install one, or name it: make PYTHON=/path/to/python3" >&2; exit 1; fi
	echo 'Making $(VENV) (a few seconds).'
	$(PYTHON) checker/installing.py $(VENV)

$(BIN)/.lab: pyproject.toml | $(BIN)/python
	echo 'Installing JupyterLab, nbgrader and the rest into $(VENV) (first time: one to three minutes).'
	$(INSTALL) .
	touch $@

$(BIN)/.test: pyproject.toml | $(BIN)/.lab
	echo 'Installing what the tests need (about half a minute).'
	$(INSTALL) '.[test,dask,hub]'
	touch $@

# Once, whatever comes of it: the tests that need a browser are left out without one, and say so.
$(BIN)/.browser: | $(BIN)/.test
	$(BIN)/python tests/needs.py browser
	touch $@

$(BIN)/.bench: pyproject.toml | $(BIN)/.lab
	echo 'Installing what the benchmarks compare with (about half a minute).'
	$(INSTALL) '.[test,bench]'
	touch $@
