"""The steps of the product feed, each as a script of its own."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from swarm.jobs import TaskSpec
from swarm.scripts.definition import Parameter, Script
from swarm.scripts.steps import UPLOAD_CAPABILITIES, single, step
from swarm.tasks.shop import BATCH_SIZE_DEFAULT, BATCH_SIZE_MAX


def _build_upload(values: dict[str, Any], _workspace: Path) -> list[TaskSpec]:
    parameters = {name: value for name, value in values.items() if name != "csv_file"}
    parameters["input_file"] = values["csv_file"]
    return [step("upload", "products.upload", parameters, capabilities=UPLOAD_CAPABILITIES)]


FTP_DOWNLOAD = Script(
    name="ftp_download",
    description="Fetch the feed's archive from the configured source and unpack its CSV into "
    "the workspace.",
    parameters=(
        Parameter("force", "boolean", "Unpack it even when it has not changed", default=False),
    ),
    build=single("download", "products.download"),
)

CREATE_METAFIELDS = Script(
    name="create_metafields",
    description="Put the metafield columns of a product file together into one JSON metafield, "
    "custom.product_info, nested by the dots in their names.",
    parameters=(Parameter("input_file", "file", "Product file (CSV)", required=True),),
    build=single("metafields", "products.metafields"),
)

CATEGORIZE_PRODUCTS = Script(
    name="categorize_products",
    description="Give each product the category that its type or title fits best; without a "
    "taxonomy its type is its category.",
    parameters=(
        Parameter("input_file", "file", "Product file (CSV)", required=True),
        Parameter("taxonomy_file", "file", "Taxonomy (CSV with Category and Keywords)"),
    ),
    build=single("categorize", "products.categorize"),
)

SHOPIFY_UPLOAD = Script(
    name="shopify_upload",
    description="Upload a product file to the shop, each product once; what the shop has "
    "already is left alone, what it refuses goes to a reject file.",
    parameters=(
        Parameter("csv_file", "file", "Product file, or Shopify's own CSV", required=True),
        Parameter("skip_images", "boolean", "Leave the images out", default=False),
        Parameter(
            "batch_size",
            "integer",
            "Products a batch; progress is told after each",
            default=BATCH_SIZE_DEFAULT,
            minimum=1,
            maximum=BATCH_SIZE_MAX,
        ),
    ),
    build=_build_upload,
)

CLEANUP_DUPLICATES = Script(
    name="cleanup_duplicates",
    description="Find products in the shop that have the same item number, and remove all but "
    "the best match of each.",
    parameters=(Parameter("dry_run", "boolean", "Only list what would be removed", default=True),),
    build=single("cleanup", "products.cleanup", "cleanup"),
)
