"""Trait profiles: a JSON file that says which codons each trait prefers."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, Field, StringConstraints, ValidationError

from swarm.tasks.gene_list import JSON_BYTES_MAX, UnknownTrait, first_problem, listed

Codon = Annotated[str, StringConstraints(pattern=r"^[ACGTacgt]{3}$")]
Frequency = Annotated[float, Field(ge=0, allow_inf_nan=False)]
Name = Annotated[str, StringConstraints(min_length=1, max_length=100)]
PROFILES_MAX = 100


class BadProfiles(ValueError):
    """The file holds no trait profiles."""


class TraitProfiles(BaseModel):
    """The file's content: frequencies of codons by trait; other keys are ignored."""

    profiles: dict[Name, dict[Codon, Frequency]] = Field(min_length=1, max_length=PROFILES_MAX)


def read_profiles(path: Path, traits: list[str]) -> dict[str, dict[str, float]]:
    """Return the profiles by name, only those of ``traits`` where any is given.

    Raises BadProfiles, or UnknownTrait for a trait without a profile.
    """
    if path.stat().st_size > JSON_BYTES_MAX:
        raise BadProfiles(f"{path.name}: larger than {JSON_BYTES_MAX} bytes")
    try:
        profiles = TraitProfiles.model_validate_json(path.read_bytes()).profiles
    except ValidationError as error:
        raise BadProfiles(f"{path.name}: {first_problem(error)}") from None
    unknown = set(traits) - set(profiles)
    if unknown:
        raise UnknownTrait(
            f"{path.name} has no profile {min(unknown)!r}; {listed(set(profiles), 'profiles')}"
        )
    return {name: profiles[name] for name in sorted(profiles) if not traits or name in traits}
