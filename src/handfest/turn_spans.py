"""Turns as OpenTelemetry spans: one trace a call, one span a turn, one span a step (the extra `otel`).

Spans hold what the log lines hold: codes, ids and durations of ours, nothing that a caller or a model has worded.
"""

import hashlib

from opentelemetry import trace
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import SERVICE_NAME, SERVICE_VERSION, Resource
from opentelemetry.sdk.trace import SpanProcessor, TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.trace import NonRecordingSpan, SpanContext, SpanKind, Status, StatusCode, TraceFlags
from opentelemetry.util.types import AttributeValue

import handfest
from handfest.desk.tools import TOOLS
from handfest.model.turn import Step, TurnRecord
from handfest.trace.redact import OURS

NS_PER_MS = 1_000_000


class TurnSpans:
    """A `TraceSink` that hands spans to a processor, which sends them from a thread of its own."""

    def __init__(self, processor: SpanProcessor) -> None:
        resource = Resource.create({SERVICE_NAME: "handfest", SERVICE_VERSION: handfest.__version__})
        self._provider = TracerProvider(resource=resource)
        self._provider.add_span_processor(processor)
        self._tracer = self._provider.get_tracer("handfest")

    @classmethod
    def to(cls, url: str) -> "TurnSpans":
        """Spans for an OTLP collector; one that is down costs spans and never a turn."""
        return cls(BatchSpanProcessor(OTLPSpanExporter(endpoint=url)))

    def turn(self, record: TurnRecord) -> None:
        """See `TraceSink`."""
        began = int(record.at.timestamp(unit="nanosecond"))
        span = self._tracer.start_span(
            record.tool if record.tool in TOOLS else "unknown",
            context=trace.set_span_in_context(NonRecordingSpan(call_context(record))),
            kind=SpanKind.SERVER,
            start_time=began,
            attributes={
                "handfest.business": record.business_id,
                "handfest.call": record.call_id,
                "handfest.turn": record.number,
                "handfest.code": record.code,
            },
        )
        if record.reply.get("ok") is False:
            span.set_status(Status(StatusCode.ERROR, record.code))
        inside = trace.set_span_in_context(span)
        since = 0.0
        for step in record.steps:
            part = self._tracer.start_span(
                step.name,
                context=inside,
                start_time=began + int(since * NS_PER_MS),
                attributes=_attributes(step),
            )
            since = max(since, step.at_ms)
            part.end(began + int(since * NS_PER_MS))
        span.end(began + int(max(since, record.took_ms) * NS_PER_MS))

    def close(self) -> None:
        """Send what is not sent yet; waits no longer than the exporter's own time limit."""
        self._provider.shutdown()


def call_context(record: TurnRecord) -> SpanContext:
    """The trace of a call: the same for all its turns, whichever worker served them."""
    seed = hashlib.sha256(f"{record.business_id}\n{record.call_id}".encode()).digest()
    return SpanContext(
        trace_id=int.from_bytes(seed[:16], "big"),
        span_id=int.from_bytes(seed[16:24], "big"),
        is_remote=True,
        trace_flags=TraceFlags(TraceFlags.SAMPLED),
    )


def _attributes(step: Step) -> dict[str, AttributeValue]:
    facts = {name: step.facts[name] for name in OURS if name in step.facts}
    return {
        f"handfest.{name}": value for name, value in facts.items() if isinstance(value, str | int | float)
    }
