# Every target does its own set-up: a fresh machine needs python3 (3.11 to 3.13) with venv, and make.
BIN := .venv/bin
CODE := extractors topics alerts storage flows
# Files of tests at the same time (auto: one a core); a file's tests stay together, they share what is dear to make.
WORKERS ?= auto
SIDE_BY_SIDE = -n $(WORKERS) --dist loadfile
FAST := -q -m "not slow and not prefect" --hypothesis-profile=fast
PURE := tests/test_imports.py tests/topics
# Sizes of the past that `make bench` decides a night on; a million articles take 2 GB twice.
BENCH ?= 10000 100000 1000000
# Pages that it lets pass to see whether memory stays where it is.
BENCH_PAGES ?= 100000
# Feeds, dates, robots.txt files and addresses that others collected; `make corpora` prints what our readers make of them.
CORPORA ?= ../shared/corpora

# Both locks, naming no host; the build backend and uv itself are locked too (deploy/tools.in).
LOCK := $(BIN)/uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links --no-annotate --no-header

.PHONY: lock train install install-dev demo night test lint core types fast test-all gate bench corpora clean

install: .venv/.installed

install-dev: .venv/.installed-dev

.venv/.installed: requirements.txt pyproject.toml deploy/install.sh
	sh deploy/install.sh requirements.txt
	@touch $@

.venv/.installed-dev: requirements-dev.txt pyproject.toml deploy/install.sh
	sh deploy/install.sh requirements-dev.txt
	@touch .venv/.installed $@

demo: install
	@PYTHONPATH=.:tests $(BIN)/python deploy/demo.py

night: install
	@$(BIN)/topicwatch night

# The pure core first: whether the decisions are right is known before the rest has begun.
test: lint core types fast

lint: install-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: install-dev
	$(BIN)/mypy

core: install-dev
	$(BIN)/pytest $(FAST) $(PURE)

fast: core
	$(BIN)/pytest $(FAST) $(SIDE_BY_SIDE) $(addprefix --ignore=,$(PURE))

# The fast ones first: what they find needs no servers, browsers and whole nights.
test-all: lint types
	$(BIN)/pytest -q -m "not slow and not prefect" $(SIDE_BY_SIDE) --ignore=tests/gate
	$(BIN)/pytest -q -m "slow or prefect" $(SIDE_BY_SIDE) --ignore=tests/gate

gate: install-dev
	@if ls tests/gate/test_*.py >/dev/null 2>&1; then $(BIN)/pytest -q -n $(WORKERS) --dist load tests/gate; else echo "gate: no floors yet"; fi

bench: install-dev
	@PYTHONPATH=.:tests $(BIN)/python -m bench.run $(BENCH)
	@PYTHONPATH=.:tests $(BIN)/python -W ignore -m bench.whole_way
	@PYTHONPATH=.:tests $(BIN)/python -W ignore -m bench.unchanged
	@PYTHONPATH=.:tests $(BIN)/python -W ignore -m bench.many_pages $(BENCH_PAGES)

corpora: install-dev
	@PYTHONPATH=.:tests $(BIN)/python -m corpora.run "$(CORPORA)"

lock: install-dev
	$(LOCK) --extra dev -o requirements-dev.txt pyproject.toml deploy/tools.in
	$(LOCK) -c requirements-dev.txt -o requirements.txt pyproject.toml deploy/tools.in

train: install-dev
	PYTHONPATH=.:tests OMP_NUM_THREADS=1 $(BIN)/python -W ignore -m training.train_reader
	PYTHONPATH=.:tests OMP_NUM_THREADS=1 $(BIN)/python -W ignore -m training.train_judge

clean:
	rm -rf .venv var build dist .mypy_cache .ruff_cache .hypothesis *.egg-info
