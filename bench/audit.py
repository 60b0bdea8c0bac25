"""How fast and in how much memory `handfest audit` reads ten thousand calls."""

import json
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from bench.table import show

CALLS = 10_000
SAMPLES = Path(__file__).parents[1] / "tests" / "audit"


def write_calls(file: Path) -> None:
    """Ten thousand calls of the shape of the samples, each with an id of its own."""
    rows = [json.loads(line) for line in (SAMPLES / "samples.jsonl").read_text("utf-8").splitlines()]
    with file.open("w", encoding="utf-8") as out:
        for number in range(CALLS):
            row = rows[number % len(rows)]
            call = {**row["call"], "call_id": f"call_{number:028x}"}
            out.write(json.dumps({**row, "id": f"c{number}", "call": call}, ensure_ascii=False) + "\n")


def main() -> None:
    """Measure the command as a process of its own, output included."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "calls.jsonl"
        write_calls(file)
        command = [sys.executable, "-c", "from handfest.cli import main; main()", "audit", str(file)]
        command += ["--catalogue", str(SAMPLES / "catalogues.json"), "--json"]
        began = time.perf_counter()
        with (Path(folder) / "audit.json").open("wb") as out:
            subprocess.run(command, stdout=out, check=False)
        seconds = time.perf_counter() - began
        used = resource.getrusage(resource.RUSAGE_CHILDREN)
        processor = used.ru_utime + used.ru_stime
        peak_mb = used.ru_maxrss / 1024
        size_mb = file.stat().st_size / 1024 / 1024
    rows = [
        ("10,000 calls, one process", f"{seconds:.1f} s", "60 s"),
        ("of them on the processor", f"{processor:.1f} s", ""),
        ("calls a second", f"{CALLS / seconds:,.0f}", ""),
        ("peak memory", f"{peak_mb:.0f} MB", "500 MB"),
    ]
    show("audit", f"`handfest audit --json` over {size_mb:.0f} MB of exported calls", ("", "", "limit"), rows)


if __name__ == "__main__":
    main()
