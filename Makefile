# Two commands do the set-up: `make book` opens the course, `make test` checks it. `make help` lists the rest.
# Written for GNU make 3.81 and a plain sh, so that macOS needs nothing extra.

SHELL := /bin/sh
.DEFAULT_GOAL := help
.NOTPARALLEL:
.SUFFIXES:

PYTHON ?= python3
VENV ?= .venv
PORT ?= 8000
# Passed on to pip: an index to take torch and torchvision from, and a file of exact versions.
TORCH_INDEX ?=
CONSTRAINTS ?=
# What `make test` leaves to .ci/run, and how many processes share the work.
MARKERS ?= not site and not clean_env and not slow
JOBS ?= 2

BIN := $(VENV)/bin
SITE := _site/_build/html
NOTEBOOKS = $(shell find book -name '*.ipynb' -not -path '*/.*' | sort)
PIP := $(BIN)/python -m pip --disable-pip-version-check install $(if $(CONSTRAINTS),-c $(CONSTRAINTS))
KEYED_ON := $(BIN)/python pyproject.toml $(CONSTRAINTS) $(VENV)/.settings

# The full environment renders the book too: where it is, `make book` installs nothing.
FOR_BOOK := $(if $(wildcard $(VENV)/.installed-dev),$(VENV)/.installed-dev,$(VENV)/.installed-book)

.PHONY: help book pdf serve install test lint pytest nbval colab lab notebooks sync new-chapter renumber site-url bench lock dist clean FORCE

help: ## list the commands
	@echo "usage: make COMMAND"
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/\1|\2/p' Makefile | while IFS='|' read -r name text; do \
	  printf '  %-11s %s\n' "$$name" "$$text"; done
	@echo "settings: PYTHON=python3.12  TORCH_INDEX=URL  CNNCOURSE_DATA=folder"

# ---------------------------------------------------------------- the environment

$(BIN)/python:
	@command -v $(PYTHON) >/dev/null 2>&1 || { \
	  echo "There is no '$(PYTHON)' here. Install Python 3.10 or newer, or name it: make book PYTHON=python3.12"; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 10))' || { \
	  echo "cnncourse needs Python 3.10 or newer; '$(PYTHON)' is `$(PYTHON) --version 2>&1`."; \
	  echo "Name another one: make book PYTHON=python3.12"; exit 1; }
	@$(PYTHON) -c 'import venv, ensurepip' 2>/dev/null || { \
	  echo "'$(PYTHON)' comes without venv. On Debian and Ubuntu: sudo apt install python3-venv"; exit 1; }
	$(PYTHON) -m venv $(VENV)

# Holds the settings of the last install that had any; installing again follows from a change of it. Where they
# change, the second sets the file's time apart from that of the install before: some file systems count in seconds.
$(VENV)/.settings: FORCE | $(BIN)/python
	@new='$(TORCH_INDEX) $(CONSTRAINTS)'; \
	if [ ! -f $@ ]; then echo "$$new" > $@; \
	elif [ "$$new" != " " ] && [ "$$new" != "`cat $@`" ]; then sleep 1; echo "$$new" > $@; fi

FORCE:

$(VENV)/.installed-book: $(KEYED_ON)
	@echo "Installing what renders the book into $(VENV) (about a minute, once)"
	$(PIP) -q -e ".[book]"
	@touch $@

$(VENV)/.installed-dev: $(KEYED_ON)
	@echo "Installing everything, PyTorch included, into $(VENV) (some minutes and some GB, once)"
	$(if $(TORCH_INDEX),$(PIP) --index-url $(TORCH_INDEX) torch torchvision)
	$(PIP) -e ".[dev]"
	@touch $@

$(VENV)/.installed-lab: $(VENV)/.installed-dev
	$(PIP) -q -e ".[lab]"
	@touch $@

# ---------------------------------------------------------------- the book

# A page that did not change is left as it is, and so are styles and scripts if no page did: render all of them
# where one of these is newer than the book.
RENDER_ALL = $(if $(shell find book/assets tools/cnnsite -newer $(SITE)/index.html 2>/dev/null), --all)

book: $(FOR_BOOK) ## render the book from its stored outputs and say where it is
	$(BIN)/jupyter-book build book --config _config.yml --path-output _site -W --keep-going$(RENDER_ALL)
	@echo "The book:  $(CURDIR)/$(SITE)/index.html"
	@echo "Serve it:  make serve"

pdf: $(VENV)/.installed-dev book ## print the book as one PDF, and the cheat sheet as a page (needs Chromium)
	$(BIN)/python tools/pdf.py

$(SITE)/index.html:
	@$(MAKE) book

serve: $(SITE)/index.html ## show the book at http://localhost:8000 (PORT=8000)
	@echo "http://localhost:$(PORT)   (stop with Ctrl-C)"
	@$(BIN)/python -m http.server $(PORT) --bind 127.0.0.1 --directory $(SITE)

install: $(VENV)/.installed-dev ## install everything, PyTorch included, and check nothing

lab: $(VENV)/.installed-lab ## open the chapters in JupyterLab
	$(BIN)/jupyter lab book

notebooks: $(VENV)/.installed-dev ## execute every chapter and store its outputs
	$(BIN)/python tools/notebooks.py run --jobs $(JOBS) $(NOTEBOOKS)

sync: $(FOR_BOOK) ## rewrite what is generated: setup cells, README links and tables
	$(BIN)/python tools/site_url.py sync
	$(BIN)/python tools/results_table.py
	$(BIN)/python tools/notebooks.py sync
	$(BIN)/python tools/book_pages.py

new-chapter: $(VENV)/.installed-dev ## begin a chapter: make new-chapter NAME=optical_flow [AFTER=pooling]
	@test -n "$(NAME)" || { echo "say which: make new-chapter NAME=optical_flow"; exit 2; }
	$(BIN)/python tools/chapters.py new "$(NAME)" $(if $(AFTER),--after "$(AFTER)")
	$(BIN)/python tools/notebooks.py run book/*_$(NAME).ipynb
	$(MAKE) sync

renumber: $(VENV)/.installed-dev ## number the chapters in the order of book/_toc.yml
	$(BIN)/python tools/chapters.py renumber
	$(MAKE) sync

site-url: $(FOR_BOOK) ## set the address of the repository everywhere: make site-url URL=https://…
	@test -n "$(URL)" || { echo "say which: make site-url URL=https://github.com/you/cnncourse"; exit 2; }
	$(BIN)/python tools/site_url.py set "$(URL)"
	$(BIN)/python tools/notebooks.py sync

# ---------------------------------------------------------------- the checks

test: lint pytest nbval ## check style, run the tests, run every chapter and compare its outputs

lint: $(VENV)/.installed-dev ## ruff alone
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

pytest: $(VENV)/.installed-dev ## the tests alone
	$(BIN)/python -m pytest -n $(JOBS) -m "$(MARKERS)"

# One thread and one hash seed, as tools/notebooks.py stores them: sums and sets come out in the same order.
nbval: $(VENV)/.installed-dev ## run every chapter and compare with its stored outputs
	CNNCOURSE_BOOK=1 OMP_NUM_THREADS=1 PYTHONHASHSEED=0 $(BIN)/python -m pytest -o addopts= -q -n $(JOBS) --dist loadfile \
	  --nbval --nbval-current-env --nbval-sanitize-with tools/nbval_sanitise.cfg $(NOTEBOOKS)

colab: $(VENV)/.installed-dev ## run chapters as in Colab, with the newest and with the oldest versions
	$(BIN)/python tools/check_colab.py newest
	$(BIN)/python tools/check_colab.py oldest

bench: $(VENV)/.installed-dev ## measure again what README and book quote (but for what needs a GPU or an hour)
	@for script in `grep -l __main__ benchmarks/*.py`; do \
	  needs=`sed -n 's/^# needs: //p' $$script`; \
	  if [ -n "$$needs" ]; then echo "== $$script needs $$needs: left out"; continue; fi; \
	  echo "== $$script"; $(BIN)/python $$script || exit 1; done

# torch names its CUDA packages itself, by exact version.
lock: $(VENV)/.installed-dev ## write the exact versions of this environment for CI
	@{ echo "# Exact versions for CI, Python 3.11: the ranges are in pyproject.toml. Written by make lock."; \
	  $(BIN)/python -m pip freeze --exclude-editable | grep -vE '^(nvidia-|cuda-|triton=|cnncourse|pip=|setuptools=|wheel=)'; \
	} > requirements-ci.txt
	@echo "requirements-ci.txt: `grep -c == requirements-ci.txt` versions"

dist: $(VENV)/.installed-dev ## build wheel and sdist into dist/
	$(BIN)/python -m build

clean: ## delete everything that can be made again
	rm -rf $(VENV) _site build dist *.egg-info .pytest_cache .ruff_cache .hypothesis .node
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
