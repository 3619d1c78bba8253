# make install | run | real | test | slow-test | plugins-test | versions-test | lint | fuzz | kills | soak | load | docs-test | reference | bench | methods | stories | claim | lock | clean
SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help

# A Python 3.11 or newer; the locked versions were resolved for 3.11, so that one is tried first.
PYTHON ?= $(shell for p in python3.11 python3 python3.12 python3.13; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1 && echo $$p && break; done)
CONFIG ?= pipelines/configs/tiny.yaml pipelines/configs/stories.yaml
RUN ?= smollm2-malls
ARGS ?=
BIN := .venv/bin
CHECKED := $(wildcard logic data alignment pipelines tests scripts benchmarks examples)

.PHONY: help install run real test slow-test plugins-test versions-test lint fuzz kills soak load format docs-test reference bench methods stories claim lock clean

help: ## show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-13s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

install: ## make .venv with the full stack; does nothing when it is up to date
	@python='$(PYTHON)'; if [ -z "$$python" ]; then \
		echo "error: folalign needs Python 3.11 or newer, and no such python3 is on PATH;" \
			"install one, or name it: make install PYTHON=/path/to/python3.11" >&2; exit 1; fi; \
	"$$python" scripts/environment.py install

run: install ## train and evaluate tiny models end to end, of sentences and of stories (CONFIG=..., ARGS="--seed 1")
	@for config in $(CONFIG); do $(BIN)/folalign run --config $$config $(ARGS); done

real: install ## fetch SmolLM2, train it on MALLS and Willow by SFT and RL, evaluate on theirs and FOLIO (data in ../shared/data; RUN=smollm2-folio)
	@$(BIN)/folalign model fetch smollm2
	@$(BIN)/folalign run --config real/$(RUN) $(ARGS)

test: install ## the tests, in under ten minutes on 2 cores (ARGS="-k parser")
	@OMP_NUM_THREADS=1 $(BIN)/python -m pytest -m "not slow and not gpu" -n 2 --dist loadfile $(ARGS)

slow-test: install ## the tests that take long: kills, several processes, notebooks, long random rounds
	@OMP_NUM_THREADS=1 $(BIN)/python -m pytest -m "slow and not gpu" -n 2 --dist loadfile $(ARGS)

plugins-test: install ## the plug-ins with the packages they are for, in environments of their own (.plugins)
	@$(BIN)/python scripts/environment.py plugins
	@for folder in .plugins/*/; do echo "== $$folder"; \
		PATH="$(CURDIR)/.venv/uv/bin:$$PATH" "$${folder}bin/python" -m pytest tests/plugins $(ARGS); done

versions-test: install ## the judge alone under each newer Python that is here, in environments of their own (.versions)
	@$(BIN)/python scripts/environment.py versions
	@for folder in .versions/*/; do if [ -d "$$folder" ]; then echo "== $$folder"; \
		"$${folder}bin/python" -m pytest tests/logic -m "not slow" -n 2 -q $(ARGS); fi; done

lint: install ## ruff (with bandit's rules), mypy, and known vulnerabilities of the locked packages
	@$(BIN)/ruff check $(CHECKED)
	@$(BIN)/ruff format --check $(CHECKED)
	@$(BIN)/mypy
	@$(BIN)/python scripts/audit.py

fuzz: install ## hostile texts for an hour, with a corpus that grows (ARGS="--minutes 5")
	@$(BIN)/python scripts/fuzz.py $(ARGS)

soak: install ## a million pairs through workers; about an hour (ARGS="--pairs 100000")
	@PYTHONPATH=. $(BIN)/python benchmarks/soak.py $(ARGS)

load: install ## 64 clients on `folalign serve` for five minutes (ARGS="--seconds 30")
	@$(BIN)/python benchmarks/service.py $(ARGS)

kills: install ## kill a small run at every write and see that it ends the same; hours (ARGS="--sample 20")
	@$(BIN)/python scripts/kills.py $(ARGS)

format: install ## let ruff rewrite the sources
	@$(BIN)/ruff check --fix $(CHECKED)
	@$(BIN)/ruff format $(CHECKED)

docs-test: install ## run the code blocks of README.md and docs/, look for stale commands, keys and links
	@$(BIN)/python -m pytest tests/whole/test_docs.py tests/whole/test_reference.py -v $(ARGS)

reference: install ## write docs/reference.md and docs/notations.md and docs/api.md again from the code
	@$(BIN)/python scripts/reference.py
	@$(BIN)/python scripts/notations.py
	@$(BIN)/python scripts/api.py

bench: install ## run the benchmarks
	@test -d benchmarks/.peers || $(BIN)/python scripts/environment.py peers
	@for script in $(filter-out benchmarks/peers.py benchmarks/soak.py benchmarks/scale.py benchmarks/service.py benchmarks/groups.py benchmarks/gpu.py benchmarks/real.py $(wildcard benchmarks/methods*.py benchmarks/claim*.py benchmarks/labels*.py),$(wildcard benchmarks/*.py)); do \
		echo "== $$script"; PYTHONPATH=. HF_HUB_OFFLINE=1 $(BIN)/python "$$script" $(ARGS); done

methods: install ## compare all methods and rewards, 3 seeds; some 80 minutes on 2 cores (ARGS="--seeds 1")
	@test -d benchmarks/.peers || $(BIN)/python scripts/environment.py peers
	@$(BIN)/python benchmarks/methods.py $(ARGS)

stories: install ## stories of which the label alone is known: S-GRPO beside SFT, GRPO and RAFT, 5 seeds; an hour on 2 cores
	@$(BIN)/python benchmarks/labels.py $(ARGS)

claim: install ## logic beside learned reward models; hours on 2 cores, in calls of 90 minutes that go on (ARGS="--minutes 30")
	@test -d benchmarks/.peers || $(BIN)/python scripts/environment.py peers
	@$(BIN)/python benchmarks/claim.py $(ARGS)

lock: ## resolve pyproject.toml again into requirements/
	@"$(PYTHON)" scripts/environment.py lock

clean: ## remove the environment, caches and run directories
	@rm -rf .venv .plugins .versions .pytest_cache .ruff_cache .mypy_cache .hypothesis build dist runs
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +
