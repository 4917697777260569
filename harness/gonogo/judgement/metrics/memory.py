"""memory: memory of a service, in percent of its Compose limit (without one, of the machine)."""

from gonogo.judgement.metrics._resources import ResourceMetric


class Memory(ResourceMetric):
    """Memory in percent."""

    def __init__(self) -> None:
        super().__init__("memory", lambda sample: sample.memory_percent)
