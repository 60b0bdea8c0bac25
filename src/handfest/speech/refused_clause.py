"""Clauses that rule a day out, or tell of one, before another is wished: "Montag geht nicht, Dienstag schon"."""

from handfest.speech.form import NamedWeekday, RelativeDay, Week
from handfest.speech.token import Token

_TIMES = frozenset({"clock", "span", "part"})
_PAUSES = frozenset({"comma", "dot", "stop"})
_BUT = frozenset({"aber", "dafuer", "but"})
_REASONS = frozenset({"weil", "denn", "because", "wenn", "if", "ob", "unless"})
_TELLING = frozenset({"war", "waren", "kam", "came", "visited"})
_WISHING = frozenset(
    {
        "aber",
        "dafuer",
        "dann",
        "lieber",
        "besser",
        "eher",
        "stattdessen",
        "wuerde",
        "waere",
        "ginge",
        "geht",
        "passt",
    }
    | {
        "gern",
        "gerne",
        "gut",
        "super",
        "perfekt",
        "prima",
        "klappt",
        "moechte",
        "haette",
        "koennte",
        "kann",
        "also",
    }
    | {
        "but",
        "would",
        "works",
        "fine",
        "good",
        "great",
        "better",
        "could",
        "can",
        "prefer",
        "rather",
        "so",
        "how",
    }
)


def without_refused(tokens: list[Token]) -> list[Token]:
    """Drop what a clause rules out when the next clause plainly wishes something of the same kind instead.

    Without a plain wish behind it a negation stays, and is asked about.
    """
    clauses = _clauses(tokens)
    _drop_told(clauses)
    _drop_behind(clauses)
    _drop_regret(clauses)
    for position, clause in enumerate(clauses[:-1]):
        if not _refuses(clause):
            continue
        follower = next((c for c in clauses[position + 1 :] if _kinds(c)), None)
        if follower is None or not (_wishes(follower) or _answers(clause, follower)):
            continue
        refused, wished = _kinds(clause), _kinds(follower)
        if not wished & refused:
            continue
        dropped = refused if "day" in wished else wished
        clauses[position] = [t for t in clause if t.kind != "neg" and _kind(t) not in dropped]
    return [token for clause in clauses for token in clause]


def _drop_told(clauses: list[list[Token]]) -> None:
    """ "letztes Jahr war ich im Mai da, jetzt bitte im Juli": what was, is no wish when a later clause has a day."""
    later = False
    for position, clause in reversed(list(enumerate(clauses))):
        kinds = {token.kind for token in clause}
        if "or" in kinds:
            return
        if later and _tells(clause):
            clauses[position] = [t for t in clause if _kind(t) is None]
        later |= "day" in kinds


def _tells(clause: list[Token]) -> bool:
    """ "war ich im Mai da", "I was there in May"."""
    words = {token.text for token in clause}
    return bool(words & _TELLING) or bool(words & {"was", "were"} and words & {"there", "here"})


def _drop_behind(clauses: list[list[Token]]) -> None:
    """ "letzten Montag um zehn war ich da, jetzt am Dienstag": the hour of a day behind us goes with it."""
    for position, clause in enumerate(clauses[:-1]):
        days = [token for token in clause if token.kind == "day"]
        told = bool(days) and all(behind(token.value) for token in days)
        if told and any(_kind(t) == "day" for c in clauses[position + 1 :] for t in c):
            clauses[position] = [t for t in clause if _kind(t) is None]


def _drop_regret(clauses: list[list[Token]]) -> None:
    """ "zehn, Moment, da kann ich nicht, elf": why something is corrected rules out nothing more."""
    corrected = False
    for position, clause in enumerate(clauses[:-1]):
        corrected = corrected or any(token.kind == "corr" for token in clause)
        if corrected and not _kinds(clause) and any(_kinds(c) for c in clauses[position + 1 :]):
            clauses[position] = [token for token in clause if token.kind != "neg"]
        corrected = corrected and not _kinds(clause)


def _clauses(tokens: list[Token]) -> list[list[Token]]:
    """The tokens cut at pauses and before "aber", each pause at the end of its clause."""
    clauses: list[list[Token]] = [[]]
    for token in tokens:
        if token.text in _BUT and clauses[-1]:
            clauses.append([])
        clauses[-1].append(token)
        if token.kind in _PAUSES:
            clauses.append([])
    return clauses


def behind(form: object) -> bool:
    """True for a day that was ("letzten Montag", "gestern")."""
    match form:
        case RelativeDay(days=days):
            return days < 0
        case NamedWeekday(which="last"):
            return True
        case Week(offset=offset, number=None):
            return offset < 0
    return False


def _kind(token: Token) -> str | None:
    return "day" if token.kind == "day" else "time" if token.kind in _TIMES else None


def _kinds(clause: list[Token]) -> set[str]:
    return {kind for token in clause if (kind := _kind(token)) is not None}


def _refuses(clause: list[Token]) -> bool:
    """A clause with one negation and a day or time, none of which only explains."""
    negations = [token for token in clause if token.kind == "neg"]
    return len(negations) == 1 and bool(_kinds(clause)) and not _reasoned(clause)


def _wishes(clause: list[Token]) -> bool:
    turned = any(token.kind in ("neg", "except", "or", "corr", "instead") for token in clause)
    worded = {word for token in clause for word in token.text.split()}
    return not turned and not _reasoned(clause) and bool(worded & _WISHING)


def _answers(refused: list[Token], follower: list[Token]) -> bool:
    """ "Montag geht nicht. Dienstag.": nothing but another time; "nicht Montag, Dienstag" may go on ruling out."""
    ruled_out = [token.kind == "neg" or _kind(token) is not None for token in refused]
    last = next(token for token, counts in zip(reversed(refused), reversed(ruled_out), strict=True) if counts)
    bare = all(_kind(t) is not None or t.kind in _PAUSES or t.kind in ("please", "filler") for t in follower)
    return last.kind == "neg" and bare


def _reasoned(clause: list[Token]) -> bool:
    return any(token.text in _REASONS for token in clause)
