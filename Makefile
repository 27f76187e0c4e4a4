# Two commands matter: `make serve` and `make test`. Each sets up what it needs.
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed-dev
SERVE_STAMP := $(VENV)/.installed
COMUNICA := tests/clients/comunica
COMUNICA_STAMP := $(COMUNICA)/node_modules/.installed
BENCH_STAMP := $(VENV)/.installed-bench
EVENTS ?= 2700
FUZZ ?= 300

.PHONY: serve test lock fmt clean build bench kills load differential fuzz

serve: $(SERVE_STAMP)  ## set up, build the seed graph if there is none, serve it
	$(BIN)/conflictgraph serve

build: $(SERVE_STAMP)  ## build the seed graph anew
	$(BIN)/conflictgraph build

test: $(STAMP) $(COMUNICA_STAMP)  ## set up, then the whole check
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/pytest

bench: $(BENCH_STAMP)  ## measure beside other engines; see docs/performance.md
	$(BIN)/conflictgraph bench validate --events $(EVENTS)
	$(BIN)/conflictgraph bench reason --events $(EVENTS)
	$(BIN)/conflictgraph bench ingest --events $(EVENTS)
	$(BIN)/conflictgraph bench serve --events $(EVENTS)

kills: $(STAMP)  ## 200 kills at random moments; see docs/robustness.md
	KILLS=200 $(BIN)/pytest tests/robustness/test_kills.py

load: $(STAMP)  ## ten minutes of mixed load, with kills and hostile requests; see docs/robustness.md
	LOAD_SECONDS=600 $(BIN)/pytest tests/robustness/test_mixed.py

differential: $(STAMP)  ## 2,000 random shapes and data beside pySHACL, 2,000 changes; see docs/validation.md
	CONFLICTGRAPH_SHACL_PAIRS=2000 CONFLICTGRAPH_SHACL_CHANGES=2000 $(BIN)/pytest \
		tests/validate/test_differential.py tests/validate/test_revalidation.py

fuzz: $(STAMP)  ## 300 requests to each operation of the HTTP interface; see docs/http.md
	FUZZ=$(FUZZ) $(BIN)/pytest tests/web/test_openapi.py
	FUZZ=$$((100 * $(FUZZ))) $(BIN)/pytest tests/web/test_protocol_fuzz.py

fmt: $(STAMP)
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

$(SERVE_STAMP): requirements/runtime.txt pyproject.toml
	@$(PYTHON) -c 'import sys; v = sys.version_info; sys.exit(v < (3, 11) and "Python 3.11 or later is needed, found %d.%d: make PYTHON=/path/to/python3.11 ..." % v[:2])'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --require-hashes -r requirements/runtime.txt
	$(BIN)/pip install --quiet --require-hashes -r requirements/build.txt
	$(BIN)/pip install --quiet --no-deps --no-build-isolation --editable .
	touch $@

$(STAMP): $(SERVE_STAMP) requirements/dev.txt
	$(BIN)/pip install --quiet --require-hashes -r requirements/dev.txt
	touch $@

$(COMUNICA_STAMP): $(COMUNICA)/package-lock.json  ## a client for the tests; without it, they say so
	@if ! command -v npm >/dev/null; then echo "npm is not there: Comunica will not be tested"; \
	elif npm ci --prefix $(COMUNICA) --no-progress --loglevel=error; then touch $@; \
	else echo "npm failed: Comunica will not be tested"; fi

$(BENCH_STAMP): $(SERVE_STAMP) requirements/bench.txt
	$(BIN)/pip install --quiet --require-hashes -r requirements/bench.txt
	touch $@

lock: $(STAMP)  ## resolve the dependencies anew (needs uv); see docs/decisions
	uv pip compile -q --universal --generate-hashes --no-emit-index-url --no-emit-find-links --no-header pyproject.toml -o requirements/runtime.txt
	uv pip compile -q --universal --generate-hashes --no-emit-index-url --no-emit-find-links --no-header requirements/build.in -o requirements/build.txt
	uv pip compile -q --universal --generate-hashes --no-emit-index-url --no-emit-find-links --no-header pyproject.toml --group dev --group gazetteer -c requirements/runtime.txt -o requirements/dev.txt
	uv pip compile -q --universal --generate-hashes --no-emit-index-url --no-emit-find-links --no-header pyproject.toml --group bench -c requirements/runtime.txt -o requirements/bench.txt

clean:
	rm -rf $(VENV) .conflictgraph dist build $(COMUNICA)/node_modules
