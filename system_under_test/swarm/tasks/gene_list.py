"""Gene lists: a JSON file that says where genes lie and which traits they touch."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic import BaseModel, Field, ValidationError, model_validator

GENE_LIST_BYTES_MAX = 8 * 1024 * 1024


class Gene(BaseModel):
    """A gene's place: 1-based inclusive coordinates on the forward strand."""

    gene: str = Field(min_length=1, max_length=100)
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
    """The file's content; keys that are not named here say where it comes from."""

    genes: list[Gene]


class BadGeneList(ValueError):
    """The file is not a gene list, or lists no gene that was asked for."""


def read_gene_list(path: Path, traits: list[str]) -> list[Gene]:
    """Return the genes, only those with one of ``traits`` where any is given."""
    if path.stat().st_size > GENE_LIST_BYTES_MAX:
        raise BadGeneList(f"{path.name}: larger than {GENE_LIST_BYTES_MAX} bytes")
    try:
        genes = GeneList.model_validate_json(path.read_bytes()).genes
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"]) or "the file"
        raise BadGeneList(f"{path.name}: {place}: {first['msg']}") from None
    names = [gene.gene for gene in genes]
    if len(set(names)) != len(names):
        raise BadGeneList(f"{path.name}: a gene is listed twice")
    unknown = set(traits) - {trait for gene in genes for trait in gene.traits}
    if unknown:
        raise BadGeneList(f"{path.name}: no gene has the trait {min(unknown)!r}")
    return [gene for gene in genes if not traits or set(traits) & set(gene.traits)]
