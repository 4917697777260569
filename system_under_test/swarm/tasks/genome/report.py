"""The summary report, in Markdown."""

from __future__ import annotations

from typing import Any

GENES_LISTED = 30
ROWS_LISTED = 10


def report(results: dict[str, Any], pleiotropic: dict[str, Any]) -> str:
    """Return the report of a job's results: no times and no names of machines."""
    sections = [
        _input(results),
        _traits(results),
        _pleiotropic(pleiotropic),
        _windows(results),
        _statistics(results["statistics"]),
        _method(results["parameters"]),
    ]
    return "\n\n".join(["# Genome analysis", *sections]) + "\n"


def _input(results: dict[str, Any]) -> str:
    genome, totals = results["genome"], results["totals"]
    coding = results["coding_sequences"]
    rows = [
        ["file", _text(results["parameters"]["fasta"])],
        ["records", str(genome["record_count"])],
        ["length", f"{genome['length_bp']:,} bp"],
        ["GC", _number(genome["gc"])],
        ["coding sequences", f"{totals['genes']:,}, {_text(coding['source'])}"],
        ["left out", f"{coding['left_out_count']:,}"],
        ["codons", f"{totals['total_codons']:,}, {totals['ambiguous_codons']:,} ambiguous apart"],
        ["GC of coding sequences", _number(totals["gc"])],
    ]
    left_out = [
        f"- {_text(entry['id'])}: {_text(entry['reason'])}"
        for entry in coding["left_out"][:ROWS_LISTED]
    ]
    note = ["", "Left out, among them:", "", *left_out] if left_out else []
    return "\n".join([_table(["", ""], rows), *note])


def _traits(results: dict[str, Any]) -> str:
    rows = results["identified_traits"]
    tested = any(gene["tested_traits"] for gene in results["sequences"])
    listed = sorted({trait for gene in results["sequences"] for trait in gene["traits"]})
    lines = ["## Traits", ""]
    if tested:
        pairs = sum(len(row["trait_names"]) for row in rows)
        rate = results["parameters"]["false_discovery_rate"]
        lines.append(
            f"{pairs} pairs of gene and trait pass at a false-discovery rate of {rate:.0%}, "
            f"in {len(rows)} genes."
        )
    else:
        lines.append("No trait was tested: a test needs a codon profile of each trait.")
    if listed:
        lines += ["", f"{len(listed)} traits are listed for genes in the gene list: not a finding."]
    if rows:
        table = [
            [
                _text(row["gene_id"]),
                ", ".join(_text(name) for name in row["trait_names"]),
                ", ".join(f"{at['start']}-{at['end']}" for at in row["contributing_regions"]),
                _number(row["confidence_score"]),
                _patterns(row),
            ]
            for row in sorted(rows, key=lambda row: (-row["confidence_score"], row["gene_id"]))
        ]
        head = ["gene", "traits", "regions (bp of the gene)", "confidence", "codons in excess"]
        lines += ["", _table(head, table[:GENES_LISTED]), *_more(len(table), GENES_LISTED)]
    return "\n".join(lines)


def _patterns(row: dict[str, Any]) -> str:
    codons = [entry["codon"] for found in row["codon_patterns"].values() for entry in found]
    return " ".join(dict.fromkeys(codons))


def _pleiotropic(found: dict[str, Any]) -> str:
    lines = ["## Pleiotropic genes", ""]
    for title, genes in (("Found", found["genes"]), ("Listed", found["annotated"])):
        lines += [f"{title}: {len(genes)}.", ""]
        lines += [
            f"- {_text(gene['gene'])}: {', '.join(_text(name) for name in gene['traits'])}"
            for gene in genes[:GENES_LISTED]
        ]
        lines += [*_more(len(genes), GENES_LISTED), *([""] if genes else [])]
    lines.append(
        "A second trait that is weak may be the shadow of a similar first one; see the limits in "
        "the documentation of the method."
    )
    return "\n".join(lines)


def _windows(results: dict[str, Any]) -> str:
    tested = results["windows_tested"]
    lines = [
        "## Windows",
        "",
        f"{tested['passed']:,} of {tested['windows']:,} windows differ from a random order of "
        "synonymous codons after correction.",
    ]
    found = [
        (window["q_value"], gene["gene"], window)
        for gene in results["sequences"]
        for window in gene["windows"]
    ]
    found.sort(key=lambda row: (row[0], row[1], row[2]["start"]))
    if found:
        rows = [
            [
                _text(gene),
                f"{window['start']}-{window['end']}",
                _number(window["score"]),
                _number(q),
            ]
            for q, gene, window in found[:ROWS_LISTED]
        ]
        lines += ["", _table(["gene", "bp of the gene", "score", "q"], rows)]
        lines += _more(len(found), ROWS_LISTED)
    return "\n".join(lines)


def _statistics(found: dict[str, Any] | None) -> str:
    if found is None:
        return "## Statistics\n\nToo few genes for statistics over them."
    clusters, tests = found["clusters"], found["associations"]
    components = [
        [
            str(number),
            f"{row['explained_variance']:.1%}",
            " ".join(f"{codon} {value:+.2f}" for codon, value in row["loadings"].items()),
        ]
        for number, row in enumerate(found["principal_components"], start=1)
    ]
    ranked = sorted(found["correlations"], key=lambda row: (row["p_value"], row["measures"]))
    correlations = [
        [_text(" / ".join(row["measures"])), f"{row['rho']:+.3f}", _number(row["q_value"])]
        for row in ranked[:ROWS_LISTED]
    ]
    associations = [
        [_text(" / ".join(row["pair"])), str(row["table"]), _number(row["q_value"])]
        for row in tests["smallest"][:ROWS_LISTED]
    ]
    silhouette = _number(clusters["silhouette"])
    parts = [
        "## Statistics",
        f"Over {found['genes']:,} genes.",
        "Spearman's rank correlations, corrected over all pairs of measures:",
        _table(["measures", "rho", "q"], correlations),
        "Principal components of relative synonymous codon usage:",
        _table(["component", "variance", "strongest loadings"], components),
        f"K-means on these: {clusters['count']} clusters of {clusters['sizes']} genes, "
        f"silhouette {silhouette}. Below 0.25 there is no structure to speak of "
        "(Kaufman and Rousseeuw, 1990).",
        f"Fisher's exact tests of traits with each other and with clusters: {tests['tests']}.",
    ]
    if associations:
        parts.append(_table(["pair", "genes with both, one, other, neither", "q"], associations))
    return "\n\n".join(parts)


def _method(parameters: dict[str, Any]) -> str:
    return (
        "## Method\n\n"
        f"Windows of {parameters['window']} bp, {parameters['window_shuffles']} synonymous "
        f"shuffles each; traits in windows of {parameters['window'] // 2} bp, up to "
        f"{parameters['trait_shuffles']} shuffles a gene; codon reuse with "
        f"{parameters['shuffles']} shuffles a gene; seed {parameters['seed']}. Corrected by "
        "Benjamini and Hochberg over all windows and over all pairs of gene and trait of the "
        "genome. Same input, parameters and versions: the same bytes."
    )


def _table(head: list[str], rows: list[list[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def _more(total: int, listed: int) -> list[str]:
    return [f"… and {total - listed:,} more in analysis_results.json."] if total > listed else []


def _number(value: float | None) -> str:
    if value is None:
        return "-"
    # A p-value below the smallest double is small, not zero.
    return f"{value:.4g}" if value else "0 (or below 1e-300)"


def _text(name: str) -> str:
    """A name from a file, so that it cannot be taken for Markdown or HTML."""
    for sign in "\\`*_[]|<>":
        name = name.replace(sign, {"<": "&lt;", ">": "&gt;"}.get(sign, f"\\{sign}"))
    return " ".join(name.split())
