# Two commands work on a fresh Debian machine with Python 3.11, a C compiler, cargo and Node.js. As
# root they install everything else, a container engine included:
#   make validate   set up, build, start the reference system, judge it, print the verdict
#   make test       the whole test suite, in tox
# While working:
#   make check      style, types, layers and the fast tests: two minutes
#   make nightly    campaigns, which take hours; each one continues where it was interrupted
# BACKEND=auto|docker|process: with process, no container engine is installed or started.
# PROFILE=quick|default|chaos|soak: which phases, load and faults validate runs.

BACKEND ?= auto
PROFILE ?= default
PYTHON ?= python3

.PHONY: validate test check nightly campaign provision doctor bench lock clean

validate: provision
	@.venv/bin/gonogo run --backend $(BACKEND) --profile $(PROFILE)

test: provision
	@.venv/bin/tox run

check: provision
	@.venv/bin/tox run -e lint,types,layers,fast

nightly: provision
	@.venv/bin/python -m tests.campaigns

campaign: provision
	@.venv/bin/python -m tests.campaigns $(NAME)

provision:
	@PYTHONSAFEPATH=1 PYTHONPATH=harness $(PYTHON) -m gonogo.provision --backend $(BACKEND)

doctor:
	@.venv/bin/gonogo doctor --backend $(BACKEND)

bench: provision
	@.venv/bin/python system_under_test/core/bench/bench_codons.py
	@.venv/bin/python system_under_test/core/bench/bench_codons.py --size-mb 1000 --fast
	@.venv/bin/python system_under_test/bench/bench_agents.py

lock:
	@.venv/bin/pip-compile --quiet --generate-hashes --allow-unsafe --strip-extras \
	  --no-emit-index-url --no-emit-find-links --no-emit-trusted-host --no-header \
	  --extra dev --output-file requirements.lock pyproject.toml system_under_test/pyproject.toml

clean:
	@.venv/bin/gonogo clean
