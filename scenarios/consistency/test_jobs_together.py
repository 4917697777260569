"""Genome and feed jobs at the same time have the same results as alone."""

import hashlib
from typing import Any

import pytest

from gonogo.plugin import Expect, SystemUnderTest
from gonogo.probes import Http
from scenarios.genome import FASTA, GENES
from scenarios.jobs import execute, result, wait_ended

pytestmark = pytest.mark.phase("contract")

JOBS = 3
JOBS_S_MAX = 60.0  # several jobs share one agent of each kind, beside the other scenarios
# Long enough for genome jobs to overlap with each other and with the feed jobs.
GENOME = ("genome_analysis", {"fasta": FASTA, "genes": GENES, "shuffles": 20_000})
FEED = ("filter_products", {"input_file": "feed.csv"})


def test_together_as_alone(system: SystemUnderTest, expect: Expect) -> None:
    """Three genome and three feed jobs at once have the same results as one of each alone."""
    client = system.user_http()
    genome_alone = _outcome(system, client, expect, execute(client, expect, *GENOME))
    feed_alone = _outcome(system, client, expect, execute(client, expect, *FEED))
    started = [
        (name, alone, execute(client, expect, *script))
        for _ in range(JOBS)
        for name, script, alone in (
            ("genome", GENOME, genome_alone),
            ("feed", FEED, feed_alone),
        )
    ]
    for name, alone, job in started:
        together = _outcome(system, client, expect, job)
        expect.equal(f"result of the {name} job is the same as alone", together, alone)


def test_artefacts_are_what_the_result_says(system: SystemUnderTest, expect: Expect) -> None:
    """Each artefact of a genome job can be fetched and has the size and SHA-256 of the result."""
    client = system.user_http()
    job = execute(client, expect, "genome_analysis", {"fasta": FASTA, "genes": GENES})
    wait_ended(system, client, job, timeout_s=JOBS_S_MAX)
    listed = result(client, expect, job)["artefacts"]
    names = sorted(artefact["name"] for artefact in listed)
    expect.equal(
        "the artefacts",
        names,
        [
            "analysis_results.json",
            "gene_trait_network.png",
            "pleiotropic_genes.json",
            "summary_report.md",
            "trait_heat_map.png",
        ],
    )
    for artefact in listed:
        name = artefact["name"]
        answer = client.get(f"/api/jobs/{job}/artefacts/{name}")
        expect.equal(f"{name} answers 200", answer.status, 200)
        expect.equal(f"size of {name}", len(answer.body), artefact["size_bytes"])
        expect.equal(
            f"SHA-256 of {name}", hashlib.sha256(answer.body).hexdigest(), artefact["sha256"]
        )
    for name in ("none.json", "..", "%2e%2e%2ffeed.csv", "parts"):
        answer = client.get(f"/api/jobs/{job}/artefacts/{name}")
        expect.equal(f"{name} answers 404", answer.status, 404)


def _outcome(system: SystemUnderTest, client: Http, expect: Expect, job: str) -> dict[str, Any]:
    """The result of a completed job, without the file names, which differ for each job."""
    state = wait_ended(system, client, job, timeout_s=JOBS_S_MAX)
    expect.equal("the job completes", state["status"], "completed")
    found = result(client, expect, job)
    return {key: value for key, value in found.items() if not key.endswith("_file")}
