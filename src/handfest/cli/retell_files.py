"""Where snapshots of live agents are kept: one file each, named by agent and moment."""

from pathlib import Path

from platformdirs import user_data_path

from handfest.cli.output import fail
from handfest.ports import Clock
from handfest.voice.retell_live import Live
from handfest.voice.retell_snapshot import read_snapshot, snapshot_text


class SnapshotFolder:
    """A folder of snapshots; `written` are those of this command."""

    def __init__(self, folder: Path, clock: Clock) -> None:
        self.written: list[Path] = []
        self._folder = folder
        self._clock = clock

    @classmethod
    def at(cls, folder: Path | None, clock: Clock) -> "SnapshotFolder":
        """The folder given, or the one under the user's data folder."""
        return cls(folder or Path(user_data_path("handfest")) / "retell", clock)

    def keep(self, live: Live) -> None:
        """Write a snapshot. An agent may hold addresses and names: only its owner may read the file."""
        self._folder.mkdir(parents=True, exist_ok=True)
        moment = self._clock.now().timestamp(unit="millisecond")
        path = self._folder / f"{live.agent_id}-{moment}.json"
        path.touch(mode=0o600)
        path.write_text(snapshot_text(live), encoding="utf-8")
        self.written.append(path)

    def newest(self, agent_id: str) -> Live:
        """The newest snapshot of an agent; ends the command where there is none."""
        found = sorted(self._folder.glob(f"{agent_id}-*.json"))
        if not found:
            fail(f"no snapshot of {agent_id} is in {self._folder}; name one, or give --snapshots FOLDER")
        return read_snapshot(found[-1].read_text(encoding="utf-8"))
