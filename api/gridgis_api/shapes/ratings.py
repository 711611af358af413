"""What a resident is asked after a case, and what they answer."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from pydantic import Field

from gridgis.ratings.answering import BEST, LONGEST_WORDS
from gridgis.ratings.links import LONGEST_TOKEN
from gridgis_api.shapes.fields import Answer, Given, Text

Token = Annotated[
    str, Field(min_length=1, max_length=LONGEST_TOKEN, description="From the link that was sent")
]


class RatingBody(Given):
    """The three answers, and what else there is to say."""

    contacted: bool = Field(strict=True, description="Somebody got in touch")
    solved: bool = Field(strict=True, description="The matter is solved")
    satisfaction: int = Field(strict=True, ge=1, le=BEST, description="1 not at all, 5 very")
    words: Text | None = Field(None, max_length=LONGEST_WORDS, examples=["半小时就有人来了"])


class GivenAnswer(Answer):
    """What was answered."""

    contacted: bool
    solved: bool
    satisfaction: int
    words: str | None


class RatingShape(Answer):
    """A question to a resident; nothing about the person stands in it."""

    number: str | None = Field(description="The report's, as its source calls it")
    category: str | None
    category_en: str | None
    captured_at: datetime
    asked_at: datetime
    expires_at: datetime
    answered_at: datetime | None
    answer: GivenAnswer | None = Field(description="None: nobody answered, which is no praise")
    returned: bool = Field(description="The answer brought the case back to the dispatcher")
