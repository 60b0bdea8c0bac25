"""The doctor's look at what is live: the agent at its platform, and the calendar at its provider."""

from dataclasses import dataclass, field

import aiohttp

from handfest.diagnosis.doctor.doctor_agent import AgentFinding, AgentView, Expectation, examine
from handfest.diagnosis.registry.findings import finding_kinds
from handfest.errors import Fault, PlatformFault
from handfest.model.catalogue import Catalogue
from handfest.ports import Transaction
from handfest.voice.bad_signature import bad_signatures
from handfest.voice.retell_api import AiohttpRetell, RetellApi
from handfest.voice.retell_live import Live, read_live, targets_of
from handfest.voice.retell_snapshot import content_of
from handfest.web.words import words_of
from handfest.wiring import House

CALLS_MAX = 50
"""How many of the newest calls are held against the version expected."""


@dataclass(frozen=True, slots=True)
class NotExamined:
    """Why something could not be examined: a code of the pages' `not_examined` words, and what fills its gaps."""

    code: str
    facts: dict[str, str] = field(default_factory=dict)

    def told(self, language: str) -> str:
        """The reason in a language."""
        return words_of(language).say("not_examined", self.code, **self.facts)


def not_examined(house: House, catalogue: Catalogue) -> NotExamined | None:
    """Why the agents of a business cannot be looked at; None if they can, or if there are none to look at."""
    lines = [line for line in catalogue.lines if line.platform == "retell"]
    if not lines:
        return None
    if _key(house, catalogue) is None:
        names = dict.fromkeys(line.signing_key_env for line in lines if line.signing_key_env)
        return NotExamined("no_key", {"names": ", ".join(names)}) if names else NotExamined("no_variable")
    if not house.settings.public_url:
        return NotExamined("no_address")
    return None


def _key(house: House, catalogue: Catalogue) -> str | None:
    named = (line.signing_key_env for line in catalogue.lines if line.platform == "retell")
    return next((key for name in named if name and (key := house.secret(name))), None)


async def live_findings(house: House, catalogue: Catalogue) -> list[AgentFinding]:
    """What is wrong with the agents of a business; nothing where it has none at the platform.

    Raises PlatformFault where the platform does not answer.
    """
    key = _key(house, catalogue)
    if key is None or not house.settings.public_url:
        return []
    expect = Expectation(catalogue, house.settings.public_url)
    async with aiohttp.ClientSession() as session:
        api = RetellApi(AiohttpRetell(session, house.settings.retell_base_url, key))
        found: list[AgentFinding] = []
        for target in await targets_of(api, catalogue):
            live = await read_live(api, target)
            found += examine(await view_of_live(house, catalogue, live), expect)
        return found


async def view_of_live(house: House, catalogue: Catalogue, live: Live) -> AgentView:
    """What is live, with what our own store knows of its calls and signatures."""
    business_id, now = catalogue.business.id, house.clock.now()

    def work(tx: Transaction) -> tuple[tuple[int, ...], int]:
        calls = [call for call in tx.calls(business_id, CALLS_MAX) if call.agent_id == live.agent_id]
        since = live.agent.get("last_modification_timestamp") or 0
        versions = [
            int(version)
            for call in calls
            if (version := call.agent_version or "").isdigit()
            and call.started_at.timestamp(unit="millisecond") >= since
        ]
        return tuple(versions), bad_signatures(tx, business_id, now)

    versions, wrong = await house.store.read(work)
    differs = live.draft is not None and content_of(live.draft, live.draft_engine) != content_of(
        live.agent, live.engine
    )
    return AgentView(live.engine or {}, live.agent, live.numbers, differs, versions, wrong)


@dataclass(frozen=True, slots=True)
class LiveFinding:
    """One finding with its remedy in the language asked for."""

    id: str
    subject: str
    means: str
    evidence: str
    remedy: str


@dataclass(frozen=True, slots=True)
class Examination:
    """What was found; `left_out` says what could not be examined and why, None where everything was."""

    findings: tuple[LiveFinding, ...]
    left_out: NotExamined | None = None


async def examine_live(house: House, catalogue: Catalogue, language: str) -> Examination:
    """Look at agent and calendar now; a platform or provider that does not answer is left out, with its cause."""
    found: list[tuple[str, str, str]] = []
    left_out = not_examined(house, catalogue)
    try:
        found += [(one.id, one.where, one.detail) for one in await live_findings(house, catalogue)]
        found += await house.calendar_findings(catalogue)
    except Fault as fault:
        left_out = _unanswered(fault)
    return Examination(tuple(told_finding(*one, language) for one in found), left_out)


def _unanswered(fault: Fault) -> NotExamined:
    """What did not answer; the fault's own words are the machine's, and go into the log with its code."""
    code = "platform_failed" if isinstance(fault, PlatformFault) else "calendar_failed"
    return NotExamined(code, {"code": fault.code})


def told_finding(name: str, subject: str, evidence: str, language: str) -> LiveFinding:
    """A finding as the registry tells it in this language."""
    kind = finding_kinds()[name]
    means, remedy = (texts.get(language, texts["en"]) for texts in (kind.means, kind.remedy))
    return LiveFinding(name, subject, means, evidence, remedy)
