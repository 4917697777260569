"""Gene lists: a JSON file with the positions of genes and their traits."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic import AliasChoices, BaseModel, Field, ValidationError, model_validator

JSON_BYTES_MAX = 8 * 1024 * 1024


class BadGeneList(ValueError):
    """The file is not a gene list."""


class UnknownTrait(ValueError):
    """No gene, or no profile, has a trait that was asked for."""


class Gene(BaseModel):
    """A gene's place: 1-based inclusive coordinates on the forward strand of a record.

    ``record`` may be left out where the genome is one record.
    """

    gene: str = Field(min_length=1, max_length=100, validation_alias=AliasChoices("gene", "id"))
    record: str | None = None
    strand: Literal["+", "-"]
    start: int = Field(ge=1)
    end: int = Field(ge=1)
    traits: list[str] = Field(default_factory=list)

    @model_validator(mode="after")
    def _ordered(self) -> Gene:
        if self.end < self.start:
            raise ValueError(f"gene {self.gene}: end {self.end} is before start {self.start}")
        return self

    @property
    def region(self) -> tuple[int, int, str]:
        """Start, end and strand."""
        return self.start, self.end, self.strand


class GeneList(BaseModel):
    """The file's content; other keys, such as its source, are ignored."""

    genes: list[Gene]


def read_gene_list(path: Path, traits: list[str]) -> list[Gene]:
    """Return the genes, only those with one of ``traits`` where any is given.

    Raises BadGeneList, or UnknownTrait for a trait no gene has.
    """
    if path.stat().st_size > JSON_BYTES_MAX:
        raise BadGeneList(f"{path.name}: larger than {JSON_BYTES_MAX} bytes")
    try:
        genes = GeneList.model_validate_json(path.read_bytes()).genes
    except ValidationError as error:
        raise BadGeneList(f"{path.name}: {first_problem(error)}") from None
    names = [gene.gene for gene in genes]
    if len(set(names)) != len(names):
        raise BadGeneList(f"{path.name}: a gene is listed twice")
    known = {trait for gene in genes for trait in gene.traits}
    unknown = set(traits) - known
    if unknown:
        raise UnknownTrait(
            f"no gene of {path.name} has the trait {min(unknown)!r}; {listed(known, 'traits')}"
        )
    return [gene for gene in genes if not traits or set(traits) & set(gene.traits)]


def first_problem(error: ValidationError) -> str:
    """Return the place of the first mistake and what is wrong there."""
    first = error.errors()[0]
    place = ".".join(str(part) for part in first["loc"]) or "the file"
    return f"{place}: {first['msg']}"


def listed(names: set[str], what: str) -> str:
    """Say which names there are, the first ten of them."""
    if not names:
        return f"it names no {what}"
    more = ", …" if len(names) > 10 else ""
    return f"its {what}: {', '.join(sorted(names)[:10])}{more}"
