"""The table of rules (`rules.toml`): who may call which route. What has no rule is denied."""

import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources

from starlette.routing import BaseRoute, Mount, Route

from handfest.model.actor import Scope

OPEN = frozenset({"public", "signed"})
KINDS = (*sorted(OPEN), "user", *(scope.value for scope in Scope))


@dataclass(frozen=True, slots=True)
class Rule:
    """Who is let in: "public", "signed", "user", or whoever has a scope."""

    kind: str
    why: str = ""

    @property
    def open(self) -> bool:
        """True where the route itself knows whom it serves."""
        return self.kind in OPEN

    @property
    def scope(self) -> Scope | None:
        """The scope that is asked for, if one is."""
        return Scope(self.kind) if self.kind not in (*OPEN, "user") else None


@dataclass(frozen=True, slots=True)
class Leaf:
    """One route of the application under its whole path."""

    path: str
    methods: tuple[str, ...]
    route: Route | Mount


@cache
def rules() -> Mapping[tuple[str, str], Rule]:
    """Every rule by method and path."""
    source = resources.files("handfest.web").joinpath("rules.toml").read_text("utf-8")
    table = tomllib.loads(source)
    assert tuple(sorted(table)) == tuple(sorted(KINDS)), "rules.toml has a section that is no kind of rule"
    found: dict[tuple[str, str], Rule] = {}
    for kind, rows in table.items():
        for place, why in rows.items():
            method, _, path = place.partition(" ")
            assert (method, path) not in found, f"rules.toml has two rules for {place}"
            found[method, path] = Rule(kind, why)
    return found


def leaves(routes: Iterable[BaseRoute], prefix: str = "") -> Iterator[Leaf]:
    """Every route of the application, mounted applications included; what is neither is not to be guarded."""
    for route in routes:
        if isinstance(route, Mount) and route.routes:
            yield from leaves(route.routes, prefix + route.path)
        elif isinstance(route, Mount):
            yield Leaf(f"{prefix}{route.path}/{{path}}", ("GET",), route)
        elif isinstance(route, Route):
            methods = tuple(sorted((route.methods or {"GET"}) - {"HEAD"}))
            yield Leaf(prefix + route.path, methods, route)
        else:
            raise TypeError(f"{route!r} is no kind of route that a rule can be given to")
