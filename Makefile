# Two commands: `make demo` shows the product, `make test` checks it. Both use one .venv.
PYTHON ?= python3
BIN := .venv/bin
STAMP := .venv/.klankbord-stamp

.PHONY: demo test check clean
demo: $(STAMP)
	$(BIN)/klankbord demo --once demo

test: $(STAMP)
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/pytest

# One stamp for both commands: rebuilt only when what is installed changes.
$(STAMP): pyproject.toml constraints.txt
	@if command -v uv >/dev/null 2>&1; then \
	  uv venv --quiet --allow-existing --python $(PYTHON) .venv && \
	  uv pip install --quiet --python $(BIN)/python -c constraints.txt -e '.[sources]' --group test; \
	else \
	  $(PYTHON) -m venv .venv && \
	  $(BIN)/python -m pip install --quiet --upgrade 'pip>=25.1' && \
	  $(BIN)/python -m pip install --quiet -c constraints.txt -e '.[sources]' --group test; \
	fi
	@touch $@

clean:
	rm -rf .venv demo
