"""The genome job on a real genome, against values that are computed independently."""

import pytest

from gonogo.plugin import Expect, SystemUnderTest
from scenarios import genome
from scenarios.jobs import execute, result, wait_ended

pytestmark = pytest.mark.phase("contract")


def test_five_genes(system: SystemUnderTest, expect: Expect) -> None:
    """Codon counts per gene, totals and GC of E. coli 536 are exactly right."""
    client = system.user_http()
    wanted = genome.expected(system.target.root / "data")
    job = execute(client, expect, "genome_analysis", {"fasta": genome.FASTA, "genes": genome.GENES})
    state = wait_ended(system, client, job, timeout_s=30)
    expect.equal("the job completes", state["status"], "completed")
    found = result(client, expect, job)
    expect.equal("genome length", found["genome"]["length_bp"], wanted.length_bp)
    expect.at_most(
        "difference of the GC of the genome", abs(found["genome"]["gc"] - wanted.gc), 1e-9
    )
    genes = {gene["gene"]: gene for gene in found["genes"]}
    expect.equal("the genes are those asked for", sorted(genes), sorted(wanted.genes))
    for name, gene in wanted.genes.items():
        expect.equal(f"codon counts of {name}", genome.present(genes[name]), gene.codons)
        expect.equal(
            f"codons in all of {name}", genes[name]["total_codons"], sum(gene.codons.values())
        )
        expect.at_most(f"difference of the GC of {name}", abs(genes[name]["gc"] - gene.gc), 1e-9)
    total = sum(sum(gene.codons.values()) for gene in wanted.genes.values())
    expect.equal("codons over all genes", found["totals"]["total_codons"], total)
