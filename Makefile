VENV ?= .venv
PY    = $(VENV)/bin/python
STAMP = $(VENV)/.stamp
ARGS ?=

.DELETE_ON_ERROR:
.PHONY: run test test-long bench format

# One environment for everything; set up once, again when a pin changes.
$(STAMP): pyproject.toml constraints.txt Makefile
	@python3 -c 'import sys; sys.exit("Dockbell needs Python 3.11 or later; python3 is " + sys.version.split()[0]) if sys.version_info < (3, 11) else None'
	test -x $(PY) && $(PY) -c '' || python3 -m venv --clear $(VENV)
	$(PY) -m pip install -q -c constraints.txt -e '.[dev]'
	@touch $@

# The demo: a real shift on an embedded database. Without a terminal it runs headless and prints it.
run: $(STAMP)
	@if [ -t 0 ] && [ -t 1 ]; then exec $(VENV)/bin/dockbell demo $(ARGS); \
	else exec $(VENV)/bin/dockbell demo --headless $(ARGS); fi

test: $(STAMP)
	$(VENV)/bin/ruff check .
	$(VENV)/bin/ruff format --check .
	$(VENV)/bin/mypy
	$(VENV)/bin/lint-imports
	$(PY) -m pytest $(ARGS)

# The same tests at full length: a hundred kills, long races, many random floors.
test-long: $(STAMP)
	DOCKBELL_TESTS=long $(PY) -m pytest $(ARGS)

# Ratios against the raw-SQL floor, and what scans cost, in one run of about two minutes.
bench: $(STAMP)
	$(PY) -m benchmarks $(ARGS)

format: $(STAMP)
	$(VENV)/bin/ruff check --fix .
	$(VENV)/bin/ruff format .
