"""Write docs/reference.md: every setting, command and route, as the program says them."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import typer.main
from pydantic_core import PydanticUndefined

from gridgis.settings import Settings
from gridgis_api.app import describe
from gridgis_api.cli.root import commands

if TYPE_CHECKING:
    from collections.abc import Iterator

    import click

HERE = Path(__file__).resolve().parents[1] / "docs" / "reference.md"


def reference() -> str:
    """Return the whole page as Markdown."""
    return "\n".join(
        [
            "# Reference",
            "",
            "Written by `script/reference.py`; a test fails when this page and the program differ.",
            "",
            "## Settings",
            "",
            *_settings(),
            "",
            "## Commands",
            "",
            "Each command says more with `--help`.",
            "",
            *_commands(),
            "## Routes",
            "",
            "The service shows them with shapes and examples at `/docs`, without a network.",
            "",
            *_routes(),
            "",
        ]
    )


def _settings() -> Iterator[str]:
    yield "| environment variable | default | what it sets |"
    yield "| --- | --- | --- |"
    for name, field in Settings.model_fields.items():
        default = field.default
        if default is PydanticUndefined:
            default = "`~/.local/share/gridgis`; for root `/var/lib/gridgis`"
        elif default is None:
            default = "none"
        else:
            default = f"`{default}`"
        yield f"| `GRIDGIS_{name.upper()}` | {default} | {field.description} |"


def _commands() -> Iterator[str]:
    root = typer.main.get_command(commands())
    for path, command in _leaves(root, ("gridgis",)):
        usage = " ".join(path)
        arguments = [
            parameter for parameter in command.params if parameter.param_type_name == "argument"
        ]
        for argument in arguments:
            usage += f" {(argument.name or '').upper()}"
        yield f"### `{usage}`"
        yield ""
        yield " ".join((command.help or "").split("\n\n")[0].split())
        yield ""
        options = [
            parameter for parameter in command.params if parameter.param_type_name == "option"
        ]
        if options:
            yield "| option | what it does |"
            yield "| --- | --- |"
            for option in options:
                names = ", ".join(f"`{name}`" for name in [*option.opts, *option.secondary_opts])
                words = (getattr(option, "help", None) or "").replace("|", "\\|")
                needed = " Required." if option.required else ""
                yield f"| {names} | {words}{needed} |"
            yield ""


def _leaves(
    command: click.Command, path: tuple[str, ...]
) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    inner = getattr(command, "commands", None)
    if not inner or command.invoke_without_command:
        yield path, command
    if not inner:
        return
    for name in sorted(inner):
        yield from _leaves(inner[name], (*path, name))


def _routes() -> Iterator[str]:
    yield "| route | what it answers |"
    yield "| --- | --- |"
    for path, methods in sorted(describe()["paths"].items()):
        for method, operation in methods.items():
            yield f"| `{method.upper()} {path}` | {operation['summary']} |"


if __name__ == "__main__":
    if sys.argv[1:] == ["--check"]:
        sys.exit(HERE.read_text(encoding="utf-8") != reference())
    HERE.write_text(reference(), encoding="utf-8")
