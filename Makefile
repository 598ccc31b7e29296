# Set up, run, test. `make` alone lists what there is.

SHELL := /bin/sh
.DEFAULT_GOAL := help
.SUFFIXES:

VENV := .venv
PY := $(VENV)/bin/python
# The current folder is never on the import path: a reviewed repository may hold a folder called `checks`.
export PYTHONSAFEPATH := 1
# Passed on by environment, so that no character of a folder's name is read as shell.
REPO ?=
export REPO

.PHONY: help setup run test stress bench check docs lock

help:
	@echo "make run              set everything up and open the sample project"
	@echo "make run REPO=path    the same on a repository of yours"
	@echo "make test             set everything up and run every test"
	@echo "make stress           measure the promises at full size and print their figures"
	@echo "make bench            measure how quick it is beside other tools, and write docs/performance.md"
	@echo "make setup            build .venv with the readiness command in it"
	@echo "make check            lint, format, types and import contract"
	@echo "make docs             write the pages that are made: reference, keys and pictures"
	@echo "make lock             renew requirements/*.txt (needs uv)"

setup: $(VENV)/.run-ready
	@echo "Ready: $(VENV)/bin/readiness"

run: $(VENV)/.run-ready
	@if [ -n "$$REPO" ]; then exec $(VENV)/bin/readiness -C "$$REPO"; fi; \
	sample=$$($(PY) -P -m workbook.sample) || exit 2; \
	echo "Sample project: $$sample (yours to change; delete the folder to start afresh)" >&2; \
	exec $(VENV)/bin/readiness -C "$$sample"

test: $(VENV)/.dev-ready
	@$(PY) -P -m pytest -n auto

stress: $(VENV)/.dev-ready
	@$(PY) -P -m pytest -n auto -m stress --stress

# As in: make bench BENCH="--sizes 1000 --rounds 5"
BENCH ?=
bench: $(VENV)/.dev-ready
	@$(PY) -P -m benchmarks.speed $(BENCH)

check: $(VENV)/.dev-ready
	$(VENV)/bin/ruff check
	$(VENV)/bin/ruff format --check
	$(VENV)/bin/mypy
	$(VENV)/bin/lint-imports

docs: $(VENV)/.dev-ready
	$(PY) -P -m docs.generator
	$(PY) -P -m tui.keys_page
	$(PY) -P -m tui.pictures

LOCK := uv pip compile --quiet --universal --generate-hashes --no-emit-index-url --python-version 3.11 --custom-compile-command "make lock"

lock:
	$(LOCK) pyproject.toml -o requirements/run.txt
	$(LOCK) pyproject.toml --group test --group check -c requirements/run.txt -o requirements/dev.txt
	echo 'hatchling>=1.27' | $(LOCK) - -c requirements/run.txt -o requirements/build.txt

# The stamps remember what is installed, so that nothing is done twice. Both are made by the same steps: the listed
# packages, each held to its hash, then this project itself as an editable install. The lists are complete, hence
# --no-deps; without it some versions of pip reject a pinned package that another one wants with an extra.
$(VENV)/.run-ready: requirements/run.txt requirements/build.txt pyproject.toml | $(VENV)/.python
	@REQUIREMENTS=requirements/run.txt; $(INSTALL)

$(VENV)/.dev-ready: requirements/dev.txt requirements/build.txt pyproject.toml | $(VENV)/.python
	@REQUIREMENTS=requirements/dev.txt; $(INSTALL)
	@touch $(VENV)/.run-ready

define INSTALL
set -e; \
echo "Installing the packages of $$REQUIREMENTS (a minute or two the first time) ..."; \
if uv --version >/dev/null 2>&1; then \
  install="uv pip install --python $(PY)"; \
else \
  install="$(PY) -m pip install --disable-pip-version-check"; \
  $(PY) -m pip --version >/dev/null 2>&1 || $(PY) -m ensurepip --upgrade >/dev/null; \
fi; \
$$install --no-deps --require-hashes -r $$REQUIREMENTS -r requirements/build.txt; \
$$install --quiet --no-deps --no-build-isolation --editable .; \
touch $@
endef

# The first Python on PATH that is new enough and starts; `make PYTHON=…` names another.
PYTHON ?=
$(VENV)/.python:
	@for python in $(or $(PYTHON),python3 python3.14 python3.13 python3.12 python3.11 python); do \
	  if $$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; then found=$$python; break; fi; \
	done; \
	if [ -z "$$found" ]; then \
	  echo "Python 3.11 or newer is needed, and none was found. Install it (Debian: apt-get install python3 python3-venv; macOS: brew install python), or name one: make PYTHON=path/to/python" >&2; \
	  exit 2; \
	fi; \
	command -v git >/dev/null || { echo "git is needed, and was not found. Install it (Debian: apt-get install git)." >&2; exit 2; }; \
	echo "Making $(VENV) with $$($$found --version) ..."; \
	if uv --version >/dev/null 2>&1; then \
	  uv venv --quiet --allow-existing --no-project --python "$$($$found -c 'import sys; print(sys.executable)')" $(VENV); \
	else \
	  $$found -m venv $(VENV) || { echo "Python's venv module is incomplete. Install it (Debian: apt-get install python3-venv)." >&2; exit 2; }; \
	fi; \
	touch $@
