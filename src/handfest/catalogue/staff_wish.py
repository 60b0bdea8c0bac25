from dataclasses import dataclass
@dataclass(frozen=True)
class StaffResolved: staff_id: str
@dataclass(frozen=True)
class StaffAmbiguous: staff_ids: tuple
@dataclass(frozen=True)
class StaffUnknown: spoken: str
@dataclass(frozen=True)
class StaffAny: spoken: str
def resolve_staff(said, staff):
    f=[s.id for s in staff if s.name.split()[0].casefold() in said.casefold()]
    return StaffResolved(f[0]) if len(f)==1 else StaffAmbiguous(tuple(f)) if f else StaffUnknown(said)
