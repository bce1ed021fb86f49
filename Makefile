# Every target sets up what it needs; `make setup` alone makes .venv, which then holds .venv/bin/course.
PYTHON := $(shell command -v python3.11 || command -v python3)
VENV := .venv
READY := $(VENV)/.ready

.PHONY: setup demo test lint catalogues lock clean

setup: $(READY)

$(READY): requirements.lock pyproject.toml bin/course bin/system-packages
	sh bin/system-packages "$(PYTHON)"
	"$(PYTHON)" -m venv $(VENV)
	$(VENV)/bin/pip install --quiet --disable-pip-version-check -r requirements.lock
	$(VENV)/bin/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	ln -sf ../../bin/course $(VENV)/bin/course
	touch $@

demo: $(READY)
	$(VENV)/bin/python -P -m demo

test: lint
	$(VENV)/bin/python -P -m pytest -n auto --dist loadfile -rs
	$(VENV)/bin/course verify --every 8
	$(VENV)/bin/course release --check

lint: $(READY)
	$(VENV)/bin/ruff check .

# Texts in other languages: takes in what is new in the sources, compiles, and says what is left to translate.
catalogues: $(READY)
	$(VENV)/bin/python -P -m grading_engine.catalogues

# Pins what is newest today for the oldest Python that is supported: make lock PYTHON=/usr/bin/python3 on Debian 12.
lock:
	rm -rf build/lock
	"$(PYTHON)" -m venv build/lock
	build/lock/bin/pip install --quiet '.[staff]'
	build/lock/bin/pip freeze --exclude course-lib > requirements.lock

clean:
	rm -rf $(VENV) build
