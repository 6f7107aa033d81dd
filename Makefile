# Two commands: `make demo` shows the product, `make test` checks it. Both use one .venv.
PYTHON ?= python3
BIN := .venv/bin
STAMP := .venv/.klankbord-stamp

.PHONY: demo test vectors clean
demo: $(STAMP)
	$(BIN)/klankbord demo --once demo

test: $(STAMP)
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/pytest -n 3

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

# After the written posts or their masking changed: needs the `semantic` extra, some ten posts a second.
vectors: $(STAMP)
	$(BIN)/python -m classify.corpus.vectors

clean:
	rm -rf .venv demo
