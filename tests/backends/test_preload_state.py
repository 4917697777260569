"""The file that tells a preloaded service its faults: what it reads while the file is written."""

import mmap
import struct
import time
from itertools import combinations_with_replacement
from pathlib import Path

import pytest

from gonogo.services import PreloadState

NS_PER_S = 1_000_000_000


def test_no_reading_between_two_writes_jumps(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While the fault is armed or healed, a reader's clock stays between the old and the new.

    The reader reads offset, drift and since, and may be delayed between any two of them.
    """
    path = tmp_path / "state"
    path.write_bytes(bytes(1 << 17))
    now_ns, write = time.monotonic_ns(), struct.pack_into
    states: list[tuple[int, int, int]] = [(0, 0, 0)]

    def recorded(shape: str, state: mmap.mmap, at: int, value: int) -> None:
        write(shape, state, at, value)
        states.append(struct.unpack_from("=qqq", state, 16))

    shared = PreloadState(path)
    monkeypatch.setattr(struct, "pack_into", recorded)
    shared.set_clock(NS_PER_S, NS_PER_S // 10, now_ns - NS_PER_S)
    assert shared.clock == (NS_PER_S, NS_PER_S // 10)
    shared.set_clock(0, 0, 0)
    assert shared.clock == (0, 0)
    shared.close()
    for (offset, _, _), (_, drift, _), (_, _, since) in combinations_with_replacement(states, 3):
        assert 0 <= offset + (now_ns - since) * drift // NS_PER_S <= 2 * NS_PER_S
