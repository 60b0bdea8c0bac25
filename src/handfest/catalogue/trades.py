"""The vocabulary of all trades together, and which of them a catalogue's words touch."""

from collections import Counter
from collections.abc import Iterator, Sequence
from functools import cache, lru_cache

from handfest.catalogue.morphology import Morphology, extended, family_keys, stem
from handfest.catalogue.packs import Pack, common, packs, trades
from handfest.catalogue.spelling import fold, tokens
from handfest.catalogue.words import Words, words_of

_ANIMAL = "animal"


@cache
def base_morphology(language: str) -> Morphology:
    """The parts all trades know in one language: vocabulary that is never repaired into something else."""
    words = words_of(language)
    heads = frozenset(stem(fold(word), language) for word in (*words.generic, *words.actions))
    empty = Morphology(language, frozenset(), family_keys(language, words.families), heads)
    vocabulary: list[str] = [*words.light, *words.generic, *words.actions]
    elements: list[str] = []
    vocabulary += [word for word in words.targets if len(word) > 3]
    for pack in (*packs(trades()), common()):
        pairs = [*pack.domain, *pack.details]
        elements += [phrase for spoken, phrase in pack.domain if spoken == language]
        for concept in pack.concepts:
            pairs += [*concept.names, *concept.said]
        vocabulary += [phrase for spoken, phrase in pairs if spoken == language or language == "en"]
        if language == "de":
            vocabulary += [phrase for spoken, phrase in pairs if spoken == "en" and len(phrase) > 7]
    known = extended(
        empty, (token for phrase in vocabulary for token in tokens(phrase) if _is_part(token, words))
    )
    whole = {
        stem(token, language)
        for phrase in (*elements, *words.whole)
        for token in tokens(phrase)
        if _is_part(token, words)
    }
    return Morphology(language, known.atoms | whole, known.families, heads)


@cache
def native_words(language: str) -> tuple[frozenset[str], frozenset[str]]:
    """The words the packs use in a language itself, and the stems of these."""
    pairs = (pair for pack in (*packs(trades()), common()) for pair in _phrases(pack))
    words = frozenset(token for spoken, phrase in pairs if spoken == language for token in tokens(phrase))
    parts = (part for word in words for part in base_morphology(language).parts(word))
    return words, frozenset(parts)


def _phrases(pack: Pack) -> Iterator[tuple[str, str]]:
    yield from (*pack.domain, *pack.details)
    for concept in pack.concepts:
        yield from (*concept.names, *concept.said)


@lru_cache(maxsize=50_000)
def reads_as_native(phrase: str, language: str) -> bool:
    """True for a phrase of another language of which a little word or one stem means something else in this one
    ("wages": Wagen, "hand in": in); no business here is called so, and no caller says it."""
    words, (native, stems) = words_of(language), native_words(language)
    morphology = base_morphology(language)
    said = tokens(phrase)
    if any(token in words.function or token in words.soft for token in said):
        return True
    parts = {part for token in said for part in morphology.parts(token)}
    strange = not any(token in native or token in morphology.families for token in said)
    return strange and len(parts) == 1 and parts <= stems


def _is_part(token: str, words: Words) -> bool:
    return token not in words.function and token not in words.numbers and token not in words.soft


def touched_trades(names: Sequence[str], morphology: Morphology, language: str) -> tuple[str, ...]:
    """The trades that name at least two services and half as many as the best one; most touched first."""
    stems = [_stems(name, morphology, language) for name in names]
    naming = _trades_by_stem(language)
    counts = Counter(dict.fromkeys(trades(), 0))
    for name in stems:
        patterns = (each for stem in name for each in naming.get(stem, ()))
        counts.update({trade for pattern, trade in patterns if pattern <= name})
    enough = max(min(2, len(names)), max(counts.values(), default=0) / 2)
    touched = sorted((t for t, n in counts.items() if n >= enough), key=lambda t: (-counts[t], t))
    animals = any(
        words_of(language).targets.get(token, ("", ""))[0] == _ANIMAL
        for name in names
        for token in tokens(name)
    )
    first = about_animals(touched[0]) if touched else False
    return tuple(t for t in touched if animals or about_animals(t) == first)


@cache
def _trades_by_stem(language: str) -> dict[str, tuple[tuple[frozenset[str], str], ...]]:
    """What each trade is known by, as stems, and the trade; by the first of the stems, so that one look-up finds it."""
    morphology = base_morphology(language)
    found: dict[str, dict[tuple[frozenset[str], str], None]] = {}
    for pack in packs(trades()):
        own = (pair for concept in pack.concepts if not concept.foreign for pair in concept.names)
        for _, phrase in (*own, *pack.domain):
            if stems := _stems(phrase, morphology, language):
                found.setdefault(min(stems), {})[stems, pack.trade] = None
    return {stem: tuple(known) for stem, known in found.items()}


def _stems(phrase: str, morphology: Morphology, language: str) -> frozenset[str]:
    words = words_of(language)
    general = _general(language)
    parts = {
        part for token in tokens(phrase) if token not in words.function for part in morphology.parts(token)
    }
    return frozenset(parts - general)


@cache
def _general(language: str) -> frozenset[str]:
    words, morphology = words_of(language), base_morphology(language)
    return frozenset(morphology.key(fold(word)) for word in (*words.light, *words.generic, *words.actions))


@cache
def about_animals(trade: str) -> bool:
    """True for a trade whose element is an animal ("Hund")."""
    pairs = packs((trade,))[0].domain if trade in trades() else ()
    said = ((token, words_of(spoken)) for spoken, phrase in pairs for token in tokens(phrase))
    return any(words.targets.get(token, ("", ""))[0] == _ANIMAL for token, words in said)
