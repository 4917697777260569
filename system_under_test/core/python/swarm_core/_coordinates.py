"""Coordinates of coding sequences, from GFF3 or JSON."""

import json
import os
from collections import defaultdict
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import unquote

GFF3_COLUMNS = 9


class CodingSequence(NamedTuple):
    """A coding sequence of one piece; 1-based, both ends included, on the forward strand."""

    id: str
    record: str | None
    start: int
    end: int
    strand: str


class LeftOut(NamedTuple):
    """A coding sequence that cannot be read as one piece of whole codons."""

    id: str
    reason: str


def read_gff3(path: str | os.PathLike[str]) -> tuple[list[CodingSequence], list[LeftOut]]:
    """Read the features of type CDS of a GFF3 file (Sequence Ontology, version 1.26).

    A coding sequence of several lines, of incomplete codons, or whose first codon starts in an
    earlier piece is left out and named with its reason, never cut to fit. Order is the file's.

    Raises ValueError `file:line: reason` for a malformed line, OSError when it cannot be read.
    """
    pieces: dict[str, list[tuple[CodingSequence, str]]] = defaultdict(list)
    for number, line in enumerate(Path(path).read_text("utf-8").splitlines(), start=1):
        if line.startswith("##FASTA"):
            break
        if line.startswith("#") or not line.strip():
            continue
        columns = line.split("\t")
        if len(columns) != GFF3_COLUMNS:
            raise ValueError(f"{path}:{number}: {len(columns)} columns, a feature has 9")
        if columns[2] == "CDS":
            piece = _piece(columns, f"{path}:{number}")
            pieces[piece.id].append((piece, columns[7]))
    found, left_out = [], []
    for name, parts in pieces.items():
        [(piece, phase), *more] = parts
        length_bp = piece.end - piece.start + 1
        if more:
            left_out.append(LeftOut(name, f"of {len(parts)} pieces"))
        elif phase not in {"0", "."}:
            left_out.append(LeftOut(name, f"starts inside a codon (phase {phase})"))
        elif length_bp % 3:
            left_out.append(LeftOut(name, f"{length_bp} bp is not a multiple of 3"))
        else:
            found.append(piece)
    return found, left_out


def _piece(columns: list[str], where: str) -> CodingSequence:
    record, _, _, first, last, _, strand, _, attributes = columns
    if not (first.isdecimal() and last.isdecimal() and 1 <= int(first) <= int(last)):
        raise ValueError(f"{where}: start '{first}' and end '{last}' are no coordinates")
    if strand not in {"+", "-"}:
        raise ValueError(f"{where}: strand '{strand}' must be '+' or '-'")
    pairs = (pair.partition("=") for pair in attributes.split(";"))
    named = {key.strip(): unquote(value) for key, _, value in pairs}
    name = named.get("ID") or named.get("Name") or f"{unquote(record)}:{first}-{last}"
    return CodingSequence(name, unquote(record), int(first), int(last), strand)


def read_json(path: str | os.PathLike[str]) -> list[CodingSequence]:
    """Read {"genes": [{"gene" or "id", "start", "end", "strand"}, ...]}, other keys ignored.

    Raises ValueError naming the file and the gene at fault, OSError when it cannot be read.
    """
    try:
        genes: list[dict[str, Any]] = json.loads(Path(path).read_text("utf-8"))["genes"]
        return [_gene(gene) for gene in genes]
    except json.JSONDecodeError as error:
        raise ValueError(f"{path}:{error.lineno}: no JSON: {error.msg}") from error
    except (KeyError, TypeError) as error:
        raise ValueError(
            f"{path}: genes need gene or id, start, end and strand: {error}"
        ) from error


def _gene(gene: dict[str, Any]) -> CodingSequence:
    name = gene["gene"] if "gene" in gene else gene["id"]
    start, end = gene["start"], gene["end"]
    if type(start) is not int or type(end) is not int:
        raise TypeError(f"start and end of {name} must be whole numbers")
    return CodingSequence(str(name), None, start, end, str(gene["strand"]))
