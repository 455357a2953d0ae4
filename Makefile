# `make up` starts Joulebook; `make test` checks it. Both install what they need.
.DEFAULT_GOAL := help
.PHONY: help up down status test bench docs lock lint types format generate

bin := .venv/bin

help: ## say what there is
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | column -t -s "$$(printf '\t')"

up: ## install everything and start the hub on this machine
	@tools/setup.sh
	@$(bin)/joulebook hub up

down: ## stop the hub and everything it started
	@$(bin)/joulebook hub down

status: ## say what is running
	@$(bin)/joulebook hub status

test: ## install everything and run all checks
	@tools/setup.sh test
	@tools/test.sh

bench: ## print us beside PyBaMM on the same work
	@tools/setup.sh
	@tools/bench.sh

docs: ## build the documentation into docs/_build/html
	@tools/setup.sh
	@$(bin)/sphinx-build -W -q -b html docs docs/_build/html && echo "docs/_build/html/index.html"

lint: ## check form: Python and TypeScript
	@$(bin)/ruff check . && $(bin)/ruff format --check . && $(bin)/lint-imports

types: ## check types
	@$(bin)/mypy

format: ## put all code into the house form
	@$(bin)/ruff check --fix . && $(bin)/ruff format .
	@cd extension && ../$(bin)/jlpm format

generate: ## renew generated files from their sources
	@$(bin)/python tools/generate.py

lock: ## renew the locked requirements
	@tools/lock.sh
