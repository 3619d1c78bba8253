"""What the service counts, for Prometheus."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from logic.judging.workers.lost import Lost
from pipelines.service.crew import Crew
from pipelines.service.work import Refused

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
OF_THE_ITEM = ("reference not readable", "budget spent")
"""How reasons begin that are an item's own, and no worker's."""
SECONDS = (0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0, 30.0)


class Metrics:
    """Counts of one service, in a registry of its own."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.requests = Counter(
            "folalign_requests",
            "Requests answered.",
            ("path", "status"),
            registry=self.registry,
        )
        self.items = Counter(
            "folalign_items",
            "Items answered: by verdict or status, refused, not judged, or lost with their worker.",
            ("outcome",),
            registry=self.registry,
        )
        self.seconds = Histogram(
            "folalign_item_seconds",
            "Time of an item from when a worker began it.",
            buckets=SECONDS,
            registry=self.registry,
        )

    def follow(self, crew: Crew) -> None:
        """Ask a crew too, whenever the metrics are read."""
        self.registry.register(_CrewState(crew))

    def observe(self, seconds: float, result: Any) -> None:
        """Count an item; called by the threads of the crew."""
        self.seconds.observe(seconds)
        self.items.labels(outcome(result)).inc()

    def text(self) -> bytes:
        """All of it, as Prometheus reads it."""
        return generate_latest(self.registry)


class _CrewState(Collector):
    """How many items wait, and how many workers were lost."""

    def __init__(self, crew: Crew) -> None:
        self._crew = crew

    def collect(self) -> Iterator[Metric]:
        yield GaugeMetricFamily(
            "folalign_items_waiting", "Items that wait for a worker.", value=self._crew.waiting
        )
        yield CounterMetricFamily(
            "folalign_workers_lost", "Workers that died or were stopped.", value=self._crew.killed
        )


def outcome(result: Any) -> str:
    """How an item ended, in a word."""
    match result:
        case Lost(reason) if reason.startswith(OF_THE_ITEM):
            return "not judged"
        case Lost():
            return "lost"
        case Refused():
            return "refused"
        case (_, str(verdict), _):
            return verdict
        case {"verdict": str(verdict)} | {"status": str(verdict)}:
            return verdict
    return "read"
