# The environment is .venv, made by uv from constraints.txt (the lock) with the project itself installed in it.
PYTHON ?= $(shell command -v python3.11 || command -v python3)
VERSION ?= 3.11
VENV := .venv
BIN := $(VENV)/bin
UV := .uv/bin/uv
STAMP := $(VENV)/.installed

# uv does not read pip's configuration, so wheel folders named there (of a local build of torch, say) are passed on.
FIND_LINKS = $(shell $(PYTHON) -m pip config list 2>/dev/null | sed -n "s/.*\.find-links='\(.*\)'/\1/p" | sed 's/\\n/ /g')

# A .venv that was moved, or whose python is gone, is made again.
ifneq ($(shell test -x $(BIN)/python && cat $(STAMP) 2>/dev/null),$(CURDIR))
.PHONY: $(STAMP)
endif

.DEFAULT_GOAL := help
.PHONY: help setup repro test tune tuned paper profile docs docs-results docs-picture gpu-check lint check format resolve lock clean

help:     ## show this list
	@grep -hE '^[a-z-]+: .*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 15

setup: $(STAMP) ## create or update the environment in .venv
	@echo ".venv is ready; next: make repro"

repro: $(STAMP) ## fetch the data, run the pipeline, print the results
	@$(BIN)/itemvec fetch
	@$(BIN)/dvc repro
	@$(BIN)/itemvec show

# A worker per core, at most four, each with one thread: threads that compete for cores slow each other down.
test: $(STAMP) ## run the tests
	@OMP_NUM_THREADS=1 $(BIN)/python -m pytest -q -n auto --maxprocesses 4 --dist loadfile --no-loadscope-reorder

# Settings to try, in all combinations, the same for texts and ids; other options keep the value of their row.
GRID = learning_rate=0.001,0.002,0.004 dropout=0.2,0.5 width=64,128

tune: $(STAMP) ## try every setting of GRID for sasrec and sasrec-id, each as a DVC experiment
	@$(BIN)/dvc exp run -q --queue recommend@full-sasrec $(GRID:%=-S ++systems.sasrec.%)
	@$(BIN)/dvc exp run -q --queue baseline@sasrec-id $(GRID:%=-S ++systems.sasrec-id.%)
	@PATH="$(CURDIR)/$(BIN):$$PATH" $(BIN)/dvc exp run --run-all

tuned: $(STAMP) ## show the tried settings with their validation metrics, without test results
	@$(BIN)/itemvec tuned

# What to do: DRY=1 prints the plan alone, SMALL=1 takes small files and stand-ins, DEFECTS names faults to reproduce.
DRY =
SMALL =
DEFECTS = pairs

paper: $(STAMP) ## queue and run the comparison of arXiv 2507.05006; say which of its claims stand
	@PATH="$(CURDIR)/$(BIN):$$PATH" $(BIN)/itemvec paper $(if $(DRY),--dry,--run) $(if $(SMALL),--small) \
	  --defects $(DEFECTS)

profile: $(STAMP) ## run the stages of the last run again in a clone; say where the time goes
	@$(BIN)/python benchmarks/stages.py

docs-results: $(STAMP) ## write the README's table of results anew from metrics/
	@$(BIN)/python -m docs.generator.best_results

# Strict: a link that leads nowhere, or a page that no menu names, is an error. The variable turns off a notice of the
# theme, which is maintained until May 2027.
docs: $(STAMP) ## write docs/reference from the code and build the site into site/
	@$(BIN)/python -m docs.generator
	@NO_MKDOCS_2_WARNING=1 $(BIN)/python -m mkdocs build --strict -q

docs-picture: $(STAMP) ## draw the pictures of the report in docs/img; needs chromium
	@$(BIN)/python -m docs.generator.report_picture

# Each part has a budget of seconds, eight minutes in all; gpu-check.json keeps what was found.
gpu-check: $(STAMP) ## check that a GPU gives the results of a processor, and how fast it is
	@$(BIN)/python benchmarks/gpu_check.py

lint: $(STAMP) ## check formatting, style and types
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy

check: lint test ## run lint and test, as CI does; one of them builds the site

format: $(STAMP) ## format the code
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .

resolve: $(UV) ## show that the dependencies resolve on Python 3.11, 3.12 and 3.13
	@for version in 3.11 3.12 3.13; do \
	  $(UV) pip compile -q --python-version $$version --all-extras -c constraints.txt pyproject.toml >/dev/null \
	    && echo "Python $$version: resolves" || exit 1; done

lock: $(UV) ## rewrite constraints.txt from pyproject.toml
	@env -u UV_FIND_LINKS $(UV) pip compile -q --upgrade --universal --python-version 3.11 --all-extras \
	  --custom-compile-command "make lock" pyproject.toml -o constraints.txt

clean:    ## remove the environment
	rm -rf $(VENV) .uv

$(UV):
	@echo "installing uv ..."
	@$(PYTHON) -m pip install -q --disable-pip-version-check --root-user-action=ignore --target .uv uv==0.13.8

# Bytecode is compiled now: where writing it is forbidden, every later import would compile the source again.
$(STAMP): $(UV) pyproject.toml constraints.txt
	@test "$$(cat $@ 2>/dev/null)" = "$(CURDIR)" -a -x $(BIN)/python || $(UV) venv -q --clear --python $(VERSION) $(VENV)
	@echo "installing the environment (about 2.5 GB) ..."
	@links=$$(for link in $(FIND_LINKS); do test ! -e "$$link" || printf '%s,' "$$link"; done); \
	  UV_FIND_LINKS="$${links%,}" $(UV) pip install --python $(BIN)/python --compile-bytecode --exact \
	  -q -c constraints.txt -e ".[dev]"
	@echo "$(CURDIR)" > $@
