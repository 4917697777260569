"""The traits found over all genes."""

from __future__ import annotations

from typing import Any

from swarm.tasks.genome.files import core

Genes = list[dict[str, Any]]


def decide(genes: Genes, fdr: float) -> None:
    """Correct over all pairs of gene and trait, and say of each whether it passes."""
    tested = [
        found for gene in genes for found in gene["tested_traits"] if found["p_value"] is not None
    ]
    q_values = core().benjamini_hochberg([found["p_value"] for found in tested])
    for gene in genes:
        for found in gene["tested_traits"]:
            found.update(q_value=None, confidence=None, passes=False)
    for found, q_value in zip(tested, q_values, strict=True):
        passes = q_value <= fdr and not found["overlaps_stronger"]
        found.update(q_value=q_value, confidence=1.0 - q_value, passes=passes)
    for gene in genes:
        gene["found_traits"] = [found["trait"] for found in _passing(gene)]
        gene["pleiotropic"] = len(gene["found_traits"]) > 1


def identified(genes: Genes) -> list[dict[str, Any]]:
    """Return the genes in which a trait passes, with region and confidence."""
    members = trait_members(genes)
    rows = []
    for gene in genes:
        passing = _passing(gene)
        if not passing:
            continue
        others = {
            other for found in passing for other in members[found["trait"]] if other != gene["gene"]
        }
        rows.append(
            {
                "gene_id": gene["gene"],
                "trait_names": [found["trait"] for found in passing],
                "contributing_regions": [
                    {
                        "trait": found["trait"],
                        "start": found["start"],
                        "end": found["end"],
                        "excess_bits": found["excess_bits"],
                        "p_value": found["p_value"],
                        "q_value": found["q_value"],
                        "confidence": found["confidence"],
                    }
                    for found in passing
                ],
                # The confidence of a gene is that of its weakest trait.
                "confidence_score": min(found["confidence"] for found in passing),
                "codon_patterns": {found["trait"]: found["codon_pattern"] for found in passing},
                "associated_genes": sorted(others),
            }
        )
    return rows


def pleiotropic(genes: Genes) -> dict[str, Any]:
    """Return genes with two traits or more: found here, and according to the gene list."""
    return {
        "genes": [_entry(gene, gene["found_traits"]) for gene in genes if gene["pleiotropic"]],
        "annotated": [_entry(gene, gene["traits"]) for gene in genes if len(gene["traits"]) > 1],
    }


def trait_members(genes: Genes) -> dict[str, list[str]]:
    """Return the genes each trait was found in, by name of the trait."""
    return _members(genes, "found_traits")


def annotated_members(genes: Genes) -> dict[str, list[str]]:
    """Return the genes the gene list gives each trait, by name of the trait."""
    return _members(genes, "traits")


def _members(genes: Genes, key: str) -> dict[str, list[str]]:
    members: dict[str, list[str]] = {}
    for gene in genes:
        for trait in gene[key]:
            members.setdefault(trait, []).append(gene["gene"])
    return dict(sorted(members.items()))


def _passing(gene: dict[str, Any]) -> list[dict[str, Any]]:
    return [found for found in gene["tested_traits"] if found["passes"]]


def _entry(gene: dict[str, Any], traits: list[str]) -> dict[str, Any]:
    place = {key: gene[key] for key in ("gene", "record", "strand", "start", "end", "length_bp")}
    return {**place, "traits": traits}
