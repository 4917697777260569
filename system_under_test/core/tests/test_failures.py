"""What the core does when things go wrong."""

import gzip
import pickle
import threading
import time
from pathlib import Path

import pytest
import swarm_core
from interruption import stopped_by_a_signal

SAMPLED_S_MAX = 60.0


def test_parse_error_has_its_parts(tmp_path: Path) -> None:
    """A malformed file is a ValueError with file, line and reason, also after pickling."""
    path = tmp_path / "bad.fa"
    path.write_text(">a\nACGT\nAC!T\n", encoding="utf-8")
    with pytest.raises(swarm_core.ParseError) as caught:
        swarm_core.genome_summary(path)
    reason = "'!' is not an IUPAC nucleotide code"
    assert isinstance(caught.value, ValueError)
    for error in (caught.value, pickle.loads(pickle.dumps(caught.value))):  # noqa: S301 - our own
        assert str(error) == f"{path}:3: {reason}"
        assert (error.file, error.line, error.reason) == (str(path), 3, reason)


def test_every_reader_refuses_alike(tmp_path: Path) -> None:
    """Each function that reads a file reports the same line, on any number of threads."""
    path = tmp_path / "bad.fa"
    path.write_text(">a\n" + "ACGT\n" * 1000 + "AC T\n" + "ACGT\n" * 1000 + "!\n", encoding="utf-8")
    calls = [
        lambda: swarm_core.genome_summary(path),
        lambda: swarm_core.codon_counts(path),
        lambda: swarm_core.codon_counts(path, threads=4),
        lambda: swarm_core.gene_codon_counts(path, [(1, 3, "+")]),
        lambda: swarm_core.codon_pair_information(path, [(1, 6, "+")]),
        lambda: swarm_core.synonymous_shuffle_null(path, 1, 3, "+", 1, 1),
    ]
    for call in calls:
        with pytest.raises(swarm_core.ParseError, match=":1002: white space inside a sequence"):
            call()


def test_truncated_gzip_is_refused(tmp_path: Path, genome_path: Path) -> None:
    """A download cut short is never taken for a small genome."""
    path = tmp_path / "cut.fna.gz"
    path.write_bytes(genome_path.read_bytes()[:-1000])
    with pytest.raises(swarm_core.ParseError, match="damaged or truncated gzip stream"):
        swarm_core.genome_summary(path)


def test_unreadable_files_are_os_errors(tmp_path: Path) -> None:
    """A missing file is a FileNotFoundError with its name, a directory an OSError."""
    missing = tmp_path / "missing.fa"
    with pytest.raises(FileNotFoundError) as caught:
        swarm_core.codon_counts(missing)
    assert caught.value.filename == str(missing)
    with pytest.raises(OSError, match="is a directory"):
        swarm_core.codon_counts(tmp_path)


@pytest.mark.parametrize(
    ("region", "record", "message"),
    [
        ((1, 4, "+"), None, r"region 1\.\.4 \(\+\): 4 bp is not a multiple of 3"),
        ((7, 12, "-"), None, r"region 7\.\.12 \(-\): ends after record 'a' of 9 bp"),
        ((0, 3, "+"), None, r"region 0\.\.3 \(\+\): start must be at least 1"),
        ((-2, 3, "+"), None, r"region -2\.\.3 \(\+\): start must be at least 1"),
        ((6, 3, "+"), None, r"region 6\.\.3 \(\+\): start must be at least 1 and not after end"),
        ((1, 3, "."), None, r"region 1\.\.3 \(\.\): strand must be '\+' or '-'"),
        ((1, 3, "+"), "b", "no record 'b'; the file has a"),
    ],
)
def test_bad_regions_are_named(
    region: tuple[int, int, str], record: str | None, message: str, tmp_path: Path
) -> None:
    """A region that cannot be read is a ValueError that names it."""
    path = tmp_path / "genome.fa"
    path.write_text(">a\nACGACGACG\n", encoding="utf-8")
    with pytest.raises(ValueError, match=message):
        swarm_core.gene_codon_counts(path, [(1, 3, "+"), region], record)


def test_several_records_need_a_name(tmp_path: Path) -> None:
    """Without a name the file must have one record; with it the right one is read."""
    path = tmp_path / "genome.fa"
    path.write_text(">a x\nACGACG\n>b\nTTTTTT\n", encoding="utf-8")
    with pytest.raises(ValueError, match="several records, name one: a, b"):
        swarm_core.gene_codon_counts(path, [(1, 3, "+")])
    [gene] = swarm_core.gene_codon_counts(path, [(1, 6, "-")], record="b")
    assert gene["codon_counts"] == {"AAA": 2}


def test_zero_threads_are_refused(genome_path: Path) -> None:
    """The number of threads is at least 1."""
    with pytest.raises(ValueError, match="zero"):
        swarm_core.codon_counts(genome_path, threads=0)


def test_a_panic_fails_the_call_only() -> None:
    """A panic is an ordinary exception with its message, and the module goes on working."""
    for _ in range(3):
        with pytest.raises(swarm_core.CorePanicError, match="a defect of the core") as caught:
            swarm_core.swarm_core._panic("a defect of the core")
        assert isinstance(caught.value, Exception)
    assert swarm_core.rscu({"ATG": 1}) == {"ATG": 1.0}


def test_a_signal_stops_it(genome_path: Path, regions: list[tuple[int, int, str]]) -> None:
    """What a signal handler raises ends a long call within a second."""
    with stopped_by_a_signal():
        swarm_core.synonymous_shuffle_null(genome_path, *regions[0], 10**9, 1)


def anonymous_memory_mb() -> float:
    """Anonymous memory of this process."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    line = next(line for line in status.splitlines() if line.startswith("RssAnon"))
    return int(line.split()[1]) / 1024


@pytest.mark.parametrize("packed", [False, True])
@pytest.mark.parametrize("wrapped", [False, True])
def test_memory_is_bounded_and_the_gil_released(
    packed: bool, wrapped: bool, tmp_path: Path
) -> None:
    """One record of 80 Mbp takes under 8 MB beyond the start, whether one line or many.

    Another thread samples the memory meanwhile, which it can only while the GIL is released.
    """
    bases = b"ACGTTGCAAC" * 7 + (b"\n" if wrapped else b"")
    content = b">chromosome\n" + bases * (80_000_000 // 70)
    path = tmp_path / "big.fa"
    path.write_bytes(gzip.compress(content, compresslevel=1) if packed else content)
    del content
    samples = []
    done = threading.Event()

    def sample() -> None:
        while not done.wait(0.001):
            samples.append(anonymous_memory_mb())

    before = anonymous_memory_mb()
    sampler = threading.Thread(target=sample)
    sampler.start()
    end_s = time.monotonic() + SAMPLED_S_MAX
    during = 0
    # On a busy machine one call may be over before the sampler gets a processor.
    while during < 3 and time.monotonic() < end_s:
        first = len(samples)
        counted = swarm_core.codon_counts(path, threads=2)
        during = len(samples) - first
    sampled = len(samples)
    done.set()
    sampler.join(timeout=5.0)
    assert counted["length_bp"] == 80_000_000 // 70 * 70
    assert during >= 3, "nothing ran beside the core"
    assert max(samples[:sampled]) - before < 8.0
