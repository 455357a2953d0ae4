"""Numbers for Prometheus: requests and errors are counted here, the rest is read from the store when asked for."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from joulebook_hub.service.routes import Measure

__all__ = ["MEDIA_TYPE", "Metrics"]

MEDIA_TYPE = "text/plain; version=0.0.4"
_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0)


class _Read(Collector):
    def __init__(self, measures: Iterable[Measure]) -> None:
        self._measures = measures

    def collect(self) -> Iterable[Metric]:
        for measure in self._measures:
            total = measure.name.endswith("_total")
            family: Any = CounterMetricFamily if total else GaugeMetricFamily
            metric = family(measure.name.removesuffix("_total"), measure.help, labels=measure.labels)
            for labels, value in measure.samples.items():
                metric.add_metric(labels, value)
            yield metric


class Metrics:
    """What this process has counted."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        labels = ("method", "route", "status")
        self._requests = Counter("joulebook_requests", "Requests answered.", labels, registry=self.registry)
        self._seconds = Histogram(
            *("joulebook_request_seconds", "Time from a request to its answer, s.", ("route",)),
            buckets=_SECONDS,
            registry=self.registry,
        )
        self._errors = Counter(
            "joulebook_errors", "Refused and failed requests by reason.", ("reason",), registry=self.registry
        )

    def answered(self, method: str, route: str, status: int, seconds: float) -> None:
        """Count a request.

        Parameters
        ----------
        method, route : str
            Which; the route's pattern, so that there are few.
        status : int
            Of the answer.
        seconds : float
            How long it took.
        """
        self._requests.labels(method, route, str(status)).inc()
        self._seconds.labels(route).observe(seconds)

    def refused(self, reason: str) -> None:
        """Count an error.

        Parameters
        ----------
        reason : str
            Its label.
        """
        self._errors.labels(reason).inc()

    def page(self, measures: Iterable[Measure]) -> str:
        """Write everything down as Prometheus reads it.

        Parameters
        ----------
        measures : iterable of Measure
            What the features have read.

        Returns
        -------
        str
            The text format, version 0.0.4.
        """
        read = CollectorRegistry()
        read.register(_Read(list(measures)))
        return (generate_latest(self.registry) + generate_latest(read)).decode()
