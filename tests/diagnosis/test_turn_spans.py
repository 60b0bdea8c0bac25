"""Turns as OpenTelemetry spans: one trace a call, one span a turn and a step, nothing that a caller said."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread

import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import SpanKind, StatusCode
from whenever import Instant

from diagnosis.recorded import step, turn
from handfest.settings import Settings
from handfest.testing.clock import FixedClock
from handfest.turn_spans import TurnSpans
from handfest.wiring import build


@pytest.fixture
def kept() -> tuple[TurnSpans, InMemorySpanExporter]:
    exporter = InMemorySpanExporter()
    return TurnSpans(SimpleSpanProcessor(exporter)), exporter


TIMED = turn(
    1,
    step("heard", 1.5, text="für Erika Beispiel", tool="check_availability"),
    step("searched", 125.0, provider="calcom", calendar_ms=120.5),
    step("answered", 130.0, code="offered"),
    took_ms=130.0,
)


def test_a_step_spans_from_the_step_before_it_to_itself(kept) -> None:
    spans, exporter = kept
    spans.turn(TIMED)
    *parts, whole = exporter.get_finished_spans()
    began = int(TIMED.at.timestamp(unit="nanosecond"))
    assert (whole.start_time, whole.end_time) == (began, began + 130_000_000)
    assert whole.kind is SpanKind.SERVER
    assert [
        (part.name, (part.start_time - began) / 1e6, (part.end_time - began) / 1e6) for part in parts
    ] == [("heard", 0.0, 1.5), ("searched", 1.5, 125.0), ("answered", 125.0, 130.0)]
    assert {part.parent.span_id for part in parts} == {whole.context.span_id}


def test_all_turns_of_a_call_are_one_trace_and_no_other_calls(kept) -> None:
    spans, exporter = kept
    for record in (TIMED, replace(TIMED, number=2), replace(TIMED, call_id="call_else")):
        spans.turn(record)
    wholes = [span for span in exporter.get_finished_spans() if span.kind is SpanKind.SERVER]
    first, second, other = (span.context.trace_id for span in wholes)
    assert first == second != other
    assert len({span.context.span_id for span in wholes}) == 3


def test_law_11_nothing_that_was_said_is_in_a_span(kept) -> None:
    spans, exporter = kept
    spans.turn(replace(TIMED, tool="Erika Beispiel"))
    told = repr([(span.name, dict(span.attributes or {})) for span in exporter.get_finished_spans()])
    assert "Erika" not in told
    assert "'handfest.provider': 'calcom'" in told
    assert "'handfest.calendar_ms': 120.5" in told


def test_a_turn_that_could_not_do_its_job_is_an_error(kept) -> None:
    spans, exporter = kept
    spans.turn(replace(TIMED, code="try_later", reply={"ok": False}))
    spans.turn(TIMED)
    codes = [s.status.status_code for s in exporter.get_finished_spans() if s.kind is SpanKind.SERVER]
    assert codes == [StatusCode.ERROR, StatusCode.UNSET]


class Collector(BaseHTTPRequestHandler):
    """Takes OTLP requests and keeps their spans' names."""

    names: list[str]

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"]))
        if self.headers.get("content-encoding") == "gzip":
            raise AssertionError("nobody asked for compression")
        told = ExportTraceServiceRequest.FromString(body)
        self.names += [
            span.name for one in told.resource_spans for scope in one.scope_spans for span in scope.spans
        ]
        self.send_response(200)
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        """Silent."""


@pytest.fixture
async def collector() -> AsyncIterator[tuple[str, list[str]]]:
    names: list[str] = []
    server = HTTPServer(("127.0.0.1", 0), type("Kept", (Collector,), {"names": names}))
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/v1/traces", names
    server.shutdown()
    thread.join()
    server.server_close()


async def test_a_house_with_a_collector_sends_its_turns_before_it_closes(collector) -> None:
    url, names = collector
    clock = FixedClock(Instant.parse_iso("2026-03-02T09:00:00Z"))
    house = await asyncio.to_thread(build, Settings(database="memory:", otlp_url=url), clock=clock)
    house.desk.sink.turn(TIMED)
    await house.close()
    assert sorted(names) == sorted(["heard", "searched", "answered", TIMED.tool])
