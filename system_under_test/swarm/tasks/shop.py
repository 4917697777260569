"""Tasks that call the shop."""

from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import contextmanager

from pydantic import BaseModel, ConfigDict, Field

from swarm.config import load_shop_settings
from swarm.feed import ShopClient, ShopRefused, alone, upload
from swarm.feed.cleanup import clean_up
from swarm.tasks.context import PermanentError, TaskContext
from swarm.tasks.csv_artefacts import csv_artefacts
from swarm.tasks.products import StepParameters, file_name, permanent_errors, source_file

BATCH_SIZE_DEFAULT = 50
BATCH_SIZE_MAX = 250


class UploadParameters(StepParameters):
    """A product file and how to upload it."""

    skip_images: bool = False
    batch_size: int = Field(default=BATCH_SIZE_DEFAULT, ge=1, le=BATCH_SIZE_MAX)


class CleanupParameters(BaseModel):
    """``dry_run`` only lists what would be removed."""

    model_config = ConfigDict(extra="forbid")

    dry_run: bool = True


@contextmanager
def _shop() -> Iterator[ShopClient]:
    settings = load_shop_settings()
    client = ShopClient(settings.url, settings.token, random.SystemRandom())
    try:
        yield client
    except ShopRefused as error:
        raise PermanentError(f"the shop refused: {error}") from None
    finally:
        client.close()


def upload_products(context: TaskContext, parameters: UploadParameters) -> dict[str, object]:
    """Upload the products of a file; products that the shop already has are not written."""

    def tell(share: float, line: str) -> None:
        context.report(share)
        context.log("info", line)

    with permanent_errors():
        source = source_file(context, parameters.input_file)
        with alone(context.workspace), _shop() as client:
            found = upload(
                source,
                context.results_directory(),
                client,
                images=not parameters.skip_images,
                batch_size=parameters.batch_size,
                tell=tell,
            )
    figures = found.figures
    files = file_name(context, found.uploaded_file), file_name(context, found.reject_file)
    return {
        "products": found.products,
        "created": found.created,
        "updated": found.updated,
        "unchanged": found.unchanged,
        "refused": found.refused,
        "rejected_rows": found.rejected_rows,
        "batches": found.batches,
        "requests": figures.requests,
        "throttled": figures.throttled,
        "too_many_requests": figures.too_many,
        "uncertain": figures.uncertain,
        "waited_s": round(figures.waited_s, 3),
        "result_file": files[0],
        "reject_file": files[1],
        "artefacts": csv_artefacts(context, *files),
    }


def cleanup_duplicates(context: TaskContext, parameters: CleanupParameters) -> dict[str, object]:
    """Find products in the shop that have the same number, and remove all but the best."""
    with permanent_errors(), alone(context.workspace), _shop() as client:
        found = clean_up(client, context.results_directory(), dry_run=parameters.dry_run)
    file = file_name(context, found.removed_file)
    return {
        "products": found.products,
        "duplicates": found.duplicates,
        "removed": found.removed,
        "dry_run": parameters.dry_run,
        "removed_file": file,
        "artefacts": csv_artefacts(context, file),
    }
