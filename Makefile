# The habits of the course. `make lab` to learn, `make test` to hold everything together.

# The first Python found that the packages have wheels for.
PYTHON ?= $(shell for python in python3.12 python3.13 python3.11 python3 python; do \
	$$python -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 14))' 2>/dev/null \
	&& echo $$python && break; done)
BIN = .venv/bin
READY = .venv/.ready
PYTEST = $(BIN)/python -m pytest -n 2 --dist loadfile
OFFLINE = $(BIN)/python tests/offline/run.py

.PHONY: lab test test-fast test-twice lint unit notebooks format build lock clean

lab: $(READY)       ## JupyterLab on the first lesson; COURSE_LANG=ko or en chooses the language
	@$(BIN)/annyeong lab

test: lint unit notebooks        ## everything that CI runs

test-fast: lint                  ## what takes no training, no browser and no TensorFlow lesson
	$(PYTEST) -m "not slow" tests src
	$(OFFLINE) $(PYTEST) notebooks/*/00-*

test-twice: $(READY)             ## every notebook with each of its cells run twice in a row
	$(OFFLINE) $(BIN)/python tests/twice.py

lint: $(READY)
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/annyeong build --check

# Two workers, one thread of NumPy's in each: more would wait for each other by spinning.
test-fast test-twice unit notebooks: export OPENBLAS_NUM_THREADS = 1

unit: $(READY)
	$(PYTEST) tests src

notebooks: $(READY)              ## every notebook, strictly and offline; cells twice where none trains
	$(OFFLINE) $(PYTEST) --dist loadgroup notebooks

format: $(READY)
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

build: $(READY)                  ## lessons/ to notebooks/, where something has changed
	$(BIN)/annyeong build

lock:                            ## exact versions for every platform, and the image's; needs uv
	uv pip compile --universal --generate-hashes --no-header --no-emit-index-url --all-extras \
		pyproject.toml -o requirements.lock
	uv pip compile --universal --generate-hashes --no-header --no-emit-index-url --no-annotate \
		--extra service --constraint requirements.lock pyproject.toml -o requirements-service.lock

clean:                           ## the environment; work/, the learner's own, stays
	rm -rf .venv

# Without the stamp the last installation did not end: begin anew.
$(READY): requirements.lock pyproject.toml
	$(if $(PYTHON),,$(error The course needs Python 3.11, 3.12 or 3.13; see python.org/downloads))
	$(PYTHON) -m venv $(if $(wildcard $@),,--clear) .venv
	rm -f $@
	$(BIN)/python -m pip install --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --no-deps --no-build-isolation -e .
	touch $@
