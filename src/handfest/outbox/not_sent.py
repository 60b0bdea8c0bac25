"""That something could not be sent; the message says why, without the address and without what was sent."""


class NotSentError(Exception):
    """`for_good`: trying again would change nothing."""

    def __init__(self, cause: str, *, for_good: bool = False) -> None:
        super().__init__(cause)
        self.for_good = for_good
