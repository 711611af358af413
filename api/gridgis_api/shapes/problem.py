"""The problem document, RFC 9457."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field


class Problem(BaseModel):
    """What went wrong, in one sentence for people and one code for programs."""

    model_config = ConfigDict(extra="allow")

    type: str = Field(examples=["/problems/invalid-input"])
    title: str = Field(examples=["The input cannot be used"])
    status: int = Field(examples=[422])
    detail: str = Field(examples=["lat 104.06 is not between -90 and 90; lon and lat look swapped"])
    code: str = Field(description="The error's class", examples=["InvalidInputError"])
