"""The heat map of genes and traits, and the network of both, as PNG.

Drawn without pyplot, which keeps figures in a global list, and without the name of the program
that wrote the file, so that the bytes depend on the content alone.
"""

from __future__ import annotations

import importlib
import io
from typing import Any

Genes = list[dict[str, Any]]

# More would not be readable on a page.
GENES_DRAWN = 40
TRAITS_DRAWN = 40
DOTS_PER_INCH = 100


def heat_map(genes: Genes) -> bytes:
    """Draw the genes with the strongest signals against all traits.

    Colour is the score of the test, a cross is a pair that passes; without profiles it says which
    genes the gene list gives which trait.
    """
    tested = [gene for gene in genes if gene["tested_traits"]]
    if tested:
        rows = _strongest(tested)
        traits = [found["trait"] for found in rows[0]["tested_traits"]][:TRAITS_DRAWN]
        values = [[found["score"] or 0.0 for found in gene["tested_traits"]] for gene in rows]
        crosses = [
            (x, y)
            for y, gene in enumerate(rows)
            for x, found in enumerate(gene["tested_traits"][: len(traits)])
            if found["passes"]
        ]
        label = "score (standard deviations); x passes"
    else:
        rows = [gene for gene in genes if gene["traits"]][:GENES_DRAWN]
        traits = sorted({trait for gene in rows for trait in gene["traits"]})[:TRAITS_DRAWN]
        values = [[float(trait in gene["traits"]) for trait in traits] for gene in rows]
        crosses = []
        label = "1: listed for the gene, not tested"
    if not rows:
        return _nothing("No trait was tested or listed.")
    figure = _figure(2.5 + 0.3 * len(traits), 1.5 + 0.22 * len(rows))
    axes = figure.add_subplot()
    image = axes.imshow(
        [row[: len(traits)] for row in values], aspect="auto", cmap="viridis", vmin=0
    )
    axes.set_xticks(range(len(traits)), [_short(name) for name in traits], rotation=90)
    axes.set_yticks(range(len(rows)), [_short(gene["gene"]) for gene in rows])
    for x, y in crosses:
        axes.plot(x, y, marker="x", color="white", markeredgecolor="red")
    figure.colorbar(image, label=label)
    return _png(figure)


def network(genes: Genes) -> bytes:
    """Draw genes left and traits right; a line is found here, a dotted one listed for the gene."""
    networkx = importlib.import_module("networkx")
    rows = [gene for gene in genes if gene["found_traits"] or gene["traits"]]
    rows = _strongest(rows)
    if not rows:
        return _nothing("No gene has a trait.")
    graph = networkx.Graph()
    for gene in rows:
        graph.add_node(("gene", gene["gene"]))
    for gene in rows:
        for trait in [*gene["found_traits"], *gene["traits"]]:
            graph.add_edge(
                ("gene", gene["gene"]),
                ("trait", trait),
                style="solid" if trait in gene["found_traits"] else "dotted",
            )
    places = _columns(graph)
    traits = len(graph) - len(rows)
    figure = _figure(9.0, 1.5 + 0.25 * max(len(rows), traits))
    axes = figure.add_subplot()
    axes.set_axis_off()
    axes.margins(0.25, 0.05)
    networkx.draw_networkx_edges(
        graph, places, ax=axes, style=[style for *_, style in graph.edges(data="style")]
    )
    for node, (x, y) in places.items():
        kind, name = node
        left = kind == "gene"
        axes.plot(x, y, marker="o" if left else "s", color="tab:blue" if left else "tab:orange")
        axes.annotate(
            _short(name),
            (x, y),
            xytext=(-8 if left else 8, 0),
            textcoords="offset points",
            ha="right" if left else "left",
            va="center",
        )
    return _png(figure)


def _columns(graph: Any) -> dict[tuple[str, str], tuple[float, float]]:
    """Place genes left, in their order, and traits right, each near its genes.

    networkx's own bipartite layout goes through sets, whose order differs between processes.
    """
    genes = [node for node in graph if node[0] == "gene"]
    heights = {node: 1.0 - (at + 0.5) / len(genes) for at, node in enumerate(genes)}

    def nearness(trait: tuple[str, str]) -> tuple[float, str]:
        of_genes = sorted(heights[gene] for gene in graph[trait])
        return -sum(of_genes) / len(of_genes), trait[1]

    traits = sorted((node for node in graph if node[0] == "trait"), key=nearness)
    right = {node: (1.0, 1.0 - (at + 0.5) / len(traits)) for at, node in enumerate(traits)}
    return {**{node: (0.0, height) for node, height in heights.items()}, **right}


def _strongest(genes: Genes) -> Genes:
    """The genes with the smallest p-values, in the order of the genome."""

    def strength(at: int) -> tuple[int, float, int]:
        p_values = [found["p_value"] for found in genes[at]["tested_traits"]]
        known = [p for p in p_values if p is not None]
        return -len(genes[at]["found_traits"]), min(known, default=2.0), at

    chosen = sorted(range(len(genes)), key=strength)[:GENES_DRAWN]
    return [genes[at] for at in sorted(chosen)]


def _figure(width: float, height: float) -> Any:
    figure = importlib.import_module("matplotlib.figure").Figure(
        figsize=(width, height), dpi=DOTS_PER_INCH, layout="constrained"
    )
    importlib.import_module("matplotlib.backends.backend_agg").FigureCanvasAgg(figure)
    return figure


def _nothing(text: str) -> bytes:
    figure = _figure(5.0, 1.5)
    figure.text(0.5, 0.5, text, ha="center", va="center")
    return _png(figure)


def _short(name: str) -> str:
    # A dollar sign starts a formula.
    name = name.replace("$", r"\$")
    return name if len(name) <= 28 else f"{name[:27]}…"


def _png(figure: Any) -> bytes:
    content = io.BytesIO()
    figure.savefig(content, format="png", metadata={"Software": None})
    return content.getvalue()
