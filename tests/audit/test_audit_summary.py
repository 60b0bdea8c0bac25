"""The ranking over many calls counts what the single audits say."""

from datetime import date

from audit.labelled_calls import catalogues, samples
from handfest.diagnosis.audit.audit import audit_recorded
from handfest.diagnosis.audit.summary import AuditSummary, AuditTally
from handfest.diagnosis.recording.call_export import Unreadable, parse_call
from handfest.diagnosis.registry.findings import Owner, finding_kinds


def summed() -> AuditSummary:
    tally = AuditTally()
    for row in samples():
        call = parse_call(row["call"])
        assert not isinstance(call, Unreadable)
        catalogue = catalogues()[row["catalogue"]]
        tally.add(call, audit_recorded(call, catalogue, row.get("expected_agent_version")), catalogue)
    tally.add_unreadable()
    return tally.summary()


def test_rates_come_from_the_labels() -> None:
    summary = summed()
    labels = [row["expect"] for row in samples()]
    done = sum(label["outcome"] in ("booked", "changed", "cancelled") for label in labels)
    assert (summary.calls, summary.unreadable) == (20, 1)
    assert summary.booked_rate == done / 20
    assert summary.bad_calls == sum(label["primary"] is not None for label in labels)


def test_a_promise_is_kept_only_where_tools_confirmed_the_same() -> None:
    labels = [row["expect"] for row in samples() if row["expect"]["spoken_commitment"]]
    broken = {"HF401", "HF405", "HF409", "HF422"}
    kept = sum(not broken & {f["id"] for f in label["findings"]} for label in labels)
    assert summed().kept_rate == kept / len(labels)


def test_findings_are_ranked_by_lost_bookings_first() -> None:
    ranked = summed().findings
    lost = [count.lost_bookings for count in ranked]
    assert lost == sorted(lost, reverse=True)
    labelled = [{finding["id"] for finding in row["expect"]["findings"]} for row in samples()]
    counted = {count.id: count.calls for count in ranked}
    assert counted == {id_: sum(id_ in ids for ids in labelled) for ids in labelled for id_ in ids}


def test_slowest_tool_and_worst_version_are_named() -> None:
    summary = summed()
    assert summary.tools[0].mean_sec == max(tool.mean_sec for tool in summary.tools)
    assert summary.worst_version is not None
    assert summary.worst_version.bad_rate == max(version.bad_rate for version in summary.versions)


def test_days_are_local_and_in_order() -> None:
    days = summed().days
    assert [day.day for day in days] == sorted(day.day for day in days)
    assert sum(day.calls for day in days) == 20
    assert date(2026, 1, 13) in {day.day for day in days}


def test_nothing_audited_has_no_rates() -> None:
    empty = AuditTally().summary()
    assert (empty.calls, empty.booked_rate, empty.kept_rate, empty.worst_version) == (0, None, None, None)


def test_every_finding_of_the_range_is_explained_in_both_languages() -> None:
    kinds = finding_kinds()
    wanted = [f"HF4{number:02}" for number in range(1, 25)]
    assert [id_ for id_ in kinds if id_.startswith("HF4")] == wanted
    for kind in kinds.values():
        assert set(kind.means) == set(kind.remedy) == {"de", "en"}
        assert kind.owner in Owner
