"""What a caller says around a wish: who calls, a person of the house, a condition ("wenn Eva da ist"), the payment."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from handfest.catalogue.phrase import Grammar, find, is_no_word, without_staff
from handfest.catalogue.spelling import fold, tokens
from handfest.catalogue.words import Words, read_data

_NAME_WORDS = 2
"""A first and a last name; a title may stand before them."""
_BEFORE_PRAISE = 3
"""The words in which an acquaintance is named ("eine gute Freundin hat Sie empfohlen")."""
Tokens = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Asides:
    """The words of one language, folded; what each list is for stands beside it in data/asides.toml."""

    greeting: frozenset[str]
    introducing: tuple[Tokens, ...]
    perhaps: tuple[Tokens, ...]
    calling: tuple[Tokens, ...]
    behind: tuple[Tokens, ...]
    signing: tuple[Tokens, ...]
    onwards: frozenset[str]
    condition: frozenset[str]
    being: frozenset[str]
    leading: frozenset[str]
    articles: frozenset[str]
    roles: frozenset[str]
    anybody_of: frozenset[str]
    of_them: frozenset[str]
    same: frozenset[str]
    leading_them: frozenset[str]
    idioms: tuple[Tokens, ...]
    phrases: tuple[Tokens, ...]
    circumstances: tuple[Tokens, ...]
    recommended: tuple[Tokens, ...]
    acquainted: tuple[Tokens, ...]
    newcomer: tuple[Tokens, ...]
    newcomers: tuple[str, ...]
    living: tuple[Tokens, ...]
    hour_leads: frozenset[str]
    hours: frozenset[str]
    hour_words: frozenset[str]
    between: frozenset[str]
    day_leads: frozenset[str]
    months: frozenset[str]
    ordinals: frozenset[str]


@cache
def asides_of(language: str) -> Asides:
    """The asides of "de" or "en"."""
    data = read_data("asides.toml")[language]

    def phrases(name: str) -> tuple[Tokens, ...]:
        listed = data[name].split(";") if isinstance(data[name], str) else data[name]
        return tuple(sorted((tokens(each) for each in listed), key=len, reverse=True))

    def words(name: str) -> frozenset[str]:
        return frozenset(fold(word) for word in data[name])

    return Asides(
        greeting=words("greeting"),
        introducing=phrases("introducing"),
        perhaps=phrases("perhaps"),
        calling=phrases("calling"),
        behind=phrases("behind"),
        signing=phrases("signing"),
        onwards=words("onwards"),
        condition=words("condition"),
        being=words("being"),
        leading=words("leading"),
        articles=words("articles"),
        roles=words("roles"),
        anybody_of=words("anybody_of"),
        of_them=words("of_them"),
        same=words("same"),
        leading_them=words("leading_them"),
        idioms=phrases("idioms"),
        phrases=phrases("phrases"),
        circumstances=phrases("circumstances"),
        recommended=phrases("recommended"),
        acquainted=phrases("acquainted"),
        newcomer=phrases("newcomer"),
        newcomers=tuple(map(fold, data["newcomers"])),
        living=phrases("living"),
        hour_leads=words("hour_leads"),
        hours=words("hours"),
        hour_words=words("hour_words"),
        between=words("between"),
        day_leads=words("day_leads"),
        months=words("months"),
        ordinals=words("ordinals"),
    )


def without_asides(
    spoken: Sequence[Sequence[str]], grammar: Grammar, names: Collection[str]
) -> tuple[Tokens, ...]:
    """Clauses without introduction, person of the house, condition and circumstance; words of the services' names
    (`names`) stay, and so does everything where nothing else was said."""
    words = asides_of(grammar.words.language)
    left = tuple(_wish(tuple(clause), words, grammar, names) for clause in spoken)
    return tuple(clause for clause in left if clause) or tuple(map(tuple, spoken))


def _wish(said: Tokens, words: Asides, grammar: Grammar, names: Collection[str]) -> Tokens:
    said = _without_praise(_without(said, grammar.asides), words)
    said = _without_hour(_without_day(said, words, grammar), words, grammar)
    said = _without_condition(_without_caller(said, words, grammar), words, grammar)
    said = _without_role(said, words, names)
    # "Herrn Dr. Kammerer" is cut at the stop: a title at the end waits for its name.
    return said if not said or said[-1] in grammar.words.staff_titles else without_staff(said, grammar)


def _without_caller(said: Tokens, words: Asides, grammar: Grammar) -> Tokens:
    """Without the caller's own name at the beginning: "guten Tag, Schneider hier, ich bräuchte ..."."""
    start = next((at for at, token in enumerate(said) if token not in words.greeting), len(said))
    rest = said[start:]
    if not rest:
        return ()
    for lead in words.introducing + (words.calling if start else ()):
        after = rest[len(lead) :]
        if rest[: len(lead)] == lead and after and not _is_little(after[0], grammar):
            return _behind_name(after, words, grammar)
    for lead in words.living:
        if rest[: len(lead)] == lead:
            return rest[len(lead) + 1 :]
    behind = _name_before(rest, words, grammar)
    if behind is not None:
        return behind
    for lead in words.perhaps:
        after = rest[len(lead) :]
        if rest[: len(lead)] != lead or not after:
            continue
        given = after[0] in grammar.words.given_names and after[0] not in grammar.kept
        if given or (len(lead) > 1 and _is_name(after[0], grammar)):
            return _behind_name(after, words, grammar)
    return said


def _behind_name(rest: Tokens, words: Asides, grammar: Grammar) -> Tokens:
    """What follows a name of at most two words, of whatever kind where the caller goes on behind it."""
    at = next((at for at, token in enumerate(rest) if token not in grammar.words.staff_titles), len(rest))
    ends = next((end for end in range(at, len(rest)) if rest[end] in words.onwards), len(rest))
    if ends - at <= _NAME_WORDS:
        return rest[ends:]
    second = at + 1 < len(rest) and _is_name(rest[at + 1], grammar)
    return rest[at + 1 + second :]


def _name_before(rest: Tokens, words: Asides, grammar: Grammar) -> Tokens | None:
    """What follows "Müller hier", where a sentence goes on or nothing follows a name no vocabulary knows."""
    titled = next((at for at, token in enumerate(rest) if token not in grammar.words.staff_titles), 0)
    for width in range(1, _NAME_WORDS + 1):
        for mark in words.behind:
            at = titled + width
            name, after = rest[titled:at], rest[at + len(mark) :]
            little = any(_is_little(token, grammar) for token in name)
            if rest[at : at + len(mark)] != mark or little:
                continue
            known = bool(titled) or any(
                _is_name(token, grammar) or token in grammar.words.surnames for token in name
            )
            if (after and after[0] in words.onwards) or (not after and (known or mark in words.signing)):
                return after
    return None


def _without_praise(said: Tokens, words: Asides) -> Tokens:
    """Without "meine Nachbarin hat Sie empfohlen"."""
    for phrase in words.recommended:
        at = find(said, phrase)
        if at is not None and at <= _BEFORE_PRAISE:
            return said[at + len(phrase) :]
    return said


def without_circumstances(spoken: Sequence[Sequence[str]], grammar: Grammar) -> tuple[Tokens, ...]:
    """Clauses without who pays ("auf Rezept") and what it is for ("for my sister's wedding")."""
    told = _circumstances(grammar.words.language)
    left = tuple(_without(tuple(clause), told) for clause in spoken)
    return tuple(clause for clause in left if clause)


@cache
def _circumstances(language: str) -> dict[str, tuple[Tokens, ...]]:
    return _by_first(asides_of(language).circumstances)


def droppable(words: Words, names: Collection[str]) -> dict[str, tuple[Tokens, ...]]:
    """What is said of time, payment and way here, and of how well the house knows the caller, by its first word.

    Without what holds a word of the services' names (`names`), and without newcomers where a service is for them.
    """
    asides = asides_of(words.language)
    known = any(name.startswith(asides.newcomers) for name in names)
    told = asides.phrases + asides.acquainted + (() if known else asides.newcomer)
    free = [
        p for p in told if not any(_begins(n, t, words) for t in p if t not in words.function for n in names)
    ]
    return _by_first((*asides.idioms, *free))


def _by_first(phrases: Sequence[Tokens]) -> dict[str, tuple[Tokens, ...]]:
    """Phrases by their first word, the longest first."""
    found: dict[str, list[Tokens]] = {}
    for phrase in sorted(phrases, key=len, reverse=True):
        found.setdefault(phrase[0], []).append(phrase)
    return {first: tuple(each) for first, each in found.items()}


def _begins(name: str, token: str, words: Words) -> bool:
    """True where a word of a name is one that was said, or a German compound begins with it ("Urlaubscheck")."""
    return name == token or (words.language == "de" and name.startswith(token))


def _without(said: Tokens, phrases: Mapping[str, tuple[Tokens, ...]]) -> Tokens:
    left: list[str] = []
    at = 0
    while at < len(said):
        told = next((each for each in phrases.get(said[at], ()) if said[at : at + len(each)] == each), ())
        if not told:
            left.append(said[at])
        at += len(told) or 1
    return tuple(left)


def _without_hour(said: Tokens, words: Asides, grammar: Grammar) -> Tokens:
    """Without an hour of the day ("ab siebzehn Uhr", "zwischen zehn und zwölf"); a length is none."""
    for at, token in enumerate(said):
        rest = said[at + 1 :]
        if (
            token in words.between
            and len(rest) > 2
            and _is_hour(rest[0], words, grammar)
            and _is_hour(rest[2], words, grammar)
        ):
            end = at + 4 + (len(rest) > 3 and rest[3] in words.hours)
            return said[:at] + said[end:]
        if token in words.hour_leads and rest and _is_hour(rest[0], words, grammar):
            named = len(rest) > 1 and rest[1] in words.hours
            last = len(rest) == 1 and grammar.words.language == "en"
            if named or last:
                return said[:at] + said[at + 2 + named :]
    return said


def _without_day(said: Tokens, words: Asides, grammar: Grammar) -> Tokens:
    """Without a day of the month ("am dritten Dezember", "on the 3rd of December")."""
    at = next((at for at, token in enumerate(said) if token in words.months), None)
    if at is None:
        return said
    start = at
    while start and (
        said[start - 1] in words.ordinals | words.day_leads | {"of"}
        or _is_hour(said[start - 1], words, grammar)
    ):
        start -= 1
    return said[:start] + said[at + 1 :] if start < at else said


def _is_hour(token: str, words: Asides, grammar: Grammar) -> bool:
    return token in grammar.words.numbers or token in words.hour_words or token.isdigit()


def _without_condition(said: Tokens, words: Asides, grammar: Grammar) -> Tokens:
    """Without "wenn (die) Sabine da ist"."""
    for at, token in enumerate(said):
        if token not in words.condition:
            continue
        start = at + 1
        while start < len(said) and said[start] in words.articles | grammar.words.staff_titles:
            start += 1
        end = start
        while end < len(said) and end - start < _NAME_WORDS and _is_name(said[end], grammar):
            end += 1
        person = end > start or (start < len(said) and said[start - 1] in grammar.words.staff_titles)
        if not person:
            continue
        end = max(end, start + 1)
        while end < len(said) and said[end] in words.being:
            end += 1
        return said[:at] + said[end:]
    return said


def _without_role(said: Tokens, words: Asides, names: Collection[str]) -> Tokens:
    """Without "mit der Chefin" and "bei einer Frau", which wish for a person of the house."""
    for at, token in enumerate(said):
        if token not in words.roles | words.anybody_of:
            continue
        start = at
        while start and said[start - 1] in words.articles | words.of_them:
            start -= 1
        between, lead = set(said[start:at]), said[start - 1] if start else ""
        if token in names and not between & words.same:
            continue
        role = token in words.roles and lead in words.leading
        someone = token in words.anybody_of and between & words.of_them and lead in words.leading_them
        if role or someone:
            return said[: start - 1] + said[at + 1 :]
    return said


def _is_name(token: str, grammar: Grammar) -> bool:
    """True for a given name, and for a word that no vocabulary knows."""
    if token in grammar.kept or _is_little(token, grammar):
        return False
    return token in grammar.words.given_names or is_no_word(token, grammar)


def _is_little(token: str, grammar: Grammar) -> bool:
    return token in grammar.words.function or token in grammar.words.soft or len(token) == 1
