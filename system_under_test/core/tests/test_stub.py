"""The type stub says what the module is."""

import ast
import inspect
from pathlib import Path

import pytest
import swarm_core
from swarm_core import swarm_core as native

STUB = Path(swarm_core.__file__).with_name("swarm_core.pyi")
TREE = ast.parse(STUB.read_text(encoding="utf-8"))
FUNCTIONS = {node.name: node for node in TREE.body if isinstance(node, ast.FunctionDef)}
CLASSES = {node.name: node for node in TREE.body if isinstance(node, ast.ClassDef)}
VARIABLES = {
    node.target.id: ast.unparse(node.annotation)
    for node in TREE.body
    if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name)
}
MODULE_ATTRIBUTES = {"__all__", "__doc__", "__file__", "__loader__", "__name__", "__package__"}


def test_names_are_those_of_the_module() -> None:
    """Stub and module have the same names, no more and no fewer."""
    there = set(vars(native)) - MODULE_ATTRIBUTES - {"__spec__"}
    assert there == {*FUNCTIONS, *CLASSES, *VARIABLES}


@pytest.mark.parametrize("name", sorted(FUNCTIONS))
def test_signatures_are_those_of_the_module(name: str) -> None:
    """Parameters have the same names, kinds and defaults, and each function is documented."""
    function = getattr(native, name)
    declared = FUNCTIONS[name].args
    assert declared.posonlyargs == declared.kwonlyargs == []
    assert declared.vararg is declared.kwarg is None
    defaults = [ast.literal_eval(default) for default in declared.defaults]
    required = [inspect.Parameter.empty] * (len(declared.args) - len(defaults))
    expected = [
        inspect.Parameter(argument.arg, inspect.Parameter.POSITIONAL_OR_KEYWORD, default=default)
        for argument, default in zip(declared.args, [*required, *defaults], strict=True)
    ]
    assert list(inspect.signature(function).parameters.values()) == expected
    assert inspect.getdoc(function)
    assert FUNCTIONS[name].returns is not None


@pytest.mark.parametrize("name", sorted(CLASSES))
def test_classes_are_those_of_the_module(name: str) -> None:
    """Classes have the declared bases and live where they can be unpickled from."""
    found = getattr(native, name)
    assert [base.__name__ for base in found.__bases__] == [
        ast.unparse(base) for base in CLASSES[name].bases
    ]
    assert getattr(swarm_core, name) is found
    assert (found.__module__, found.__qualname__) == ("swarm_core", name)


def test_variables_have_their_types() -> None:
    """Variables are of the declared types."""
    for name, annotation in VARIABLES.items():
        assert type(getattr(native, name)).__name__ == annotation


def test_all_is_sorted_and_complete() -> None:
    """The package exports every public name of the module, sorted."""
    assert swarm_core.__all__ == sorted(swarm_core.__all__)
    public = {
        name for name in {*FUNCTIONS, *CLASSES, *VARIABLES} if not name.startswith(("_d", "_p"))
    }
    assert public <= set(swarm_core.__all__)
    assert all(hasattr(swarm_core, name) for name in swarm_core.__all__)


def test_results_have_the_declared_shapes(
    genome_path: Path, regions: list[tuple[int, int, str]]
) -> None:
    """Each dictionary has exactly the keys of its TypedDict."""
    summary = swarm_core.genome_summary(genome_path)
    counts = swarm_core.codon_counts(genome_path, length_bp_min=10**9)
    [gene] = swarm_core.gene_codon_counts(genome_path, regions[:1])
    genome = swarm_core.generate_genome(1)
    motif, planted = (
        genome["motifs"][0],
        next(g["planted"] for g in genome["genes"] if g["planted"]),
    )
    [window, *_] = swarm_core.scan_windows(genome_path, regions, shuffles=1)
    [traits] = swarm_core.scan_traits(
        genome_path, regions[:1], {"lysine": {"AAA": 1.0}}, shuffles=1
    )
    shapes = [
        (genome, swarm_core.GeneratedGenome),
        (genome["genes"][0], swarm_core.GeneratedGene),
        (motif, swarm_core.Motif),
        (planted[0], swarm_core.PlantedTrait),
        (window, swarm_core.ScoredWindow),
        (window["z"], swarm_core.WindowScores),
        (traits, swarm_core.GeneTraits),
        (traits["traits"][0], swarm_core.TraitInGene),
        (summary, swarm_core.GenomeSummary),
        (summary["records"][0], swarm_core.RecordSummary),
        (counts, swarm_core.FileCodonCounts),
        (counts["short_records_listed"][0], swarm_core.ShortRecord),
        (gene, swarm_core.CodonUsage),
        (swarm_core.chi_square(gene["codon_counts"]), swarm_core.ChiSquare),
        (
            swarm_core.codon_pair_information(genome_path, regions),
            swarm_core.CodonPairInformation,
        ),
        (
            swarm_core.synonymous_shuffle_null(genome_path, *regions[0], 2, 1),
            swarm_core.ShuffleNull,
        ),
    ]
    for found, shape in shapes:
        assert list(found) == list(inspect.get_annotations(shape)), shape
