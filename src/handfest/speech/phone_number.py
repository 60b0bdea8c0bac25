from dataclasses import dataclass
@dataclass(frozen=True)
class PhoneRead:
    number: str|None
    refused: str|None=None
def read_phone(text, country): return PhoneRead(text)
