# What people type: make demo, make test. Everything else depends on these.
# Each setup step leaves a stamp in .venv and is repeated only if pyproject.toml has changed.

.DEFAULT_GOAL := help
.PHONY: help demo test test-fast test-versions test-gui test-blender test-window test-conformance test-simulators test-others lint bench soak dist release docs gallery reference colormaps demos clean

VENV := .venv
BIN := $(VENV)/bin
# Your own Blender to render with: make demo BLENDER=/path/to/blender
BLENDER ?=
# Where a release will be offered; named in the extensions: make release WEBSITE=https://…
WEBSITE ?=
# Stages of .ci/run that could not run here and have passed on another machine.
RAN_ELSEWHERE ?=
# Without what test-blender tries in a real Blender: make test LEFT_TO_BLENDER=1
LEFT_TO_BLENDER ?=
# Where a real Blender's home is kept from one scenario to the next: make test-window INSTALLED=…
INSTALLED ?=
# A notebook's Python has the bpy module.
IN_BLENDER := $(filter-out %/test_notebook.py,$(wildcard tests/examples/test_*.py)) \
  tests/tools/test_package_life.py tests/tools/test_repository_life.py
# The Python to create .venv with, if it is not on the PATH under a usual name.
PYTHON ?=

help:
	@echo "make demo      simulate a neuron and render it as a film, into out/"
	@echo "make test      run all tests"
	@echo "make test-fast run all but the slow ones"
	@echo "make test-versions  run spike-export's tests with the lowest dependencies, and on each"
	@echo "               Python that pyenv has; VERSIONS='3.10 3.12' for only some"
	@echo "make test-gui  test-blender (packages and scripts) and test-window (mouse and keyboard) in"
	@echo "               your own BLENDER=/path/to/blender, or one set up for it (2 GB; root on Linux);"
	@echo "               test-window PLANT=1 plants faults and checks that they are caught; ONLY=spike"
	@echo "make test-conformance  compare BlenderBrain's reader with BrainGlobe's (2 GB to install)"
	@echo "make test-simulators  run the manual's examples for other simulators (1 GB to install)"
	@echo "make test-others   use Molecular Nodes beside the add-ons (1.5 GB to install)"
	@echo "make lint      check style and types"
	@echo "make bench     measure import, playback and recording; LARGE=1 for a million segments;"
	@echo "               RECORDING=1 measures only recording, SHAPES=1 only frames of neurons,"
	@echo "               BROWSER=1 only films for the browser"
	@echo "make soak      run random operations for ten minutes: MINUTES=10 SEED=1;"
	@echo "               WINDOW=1 uses mouse and keys in a window, with undo and redo in between"
	@echo "make dist      build the Blender extensions and the pip packages, into dist/"
	@echo "make release   the manual and all that can be got beside it, to be served, into dist/site/"
	@echo "make docs      build the manual, into site/"
	@echo "make gallery   make the manual's pictures and loops from the results of make demo"
	@echo "make reference write the manual's pages of operators from their classes"
	@echo "make colormaps rebuild the colormap table from its libraries"
	@echo "make demos     simulate the demos that come with BlenderSpike again"
	@echo "make clean     remove .venv, out/, dist/ and site/"

demo: $(VENV)/.ready-neuron $(if $(BLENDER),,$(VENV)/.ready-blender)
	@$(BIN)/python tools/demo.py --blender "$(BLENDER)"

test: $(VENV)/.ready-test
	@$(BIN)/python -m pytest $(if $(LEFT_TO_BLENDER),$(addprefix --ignore=,$(IN_BLENDER)))

test-fast: $(VENV)/.ready-test
	@$(BIN)/python -m pytest -m "not slow"

test-versions: $(VENV)/.ready-venv
	@$(BIN)/python tools/try_versions.py $(VERSIONS)

# A real Blender: the given one, or one that is set up for this.
define FIND_BLENDER
blender="$(BLENDER)"; \
if [ -z "$$blender" ]; then \
  programs=$$($(BIN)/python tools/get_blender.py) || exit 1; \
  PATH="$$programs:$$PATH" blender="$$programs/blender"; \
fi; \
export PATH BLENDER="$$blender"
endef

test-gui: test-blender test-window

test-blender: $(VENV)/.ready-test
	@$(FIND_BLENDER); $(BIN)/python -m pytest $(IN_BLENDER)

test-window: $(VENV)/.ready-test
	@$(FIND_BLENDER); \
	SEED="$(SEED)" SEQUENCES="$(SEQUENCES)" SEQUENCE="$(SEQUENCE)" \
	$(BIN)/python tests/gui/run.py "$$BLENDER" out/gui $(if $(PLANT),--plant) \
	  $(if $(INSTALLED),--installed "$(INSTALLED)") \
	  $(foreach scenario,$(ONLY),--only $(scenario))

# Without Blender. Warnings from BrainGlobe's libraries are not ours to fix.
test-conformance: $(VENV)/.ready-conformance
	@BRAINGLOBE_CONFIG_DIR="$(VENV)/conformance/brainglobe" $(VENV)/conformance/bin/python -m pytest \
	  tests/conformance -W default -o "pythonpath=blender_addons tests"

# Each example with its simulator, and units with all packages that have them.
test-simulators: $(VENV)/.ready-simulators
	@$(VENV)/simulators/bin/python -m pytest tests/docs/test_simulators.py \
	  tests/spike_export/files/test_units.py -W default

# Molecular Nodes beside ours, with the versions of its libraries that it works with.
test-others: $(VENV)/.ready-others
	@$(VENV)/others/bin/python -m pytest tests/test_beside_others.py

lint: $(VENV)/.ready-test $(VENV)/.ready-lint
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy -p spike_export -p common -p blender_spike -p blender_brain -p surface_slicer
	@$(BIN)/mypy examples tools

bench: $(VENV)/.ready-test
	@$(BIN)/python -m tests.benchmarks $(if $(LARGE),--large) $(if $(RECORDING),--recording) $(if $(SHAPES),--shapes) $(if $(BROWSER),--browser)

soak: $(VENV)/.ready-test
	@$(if $(WINDOW),$(FIND_BLENDER);) \
	$(BIN)/python tests/soak.py --minutes $(or $(MINUTES),10) --seed $(or $(SEED),1) \
	  $(if $(WINDOW),--window "$$BLENDER")

dist: $(VENV)/.ready-dist
	@BLENDER="$(BLENDER)" WEBSITE="$(WEBSITE)" $(BIN)/python tools/build_extension.py
	@rm -f dist/spike_export-*
	@$(BIN)/python -m build --no-isolation --outdir dist . > dist/build.log 2>&1 || (cat dist/build.log; exit 1)
	@rm dist/build.log
	@ls dist/*.whl dist/*.tar.gz

release: docs dist $(VENV)/.ready-neuron
	@BLENDER="$(BLENDER)" RAN_ELSEWHERE="$(RAN_ELSEWHERE)" $(BIN)/python tools/make_release.py

docs: $(VENV)/.ready-venv $(VENV)/.ready-docs
	@PYTHONPATH=. $(BIN)/zensical build --strict

gallery: $(VENV)/.ready-test
	@$(BIN)/python tools/make_gallery.py

reference: $(VENV)/.ready-blender
	@$(BIN)/python tools/make_reference.py

colormaps: $(VENV)/.ready-test
	@$(BIN)/python tools/make_colormaps.py

demos: $(VENV)/.ready-neuron
	@$(BIN)/python tools/make_demos.py

clean:
	rm -rf $(VENV) out dist site .cache

# --- Setup ---

# The first of the usual names that really is Python 3.13; pyenv finds it by .python-version.
define MAKE_VENV
for python in $(PYTHON) python3.13 python3 python; do \
  version=$$("$$python" -c 'import sys; print("%d.%d" % sys.version_info[:2])' 2>/dev/null) || continue; \
  if [ "$$version" = 3.13 ]; then \
    if ! "$$python" -c 'import venv, ensurepip' 2>/dev/null; then \
      echo "$$python has no venv module; on Debian or Ubuntu, install python3.13-venv." >&2; exit 1; \
    fi; \
    exec "$$python" -m venv --clear $(VENV); \
  fi; \
done; \
echo "Python 3.13 is needed and was not found. Install it (for example: pyenv install 3.13)" >&2; \
echo "or name it: make $(MAKECMDGOALS) PYTHON=/path/to/python3.13" >&2; \
exit 1
endef

PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check

$(VENV)/.ready-venv: .python-version
	@$(MAKE_VENV)
	@$(PIP) --upgrade "pip>=25.1"
	@touch $@

$(VENV)/.ready-neuron: $(VENV)/.ready-venv pyproject.toml spike_export/version.py
	@echo "Setting up spike-export and NEURON, once ..."
	@$(PIP) --editable ".[neuron]"
	@touch $@

$(VENV)/.ready-blender: $(VENV)/.ready-venv pyproject.toml
	@echo "Setting up Blender as a Python module, once (about 400 MB to download) ..."
	@$(PIP) --group blender
	@$(BIN)/python tools/system_libraries.py
	@touch $@

$(VENV)/.ready-dist: $(VENV)/.ready-venv pyproject.toml
	@$(PIP) --group dist
	@touch $@

$(VENV)/.ready-docs: $(VENV)/.ready-venv pyproject.toml
	@echo "Setting up the manual's builder, once ..."
	@$(PIP) --editable . --group docs
	@touch $@

$(VENV)/.ready-test: $(VENV)/.ready-neuron $(VENV)/.ready-blender
	@echo "Setting up the tests, once ..."
	@$(PIP) --group test
	@touch $@

$(VENV)/.ready-lint: $(VENV)/.ready-venv pyproject.toml
	@echo "Setting up the style and type checkers, once ..."
	@$(PIP) --group lint
	@touch $@

# In a separate environment: BrainGlobe's libraries need other versions of libraries that we use.
$(VENV)/.ready-conformance: $(VENV)/.ready-venv pyproject.toml
	@echo "Setting up BrainGlobe's atlas library, once (2 GB) ..."
	@$(BIN)/python -m venv --clear $(VENV)/conformance
	@$(VENV)/conformance/bin/python -m pip install --quiet --disable-pip-version-check --upgrade "pip>=25.1"
	@$(VENV)/conformance/bin/python -m pip install --quiet --disable-pip-version-check --group conformance
	@touch $@

$(VENV)/.ready-simulators: $(VENV)/.ready-venv pyproject.toml
	@echo "Setting up other simulators, once (1 GB) ..."
	@$(BIN)/python -m venv --clear $(VENV)/simulators
	@$(VENV)/simulators/bin/python -m pip install --quiet --disable-pip-version-check --upgrade "pip>=25.1"
	@$(VENV)/simulators/bin/python -m pip install --quiet --disable-pip-version-check --editable ".[all]" --group simulators
	@touch $@

$(VENV)/.ready-others: $(VENV)/.ready-venv pyproject.toml
	@echo "Setting up other people's add-ons, once (1.5 GB) ..."
	@$(BIN)/python -m venv --clear $(VENV)/others
	@$(VENV)/others/bin/python -m pip install --quiet --disable-pip-version-check --upgrade "pip>=25.1"
	@$(VENV)/others/bin/python -m pip install --quiet --disable-pip-version-check --editable . --group others
	@touch $@
