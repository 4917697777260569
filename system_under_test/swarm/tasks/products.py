"""Product feed: the steps from the source's archive to a file that can be uploaded.

Each step has an input file, or uses the file of the step it depends on.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from swarm.config import ConfigError, load_feed_settings
from swarm.feed import (
    FeedError,
    categorise,
    create_metafields,
    download_feed,
    drop_duplicates,
    filter_feed,
    read_reference,
    read_taxonomy,
)
from swarm.tasks.context import PermanentError, TaskContext
from swarm.tasks.csv_artefacts import csv_artefacts
from swarm.tasks.workspace import OutsideWorkspace, workspace_file


class _Parameters(BaseModel):
    model_config = ConfigDict(extra="forbid")


class DownloadParameters(_Parameters):
    """``force`` unpacks the archive even when it is the one that was fetched last."""

    force: bool = False


class StepParameters(_Parameters):
    """The file to work on; None takes the file of the step before."""

    input_file: str | None = None


class FilterParameters(StepParameters):
    """A feed and the reference that says which products to keep.

    ``configured_reference`` takes the reference the agent is configured with, if any.
    """

    reference_file: str | None = None
    configured_reference: bool = False
    debug: bool = False


class CategorizeParameters(StepParameters):
    """A product file and the taxonomy to sort it by."""

    taxonomy_file: str | None = None


@contextmanager
def permanent_errors() -> Iterator[None]:
    """Turn errors that a retry cannot solve into PermanentError."""
    try:
        yield
    except (OutsideWorkspace, FeedError, ConfigError) as error:
        raise PermanentError(str(error)) from None


def source_file(context: TaskContext, given: str | None) -> Path:
    """Return the file to work on; raises PermanentError, OutsideWorkspace."""
    if given is not None:
        return workspace_file(context.workspace, given)
    for result in context.inputs.values():
        if isinstance(result, dict) and isinstance(result.get("result_file"), str):
            return workspace_file(context.workspace, result["result_file"])
    raise PermanentError("no input_file is given and no step before made one")


def file_name(context: TaskContext, path: Path) -> str:
    """Return a file's name in the workspace."""
    return str(path.relative_to(context.workspace))


def download(context: TaskContext, parameters: DownloadParameters) -> dict[str, object]:
    """Fetch the feed and unpack its CSV into the workspace."""
    with permanent_errors():
        settings = load_feed_settings()
        found = download_feed(settings.source, context.workspace, force=parameters.force)
    context.log("info", f"{found.file}: {'unpacked' if found.fresh else 'unchanged'}")
    return {
        "result_file": found.file,
        "sha256": found.sha256,
        "bytes": found.bytes,
        "fresh": found.fresh,
    }


def filter_products(context: TaskContext, parameters: FilterParameters) -> dict[str, object]:
    """Write good rows and rejected rows to the job's results; return counts and file names."""
    with permanent_errors():
        source = source_file(context, parameters.input_file)
        name = parameters.reference_file
        if name is None and parameters.configured_reference:
            name = load_feed_settings().reference_file
        reference = None
        if name is not None:
            reference = read_reference(workspace_file(context.workspace, name))
        found = filter_feed(source, reference, context.results_directory(), context.report)
    if parameters.debug:
        for reason, count in sorted(found.reasons.items()):
            context.log("info", f"{count} rows rejected: {reason}")
    files = file_name(context, found.result_file), file_name(context, found.reject_file)
    return {
        "rows": found.rows,
        "kept": found.kept,
        "rejected": found.rejected,
        "unmatched": found.unmatched,
        "reject_reasons": found.reasons,
        "encoding": found.encoding,
        "result_file": files[0],
        "reject_file": files[1],
        "artefacts": csv_artefacts(context, *files),
    }


def metafields(context: TaskContext, parameters: StepParameters) -> dict[str, object]:
    """Put the metafield columns together into one JSON metafield."""
    with permanent_errors():
        source = source_file(context, parameters.input_file)
        found = create_metafields(source, context.results_directory(), context.report)
    file = file_name(context, found.result_file)
    return {
        "rows": found.rows,
        "with_info": found.with_info,
        "cpu_ms_per_row_mean": found.cpu_ms_per_row_mean,
        "cpu_ms_per_row_max": found.cpu_ms_per_row_max,
        "result_file": file,
        "artefacts": csv_artefacts(context, file),
    }


def categorize(context: TaskContext, parameters: CategorizeParameters) -> dict[str, object]:
    """Give each product the category of the taxonomy that matches its words best."""
    with permanent_errors():
        source = source_file(context, parameters.input_file)
        taxonomy = None
        if parameters.taxonomy_file is not None:
            path = workspace_file(context.workspace, parameters.taxonomy_file)
            taxonomy = read_taxonomy(path)
        found = categorise(source, taxonomy, context.results_directory())
    file = file_name(context, found.result_file)
    return {
        "rows": found.rows,
        "categories": found.counts,
        "result_file": file,
        "artefacts": csv_artefacts(context, file),
    }


def dedupe(context: TaskContext, parameters: StepParameters) -> dict[str, object]:
    """Keep the best match of products with the same item number."""
    with permanent_errors():
        source = source_file(context, parameters.input_file)
        found = drop_duplicates(source, context.results_directory())
    return {
        "rows": found.rows,
        "kept": found.kept,
        "removed": found.removed,
        "result_file": file_name(context, found.result_file),
        "removed_file": file_name(context, found.removed_file),
    }
