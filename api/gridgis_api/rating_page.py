"""The page on which a resident rates a case: plain HTML, for any phone, without any script."""

from __future__ import annotations

from base64 import b64encode
from functools import cache, partial
from hashlib import sha256
from importlib.resources import files
from typing import TYPE_CHECKING

from jinja2 import Environment, PackageLoader, StrictUndefined
from starlette.responses import HTMLResponse

from gridgis.ratings.answering import LONGEST_WORDS
from gridgis.words import LANGUAGES, word

if TYPE_CHECKING:
    from collections.abc import Mapping
    from zoneinfo import ZoneInfo

    from jinja2 import Template
    from starlette.responses import Response

    from gridgis.store.ratings import Question

DEFAULT_LANGUAGE = "zh"


def chosen_language(accepted: str, wanted: str | None = None) -> str:
    """Return the language of a page: the one that is wanted, or what the browser likes best.

    `accepted` is the header Accept-Language.

    >>> chosen_language("fr, en;q=0.8, zh;q=0.5"), chosen_language("x"), chosen_language("en", "zh")
    ('en', 'zh', 'zh')
    """
    if wanted in LANGUAGES:
        return str(wanted)
    best, best_liked = DEFAULT_LANGUAGE, 0.0
    for part in accepted.split(","):
        name, _, weight = part.partition(";")
        language = name.strip().lower().partition("-")[0]
        liked = _weight(weight)
        if language in LANGUAGES and liked > best_liked:
            best, best_liked = language, liked
    return best


def form_page(
    question: Question,
    lang: str,
    zone: ZoneInfo,
    given: Mapping[str, str] | None = None,
    wrong: str | None = None,
) -> Response:
    """Return the page that asks, or that thanks for the answer there is.

    `given` are fields that were filled in, `wrong` says what is wrong with them.
    """
    say = partial(_say, lang)
    day = f"{question.captured_at.astimezone(zone):%Y-%m-%d}"
    what = question.category_en if lang == "en" else question.category
    what = what or question.category
    answered = question.answer is not None
    about = "said_about" if answered else "about"
    return _page(
        200 if wrong is None else 422,
        lang,
        title=say("thanks" if answered else "title"),
        about=say(f"{about}_any", day=day) if what is None else say(about, day=day, what=what),
        question=question,
        given=given or {},
        wrong=wrong,
        problem=None,
        until=f"{question.expires_at.astimezone(zone):%Y-%m-%d %H:%M}",
    )


def problem_page(problem: str, status: int, lang: str) -> Response:
    """Return the page that says what stands against it: link, expired, answered or broken."""
    return _page(status, lang, title=_say(lang, problem), problem=problem, question=None)


def _page(status: int, lang: str, **facts: object) -> Response:
    other = next(one for one in LANGUAGES if one != lang)
    text = _template().render(
        lang=lang,
        other=other,
        css=_css(),
        say=partial(_say, lang),
        most=LONGEST_WORDS,
        **facts,
    )
    return HTMLResponse(text, status, {**_headers(), "Content-Language": lang})


def _say(lang: str, key: object, **facts: object) -> str:
    return word(f"rate.{key}", lang, **facts)


def _weight(written: str) -> float:
    _, _, number = written.partition("q=")
    try:
        return float(number) if number else 1.0
    except ValueError:
        return 0.0


@cache
def _headers() -> dict[str, str]:
    # The one style that may apply is named by its hash: no script, nothing from elsewhere.
    style = b64encode(sha256(_css().encode()).digest()).decode()
    rules = [
        "default-src 'none'",
        f"style-src 'sha256-{style}'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    ]
    return {
        "Content-Security-Policy": "; ".join(rules),
        "X-Content-Type-Options": "nosniff",
        # The address is the right to answer: no other site may hear of it.
        "Referrer-Policy": "same-origin",
        "Cache-Control": "no-store",
        "Vary": "Accept-Language",
    }


@cache
def _css() -> str:
    return (files("gridgis_api") / "templates" / "rate.css").read_text(encoding="utf-8")


@cache
def _template() -> Template:
    environment = Environment(
        autoescape=True,
        loader=PackageLoader("gridgis_api", "templates"),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template("rate.html")
