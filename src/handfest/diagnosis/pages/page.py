"""Pages that need nothing but themselves: templates with their style inside, no link to anywhere."""

from functools import cache
from importlib import resources

from jinja2 import Environment, FunctionLoader, StrictUndefined, Template


@cache
def template(name: str) -> Template:
    """The template of this name; values are escaped, a name that is missing is an error."""
    loader = FunctionLoader(lambda file: _source(file))
    environment = Environment(loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True)
    return environment.get_template(name)


def _source(name: str) -> str:
    return resources.files("handfest.diagnosis.pages").joinpath(name).read_text("utf-8")
