# The commands of the course: `make` lists them, `make lab` opens the course.

# The first Python found for which the packages have wheels.
PYTHON ?= $(shell for python in python3.12 python3.13 python3.11 python3 python; do \
	$$python -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 14))' 2>/dev/null \
	&& echo $$python && break; done)
BIN = .venv/bin
READY = .venv/.ready
# Files go to the workers in the order that tests/conftest.py gives them.
XDIST = -n 2 --dist loadfile --no-loadscope-reorder
PYTEST = $(BIN)/python -m pytest $(XDIST)
OFFLINE = $(BIN)/python tests/offline/run.py
COMPILE = uv pip compile --universal --python-version 3.11 --generate-hashes --no-header \
	--no-emit-index-url

.DEFAULT_GOAL := help
.PHONY: help lab test test-fast test-twice lint unit notebooks coverage format build site house lock dist clean

help:                            ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "make %-12s%s\n", $$1, $$2}' $(MAKEFILE_LIST)

lab: $(READY)                    ## the course in JupyterLab; COURSE_LANG=ko or en sets the language
	@$(BIN)/annyeong lab

test: lint unit notebooks        ## everything that CI runs

test-fast: lint                  ## what neither trains nor starts a browser or a server; and lesson 00
	$(PYTEST) -m "not slow" tests src
	$(OFFLINE) $(PYTEST) notebooks/*/00-*

test-twice: $(READY)             ## every notebook, with each cell run twice in a row
	$(OFFLINE) $(BIN)/python tests/twice.py

lint: $(READY)                   ## style, types, and notebooks that match their lessons
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/annyeong build --check

# Two workers with one NumPy thread each: more threads would spin while they wait for each other.
test-fast test-twice unit notebooks coverage: export OPENBLAS_NUM_THREADS = 1

unit: $(READY)                   ## the tests of the code
	$(PYTEST) tests src

coverage: $(READY)               ## which lines the tests of the code run; the pages are in htmlcov/
	$(BIN)/coverage run -m pytest $(XDIST) tests src
	$(BIN)/coverage combine -q
	$(BIN)/coverage report
	$(BIN)/coverage html

notebooks: $(READY)              ## every notebook, strictly and offline; cells twice where none trains
	$(OFFLINE) $(PYTEST) notebooks

format: $(READY)                 ## fix the style where ruff can
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

build: $(READY)                  ## lessons/ to notebooks/, where something has changed
	$(BIN)/annyeong build

site: $(READY)                   ## the course as a web site, in build/site/; needs no network
	$(OFFLINE) $(BIN)/annyeong site

house: $(READY)                  ## the picture of the rooms in CONTRIBUTING.md, from the imports
	$(BIN)/python tests/house.py

lock:                            ## exact versions for every platform and for the image; needs uv
	$(COMPILE) --all-extras pyproject.toml -o requirements.lock
	$(COMPILE) --no-annotate --extra service --constraint requirements.lock \
		pyproject.toml -o requirements-service.lock

dist: $(READY)                   ## the wheel, with the whole course in it, to dist/
	$(BIN)/python -m hatchling build -t wheel

clean:                           ## delete the environment; work/, the learner's own, stays
	rm -rf .venv

# Without the stamp the last installation was not finished: start again.
$(READY): requirements.lock pyproject.toml
	$(if $(PYTHON),,$(error The course needs Python 3.11, 3.12 or 3.13; see python.org/downloads))
	$(PYTHON) -m venv $(if $(wildcard $@),,--clear) .venv
	rm -f $@
	$(BIN)/python -m pip install --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --no-deps --no-build-isolation -e .
	touch $@
