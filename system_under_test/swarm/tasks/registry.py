"""The catalogue of task types."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Generic, TypeVar

from pydantic import BaseModel

from swarm.config import SHOP_CAPABILITY
from swarm.tasks import diagnostic, genome, import_summary, products, shop
from swarm.tasks.context import TaskContext

P = TypeVar("P", bound=BaseModel)


@dataclass(frozen=True, slots=True)
class TaskType(Generic[P]):
    """A task type: the capability it needs, its parameters, and its code."""

    name: str
    capability: str | None
    parameters: type[P]
    run: Callable[[TaskContext, P], Any]

    def execute(self, context: TaskContext, parameters: dict[str, Any]) -> Any:
        """Validate the parameters and run; the result is a JSON value."""
        return self.run(context, self.parameters.model_validate(parameters))


_ALL: tuple[TaskType[Any], ...] = (
    TaskType("genome.summary", "genomics", genome.FastaParameters, genome.summary),
    TaskType("genome.locate", "genomics", genome.LocateParameters, genome.locate),
    TaskType("genome.analyse", "genomics", genome.AnalyseParameters, genome.analyse),
    TaskType("genome.shuffle_null", "genomics", genome.ShuffleParameters, genome.shuffle_null),
    TaskType("genome.aggregate", "genomics", genome.AggregateParameters, genome.aggregate),
    TaskType(
        "products.filter", "data_processing", products.FilterParameters, products.filter_products
    ),
    TaskType(
        "products.download", "data_processing", products.DownloadParameters, products.download
    ),
    TaskType("products.metafields", "transformation", products.StepParameters, products.metafields),
    TaskType(
        "products.categorize", "transformation", products.CategorizeParameters, products.categorize
    ),
    TaskType("products.dedupe", "cleanup", products.StepParameters, products.dedupe),
    TaskType(
        "products.summary", "data_processing", import_summary.NoParameters, import_summary.summarise
    ),
    TaskType("products.upload", SHOP_CAPABILITY, shop.UploadParameters, shop.upload_products),
    TaskType("products.cleanup", SHOP_CAPABILITY, shop.CleanupParameters, shop.cleanup_duplicates),
    TaskType("diagnostic.echo", None, diagnostic.EchoParameters, diagnostic.echo),
    TaskType("diagnostic.wait", None, diagnostic.WaitParameters, diagnostic.wait),
    TaskType("diagnostic.fail", None, diagnostic.FailParameters, diagnostic.fail),
    TaskType("diagnostic.allocate", None, diagnostic.AllocateParameters, diagnostic.allocate),
    TaskType("diagnostic.crash", None, diagnostic.CrashParameters, diagnostic.crash),
)

TASK_TYPES = MappingProxyType({task_type.name: task_type for task_type in _ALL})
