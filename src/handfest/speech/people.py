from dataclasses import dataclass
@dataclass(frozen=True)
class NameRead:
    name: str|None
    refused: str|None=None
def read_name(text, staff): return NameRead(text)
