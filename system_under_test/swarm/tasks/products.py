"""Product feed: normalise and validate rows, match them against a reference."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict

from swarm.feed import FeedError, filter_feed, read_reference
from swarm.tasks.context import PermanentError, TaskContext
from swarm.tasks.workspace import OutsideWorkspace, workspace_file


class FilterParameters(BaseModel):
    """A feed and, optionally, the reference that says which products to keep."""

    model_config = ConfigDict(extra="forbid")

    input_file: str
    reference_file: str | None = None
    debug: bool = False


def filter_products(context: TaskContext, parameters: FilterParameters) -> dict[str, object]:
    """Write good rows and rejected rows to the job's results; return counts and file names."""
    try:
        source = workspace_file(context.workspace, parameters.input_file)
        reference = None
        if parameters.reference_file is not None:
            path = workspace_file(context.workspace, parameters.reference_file)
            reference = read_reference(path)
        found = filter_feed(source, reference, context.results_directory(), context.report)
    except (OutsideWorkspace, FeedError) as error:
        raise PermanentError(str(error)) from None
    if parameters.debug:
        for reason, count in sorted(found.reasons.items()):
            context.log("info", f"{count} rows rejected: {reason}")
    return {
        "rows": found.rows,
        "kept": found.kept,
        "rejected": found.rejected,
        "unmatched": found.unmatched,
        "reject_reasons": found.reasons,
        "encoding": found.encoding,
        "result_file": str(found.result_file.relative_to(context.workspace)),
        "reject_file": str(found.reject_file.relative_to(context.workspace)),
    }
