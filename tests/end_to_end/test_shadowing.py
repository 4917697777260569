"""No name in a user's directory changes what the gate imports, and the user's helpers work."""

import os
import subprocess
import sys
from pathlib import Path

from gonogo.vocabulary import ExitCode

RUN_S_MAX = 120.0
# Our packages, former names of ours, libraries we import late, and the standard library.
MODULES = ("docker", "json", "locust", "msgspec", "numpy", "requests", "selenium", "yaml")
PACKAGES = (
    "fault_injection", "gonogo", "gonogo_faults", "gonogo_load", "gonogo_reports", "harness",
    "plugin", "reports",
)  # fmt: skip
POISON = "raise RuntimeError(f'shadowed by {__file__}')\n"
APP = """
import http.server, os, sys
from beside_the_app import GREETING


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        body = f"{GREETING} {os.environ.get('PYTHONSAFEPATH', 'unset')}".encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


http.server.ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Handler).serve_forever()
"""
COMPOSE = """
services:
  web:
    image: web
    expose: ["8000"]
x-harness:
  entry: {service: web, port: 8000, health: /}
  scenarios: ./scenarios
  services:
    web:
      process: {command: ["{python}", "{root}/app.py", "{port:8000}"]}
      ready: {http: "8000/"}
  load: {operations: [{name: home, request: GET /, authenticated: false}]}
  objectives: ["p50(response) < 5s"]
  profiles:
    quick:
      {phases: [contract, load], workers: 2, requests: 40, rate_per_s: 40, users: 2, users_s: 10}
"""
SCENARIO = """
import subprocess
import sys

import pytest
from helper import LATER, PROGRAM
from load import ITEMS
from of_the_project import PROJECT
from parts.names import NAME

pytestmark = pytest.mark.phase("{phase}")


{fixtures}
"""
CONTRACT = """
def test_helpers(system, expect, from_conftest):
    found = (ITEMS, NAME, PROJECT, from_conftest)
    expect.equal("helpers are the user's", found, ([1, 2], "parts", 4, 3))
    answer = system.http().get("/").body
    expect.equal("the service's own module is found; no safe path", answer, b"hello unset")


def test_program(expect):
    done = subprocess.run([sys.executable, PROGRAM], capture_output=True, text=True)
    expect.equal("a program finds the module beside it", done.stdout, "beside\\n")


@pytest.mark.parametrize("name", LATER)
def test_library(name, expect):
    module = __import__(name)
    expect.equal("it is the library", hasattr(module, "POISON"), False)
"""
LOAD = """
def test_open_model(load, expect):
    expect.equal("every request was answered", load.steady().answered, 40)


def test_closed_model(load, expect):
    expect.true("users were answered", load.closed().answered > 0)
"""


FIXTURE = "import pytest\n\n\n@pytest.fixture\ndef {name}():\n    return {value}\n"
DEEPER = """
import pytest

pytestmark = pytest.mark.phase("contract")


def test_conftests(expect, from_conftest, from_below):
    expect.equal("each conftest is found", (from_conftest, from_below), (3, 5))
"""


def _project(folder: Path) -> Path:
    """A project with a file for every name in its directories; its Compose file."""
    scenarios = folder / "scenarios"
    (scenarios / "parts").mkdir(parents=True)
    (folder / "app.py").write_text(APP)
    (folder / "beside_the_app.py").write_text("GREETING = 'hello'\n")
    (folder / "compose.yaml").write_text(COMPOSE)
    contract = SCENARIO.format(phase="contract", fixtures=CONTRACT)
    (scenarios / "test_contract.py").write_text(contract)
    (scenarios / "test_load.py").write_text(SCENARIO.format(phase="load", fixtures=LOAD))
    (scenarios / "conftest.py").write_text(FIXTURE.format(name="from_conftest", value=3))
    (scenarios / "load.py").write_text("ITEMS = [1, 2]\n")
    (scenarios / "helper.py").write_text(
        "LATER = ['docker', 'numpy', 'requests', 'selenium']\n"
        "PROGRAM = __file__.replace('helper', 'program')\n"
    )
    (scenarios / "program.py").write_text("from beside import WORD\nprint(WORD)\n")
    (scenarios / "beside.py").write_text("WORD = 'beside'\n")
    # Three conftests without packages around them, as projects have them.
    (folder / "conftest.py").write_text("import pytest\n")
    deeper = scenarios / "deeper"
    deeper.mkdir()
    (deeper / "conftest.py").write_text(FIXTURE.format(name="from_below", value=5))
    (deeper / "test_deeper.py").write_text(DEEPER)
    (scenarios / "parts" / "__init__.py").write_text("")
    (scenarios / "parts" / "names.py").write_text("NAME = 'parts'\n")
    return folder / "compose.yaml"


def test_no_name_of_the_users_shadows_ours(tmp_path: Path) -> None:
    """GO with every such module and folder in the working directory and beside the scenarios."""
    target = _project(tmp_path / "project")
    cwd = tmp_path / "cwd"
    for folder in (cwd, target.parent / "scenarios"):
        for name in PACKAGES:
            (folder / name).mkdir(parents=True)
            (folder / name / "__init__.py").write_text(POISON)
        for name in MODULES:
            (folder / f"{name}.py").write_text(POISON)
    (cwd / "of_the_project.py").write_text("PROJECT = 4\n")
    (cwd / "load").mkdir()
    (cwd / "load" / "__init__.py").write_text(POISON)
    done = _gonogo(target, cwd)
    assert done.returncode == ExitCode.GO, done.stdout + done.stderr


def _gonogo(target: Path, cwd: Path) -> "subprocess.CompletedProcess[str]":
    program = Path(sys.executable).with_name("gonogo")
    return subprocess.run(
        [program, "run", "--backend", "process", "--profile", "quick", "-f", target],
        capture_output=True, text=True, check=False, timeout=RUN_S_MAX, cwd=cwd,
        env={name: each for name, each in os.environ.items() if name != "PYTHONSAFEPATH"},
        stdin=subprocess.DEVNULL,
    )  # fmt: skip
