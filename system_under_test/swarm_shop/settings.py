"""Settings of the stand-in: the only module that reads the environment."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from swarm_shop.faults import FaultSettings

TOKEN_CHARS_MIN = 16


class SettingsError(Exception):
    """A setting is missing or not valid."""


@dataclass(frozen=True, slots=True)
class Settings:
    """One shop.

    Attributes:
        data: directory of its database.
        access_token: the token that a client of the api must send.
        control_token: the token that changes faults; without it they cannot be changed.
        cost_max: capacity of its cost bucket, in points.
        cost_restore_per_s: points it gets back each second.
        faults: the fault settings at the start.
    """

    host: str
    port: int
    data: Path
    access_token: str = field(repr=False)
    control_token: str = field(repr=False, default="")
    cost_max: float = 1000.0
    cost_restore_per_s: float = 50.0
    faults: FaultSettings = field(default_factory=FaultSettings)


def load_settings(environ: Mapping[str, str] = os.environ) -> Settings:
    """Read the settings; raises SettingsError naming the variable."""
    data = Path(environ.get("SHOP_DATA", ""))
    if not environ.get("SHOP_DATA") or not data.is_dir():
        raise SettingsError(f"SHOP_DATA must be a directory, not {str(data)!r}")
    token = environ.get("SHOP_ACCESS_TOKEN", "")
    if len(token) < TOKEN_CHARS_MIN:
        raise SettingsError(f"SHOP_ACCESS_TOKEN must have at least {TOKEN_CHARS_MIN} characters")
    try:
        faults = FaultSettings.model_validate_json(environ.get("SHOP_FAULTS") or "{}")
    except ValueError as error:
        raise SettingsError(f"SHOP_FAULTS: {error}") from None
    return Settings(
        host=environ.get("SHOP_HOST") or "127.0.0.1",
        port=int(_number(environ, "SHOP_PORT", 8090)),
        data=data,
        access_token=token,
        control_token=environ.get("SHOP_CONTROL_TOKEN", ""),
        cost_max=_number(environ, "SHOP_COST_MAX", 1000.0),
        cost_restore_per_s=_number(environ, "SHOP_COST_RESTORE_PER_S", 50.0),
        faults=faults,
    )


def _number(environ: Mapping[str, str], name: str, default: float) -> float:
    text = environ.get(name) or str(default)
    try:
        value = float(text)
    except ValueError:
        value = 0.0
    if not 0 < value < float("inf"):
        raise SettingsError(f"{name} must be a number above 0, not {text!r}")
    return value
