"""Throughput of parsing and in-frame codon counts, beside Biopython and the machine's limits.

One run over E. coli 536, decompressed, and a generated FASTA file; each figure is the median of
several rounds in which the contenders take turns, so that a slow moment of the machine hits all.
Counts are compared, and a difference fails the run.

    python bench_codons.py [--size-mb 200] [--rounds 5]

At 1,000 MB the slow contenders take minutes a round; `--fast` leaves them out. Anonymous memory is
that of a process of its own that counts the generated file once.
"""

import argparse
import ctypes
import gzip
import mmap
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterable
from pathlib import Path

import dnaio
import numpy as np
import pyfastx
import swarm_core
from Bio import SeqIO

GENOME = Path(__file__).parents[2] / "data" / "NC_008253.fna.gz"
SEED = 1
LINE_BP = 70
RECORD_LINES = 40_000
READ_BYTES = 1 << 20
CODONS = [a + b + c for a in "ACGT" for b in "ACGT" for c in "ACGT"]
Counts = dict[str, int]


def generate(path: Path, size_bytes: int) -> None:
    """Write records of 2.8 Mbp of independent bases, wrapped at 70, from a fixed seed."""
    random = np.random.default_rng(SEED)
    letters = np.frombuffer(b"ACGT", dtype=np.uint8)
    written = 0
    with path.open("wb") as file:
        while written < size_bytes:
            lines = np.full((RECORD_LINES, LINE_BP + 1), ord("\n"), dtype=np.uint8)
            lines[:, :LINE_BP] = letters[random.integers(0, 4, size=(RECORD_LINES, LINE_BP))]
            title = f">generated_{written} independent bases\n".encode()
            written += file.write(title) + file.write(lines.tobytes())


def core(path: Path) -> Counts:
    """Count with one thread of the core."""
    return swarm_core.codon_counts(path)["codon_counts"]


def core_two_threads(path: Path) -> Counts:
    """Count with two threads of the core."""
    return swarm_core.codon_counts(path, threads=2)["codon_counts"]


def numpy_counts(sequences: Iterable[bytes]) -> Counts:
    """Count the in-frame codons of sequences with NumPy."""
    code = np.full(256, 255, dtype=np.uint8)
    code[list(b"ACGT")] = code[list(b"acgt")] = range(4)
    total = np.zeros(64, dtype=np.int64)
    for sequence in sequences:
        bases = code[np.frombuffer(sequence, dtype=np.uint8)]
        triplets = bases[: len(bases) // 3 * 3].reshape(-1, 3)
        clear = triplets[(triplets < 4).all(axis=1)]
        total += np.bincount(clear @ np.array([16, 4, 1], dtype=np.uint8), minlength=64)
    return {codon: int(n) for codon, n in zip(CODONS, total, strict=True) if n}


def biopython_numpy(path: Path) -> Counts:
    """Parse with Biopython, count with NumPy."""
    return numpy_counts(bytes(record.seq) for record in SeqIO.parse(path, "fasta"))


def dnaio_numpy(path: Path) -> Counts:
    """Parse with dnaio, count with NumPy."""
    with dnaio.open(path) as records:
        return numpy_counts(record.sequence.encode() for record in records)


def pyfastx_numpy(path: Path) -> Counts:
    """Parse with pyfastx, without the index it makes for random access, count with NumPy."""
    records = pyfastx.Fasta(str(path), build_index=False)
    return numpy_counts(sequence.encode() for _, sequence in records)


def biopython(path: Path) -> Counts:
    """Parse with Biopython, count codon by codon."""
    counts: Counter[str] = Counter()
    for record in SeqIO.parse(path, "fasta"):
        bases = str(record.seq).upper()
        counts.update(bases[i : i + 3] for i in range(0, len(bases) - 2, 3))
    return {codon: counts[codon] for codon in CODONS if counts[codon]}


def memchr(path: Path) -> None:
    """Look once at every byte of the mapped file: the limit of any parser."""
    search = ctypes.CDLL(None).memchr
    search.restype = ctypes.c_void_p
    search.argtypes = [ctypes.c_void_p, ctypes.c_int, ctypes.c_size_t]
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, prot=mmap.PROT_READ) as mapped:
        view = np.frombuffer(mapped, dtype=np.uint8)
        found = search(view.ctypes.data, 0, len(view))
        del view
    if found is not None:
        raise SystemExit(f"{path} holds a NUL byte")


def read(path: Path) -> None:
    """Read the file in blocks, as dd does, and throw them away."""
    block = bytearray(READ_BYTES)
    with path.open("rb", buffering=0) as file:
        while file.readinto(block):
            pass


CONTENDERS: dict[str, Callable[[Path], Counts | None]] = {
    "core, 1 thread": core,
    "core, 2 threads": core_two_threads,
    "dnaio + NumPy": dnaio_numpy,
    "pyfastx + NumPy": pyfastx_numpy,
    "Biopython + NumPy": biopython_numpy,
    "Biopython + Counter": biopython,
    "memchr of the mapped file": memchr,
    "read in blocks of 1 MiB": read,
}


def decompressor(path: Path) -> None:
    """Decompress with the core's own decompressor and throw the text away."""
    swarm_core.swarm_core._decompress(path)


def zlib(path: Path) -> None:
    """Decompress with Python's zlib and throw the text away."""
    with gzip.open(path) as text:
        while text.read(READ_BYTES):
            pass


GZIP_CONTENDERS: dict[str, Callable[[Path], Counts | None]] = {
    "core, 1 thread": core,
    "core, 2 threads": core_two_threads,
    "its decompressor alone": decompressor,
    "Python's zlib alone": zlib,
}


def measure(
    path: Path, rounds: int, contenders: dict[str, Callable[[Path], Counts | None]]
) -> dict[str, float]:
    """Median seconds of each contender; stops when two disagree."""
    seconds: dict[str, list[float]] = {name: [] for name in contenders}
    expected = core(path)
    for _ in range(rounds):
        for name, contender in contenders.items():
            began = time.perf_counter()
            counts = contender(path)
            seconds[name].append(time.perf_counter() - began)
            if counts is not None and counts != expected:
                raise SystemExit(f"{name} counts other codons than the core in {path}")
    return {name: statistics.median(values) for name, values in seconds.items()}


def report(
    title: str,
    path: Path,
    rounds: int,
    contenders: dict[str, Callable[[Path], Counts | None]],
) -> None:
    """Measure a file and print its table; speeds are of the bytes of the file."""
    size_bytes = path.stat().st_size
    medians = measure(path, rounds, contenders)
    ours = medians["core, 1 thread"]
    print_line(f"{title}: {size_bytes / 1e6:.1f} MB, medians of {rounds}")
    print_line(f"{'':28}{'s':>10}{'MB/s':>10}{'s / s of core':>16}")
    for name, median in medians.items():
        speed = size_bytes / 1e6 / median
        print_line(f"{name:28}{median:10.4f}{speed:10.0f}{median / ours:16.2f}")
    print_line("")


def anonymous_memory_mb(path: Path) -> float:
    """Most anonymous memory of a process that counts a file, its interpreter included."""
    code = (
        "import sys, threading, swarm_core\n"
        "def anonymous():\n"
        "    lines = open('/proc/self/status').read().splitlines()\n"
        "    return next(int(x.split()[1]) for x in lines if x.startswith('RssAnon'))\n"
        "samples, done = [anonymous()], threading.Event()\n"
        "def watch():\n"
        "    while not done.wait(0.002):\n"
        "        samples.append(anonymous())\n"
        "watcher = threading.Thread(target=watch)\n"
        "watcher.start()\n"
        "swarm_core.codon_counts(sys.argv[1])\n"
        "done.set()\n"
        "watcher.join()\n"
        "print(max(samples), len(samples))\n"
    )
    said = subprocess.check_output([sys.executable, "-c", code, str(path)], text=True)
    most_kib, samples = map(int, said.split())
    if samples < 3:
        raise SystemExit("the memory was looked at too rarely: count a larger file")
    return most_kib / 1024


def print_line(text: str) -> None:
    """Write a line at once."""
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def main() -> None:
    """Measure both files."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--size-mb", type=int, default=200, help="size of the generated file")
    parser.add_argument("--rounds", type=int, default=5, help="rounds each figure is a median of")
    parser.add_argument("--fast", action="store_true", help="only the core and the limits")
    arguments = parser.parse_args()
    contenders = {
        name: contender
        for name, contender in CONTENDERS.items()
        if not (arguments.fast and "+" in name)
    }
    with tempfile.TemporaryDirectory(prefix="bench_codons_") as directory:
        genome = Path(directory) / "genome.fna"
        genome.write_bytes(gzip.decompress(GENOME.read_bytes()))
        # Milliseconds each: more rounds, for the same time.
        report("E. coli 536, gzip", GENOME, arguments.rounds * 5, GZIP_CONTENDERS)
        report("E. coli 536", genome, arguments.rounds * 3, CONTENDERS)
        generated = Path(directory) / "generated.fna"
        generate(generated, arguments.size_mb * 1_000_000)
        report(f"generated, seed {SEED}", generated, arguments.rounds, contenders)
        print_line(
            f"anonymous memory, interpreter included: {anonymous_memory_mb(generated):.1f} MB"
        )


if __name__ == "__main__":
    main()
