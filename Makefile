# Each target installs what it needs, once: the second time nothing is done and no network is needed.
BIN := .venv/bin
PIN := .venv/bin/uv pip compile --quiet --upgrade --universal --python-version 3.11 --generate-hashes \
	--no-annotate --custom-compile-command 'make lock'

.PHONY: demo test check bench stop lock

demo:
	@deploy/setup demo
	@$(BIN)/ioc demo $(if $(DETACH),--detach)

stop:
	@if [ -x $(BIN)/ioc ]; then $(BIN)/ioc demo --stop; else echo "Nothing was started: the project is not set up."; fi

test:
	@deploy/setup test
	$(BIN)/pytest $(ARGS)

check:
	@deploy/setup check
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	MYPYPATH=deploy/kafka $(BIN)/mypy deploy/kafka/broker
	$(BIN)/lint-imports

bench:
	@deploy/setup bench
	$(BIN)/python -m tests.bench $(ARGS)

# Renews the versions that are installed; pyproject.toml says which are allowed.
lock:
	@deploy/setup check
	$(PIN) --extra build --output-file requirements.lock pyproject.toml
	$(PIN) --extra build --extra dev --constraints requirements.lock --output-file requirements-dev.lock pyproject.toml
