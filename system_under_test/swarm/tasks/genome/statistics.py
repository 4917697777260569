"""Statistics over all genes of a job, by SciPy and scikit-learn.

Computed once, after the parts are joined, on one thread: sums of floating-point numbers depend on
their order, and libraries split them among threads.
"""

from __future__ import annotations

import importlib
import itertools
import warnings
from typing import Any

from swarm.tasks.genome.codons import AMINO_ACID, SYNONYMOUS
from swarm.tasks.genome.traits import annotated_members, trait_members

# With fewer genes correlations, components and clusters mean nothing.
GENES_MIN = 10
COMPONENTS_MAX = 5
LOADINGS_LISTED = 5
CLUSTERS_MAX = 6
# Silhouettes compare every pair of genes; a sample bounds that.
SILHOUETTE_SAMPLE = 2000
TESTS_LISTED = 50


def statistics(genes: list[dict[str, Any]]) -> dict[str, Any] | None:
    """Return correlations, components, clusters and associations; None for too few genes."""
    genes = [gene for gene in genes if gene["gc3"] is not None]
    if len(genes) < GENES_MIN:
        return None
    numpy = importlib.import_module("numpy")
    pools = importlib.import_module("threadpoolctl")
    with pools.threadpool_limits(1), warnings.catch_warnings():
        # Identical genes have no correlation, and fewer clusters than asked for.
        warnings.simplefilter("ignore")
        usage = numpy.array([_relative_usage(gene["codon_counts"]) for gene in genes])
        components, scores = _components(numpy, usage)
        clusters, labels = _clusters(numpy, scores)
        return {
            "genes": len(genes),
            "correlations": _correlations(numpy, genes),
            "principal_components": components,
            "clusters": clusters,
            "associations": _associations(genes, labels),
        }


def _relative_usage(counts: dict[str, int]) -> list[float]:
    """RSCU of the 59 codons that have synonyms; 1, no preference, where an amino acid is absent."""
    family: dict[str, list[int]] = {}
    for codon in SYNONYMOUS:
        family.setdefault(AMINO_ACID[codon], []).append(counts.get(codon, 0))
    usage = []
    for codon in SYNONYMOUS:
        of_family = family[AMINO_ACID[codon]]
        total = sum(of_family)
        usage.append(counts.get(codon, 0) * len(of_family) / total if total else 1.0)
    return usage


def _correlations(numpy: Any, genes: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Spearman's rank correlation of each pair of measures, corrected over all pairs."""
    stats = importlib.import_module("scipy.stats")
    measures = {name: [gene[name] for gene in genes] for name in ("length_bp", "gc", "gc3")}
    measures["codon_reuse"] = [gene["null"] and gene["null"]["observed"] for gene in genes]
    for at, trait in enumerate(genes[0]["tested_traits"]):
        name = f"log_odds_bits of {trait['trait']}"
        measures[name] = [gene["tested_traits"][at]["log_odds_bits"] for gene in genes]
    rows = []
    for one, two in itertools.combinations(measures, 2):
        pairs = [
            pair for pair in zip(measures[one], measures[two], strict=True) if None not in pair
        ]
        if len(pairs) < GENES_MIN:
            continue
        found = stats.spearmanr(*zip(*pairs, strict=True))
        if numpy.isfinite(found.statistic):
            rows.append(
                {
                    "measures": [one, two],
                    "rho": float(found.statistic),
                    "genes": len(pairs),
                    "p_value": float(found.pvalue),
                }
            )
    return _corrected(stats, rows)


def _components(numpy: Any, usage: Any) -> tuple[list[dict[str, Any]], Any]:
    """Principal components of the RSCU values, and where each gene lies on them."""
    decomposition = importlib.import_module("sklearn.decomposition")
    model = decomposition.PCA(min(COMPONENTS_MAX, *usage.shape), svd_solver="full")
    scores = model.fit_transform(usage)
    rows = []
    for share, loadings in zip(model.explained_variance_ratio_, model.components_, strict=True):
        strongest = numpy.argsort(-numpy.abs(loadings), kind="stable")[:LOADINGS_LISTED]
        rows.append(
            {
                "explained_variance": float(share) if numpy.isfinite(share) else 0.0,
                "loadings": {SYNONYMOUS[at]: float(loadings[at]) for at in strongest},
            }
        )
    return rows, scores


def _clusters(numpy: Any, scores: Any) -> tuple[dict[str, Any], list[int]]:
    """K-means on the components; as many clusters as give the best silhouette."""
    cluster = importlib.import_module("sklearn.cluster")
    metrics = importlib.import_module("sklearn.metrics")
    best: tuple[float, int, Any] = (-2.0, 1, numpy.zeros(len(scores), dtype=int))
    for count in range(2, min(CLUSTERS_MAX, len(scores) - 1) + 1):
        labels = cluster.KMeans(count, n_init=10, random_state=0).fit_predict(scores)
        if len(set(labels.tolist())) < count:
            break
        sample = min(SILHOUETTE_SAMPLE, len(scores))
        silhouette = metrics.silhouette_score(scores, labels, sample_size=sample, random_state=0)
        if silhouette > best[0]:
            best = (float(silhouette), count, labels)
    silhouette, count, labels = best
    numbers: list[int] = labels.tolist()
    # Numbered by size, the largest first: the method's own numbers mean nothing.
    order = sorted(range(count), key=lambda label: (-numbers.count(label), numbers.index(label)))
    numbers = [order.index(label) for label in numbers]
    return {
        "count": count,
        "silhouette": silhouette if count > 1 else None,
        "sizes": [numbers.count(label) for label in range(count)],
    }, numbers


def _associations(genes: list[dict[str, Any]], labels: list[int]) -> dict[str, Any]:
    """Fisher's exact test of each two traits, and of each trait and cluster, corrected over all.

    Traits found here and traits of the gene list are kept apart by name. One that is in a single
    gene, or in all, is left out: no table of it can be significant.
    """
    stats = importlib.import_module("scipy.stats")
    found = {f"found: {name}": set(of) for name, of in trait_members(genes).items()}
    listed = {f"listed: {name}": set(of) for name, of in annotated_members(genes).items()}
    names = [gene["gene"] for gene in genes]
    traits = {name: of for name, of in {**found, **listed}.items() if 1 < len(of) < len(names)}
    clusters = {
        f"cluster {label}": {name for name, at in zip(names, labels, strict=True) if at == label}
        for label in sorted(set(labels))
        if len(set(labels)) > 1
    }
    pairs = [
        *itertools.combinations(traits.items(), 2),
        *itertools.product(traits.items(), clusters.items()),
    ]
    rows = []
    for (one, with_one), (two, with_two) in pairs:
        both = len(with_one & with_two)
        table = [
            [both, len(with_one) - both],
            [len(with_two) - both, len(names) - len(with_one | with_two)],
        ]
        rows.append(
            {"pair": [one, two], "table": table, "p_value": float(stats.fisher_exact(table)[1])}
        )
    corrected = _corrected(stats, rows)
    ranked = sorted(corrected, key=lambda row: (row["p_value"], row["pair"]))
    return {"tests": len(rows), "smallest": ranked[:TESTS_LISTED]}


def _corrected(stats: Any, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Add Benjamini and Hochberg's q-values."""
    if not rows:
        return []
    q_values = stats.false_discovery_control([row["p_value"] for row in rows])
    return [{**row, "q_value": float(q)} for row, q in zip(rows, q_values, strict=True)]
