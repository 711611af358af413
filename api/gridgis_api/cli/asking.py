"""A question that routes ask as well: its fields as options, and what was said as its answer."""

from __future__ import annotations

import inspect
from datetime import datetime
from types import NoneType, UnionType
from typing import TYPE_CHECKING, Annotated, Any, Literal, TypeVar, Union, get_args, get_origin

import typer
from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo

from gridgis.errors import InvalidInputError
from gridgis_api.cli.moments import moment
from gridgis_api.refusals import sentences

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

Question = TypeVar("Question", bound=BaseModel)

_AS_THEY_ARE = (bool, int, float)
"""What a command reads by itself; of all else the question judges the text."""


def options(question: type[BaseModel], refused: Collection[str] = ()) -> list[inspect.Parameter]:
    """Return the options of a command that asks a question, one a field.

    A field is called by its alias where it has one, and explained by its description. The help is
    silent about fields that are `refused` whatever is said.
    """
    fields = question.model_fields
    return [_option(name, field, hidden=name in refused) for name, field in fields.items()]


def answered(question: type[Question], said: Mapping[str, Any]) -> Question:
    """Return the question as a person asked it, by the names of its fields; None was not said.

    A time without a zone is the city's.

    Raises
    ------
    InvalidInputError
        It cannot be asked so; the message names the option.
    """
    fields = question.model_fields
    given = {
        field.alias or name: _read(field, _flag(name, field), said[name])
        for name, field in fields.items()
        if said.get(name) not in (None, [])
    }
    try:
        return question.model_validate(given)
    except ValidationError as error:
        found = [{**one, "loc": ("option", *one["loc"])} for one in error.errors()]
        msg = "; ".join(f"--{one['detail']}" for one in sentences(found))
        raise InvalidInputError(msg) from error


def _option(name: str, field: FieldInfo, *, hidden: bool) -> inspect.Parameter:
    held, told = _held(field)
    kept = held if held in _AS_THEY_ARE else str
    if get_origin(held) is list:
        kept = list[str]
    needed = field.is_required()
    flag = _flag(name, field)
    # What is on unless it is said to be off needs a word for off.
    names = f"{flag}/--no-{flag[2:]}" if field.default is True else flag
    option = typer.Option(names, help=_help(held, told), hidden=hidden)
    return inspect.Parameter(
        name,
        inspect.Parameter.KEYWORD_ONLY,
        default=inspect.Parameter.empty if needed else field.get_default(call_default_factory=True),
        annotation=Annotated[kept if needed else kept | None, option],
    )


def _flag(name: str, field: FieldInfo) -> str:
    return "--" + (field.alias or name).replace("_", "-")


def _read(field: FieldInfo, flag: str, said: Any) -> Any:  # noqa: ANN401 - whatever the field holds
    read = moment(said, flag) if _held(field)[0] is datetime else None
    return said if read is None else read.isoformat()


def _held(field: FieldInfo) -> tuple[Any, str]:
    """Return what a field holds when something was said, and what is said about it."""
    held = field.annotation
    told = [field.description]
    if get_origin(held) in {Union, UnionType}:
        held = next(one for one in get_args(held) if one is not NoneType)
    if get_origin(held) is Annotated:
        held, *more = get_args(held)
        told += [one.description for one in more if isinstance(one, FieldInfo)]
    return held, next((one for one in told if one), "")


def _help(held: Any, told: str) -> str:  # noqa: ANN401 - a type
    """Return what is said about a field as a sentence, with the choices that it leaves."""
    choices = " or ".join(map(str, get_args(held))) if get_origin(held) is Literal else ""
    return f"{told}: {choices}." if choices else f"{told}."
