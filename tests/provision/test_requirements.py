"""The requirement table: what is there, what is missing, how to get it."""

from dataclasses import replace

import pytest

from gonogo.provision import (
    AptFailed,
    Check,
    bootstrap_checks,
    check_binary,
    install_packages,
    load_provision,
    machine,
    render_checks,
)
from tests.provision.conftest import Program


def test_the_table_shows_what_is_missing_and_how_to_get_it() -> None:
    """A found program is shown with its version, a missing one with the command to install it."""
    table = render_checks(
        [
            Check("redis-server", "the store", "Redis server v=7.0.15", apt="redis-server"),
            Check("cc", "linking", "", apt="build-essential"),
            Check("cargo", "native parts", "", hint="rustup, any recent stable"),
            Check("odd", "odd things", ""),
            Check("engine", "containers", "", hint="no engine answers", optional=True),
        ]
    )
    assert table.splitlines() == [
        "  ok       redis-server  Redis server v=7.0.15   (for the store)",
        "  MISSING  cc            apt-get install build-essential   (for linking)",
        "  MISSING  cargo         rustup, any recent stable   (for native parts)",
        "  MISSING  odd           install it   (for odd things)",
        "  absent   engine        no engine answers   (for containers)",
    ]
    assert render_checks([]) == ""


def test_a_program_is_asked_for_its_version(program: Program) -> None:
    """The first line of ``--version`` is what was found, cut to a table's width."""
    program("tool", 'test "$1" = --version && echo tool 1.2; echo more')
    assert check_binary("tool", "a test").describe() == "tool 1.2"
    program("long", "printf '%0200d' 7")
    assert len(check_binary("long", "a test").describe()) == 60


@pytest.mark.parametrize(
    "body",
    ["exit 0", "echo to the wrong place >&2", "exit 3", "cat"],
    ids=["silent", "stderr", "fails", "reads-stdin"],
)
def test_a_program_without_a_version_is_there(program: Program, body: str) -> None:
    """A program without a version is shown by its path, and nothing hangs."""
    path = program("tool", body)
    assert check_binary("tool", "a test").describe() == str(path)


def test_a_version_that_is_no_text(program: Program) -> None:
    """A version that is not UTF-8 is shown with replaced characters."""
    program("tool", r"printf 'v1 \377\n'")
    assert check_binary("tool", "a test").describe().startswith("v1 ")


def test_a_program_that_cannot_be_started(program: Program) -> None:
    """A file on PATH that cannot be run is shown by its path."""
    path = program("tool", "")
    path.write_text("#!/nowhere/at/all\n")
    assert check_binary("tool", "a test").describe() == str(path)


def test_a_missing_program() -> None:
    """A program that is not on PATH is missing, with the package that has it."""
    check = check_binary("no-such-program", "a test", apt="no-such-package")
    assert check.found == ""
    assert check.how_to_get == "apt-get install no-such-package"


def test_what_provisioning_stands_on(checkout, monkeypatch: pytest.MonkeyPatch) -> None:
    """With nothing on PATH compiler, cargo and Node.js are missing; Python itself is there."""
    monkeypatch.setenv("PATH", "")
    checks = {check.name: check for check in bootstrap_checks(load_provision(checkout))}
    assert set(checks) == {"python3", "venv", "cc", "cargo", "node", "npm"}
    assert checks["python3"].found
    assert {name for name in checks if checks[name].lacking} == {"cc", "cargo", "node", "npm"}


def test_tools_of_what_is_not_built_are_not_asked_for(checkout) -> None:
    """Without native modules no compiler is needed, without web pages no Node.js."""
    wanted = replace(load_provision(checkout), maturin=(), npm=(), shared=())
    assert {check.name for check in bootstrap_checks(wanted)} == {"python3", "venv"}


@pytest.fixture
def policy(tmp_path, monkeypatch):
    """The file that keeps daemons from starting, in a folder of the test."""
    path = tmp_path / "policy-rc.d"
    monkeypatch.setattr(machine, "POLICY", path)
    return path


def test_packages_are_installed_without_starting_daemons(policy, program: Program) -> None:
    """While apt-get runs, a policy keeps daemons from starting; it is removed afterwards."""
    program("apt-get", f'{{ echo "$@"; {policy}; echo $?; }} >> {policy}.log')
    install_packages(["one", "two"])
    assert policy.with_suffix(".d.log").read_text().splitlines() == [
        "-q -o DPkg::Lock::Timeout=300 update", "101",
        "-q -o DPkg::Lock::Timeout=300 install -y --no-install-recommends one two", "101",
    ]  # fmt: skip
    assert not policy.exists()


def test_apt_that_fails_is_reported(policy, program: Program) -> None:
    """The error has the last lines of apt-get and its exit code; the policy is removed."""
    program("apt-get", "echo reading lists; echo E: no such package >&2; exit 100")
    with pytest.raises(AptFailed, match=r"apt-get update failed \(100\):[^$]*E: no such package"):
        install_packages(["one"])
    assert not policy.exists()


def test_somebody_elses_policy_stays(policy, program: Program) -> None:
    """A policy that was there before is neither replaced nor removed."""
    policy.write_text("theirs")
    program("apt-get", "exit 0")
    install_packages(["one"])
    assert policy.read_text() == "theirs"
