"""The reader of standard output never changes the exit code."""

import subprocess
import sys
from pathlib import Path

import pytest

from gonogo.vocabulary import ExitCode
from tests.run_builder import go_builder

GONOGO = [sys.executable, "-P", "-m", "gonogo"]
ENDS_S_MAX = 60.0
CASES = pytest.mark.parametrize(
    ("run", "code"),
    [("go", ExitCode.GO), ("no-go", ExitCode.NO_GO), ("inconclusive", ExitCode.INCONCLUSIVE)],
)


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a run of each verdict; the failure's message cannot be encoded."""
    folder = tmp_path_factory.mktemp("runs")
    go_builder(folder / "go").write()
    builder = go_builder(folder / "no-go")
    builder.test("contract/test_x.py::test_x", failed_claim="file \ud800 is ≤ there")
    builder.write()
    builder = go_builder(folder / "inconclusive")
    builder.test("contract/test_x.py::test_silent", expectations=0)
    builder.write()
    return folder


@CASES
@pytest.mark.parametrize("encoding", ["utf-8", "latin-1", "ascii"])
def test_a_terminal_that_cannot_show_every_character(
    runs: Path, run: str, code: ExitCode, encoding: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It gets a simpler character or an escape; verdict and exit code do not change."""
    monkeypatch.setenv("PYTHONIOENCODING", encoding)
    done = subprocess.run(
        [*GONOGO, "judge", str(runs / run)],
        capture_output=True, check=False, timeout=ENDS_S_MAX,
    )  # fmt: skip
    assert done.returncode == code, done.stderr
    assert done.stderr == b""
    assert b"\\xa0" not in done.stdout
    assert {0: b"GO", 1: b"NO-GO", 3: b"INCONCLUSIVE"}[code] in done.stdout


@CASES
@pytest.mark.parametrize("bytes_read", [0, 5])
def test_a_reader_that_leaves(runs: Path, run: str, code: ExitCode, bytes_read: int) -> None:
    """A pipe that closes before or during writing changes no exit code and prints no error."""
    command = [*GONOGO, "judge", str(runs / run)]
    with subprocess.Popen(
        command, bufsize=0, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.read(bytes_read)
        process.stdout.close()
        told = process.stderr.read()
    assert process.returncode == code
    assert told == b""


@CASES
def test_a_full_disk_behind_a_redirection(runs: Path, run: str, code: ExitCode) -> None:
    """Output that cannot be stored is lost; the exit code is right."""
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(
            [*GONOGO, "judge", str(runs / run)],
            stdout=full, stderr=full, check=False, timeout=ENDS_S_MAX,
        )  # fmt: skip
    assert done.returncode == code


@CASES
def test_no_standard_output_at_all(runs: Path, run: str, code: ExitCode) -> None:
    """A caller that closed both streams gets the same exit code."""
    command = f"exec {' '.join([*GONOGO, 'judge', str(runs / run)])} >&- 2>&-"
    assert subprocess.run(["sh", "-c", command], check=False, timeout=ENDS_S_MAX).returncode == code


def test_a_usage_error_in_a_closed_pipe(tmp_path: Path) -> None:
    """Usage errors and help keep their exit codes too."""
    for arguments, code in (("jugde", ExitCode.USAGE), ("--help", ExitCode.GO)):
        command = f"{' '.join(GONOGO)} {arguments} 2>&1; echo $? > {tmp_path}/code"
        subprocess.run(["sh", "-c", f"({command}) | true"], check=True, timeout=ENDS_S_MAX)
        assert int((tmp_path / "code").read_text()) == code
