"""Reads the source and holds it to the rules of the house; each check says what it prevents."""

import ast
import re
import string
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from handfest.model.refusal import RefusalCode

SOURCE = Path(__file__).parent.parent / "src" / "handfest"
CORE = ("model", "speech", "trace", "catalogue", "scheduling", "booking", "desk", "errors.py", "ports")
BANNED_IN_CORE = frozenset({"os", "time", "uuid", "random", "socket", "sqlalchemy", "aiohttp", "logging"})
FUNCTION_LINES_MAX, FUNCTION_LINES_P90, FILE_LINES_MAX = 70, 30, 500
ENDINGS = (
    "Service",
    "Services",
    "Manager",
    "Managers",
    "Handler",
    "Handlers",
    "Helper",
    "Helpers",
    "Util",
    "Utils",
)
# The noun of the field: what a caller wishes for. No class that does something is called so.
# The audit's two are values, too: the service that was asked for, and one as an export describes it.
NOUNS = frozenset({"Service", "AskedService", "AuditedService"})
BORDERS: dict[str, tuple[str, ...]] = {
    r"\bevent_?type_?id\b|\beventTypeId\b": (
        "calendars/calcom",
        "testing/fake_calcom",
        "testing/calcom_house.py",
        "model/catalogue.py",
        "model/offer.py",
        "catalogue/",
        "diagnosis/",
        "cli/",
        "voice/data/",
    ),
    r"\battendees?\b": ("calendars/calcom", "testing/fake_calcom", "diagnosis/"),
    r"\btool_call_id\b": ("voice/", "diagnosis/", "testing/", "cli/demo_data/"),
    r"\b(?:datum|uhrzeit|dienstleistung|mitarbeiter_wunsch|bestaetigung)\b": (
        "voice/",
        "speech/",
        "diagnosis/",
        "cli/demo_data/",
        "catalogue/data/",
    ),
}
SUCCESS = {
    "de": r"gebucht|eingetragen|storniert|verschoben|reserviert|vorgemerkt|notiert",
    "en": r"booked|cancelled|been moved|reserved|confirmed|noted|scheduled",
}


# What operators run on whole files of calls, words and catalogues: entered by commands and scripts of their own.
OPERATORS = frozenset(
    f"handfest.{module}"
    for module in (
        "catalogue.confusion",
        "catalogue.file_reference",
        "catalogue.import_askpro",
        "catalogue.self_check",
        "diagnosis.audit.summary",
        "diagnosis.recording.call_file",
        "diagnosis.registry.findings",
        "diagnosis.registry.findings_reference",
    )
)


@cache
def sources() -> tuple[Path, ...]:
    return tuple(sorted(SOURCE.rglob("*.py")))


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def name(path: Path) -> str:
    return path.relative_to(SOURCE).as_posix()


def functions() -> Iterator[tuple[str, int]]:
    for path in sources():
        for node in ast.walk(tree(path)):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                assert node.end_lineno is not None
                yield f"{name(path)}:{node.lineno} {node.name}", node.end_lineno - node.lineno + 1


def core() -> list[Path]:
    return [path for path in sources() if name(path).split("/")[0] in CORE]


def sentences(language: str) -> dict[str, dict[str, str]]:
    text = (SOURCE / "speech" / "data" / f"sentences.{language}.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


def test_functions_fit_on_a_screen() -> None:
    """Prevents the 5,000-line handler in which every fix of the old gateway broke another one."""
    long = [f"{place}: {lines} lines" for place, lines in functions() if lines > FUNCTION_LINES_MAX]
    assert long == []


def test_most_functions_are_short() -> None:
    """Prevents that "at most seventy" becomes the habit."""
    lengths = sorted(lines for _place, lines in functions())
    assert lengths[len(lengths) * 9 // 10] <= FUNCTION_LINES_P90


def test_files_have_one_noun_and_an_end() -> None:
    """Prevents files that everybody must change."""
    counted = {name(path): len(path.read_text(encoding="utf-8").splitlines()) for path in sources()}
    assert {place: lines for place, lines in counted.items() if lines > FILE_LINES_MAX} == {}


def broad_excepts() -> list[str]:
    found = []
    for path in sources():
        for scope in ast.walk(tree(path)):
            if not isinstance(scope, ast.ClassDef | ast.Module):
                continue
            for node in own_nodes(scope):
                if isinstance(node, ast.ExceptHandler) and is_broad(node.type):
                    found.append(f"{name(path)} {getattr(scope, 'name', '')}".strip())
    return found


def own_nodes(scope: ast.AST) -> Iterator[ast.AST]:
    """Everything inside a scope but not inside a class of its own in it."""
    for child in ast.iter_child_nodes(scope):
        if not isinstance(child, ast.ClassDef):
            yield child
            yield from own_nodes(child)


def is_broad(kind: ast.expr | None) -> bool:
    names = kind.elts if isinstance(kind, ast.Tuple) else [kind]
    return any(
        one is None or (isinstance(one, ast.Name) and one.id in ("Exception", "BaseException"))
        for one in names
    )


def test_b93_one_place_catches_everything() -> None:
    """Prevents swallowed causes: only the web boundary may catch what nobody foresaw; it answers with a 500."""
    assert broad_excepts() == ["web/app.py Boundary"]


def test_no_dated_fixes_and_no_promises() -> None:
    """Prevents comments that tell a history instead of a reason, and work that is only announced."""
    pattern = re.compile(
        r"#.*(?:\bFIX\b|\bHACK\b|\bXXX\b|\bTODO\b|\bFIXME\b|\b20\d\d-\d\d-\d\d\b.*\bfix)", re.IGNORECASE
    )
    found = [
        f"{name(path)}:{number} {line.strip()}"
        for path in sources()
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if pattern.search(line)
    ]
    assert found == []


def test_class_names_are_nouns_of_the_field() -> None:
    """Prevents classes named after nothing (a ...Manager), which end up doing everything."""
    found = [
        f"{name(path)} {node.name}"
        for path in sources()
        for node in ast.walk(tree(path))
        if isinstance(node, ast.ClassDef) and node.name.endswith(ENDINGS) and node.name not in NOUNS
    ]
    assert found == []


def imported() -> set[str]:
    """Every handfest module that the package or its benchmarks import, and the packages they lie in."""
    found: set[str] = set()
    for path in (*sources(), *(SOURCE.parent.parent / "bench").rglob("*.py")):
        for node in ast.walk(tree(path)):
            if isinstance(node, ast.ImportFrom) and node.module:
                found |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
            elif isinstance(node, ast.Import):
                found |= {alias.name for alias in node.names}
    return found | {module.rsplit(".", count)[0] for module in found for count in (1, 2, 3)}


def test_no_module_is_dead() -> None:
    """Prevents second ways of doing a thing that nobody calls any more (law 7).

    Entered from outside: the command line, what Alembic loads by path, and the helpers for tests.
    """
    doors = ("handfest.cli", "handfest.storage.migrations", "handfest.testing")
    modules = {
        "handfest." + name(path).removesuffix(".py").removesuffix("/__init__").replace("/", ".")
        for path in sources()
        if path != SOURCE / "__init__.py"
    }
    dead = {module for module in modules - imported() if not module.startswith(doors)}
    assert sorted(dead - OPERATORS) == []


def test_foreign_words_stay_at_the_border() -> None:
    """Prevents that one provider's or platform's words become ours, and with them its ways."""
    files = (path for path in SOURCE.rglob("*") if path.suffix in (".py", ".toml"))
    found = [
        f"{name(path)}:{number} {line.strip()}"
        for path in sorted(files)
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        for pattern, places in BORDERS.items()
        if not name(path).startswith(places) and re.search(pattern, line)
    ]
    assert found == []


def test_the_core_knows_no_platform() -> None:
    """Prevents that a voice platform's peculiarity reaches a use case. An import may name what it imports."""
    found = [
        name(path)
        for path in core()
        if not name(path).startswith("catalogue/import_")
        and re.search(r"\bretell\b", path.read_text(encoding="utf-8"), re.IGNORECASE)
    ]
    assert found == []


def test_the_core_takes_time_and_chance_as_parameters() -> None:
    """Prevents hidden clocks, ids, sockets and logs: the same call must play the same way again."""
    found = []
    for path in core():
        for node in ast.walk(tree(path)):
            modules: list[str] = []
            if isinstance(node, ast.Import):
                modules = [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom):
                modules = [node.module or ""]
            found += [
                f"{name(path)} {module}" for module in modules if module.split(".")[0] in BANNED_IN_CORE
            ]
    assert found == []


def test_b22_nobody_but_the_clock_asks_what_time_it_is() -> None:
    """Prevents answers that depend on the machine: `now` comes in once per turn (law 8)."""
    clocks = {"machine.py", "testing/clock.py"}
    pattern = re.compile(
        r"\b(?:datetime|date|Instant|ZonedDateTime|PlainDateTime)\.(?:now|today|utcnow)\w*\("
    )
    found = [
        f"{name(path)}:{number}"
        for path in sources()
        if name(path) not in clocks
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if pattern.search(line)
    ]
    assert found == []


def test_no_tests_on_the_side() -> None:
    """Prevents tests that do not run: a skipped test says what once was true."""
    pattern = re.compile(r"pytest\.mark\.(?:skip|xfail)|pytest\.skip\(|pytest\.xfail\(|unittest\.mock")
    folder = SOURCE.parent.parent / "tests"
    found = [
        f"{path.relative_to(folder)}:{number}"
        for path in sorted(folder.rglob("*.py"))
        if path != Path(__file__)
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if pattern.search(line)
    ]
    assert found == []


def fields(text: str) -> list[str]:
    return sorted(field for _before, field, _spec, _conversion in string.Formatter().parse(text) if field)


def test_both_languages_say_the_same_things() -> None:
    """Prevents a sentence that exists in one language only, and a field that one language leaves out."""
    german, english = sentences("de"), sentences("en")
    assert {room: sorted(rows) for room, rows in german.items()} == {
        room: sorted(rows) for room, rows in english.items()
    }
    differing = [
        f"[{room}] {key}"
        for room, rows in german.items()
        for key, text in rows.items()
        if fields(text) != fields(english[room][key])
    ]
    assert differing == []


def test_b85_success_is_said_under_done_only() -> None:
    """Prevents "your appointment is booked" anywhere but in the answer to a durable booking (law 5)."""
    found = [
        f"{language} [{room}] {key}: {text}"
        for language, pattern in SUCCESS.items()
        for room, rows in sentences(language).items()
        if room != "done"
        for key, text in rows.items()
        if re.search(rf"\b(?:{pattern})\b", text, re.IGNORECASE)
    ]
    assert found == []


def test_every_refusal_leaves_a_way_on() -> None:
    """Prevents dead ends: what is refused ends in a question the caller can answer (law 10)."""
    found = [
        f"{language} {key}: {text}"
        for language in ("de", "en")
        for key, text in sentences(language)["refuse"].items()
        if "?" not in text
    ]
    assert found == []


def refusals() -> Iterator[tuple[str, str]]:
    """Every (code, sentence) that a use case refuses with, as far as both are written out."""
    for path in core():
        for node in ast.walk(tree(path)):
            if (
                isinstance(node, ast.Attribute)
                and isinstance(node.value, ast.Name)
                and node.value.id == "RefusalCode"
            ):
                yield node.attr, name(path)


def test_every_refusal_code_is_used_and_every_sentence_has_a_speaker() -> None:
    """Prevents codes that no caller can ever hear of, and sentences that nobody says."""
    used = {code for code, place in refusals() if place != "model/refusal.py"}
    assert sorted({code.name for code in RefusalCode} - used) == []
    text = "\n".join(path.read_text(encoding="utf-8") for path in sources())
    unsaid = [
        f"[{room}] {key}"
        for room in ("offer", "done", "refuse", "fault", "pending", "list")
        for key in sentences("de")[room]
        if not re.search(rf"""["']{key}["']""", text)
    ]
    assert unsaid == []
