"""The recorder of one turn's steps."""

from typing import Any

from handfest.model.turn import Step
from handfest.ports import Clock


class Recorder:
    """Collects the steps of one turn with the milliseconds since it began."""

    def __init__(self, clock: Clock, steps: tuple[Step, ...] = (), began: float | None = None) -> None:
        self._clock = clock
        self._began = clock.elapsed_ms() if began is None else began
        self._steps = list(steps)

    def step(self, name: str, **facts: Any) -> None:
        """Record one step. Facts are plain JSON values; personal data has no place among them."""
        self._steps.append(Step(name, self.elapsed_ms(), {k: v for k, v in facts.items() if v is not None}))

    def elapsed_ms(self) -> float:
        """Milliseconds since the turn began."""
        return round(self._clock.elapsed_ms() - self._began, 3)

    def branch(self) -> "Recorder":
        """A copy to go on with inside a transaction that may have to run again."""
        return Recorder(self._clock, tuple(self._steps), self._began)

    def become(self, other: "Recorder") -> None:
        """Go on from where the other one is."""
        self._steps = list(other.steps)

    @property
    def steps(self) -> tuple[Step, ...]:
        """The steps so far."""
        return tuple(self._steps)
