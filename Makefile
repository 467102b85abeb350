# Each target installs what it needs, once: the second time nothing is done and no network is needed.
BIN := .venv/bin
PIN := .venv/bin/uv pip compile --quiet --upgrade --universal --python-version 3.11 --generate-hashes \
	--no-annotate --custom-compile-command 'make lock'
# Types in comments, checked where there is npm; nothing of it is needed to run the screen.
SCREEN_TYPES := if command -v npm >/dev/null; then \
	npm exec --yes --prefer-offline --package=typescript@5.9.3 -- tsc --noEmit -p api/screen/jsconfig.json; \
	else echo "No npm: the types of the screen are not checked."; fi

.PHONY: demo test check bench bench-peers stop lock

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
	$(BIN)/python -m tests.house
	@$(SCREEN_TYPES)

bench:
	@deploy/setup bench
	$(BIN)/python -m tests.bench $(ARGS)

# With other products beside ours, each installed in an environment of its own, or left out with the reason.
bench-peers:
	@deploy/setup bench
	$(BIN)/python -m tests.bench --peers $(ARGS)

# Renews the versions that are installed; pyproject.toml says which are allowed. The second lock holds only what
# development needs besides. Neither names an index, so both install from any mirror.
lock:
	@deploy/setup check
	echo uv | $(PIN) --output-file deploy/installer.lock -
	$(PIN) --extra build --output-file requirements.lock pyproject.toml
	$(PIN) --extra build --extra dev --constraints requirements.lock --output-file requirements-dev.lock pyproject.toml \
		$$(sed -n 's/^\([A-Za-z0-9._-]*\)==.*/--no-emit-package \1/p' requirements.lock)
