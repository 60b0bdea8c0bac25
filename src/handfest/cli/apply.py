"""`handfest apply FILE`: a new version of a business."""

from pathlib import Path
from typing import Annotated

import typer

from handfest.catalogue.parse import read_business
from handfest.catalogue.problem import Problem
from handfest.catalogue.version import Applied, apply_business
from handfest.cli.chosen_business import chosen_business
from handfest.cli.options import Database, Json, settings_with
from handfest.cli.output import FINDINGS, console, counted, print_json
from handfest.cli.run import print_problems, read_file, with_store
from handfest.diagnosis.doctor.followed_findings import staff_gone
from handfest.machine import SystemClock
from handfest.model.followed_calendar import FollowedCalendar
from handfest.ports import Store


def apply(
    file: Annotated[Path, typer.Argument(help="The business file (TOML).")],
    database: Database = None,
    as_json: Json = False,
) -> None:
    """Make FILE the new version of its business. A file with problems changes nothing."""
    source = read_file(file)
    warnings = tuple(problem for problem in read_business(source).problems if problem.warning)
    settings = settings_with(database)
    result = with_store(settings.database, lambda store: apply_business(store, SystemClock(), source))
    if not isinstance(result, Applied):
        if as_json:
            print_json({"ok": False, "problems": _rows(result)})
        else:
            print_problems(file, result)
            console.print(f"{counted(len(result), 'problem')}; nothing was changed", markup=False)
        raise typer.Exit(FINDINGS)
    gone = with_store(settings.database, lambda store: _followed_for_nobody(store, result.business_id))
    if as_json:
        data = {"business": result.business_id, "version": result.version, "unchanged": result.unchanged}
        left = [row.id for row in gone]
        print_json({"ok": True, **data, "warnings": _rows(warnings), "followed_staff_gone": left})
        return
    print_problems(file, warnings)
    if result.unchanged:
        console.print(f"{result.business_id}: version {result.version} is this file already", markup=False)
    else:
        console.print(f"{result.business_id}: version {result.version} is active", markup=False)
    for row in gone:
        console.print(
            f"  {row.resource_id} is not in the file any more, and a calendar is followed for them: "
            f"`handfest busy unfollow {row.id}` ends that",
            markup=False,
            soft_wrap=True,
        )


async def _followed_for_nobody(store: Store, business_id: str) -> list[FollowedCalendar]:
    compiled = await chosen_business(store, business_id)
    rows = await store.read(lambda tx: tx.followed_calendars(business_id))
    return [row for row in rows if staff_gone(row, compiled.catalogue)]


def _rows(problems: tuple[Problem, ...]) -> list[dict[str, object]]:
    return [
        {"line": row.line, "where": row.where, "code": row.code, "cause": row.cause, "remedy": row.remedy}
        for row in problems
    ]
