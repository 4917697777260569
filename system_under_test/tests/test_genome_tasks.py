"""What the tasks of a genome job find, against the core called once and against SciPy."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import swarm_core
from genome_support import run_job, write_generated
from scipy import stats
from swarm.tasks import PermanentError, TaskContext
from swarm.tasks.genome import LocateParameters, locate
from swarm.tasks.genome.codons import CODONS
from swarm.tasks.genome.statistics import statistics
from swarm_support import HERE

DATA = HERE.parent / "data"


@pytest.fixture(scope="module")
def job(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, Any]]:
    """A workspace and the analysis_results.json of a job in it."""
    workspace = tmp_path_factory.mktemp("made")
    write_generated(workspace, "made", seed=5, genes=14)
    run_job(workspace, "job", fasta="made.fa", genes="made.json", profiles="made.json", parts=3)
    text = (workspace / "results" / "job" / "analysis_results.json").read_text()
    return workspace, json.loads(text)


def _locate(workspace: Path, **parameters: Any) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """Locate in one part; the result, and the part's genes."""
    context = TaskContext("located", workspace, {}, lambda _: None, lambda *_: None)
    found = locate(context, LocateParameters(parts=1, **parameters))
    genes = json.loads((workspace / "results" / "located" / "parts" / "genes-0.json").read_text())
    return found, genes


def test_corrections_are_those_of_one_call(job: tuple[Path, dict[str, Any]]) -> None:
    """q-values, passes and windows of the parts are those of the core called with all genes."""
    workspace, results = job
    truth = json.loads((workspace / "made.json").read_text())
    regions = [(gene["start"], gene["end"], gene["strand"]) for gene in truth["genes"]]
    path = workspace / "made.fa"
    rows = swarm_core.scan_traits(path, regions, truth["profiles"], seed=1)
    passed = 0
    for gene, row in zip(results["sequences"], rows, strict=True):
        for found, expected in zip(gene["tested_traits"], row["traits"], strict=True):
            found.pop("codon_pattern", None)
            assert found == expected
            passed += found["passes"]
        assert gene["pleiotropic"] == row["pleiotropic"]
    assert passed
    windows = swarm_core.scan_windows(path, regions, seed=1)
    passing = [window for window in windows if window["q_value"] <= 0.05]
    found_windows = [
        {"gene": number, **window}
        for number, gene in enumerate(results["sequences"])
        for window in gene["windows"]
    ]
    assert found_windows == passing
    assert results["windows_tested"] == {"windows": len(windows), "passed": len(passing)}


def test_identified_traits_name_where_and_how_surely(job: tuple[Path, dict[str, Any]]) -> None:
    """Every gene with a passing trait is listed with its regions, confidence and companions."""
    _, results = job
    members: dict[str, set[str]] = {}
    for gene in results["sequences"]:
        for trait in gene["found_traits"]:
            members.setdefault(trait, set()).add(gene["gene"])
    rows = results["identified_traits"]
    assert [row["gene_id"] for row in rows] == [
        gene["gene"] for gene in results["sequences"] if gene["found_traits"]
    ]
    for row in rows:
        others = set().union(*(members[name] for name in row["trait_names"])) - {row["gene_id"]}
        assert row["associated_genes"] == sorted(others)
        assert 0.95 <= row["confidence_score"] < 1
        for region in row["contributing_regions"]:
            pattern = row["codon_patterns"][region["trait"]]
            assert pattern
            assert all(entry["count"] > entry["expected"] for entry in pattern)


def test_frequencies_are_those_of_the_genes(job: tuple[Path, dict[str, Any]]) -> None:
    """The table adds up the genes' codons, and its shares sum to 1."""
    _, results = job
    table = {row["codon"]: row for row in results["frequency_table"]}
    assert tuple(table) == CODONS
    for codon in CODONS:
        total = sum(gene["codon_counts"][codon] for gene in results["sequences"])
        assert table[codon]["count"] == total
    assert sum(row["frequency"] for row in table.values()) == pytest.approx(1, abs=1e-12)


def test_predicted_genes_hold_the_known_ones(tmp_path: Path) -> None:
    """In E. coli 536 about 4,500 genes are predicted, the five known ones with their very ends."""
    shutil.copy(DATA / "NC_008253.fna.gz", tmp_path)
    found, genes = _locate(tmp_path, fasta="NC_008253.fna.gz", predict=True)
    assert 4_400 < found["genes"] < 4_700
    assert found["source"].endswith("trained on the genome")
    places = {(gene["start"], gene["end"], gene["strand"]) for gene in genes}
    for gene in json.loads((DATA / "pleiotropic_genes.json").read_text())["genes"]:
        ends = {
            (end, strand) if strand == "+" else (start, strand) for start, end, strand in places
        }
        last = gene["end"] if gene["strand"] == "+" else gene["start"]
        assert (last, gene["strand"]) in ends, gene["gene"]


def test_gff3_and_json_are_the_same_genes(tmp_path: Path) -> None:
    """The same coordinates in two records give the same codons from either format."""
    sequence = "ATGGCTGCAAAAGATTAA"
    (tmp_path / "two.fna").write_text(f">a\n{sequence}\n>b\nCC{sequence}\n")
    genes = [
        {"gene": "one", "record": "b", "strand": "+", "start": 3, "end": 20},
        {"gene": "two", "record": "a", "strand": "-", "start": 1, "end": 6},
    ]
    (tmp_path / "genes.json").write_text(json.dumps({"genes": genes}))
    lines = [
        f"{g['record']}\tx\tCDS\t{g['start']}\t{g['end']}\t.\t{g['strand']}\t0\tID={g['gene']}"
        for g in genes
    ]
    cut = "a\tx\tCDS\t1\t5\t.\t+\t0\tID=cut"
    (tmp_path / "genes.gff3").write_text("\n".join(["##gff-version 3", *lines, cut, ""]))
    _, listed = _locate(tmp_path, fasta="two.fna", genes="genes.json")
    found, features = _locate(tmp_path, fasta="two.fna", genes="genes.gff3")
    assert listed == features
    assert listed[0]["codon_counts"]["ATG"] == 1
    assert {codon for codon, n in listed[1]["codon_counts"].items() if n} == {"AGC", "CAT"}
    assert found["left_out"] == [{"id": "cut", "reason": "5 bp is not a multiple of 3"}]


@pytest.mark.parametrize(
    ("gene", "reason"),
    [
        ({"start": 1, "end": 21}, "end 21 is after the end of its record, 18"),
        ({"start": 1, "end": 5}, "5 bp is not a multiple of 3"),
        ({"start": 1, "end": 6, "record": None}, "names no record, and two.fna has 2 of them"),
        ({"start": 1, "end": 6, "record": "c"}, "two.fna has no record 'c'"),
    ],
)
def test_genes_that_cannot_be_cut_are_named(
    tmp_path: Path, gene: dict[str, Any], reason: str
) -> None:
    """The gene and what is wrong with it are in the job's error; nothing is cut to fit."""
    (tmp_path / "two.fna").write_text(">a\nATGGCTGCAAAAGATTAA\n>b\nACG\n")
    listed = {"genes": [{"gene": "bad", "record": "a", "strand": "+", **gene}]}
    (tmp_path / "genes.json").write_text(json.dumps(listed))
    with pytest.raises(PermanentError, match=f"gene bad: {reason}|gene bad {reason}"):
        _locate(tmp_path, fasta="two.fna", genes="genes.json")


def test_statistics_are_those_of_scipy_and_numpy(job: tuple[Path, dict[str, Any]]) -> None:
    """Correlations, shares of variance and exact tests computed here again come out the same."""
    _, results = job
    genes, found = results["sequences"], results["statistics"]
    [row] = [row for row in found["correlations"] if row["measures"] == ["gc", "gc3"]]
    expected = stats.spearmanr([g["gc"] for g in genes], [g["gc3"] for g in genes])
    assert (row["rho"], row["p_value"]) == pytest.approx((expected.statistic, expected.pvalue))
    shares = [row["explained_variance"] for row in found["principal_components"]]
    assert shares == sorted(shares, reverse=True)
    assert sum(found["clusters"]["sizes"]) == len(genes)
    for row in found["associations"]["smallest"]:
        assert np.sum(row["table"]) == len(genes)
        assert row["p_value"] == pytest.approx(stats.fisher_exact(row["table"]).pvalue)
        assert row["p_value"] <= row["q_value"] <= 1


def test_an_association_is_found_and_corrected() -> None:
    """Two traits always together are significant, a third is not, and clusters are found."""
    genes = []
    for number in range(40):
        together = number % 2 == 0
        counts = dict.fromkeys(CODONS, 0)
        counts.update({"CTG": 30, "CTA": 1} if together else {"CTG": 1, "CTA": 30})
        counts["AAA"], counts["AAG"] = 10 + number % 3, 10 - number % 4
        genes.append(
            {
                "gene": f"g{number}", "gc": 0.5 + number / 1000, "gc3": 0.4 + number / 1000,
                "length_bp": 300 + 3 * number, "null": None, "tested_traits": [],
                "codon_counts": counts, "traits": [],
                "found_traits": [
                    *(["a", "b"] if together else []), *(["c"] if number % 4 < 2 else [])
                ],
            }
        )  # fmt: skip
    found = statistics(genes)
    assert found is not None
    by_pair = {tuple(row["pair"]): row for row in found["associations"]["smallest"]}
    assert by_pair["found: a", "found: b"]["q_value"] < 1e-6
    assert by_pair["found: a", "found: c"]["p_value"] == pytest.approx(1)
    assert found["clusters"]["count"] == 2
    assert sorted(found["clusters"]["sizes"]) == [20, 20]
    assert statistics(genes[:9]) is None
