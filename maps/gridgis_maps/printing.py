"""Pictures and paper of a page: the machine's own Chromium lays it out and writes the file.

Nothing is sent anywhere: the browser runs in a folder of its own that is deleted afterwards, and
resolves no name but those of the hosts that the page itself allows. The page opens at `#paper`,
where it is laid out as on paper, so that a picture and a PDF have one extent.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, NamedTuple

from gridgis.errors import InvalidInputError, PrintingError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gridgis_maps.page import Page

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
SHEET_PX = {"A4": (1123, 794), "A3": (1587, 1123)}
"""Width and height of a lying sheet at 96 dots an inch."""

SCALE = 2
LIMIT_S = 90.0
PATIENCE_MS = 3000
"""So long the page's own clock may run: what it draws is drawn by then."""

QUIET = (
    *("--headless=new", "--disable-gpu", "--hide-scrollbars", "--no-first-run", "--disable-sync"),
    *("--disable-background-networking", "--disable-component-update", "--disable-extensions"),
    *("--disable-dev-shm-usage", "--disable-quic", "--no-default-browser-check"),
)


def save_png(
    page: Page,
    path: Path | str,
    *,
    size_px: tuple[int, int] | None = None,
    browser: Path | None = None,
    limit_s: float = LIMIT_S,
) -> Path:
    """Write a picture of the page as on paper, with two dots to each pixel; return its path.

    Parameters
    ----------
    page
        What to draw.
    path
        The PNG file; one that is there is replaced when the new one is complete.
    size_px
        Width and height of what is shown; the page's sheet of paper when None.
    browser
        The browser's program; None looks for Chromium or Chrome.
    limit_s
        The browser is ended after so many seconds.

    Raises
    ------
    PrintingError
        There is no browser, it lacks Chinese glyphs that the page needs, or it does not finish.
    InvalidInputError
        The file cannot be written.
    """
    width, height = size_px or SHEET_PX[page.paper]
    options = [f"--window-size={width},{height}", f"--force-device-scale-factor={SCALE}"]
    means = _Means(browser, limit_s, (*options, "--screenshot={}"))
    return _print(page, Path(path), ".png", means)


def save_pdf(
    page: Page, path: Path | str, *, browser: Path | None = None, limit_s: float = LIMIT_S
) -> Path:
    """Write the page as a PDF on its own paper, its text as text; return the file's path.

    Parameters
    ----------
    page, path, browser, limit_s
        As for `save_png`.

    Raises
    ------
    PrintingError
        There is no browser, it lacks Chinese glyphs that the page needs, or it does not finish.
    InvalidInputError
        The file cannot be written.
    """
    options = ("--no-pdf-header-footer", "--print-to-pdf={}")
    return _print(page, Path(path), ".pdf", _Means(browser, limit_s, options))


def found_browser(browser: Path | None = None) -> str:
    """Return the path of the machine's Chromium or Chrome, or of the one that was named.

    Raises
    ------
    PrintingError
        There is none.
    """
    for name in NAMES if browser is None else (str(browser),):
        if found := shutil.which(name):
            return found
    wanted = "Chromium" if browser is None else str(browser)
    msg = (
        f"printing: {wanted} is not on this machine; install Chromium or Chrome, or name it in "
        "GRIDGIS_BROWSER. The HTML file needs none: any browser opens and prints it"
    )
    raise PrintingError(msg)


class _Means(NamedTuple):
    """Which browser, for how long at most, and what it is told to make."""

    browser: Path | None
    limit_s: float
    options: Sequence[str]


def _print(page: Page, path: Path, kind: str, means: _Means) -> Path:
    program = found_browser(means.browser)
    if page.lang == "zh":
        _need_chinese_glyphs()
    if not path.parent.is_dir():
        msg = f"{path}: there is no folder {path.parent}"
        raise InvalidInputError(msg)
    with TemporaryDirectory(prefix="gridgis-print-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        # The browser goes by the ending.
        shown, made = page.save(folder / "page.html"), folder / f"made{kind}"
        command = [
            program,
            *QUIET,
            *_rights(),
            f"--user-data-dir={folder / 'profile'}",
            f"--host-resolver-rules={_only(page.hosts)}",
            f"--virtual-time-budget={PATIENCE_MS}",
            *(option.format(made) for option in means.options),
            f"{shown.as_uri()}#paper",
        ]
        _run(command, folder, means.limit_s)
        if not made.is_file() or not made.stat().st_size:
            last = (folder / "said").read_text(errors="replace").strip().splitlines()[-1:]
            msg = f"{path}: {program} ended without a file: {' '.join(last)[:200]}"
            raise PrintingError(msg)
        try:
            shutil.move(made, path)
        except OSError as error:
            msg = f"{path}: the file cannot be written there: {error.strerror}"
            raise InvalidInputError(msg) from error
    return path


def _run(command: Sequence[str], folder: Path, limit_s: float) -> None:
    """Run the browser with the folder for a home; end it and all it started after the limit."""
    home = os.environ | {"HOME": str(folder), "XDG_RUNTIME_DIR": str(folder)}
    with (folder / "said").open("wb") as said:
        running = subprocess.Popen(  # noqa: S603 - the machine's browser; paths are arguments
            command,
            stdin=subprocess.DEVNULL,
            stdout=said,
            stderr=said,
            env=home,
            start_new_session=True,
        )
        try:
            running.wait(limit_s)
        except subprocess.TimeoutExpired as error:
            msg = f"printing: {command[0]} was not done after {limit_s:g} s and was ended"
            raise PrintingError(msg) from error
        finally:
            _end(running)


def _end(running: subprocess.Popen[bytes]) -> None:
    """End the browser and whatever it started: all of them are one session, which is ours."""
    with suppress(ProcessLookupError):
        os.killpg(running.pid, signal.SIGKILL)
    running.wait()


def _only(hosts: Sequence[str]) -> str:
    """Return the rule by which no name but these hosts' is looked up."""
    named = [host.split("://")[-1].split(":")[0].split("/")[0] for host in hosts]
    return ", ".join(["MAP * ~NOTFOUND", *(f"EXCLUDE {host}" for host in named)])


def _rights() -> tuple[str, ...]:
    """Return what root needs: Chromium refuses to sandbox itself under that account."""
    return ("--no-sandbox",) if hasattr(os, "geteuid") and os.geteuid() == 0 else ()


def _need_chinese_glyphs() -> None:
    """Refuse to print empty boxes; where fontconfig is missing, nobody can tell."""
    asking = shutil.which("fc-list")
    if asking is None:
        return
    fonts = subprocess.run(  # noqa: S603 - a fixed program with fixed words
        [asking, ":lang=zh", "family"], capture_output=True, text=True, check=False
    )
    if fonts.returncode == 0 and not fonts.stdout.strip():
        msg = (
            "printing: no font of this machine has Chinese glyphs, so the page would show empty "
            "boxes; install one, such as fonts-noto-cjk, or ask for --lang en"
        )
        raise PrintingError(msg)
