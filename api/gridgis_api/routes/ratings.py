"""A resident rates a case, by a link and without an account: as JSON, or on a plain page."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated
from urllib.parse import parse_qsl

from fastapi import APIRouter, Depends, Path, Request
from starlette.responses import RedirectResponse, Response

from gridgis.door import storable
from gridgis.errors import (
    GridgisError,
    InvalidInputError,
    RatingAnsweredError,
    RatingExpiredError,
    RatingLinkError,
    StoreUnavailableError,
)
from gridgis.ratings.answering import LONGEST_WORDS, Rated, answer, asked, through
from gridgis.ratings.links import LONGEST_TOKEN
from gridgis.store.ratings import Answer, Question
from gridgis.words import word
from gridgis_api.answers import answer as answered
from gridgis_api.dependencies import ServiceHere
from gridgis_api.errors import BodyTooLargeError, MalformedBodyError, WrongContentTypeError
from gridgis_api.problems import row_of, told
from gridgis_api.rating_page import chosen_language, form_page, problem_page
from gridgis_api.routing import family
from gridgis_api.service import Service
from gridgis_api.shapes.ratings import RatingBody, RatingShape

router = family("ratings", "/ratings")
page = APIRouter(prefix="/rate", include_in_schema=False)

Token = Annotated[str, Path(max_length=LONGEST_TOKEN, description="From the link that was sent")]

_PROBLEMS: dict[type[GridgisError], str] = {
    RatingLinkError: "link",
    RatingExpiredError: "expired",
    RatingAnsweredError: "answered",
}


@router.get(
    "/{token}",
    response_model=RatingShape,
    responses=told(InvalidInputError, RatingLinkError, RatingExpiredError, StoreUnavailableError),
)
def get_rating(token: Token, service: ServiceHere) -> Response:
    """Say what a link asks about, and what was answered.

    Nothing about a person is told. A link without an answer is good for some days only.
    """
    return answered(_shape(_asked(service, token)))


@router.post(
    "/{token}",
    status_code=201,
    response_model=RatingShape,
    responses={
        200: {"model": RatingShape, "description": "The same answer was given before"},
        **told(
            RatingLinkError,
            RatingExpiredError,
            RatingAnsweredError,
            InvalidInputError,
            MalformedBodyError,
            BodyTooLargeError,
            WrongContentTypeError,
            StoreUnavailableError,
        ),
    },
)
def post_rating(token: Token, body: RatingBody, service: ServiceHere) -> Response:
    """Answer the three questions; no account is needed, the link is the right to answer.

    Once: the same answer again changes nothing, another one is refused. A satisfaction of 1 or 2,
    or a matter that is not solved, brings the case back to the dispatcher.
    """
    rated = _rate(service, token, Answer(**body.model_dump()))
    return answered(_shape(_asked(service, token)), 201 if rated.fresh else 200)


async def _form_of(request: Request) -> dict[str, str]:
    """Return the fields of a form; the guard has seen that it is small."""
    body = await request.body()
    text = body.decode("utf-8", "replace")
    return dict(parse_qsl(text, keep_blank_values=True, max_num_fields=20))


async def _language_of(request: Request, lang: str | None = None) -> str:
    return chosen_language(request.headers.get("accept-language", ""), lang)


Language = Annotated[str, Depends(_language_of)]
Form = Annotated[dict[str, str], Depends(_form_of)]


@page.api_route("/{token}", methods=["GET", "HEAD"])
def show_rating_page(token: str, service: ServiceHere, lang: Language) -> Response:
    """Show the three questions, or the answer there is."""
    try:
        return form_page(_asked(service, token), lang, service.settings.zone)
    except GridgisError as error:
        return _problem(error, lang)


@page.post("/{token}")
def post_rating_page(token: str, service: ServiceHere, lang: Language, form: Form) -> Response:
    """Take the answer of the form, and show the page that thanks."""
    try:
        said, wrong = _read(form, lang)
        if said is None:
            return form_page(_asked(service, token), lang, service.settings.zone, form, wrong)
        _rate(service, token, said)
    except GridgisError as error:
        return _problem(error, lang)
    # Loading that page again sends nothing again.
    return RedirectResponse(f"/rate/{token}?lang={lang}", 303, {"Cache-Control": "no-store"})


def _read(form: Mapping[str, str], lang: str) -> tuple[Answer | None, str | None]:
    """Return the answer of a form, or what is wrong with it."""
    yes = {"yes": True, "no": False}
    contacted, solved = yes.get(form.get("contacted", "")), yes.get(form.get("solved", ""))
    satisfaction = form.get("satisfaction", "")
    if contacted is None or solved is None or satisfaction not in {"1", "2", "3", "4", "5"}:
        return None, word("rate.missing", lang)
    try:
        words = storable(form.get("words", "").replace("\r\n", "\n"), "words", LONGEST_WORDS)
    except InvalidInputError:
        return None, word("rate.too_long", lang, most=LONGEST_WORDS)
    return Answer(contacted, solved, int(satisfaction), words), None


def _asked(service: Service, token: str) -> Question:
    with service.store.begin() as connection:
        return asked(connection, token, service.clock.now())


def _rate(service: Service, token: str, said: Answer) -> Rated:
    with service.store.begin() as connection:
        return answer(connection, token, said, service.clock.now(), through(service.workflow))


def _shape(question: Question) -> RatingShape:
    return RatingShape.model_validate(question)


def _problem(error: GridgisError, lang: str) -> Response:
    return problem_page(_PROBLEMS.get(type(error), "broken"), row_of(type(error)).status, lang)
