"""What operators are given: alert rules, dashboard and their guide speak of metrics that exist."""

import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from handfest.diagnosis.watch.metrics import COUNTERS, GAUGES, SECONDS

ROOT = Path(__file__).parents[2]
RULES = ROOT / "ops" / "prometheus" / "handfest.rules.yml"
PLAYED = ROOT / "ops" / "prometheus" / "handfest.rules.test.yml"
BOARD = json.loads((ROOT / "ops" / "grafana" / "handfest.json").read_text("utf-8"))
GUIDE = (ROOT / "docs" / "guides" / "alerts.md").read_text("utf-8")

KNOWN = (
    {f"handfest_{name}_total": labels for name, (_, labels) in COUNTERS.items()}
    | {f"handfest_{name}": labels for name, (_, labels) in GAUGES.items()}
    | {f"handfest_{name}_seconds_bucket": (*labels, "le") for name, (_, labels) in SECONDS.items()}
)
METRIC = re.compile(r"(?<![\w:])(handfest_\w+)(?:\{([^}]*)\})?")


def rules_text() -> str:
    return RULES.read_text("utf-8")


def recorded() -> set[str]:
    return set(re.findall(r"- record: (\S+)", rules_text()))


def alerts() -> list[str]:
    return re.findall(r"- alert: (\w+)", rules_text())


def expressions() -> list[str]:
    texts = re.split(r"(?m)^\s+(?:- (?:alert|record)|labels|annotations|for):.*$", rules_text())
    queries = [text.split("expr: >-")[1] for text in texts if "expr: >-" in text]
    return [*queries, *(target["expr"] for panel in BOARD["panels"] for target in panel["targets"])]


@pytest.mark.parametrize("query", expressions())
def test_every_query_names_metrics_labels_and_recordings_that_exist(query: str) -> None:
    assert query.count("(") == query.count(")")
    for name, selectors in METRIC.findall(query):
        assert name in KNOWN
        assert set(re.findall(r"(\w+)\s*=~?", selectors)) <= set(KNOWN[name])
    assert set(re.findall(r"handfest:[\w:]+", query)) <= recorded()
    assert METRIC.search(query) or "handfest:" in query or 'job="handfest"' in query


def test_every_alert_has_severity_words_and_a_place_in_the_guide() -> None:
    blocks = rules_text().split("- alert: ")[1:]
    assert len(blocks) == len(set(alerts())) > 10
    for block in blocks:
        name = block.split()[0]
        assert re.search(r"severity: (page|ticket)\n", block), name
        assert all(f"{field}: " in block for field in ("summary", "description", "runbook")), name
        assert f'runbook: "docs/guides/alerts.md#{name.lower()}"' in block
        assert f"### {name}\n" in GUIDE


def test_the_service_level_and_the_floor_are_the_promised_ones() -> None:
    factors = re.findall(
        r"ratio_(\w+) > ([\d.]+) \* 0\.01\n\s+and handfest:wishes_lost:ratio_(\w+)", rules_text()
    )
    assert factors == [("1h", "14.4", "5m"), ("6h", "6", "30m"), ("1d", "3", "2h"), ("3d", "1", "6h")]
    assert "handfest:wishes_lost:ratio_1h > 0.05" in rules_text()


def test_the_rules_play_as_their_scenarios_say(capsys: pytest.CaptureFixture[str]) -> None:
    """With promtool they are played; without it the scenarios are at least held to the rules they name."""
    promtool = shutil.which("promtool")
    if promtool is None:
        with capsys.disabled():
            print("\npromtool is not installed: the alert rules were read, not played")
        named = set(re.findall(r"alertname: (\w+)", PLAYED.read_text("utf-8")))
        assert named
        assert named <= set(alerts())
        return
    for command in (["check", "rules", str(RULES)], ["test", "rules", str(PLAYED)]):
        done = subprocess.run([promtool, *command], capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr


def test_the_dashboard_is_one_that_grafana_loads() -> None:
    panels: list[dict[str, Any]] = BOARD["panels"]
    assert len({panel["id"] for panel in panels}) == len(panels)
    cells = [
        (x, y)
        for panel in panels
        for x in range(panel["gridPos"]["x"], panel["gridPos"]["x"] + panel["gridPos"]["w"])
        for y in range(panel["gridPos"]["y"], panel["gridPos"]["y"] + panel["gridPos"]["h"])
    ]
    assert len(cells) == len(set(cells)), "panels overlap"
    assert max(x for x, _ in cells) == 23
    assert {one["name"] for one in BOARD["templating"]["list"]} == {"datasource", "business"}
