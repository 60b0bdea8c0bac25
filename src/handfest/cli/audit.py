"""`handfest audit FILE...`: why recorded calls did not book, whoever served them."""

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import typer

from handfest.cli.audit_source import calls_of_file, calls_of_retell
from handfest.cli.audit_text import call_lines, summary_lines
from handfest.cli.options import Json, Language, settings_with
from handfest.cli.output import FINDINGS, UNREACHABLE, USAGE, errors, fail
from handfest.cli.run import read_file
from handfest.diagnosis.audit.data import call_data, summary_data
from handfest.diagnosis.audit.run import Audited, AuditRun, CataloguesUnreadableError, read_catalogues
from handfest.diagnosis.recording.call_file import BadLine, CallRecord
from handfest.errors import PlatformFault, PlatformUnreachable
from handfest.machine import environment

KEY = "RETELL_API_KEY"


@dataclass
class _Result:
    """What the exit code is made of."""

    unreadable: int = 0
    broken_off: str | None = None
    """Why the platform's calls ended before their end; what was read until then is told all the same."""


def audit(
    files: Annotated[
        list[Path] | None, typer.Argument(help="Exported calls: JSON Lines or JSON.", metavar="FILE...")
    ] = None,
    catalogue: Annotated[
        Path | None, typer.Option(help="A business file (TOML) or catalogues (JSON).")
    ] = None,
    business: Annotated[str | None, typer.Option(help="The catalogue that every call belongs to.")] = None,
    expected_version: Annotated[
        int | None, typer.Option(help="The agent version that should have answered.")
    ] = None,
    retell: Annotated[bool, typer.Option("--retell", help="Read the calls from Retell's interface.")] = False,
    limit: Annotated[int, typer.Option(help="With --retell: how many calls, newest first.", min=1)] = 1000,
    language: Annotated[
        Language | None, typer.Option(help="de or en; default: the business's. JSON: en.")
    ] = None,
    summary: Annotated[bool, typer.Option("--summary", help="Only the ranking over all calls.")] = False,
    as_json: Json = False,
) -> None:
    """Audit exported calls: what went wrong in each, and what to repair first.

    Exit code 0: nothing found. 1: findings. 2: a file or a line of one could not be read (the rest was).
    """
    if not files and not retell:
        fail("name a file of exported calls: handfest audit calls.jsonl --catalogue business.toml")
    run = _run(catalogue, business, expected_version)
    result = _Result()
    spoken = language or ("en" if as_json else run.language)
    with _writer(as_json=as_json, summary=summary, language=spoken) as write:
        for file in files or ():
            _audit_file(file, run, result, write)
        if retell:
            _audit_retell(limit, run, result, write)
        if result.broken_off is None or run.summary().calls:
            write(run)
    if result.broken_off is not None:
        fail(result.broken_off, UNREACHABLE)
    if result.unreadable:
        raise typer.Exit(USAGE)
    raise typer.Exit(FINDINGS if run.with_findings else 0)


def _run(catalogue: Path | None, business: str | None, expected_version: int | None) -> AuditRun:
    if catalogue is None:
        if business is not None:
            fail("--business chooses among the catalogues of --catalogue FILE; give that too")
        errors.print(
            "no --catalogue given: rules about services (HF401, HF404) cannot be checked", markup=False
        )
        return AuditRun({}, None, expected_version)
    try:
        known = read_catalogues(read_file(catalogue))
    except CataloguesUnreadableError as error:
        fail(f"{catalogue}: {error}")
    if business is not None and business not in known:
        fail(f"{catalogue} has no business {business!r}; it has {', '.join(sorted(known))}")
    return AuditRun(known, business, expected_version)


Write = Callable[[Audited | AuditRun], None]


def _audit_file(file: Path, run: AuditRun, result: _Result, write: Write) -> None:
    """One file; what cannot be read is told on standard error with its place, the rest is audited."""
    try:
        with file.open("rb") as source:
            _audit_calls(str(file), calls_of_file(source, file), run, result, write)
    except BrokenPipeError:  # nobody reads what we write any more; that is no fault of the file
        raise
    except OSError as error:
        result.unreadable += 1
        errors.print(f"{file}: cannot be read: {error.strerror}", markup=False, soft_wrap=True)


def _audit_retell(limit: int, run: AuditRun, result: _Result, write: Write) -> None:
    """The newest calls at the platform; where it fails, what was audited until then is kept."""
    key = environment(KEY)
    if not key:
        fail(f"--retell needs the workspace's key in {KEY}")
    calls = calls_of_retell(settings_with(None).retell_base_url, key, limit, None)
    try:
        _audit_calls("retell", calls, run, result, write)
    except PlatformUnreachable as fault:
        result.broken_off = f"{fault}; check HANDFEST_RETELL_BASE_URL and the network"
    except PlatformFault as fault:
        hint = f"; the key in {KEY} is not accepted" if _refuses_key(fault) else ""
        result.broken_off = f"{fault.code}: {fault}{hint}"


def _refuses_key(fault: PlatformFault) -> bool:
    return any(f": {status} " in str(fault) for status in (401, 403))


def _audit_calls(
    place: str, calls: Iterator[CallRecord | BadLine], run: AuditRun, result: _Result, write: Write
) -> None:
    for audited in run.over(calls):
        if isinstance(audited, BadLine):
            result.unreadable += 1
            errors.print(f"{place}: {audited}", markup=False, soft_wrap=True)
        else:
            write(audited)


@contextmanager
def _writer(*, as_json: bool, summary: bool, language: str) -> Iterator[Write]:
    """Writes calls as they come and the ranking last; with `as_json` as one document, a call a line."""
    if as_json:
        yield _json_writer(calls=not summary, language=language)
        return

    def write(row: Audited | AuditRun) -> None:
        if isinstance(row, Audited):
            lines = () if summary else call_lines(row, language)
        else:
            lines = summary_lines(row.summary(), language)
        for line in lines:
            sys.stdout.write(line + "\n")

    yield write


def _json_writer(*, calls: bool, language: str) -> Write:
    separator = '{"calls": [\n'

    def write(row: Audited | AuditRun) -> None:
        nonlocal separator
        if isinstance(row, AuditRun):
            opening = '{"calls": [' if separator.startswith("{") else ""
            tail = _compact(summary_data(row.summary(), language))
            sys.stdout.write(f'{opening}\n], "summary": {tail}}}\n' if calls else f'{{"summary": {tail}}}\n')
        elif calls:
            sys.stdout.write(separator + _compact(call_data(row, language)))
            separator = ",\n"

    return write


def _compact(data: Any) -> str:
    return json.dumps(data, ensure_ascii=False, separators=(",", ":"))
