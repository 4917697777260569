"""cpu: CPU time of a service, in percent of its Compose limit (without one, of the machine)."""

from gonogo.judgement.metrics._resources import ResourceMetric


class Cpu(ResourceMetric):
    """CPU time in percent."""

    def __init__(self) -> None:
        super().__init__("cpu", lambda sample: sample.cpu_percent)
