# Two commands do everything on a machine with Python 3.11 and make: `make demo` and `make test`.
# Windows has the same two in packaging/windows.ps1.

PYTHON ?= python3
# More than eight at a time only wait for each other's video.
# Two more than there are processors: tests wait for most of their time.
JOBS ?= $(shell n=$$(getconf _NPROCESSORS_ONLN 2>/dev/null || echo 2); echo $$((n < 7 ? n + 2 : 8)))

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
MAKEFLAGS += --no-print-directory
# Without compiled modules every one of the many processes of the tests compiles them again.
unexport PYTHONDONTWRITEBYTECODE

VENV := .venv
PY := $(VENV)/bin/python
SYSTEM := build/stamps/system
APP := $(VENV)/.app-installed
TEST := $(VENV)/.test-installed
CATALOGS := $(wildcard resources/locale/*/LC_MESSAGES/vsconsole.po)
COMPILED := $(CATALOGS:.po=.mo)

.PHONY: help run demo test check bench translations clean
.DELETE_ON_ERROR:

help:
	@echo 'make demo           the program over a sandbox of its own; without a display, its tour'
	@echo 'make test           checks and tests'
	@echo 'make run            the program'
	@echo 'make check          format, lint, types, import rules, translations'
	@echo 'make bench          measurements against bare references, into build/bench.json'
	@echo 'make translations   the texts of the code into the catalogs'
	@echo 'make clean          removes what these made, the virtual environment included'

run: $(APP) $(COMPILED)
	@$(PY) -m vsconsole

# A Mac always has a display.
demo: $(APP) $(COMPILED)
	@if [ -n "$${DISPLAY:-}$${WAYLAND_DISPLAY:-}" ] || [ "$$(uname -s)" = Darwin ]; then \
	    exec $(PY) -m vsconsole demo; \
	else \
	    exec $(PY) -m vsconsole demo --tour build/tour; \
	fi

test: $(TEST) $(COMPILED)
	@$(PY) -m tools.check
	@$(PY) -m tools.run_tests --jobs $(JOBS) --cov --cov-report=
	@$(PY) -m tools.check_coverage

check: $(TEST) $(COMPILED)
	@$(PY) -m tools.check

bench: $(TEST) $(COMPILED)
	@$(PY) -m tests.bench.run --json build/bench.json

translations: $(TEST)
	@$(PY) -m tools.translations update

clean:
	@rm -rf build dist $(VENV) $(COMPILED)
	@rm -rf .pytest_cache .ruff_cache .import_linter_cache .hypothesis
	@find vsconsole tests tools packaging -name __pycache__ -type d -prune -exec rm -rf {} +

$(SYSTEM): packaging/system-packages.sh
	@packaging/system-packages.sh $(PYTHON)
	@mkdir -p $(@D) && touch $@

$(APP): pyproject.toml packaging/venv.sh $(SYSTEM)
	@packaging/venv.sh $(PYTHON) $(VENV) .
	@touch $@

$(TEST): pyproject.toml packaging/venv.sh $(SYSTEM)
	@packaging/venv.sh $(PYTHON) $(VENV) '.[test]'
	@touch $(APP) $@

# Where the tests were never set up there is no Babel; installing again brings its own for a moment.
$(COMPILED): $(CATALOGS) | $(APP)
	@$(PY) -m tools.translations compile 2>/dev/null || packaging/venv.sh $(PYTHON) $(VENV) .
	@touch $@
