from dataclasses import dataclass
@dataclass(frozen=True)
class EmailRead:
    address: str|None
    refused: str|None=None
def read_email(text, language): return EmailRead(text)
