"""One finished page: a text that a browser opens without a network."""

from __future__ import annotations

import os
import secrets
from dataclasses import dataclass
from html import escape
from pathlib import Path

from gridgis.errors import InvalidInputError


@dataclass(frozen=True)
class Page:
    """One HTML page that carries everything it needs.

    Attributes
    ----------
    html
        The whole document.
    title
        What a browser's tab shows.
    lang
        Its language.
    paper
        What it is printed on.
    hosts
        Hosts that its tiles may come from; none for a page that needs no network.
    """

    html: str
    title: str
    lang: str = "zh"
    paper: str = "A4"
    hosts: tuple[str, ...] = ()

    def save(self, path: Path | str) -> Path:
        """Write the page to a file, all or nothing, and return the file's path.

        A file that was there stays as it was until the new one is complete.

        Raises
        ------
        InvalidInputError
            The file cannot be written.
        """
        return save_bytes(self.html.encode(), Path(path))

    def _repr_html_(self) -> str:
        """Show the page in a notebook, in a frame of its own that may run its scripts only."""
        return (
            '<iframe sandbox="allow-scripts" style="width:100%;height:640px;border:0" '
            f'title="{escape(self.title)}" srcdoc="{escape(self.html)}"></iframe>'
        )


def save_bytes(made: bytes, target: Path) -> Path:
    """Write a file, all or nothing, and return its path; what was there stays until then.

    Raises
    ------
    InvalidInputError
        The file cannot be written.
    """
    part = target.with_name(f".{target.name}.{secrets.token_hex(4)}.part")
    try:
        with part.open("xb") as file:
            file.write(made)
            file.flush()
            os.fsync(file.fileno())
        part.replace(target)
    except OSError as error:
        part.unlink(missing_ok=True)
        msg = f"{target}: the page cannot be written there: {error.strerror}"
        raise InvalidInputError(msg) from error
    return target
