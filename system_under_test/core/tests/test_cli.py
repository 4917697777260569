"""The command line and the readers of coordinates."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
import swarm_core
from swarm_core._cli import main

COMMAND = Path(sys.executable).with_name("swarm-genome")
GFF3 = """##gff-version 3
chr\tx\tgene\t1\t9\t.\t+\t.\tID=g1
chr\tx\tCDS\t1\t9\t.\t+\t0\tID=one%3B1;Parent=g1
chr\tx\tCDS\t10\t15\t.\t-\t0\tName=two
chr\tx\tCDS\t16\t18\t.\t+\t0\tID=three
chr\tx\tCDS\t22\t24\t.\t+\t0\tID=three
chr\tx\tCDS\t1\t5\t.\t+\t0\tID=four
chr\tx\tCDS\t2\t4\t.\t+\t1\tID=five
##FASTA
>chr
ACG
"""


def test_generate_then_find(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """What is generated is read back by coordinates and its traits are found."""
    arguments = ["generate", str(tmp_path), "--seed", "7", "--genes", "30", "--strength", "1"]
    assert main(arguments) == 0
    paths = json.loads(capsys.readouterr().out)
    call = ["traits", paths["genome"], "--coordinates", paths["truth"], "--profiles"]
    assert main([*call, paths["truth"], "--shuffles", "999"]) == 0
    found = json.loads(capsys.readouterr().out)
    truth = json.loads(Path(paths["truth"]).read_text("utf-8"))
    assert [row["gene"] for row in found["genes"]] == [gene["id"] for gene in truth["genes"]]
    assert any(one["passes"] for row in found["genes"] for one in row["traits"])
    assert main(["codons", paths["genome"], "--coordinates", paths["truth"]]) == 0
    assert len(json.loads(capsys.readouterr().out)["genes"]) == 30


def test_the_installed_command(genome_path: Path) -> None:
    """The command is installed, prints JSON, and exits 1 with one line for a missing file."""
    run = subprocess.run([COMMAND, "summary", genome_path], capture_output=True, check=True)
    assert json.loads(run.stdout) == swarm_core.genome_summary(genome_path)
    run = subprocess.run([COMMAND, "codons", "missing.fa"], capture_output=True, check=False)
    assert (run.returncode, run.stdout) == (1, b"")
    assert run.stderr.count(b"\n") == 1
    assert b"missing.fa" in run.stderr


@pytest.mark.parametrize(
    ("profiles", "message"), [("[]", "profiles are"), ("{", "Expecting"), ('{"t": 3}', "")]
)
def test_bad_profiles_are_refused(
    profiles: str, message: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Profiles of another shape end with code 1 and a reason."""
    (tmp_path / "p.json").write_text(profiles, encoding="utf-8")
    (tmp_path / "g.json").write_text('{"genes": []}', encoding="utf-8")
    (tmp_path / "a.fa").write_text(">a\nACG\n", encoding="utf-8")
    call = ["traits", str(tmp_path / "a.fa"), "--coordinates", str(tmp_path / "g.json")]
    assert main([*call, "--profiles", str(tmp_path / "p.json")]) == 1
    assert message in capsys.readouterr().err


def test_usage_errors_are_code_2(capsys: pytest.CaptureFixture[str]) -> None:
    """An unknown command is a usage error that lists the commands."""
    with pytest.raises(SystemExit) as caught:
        main(["paint"])
    assert caught.value.code == 2
    assert "summary" in capsys.readouterr().err


def test_gff3_coordinates(tmp_path: Path) -> None:
    """CDS of one piece are read in order; those in pieces or out of frame are left out by name."""
    path = tmp_path / "genes.gff3"
    path.write_text(GFF3, encoding="utf-8")
    found, left_out = swarm_core.read_gff3(path)
    assert found == [("one;1", "chr", 1, 9, "+"), ("two", "chr", 10, 15, "-")]
    assert left_out == [
        ("three", "of 2 pieces"),
        ("four", "5 bp is not a multiple of 3"),
        ("five", "starts inside a codon (phase 1)"),
    ]


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("chr\tx\tCDS\t1", ":1: 4 columns, a feature has 9"),
        ("chr\tx\tCDS\t0\t9\t.\t+\t0\tID=a", ":1: start '0' and end '9' are no coordinates"),
        ("chr\tx\tCDS\t1\t9\t.\t?\t0\tID=a", ":1: strand '\\?' must be"),
    ],
)
def test_malformed_gff3_is_refused(line: str, message: str, tmp_path: Path) -> None:
    """A malformed line is a ValueError with file, line and reason."""
    path = tmp_path / "genes.gff3"
    path.write_text(line + "\n", encoding="utf-8")
    with pytest.raises(ValueError, match=message):
        swarm_core.read_gff3(path)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{", ":1: no JSON"),
        ("{}", "genes need"),
        ('{"genes": [{"id": "a", "start": 1, "end": 3}]}', "genes need .*strand"),
        ('{"genes": [{"id": "a", "start": "1", "end": 3, "strand": "+"}]}', "whole numbers"),
    ],
)
def test_malformed_json_is_refused(text: str, message: str, tmp_path: Path) -> None:
    """Coordinates of another shape are a ValueError that names the file."""
    path = tmp_path / "genes.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ValueError, match=message):
        swarm_core.read_json(path)


def test_windows_are_those_of_the_module(
    genome_path: Path, regions: list[tuple[int, int, str]], capsys: pytest.CaptureFixture[str]
) -> None:
    """The command scores the windows the module scores, with the names of the genes."""
    coordinates = genome_path.with_name("pleiotropic_genes.json")
    call = ["windows", str(genome_path), "--coordinates", str(coordinates), "--shuffles", "20"]
    assert main([*call, "--seed", "3", "--window", "150", "--step", "75", "--progress"]) == 0
    printed = capsys.readouterr()
    found = json.loads(printed.out)["windows"]
    scored = swarm_core.scan_windows(
        genome_path, regions, window_bp=150, step_bp=75, shuffles=20, seed=3
    )
    names = [gene["gene"] for gene in json.loads(coordinates.read_text("utf-8"))["genes"]]
    assert found == [{**window, "gene": names[window["gene"]]} for window in scored]
    assert printed.err.endswith(f"\r{len(scored)} of {len(scored)}\n")
