"""People who work on cases over HTTP: each acts in their own role."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import quote

if TYPE_CHECKING:
    import httpx

REPORTS = "/api/v1/reports"
TASKS = "/api/v1/tasks"

PLAN = """
name: Toytown
defaults:
  closing: {within_m: 100}
  limits: {file: 30 min, dispatch: 1 h, handle: 1 day, close: 2 days, accept: 20 min}
  propose: {usual: 4, words: {2: [leak]}}
categories:
  gas:
    levels:
      2:
        parties:
          gas: {skills: [gas], count: 1, within: 15 min, lead: true, unit: gas-works}
          fire: {skills: [fire], kinds: [facility], within: 15 min}
        tell: [leader]
        evacuate: {radius_m: 150}
        marks: {sealed: 20 min}
"""


class Person:
    """Somebody with a name and a role, who asks the service."""

    def __init__(self, client: httpx.Client, name: str, role: str) -> None:
        self._client = client
        self._headers = {"Gridgis-Actor": f"{quote(name)};role={role}"}

    def report(self, category: str = "gas", **said: Any) -> str:
        """Report something in the south-west, and return its id."""
        place = {"lon": 104.005, "lat": 30.005}
        body = {"description": "a leak", "category": category, "location": place, **said}
        told = self._client.post(REPORTS, json=body, headers=self._headers)
        assert told.status_code == 201, told.text
        return str(told.json()["report"]["id"])

    def does(
        self,
        report: str,
        what: str,
        *,
        version: int | None = None,
        key: str | None = None,
        **said: Any,
    ) -> httpx.Response:
        """Give a case a command; of a task as ``2/accept``."""
        task, slash, name = what.partition("/")
        path = f"{TASKS}/{report}/{task}/{name}" if slash else f"{REPORTS}/{report}/{what}"
        headers = dict(self._headers)
        headers |= {} if version is None else {"If-Match": f'"{version}"'}
        headers |= {} if key is None else {"Idempotency-Key": key}
        return self._client.post(path, json=said, headers=headers)

    def did(self, report: str, what: str, **said: Any) -> dict[str, Any]:
        """Give a case a command that is carried out, and return the answer."""
        told = self.does(report, what, **said)
        assert told.status_code == 200, told.text
        answer = told.json()
        assert told.headers["etag"] == f'"{answer["version"]}"'
        return dict(answer)

    def sees(self, report: str) -> dict[str, Any]:
        """Return a case as this person sees it."""
        told = self._client.get(f"{REPORTS}/{report}/case", headers=self._headers)
        assert told.headers["etag"] == f'"{told.json()["version"]}"'
        return dict(told.json())

    def lists(self, path: str, **asked: Any) -> dict[str, Any]:
        """Return a page of a list."""
        told = self._client.get(f"/api/v1/{path}", params=asked, headers=self._headers)
        assert told.status_code == 200, told.text
        return dict(told.json())
