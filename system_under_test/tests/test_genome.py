"""The genome job from end to end, with the Rust core."""

from __future__ import annotations

import hashlib
from collections import Counter
from typing import Any

from swarm_support import System

GENE = "ATGGCTGCAAAAGATTAA"


def _execute(system: System, **parameters: Any) -> dict[str, Any]:
    body = {"script": "genome_analysis", "parameters": parameters}
    answer = system.call("POST", "/api/scripts/execute", body)
    assert answer.status_code == 202, answer.text
    return system.finished(answer.json()["job_id"])


def _result(system: System, job: dict[str, Any]) -> dict[str, Any]:
    answer = system.call("GET", f"/api/jobs/{job['id']}/result")
    assert answer.status_code == 200, answer.text
    result: dict[str, Any] = answer.json()["result"]
    return result


def test_counts_agree_with_counting_by_hand(shared_system: System) -> None:
    """Codons, totals and base counts of a genome small enough to count here."""
    parameters = {"fasta": "small.fna", "genes": "genes.json", "shuffles": 20}
    job = _execute(shared_system, **parameters)
    assert job["status"] == "completed"
    result = _result(shared_system, job)
    sequence = GENE * 40
    assert result["genome"]["length_bp"] == len(sequence)
    assert result["genome"]["base_counts"] == {
        **{base: sequence.count(base.upper()) for base in "acgt"},
        "other": 0,
    }
    one, two = result["genes"]
    expected = Counter(GENE[at : at + 3] for at in range(0, 18, 3))
    assert {c: n for c, n in one["codon_counts"].items() if n} == expected
    assert len(one["codon_counts"]) == 64
    assert (one["total_codons"], two["total_codons"]) == (6, 12)
    assert result["totals"]["codon_counts"]["ATG"] == 3
    assert result["totals"]["total_codons"] == 18
    assert one["null"]["shuffles"] == 20


def test_the_same_seed_gives_the_same_result(shared_system: System) -> None:
    """Two runs are equal in every byte of the result."""
    parameters = {"fasta": "small.fna", "genes": "genes.json", "shuffles": 50, "seed": 7}
    first = _execute(shared_system, **parameters)
    second = _execute(shared_system, **parameters)
    assert _result(shared_system, first) == _result(shared_system, second)


def test_traits_choose_genes(shared_system: System) -> None:
    """Only genes with the trait are counted."""
    parameters = {"fasta": "small.fna", "genes": "genes.json", "traits": ["shape"], "shuffles": 0}
    result = _result(shared_system, _execute(shared_system, **parameters))
    assert [gene["gene"] for gene in result["genes"]] == ["two"]
    assert result["genes"][0]["null"] is None


def test_a_malformed_genome_fails_the_job_and_the_log_says_where(shared_system: System) -> None:
    """No retry, and file and line in the error."""
    job = _execute(shared_system, fasta="bad.fna")
    assert job["status"] == "failed"
    assert "bad.fna" in job["error"]
    assert len(job["tasks"][0]["attempts"]) == 1
    logs = shared_system.call("GET", f"/api/jobs/{job['id']}/logs").json()["logs"]
    assert any(line["level"] == "error" and "bad.fna" in line["message"] for line in logs)
    answer = shared_system.call("GET", f"/api/jobs/{job['id']}/result")
    assert answer.status_code == 409
    assert answer.json()["state"] == "failed"


def test_artefacts_are_fetched_by_name_by_their_owner(shared_system: System) -> None:
    """Every artefact has the size and SHA-256 of the result; nothing else has a name there."""
    job = _execute(shared_system, fasta="small.fna", genes="genes.json", shuffles=0)
    listed = _result(shared_system, job)["artefacts"]
    assert len(listed) == 5
    for artefact in listed:
        answer = shared_system.call("GET", f"/api/jobs/{job['id']}/artefacts/{artefact['name']}")
        assert answer.status_code == 200
        assert answer.headers["Content-Type"].startswith(artefact["media_type"])
        assert len(answer.content) == artefact["size_bytes"]
        assert hashlib.sha256(answer.content).hexdigest() == artefact["sha256"]
        assert answer.headers["Content-Disposition"].startswith("attachment")
    pictures = [a["name"] for a in listed if a["media_type"] == "image/png"]
    assert len(pictures) == 2
    for name in ("parts", "parts%2Fshared.json", "..%2F..%2Fgenes.json", "none.json"):
        answer = shared_system.call("GET", f"/api/jobs/{job['id']}/artefacts/{name}")
        assert answer.status_code == 404
    path = "/api/auth/register"
    shared_system.call("POST", path, {"email": "other@example.org", "password": "another-one"})
    answer = shared_system.call(
        "POST", "/api/auth/login", {"email": "other@example.org", "password": "another-one"}
    )
    token = {"Authorization": f"Bearer {answer.json()['access_token']}"}
    path = f"/api/jobs/{job['id']}/artefacts/summary_report.md"
    assert shared_system.call("GET", path, **token).status_code == 404
