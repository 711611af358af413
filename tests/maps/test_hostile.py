"""A resident's text, a name, a place: none of them can run, load or break anything."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
import pytest

from gridgis_maps import coverage, hotspots

PWNED = "window.pwned=1"
ATTACKS = [
    f"<script>{PWNED}</script>",
    f"</script><img src=x onerror={PWNED}>",
    f"--></script><svg onload={PWNED}>",
    f"<!--<script>{PWNED}",
    f"'\";{PWNED};//",
    f"`${{{PWNED}}}`",
    f"{{{{ {PWNED} }}}}{{% raw %}}",
    f"\u2028{PWNED}//\u2029",
    f"&lt;script&gt;{PWNED}&lt;/script&gt;",
    "</title></style><link rel=stylesheet href=//evil.example/x.css>",
    "javascript:" + PWNED,
    "\x00\ud800\x1b[31m",
    "\u202egnp.exe",
    "甲" * 10_000,
]


@pytest.fixture
def attacked(tiny_coverage, tiny_hotspots, about):
    """Both maps of a city in which every text is hostile."""

    def make(text):
        def hostile(frame, *columns):
            # As objects: a column of strings would refuse a lone surrogate.
            texts = pd.Series(text, index=frame.index, dtype=object)
            return frame.assign(**dict.fromkeys(columns, texts))

        grids = hostile(tiny_hotspots.grids, "name", "parent_name")
        base = replace(tiny_hotspots.base, outlines=hostile(tiny_hotspots.base.outlines, "name"))
        reports = hostile(tiny_hotspots.reports, "description", "category_name")
        responders = hostile(
            tiny_coverage.responders, "name", "kind", "organisation", "role", "position_source"
        )
        whence = replace(about, place=text, edition=text)
        return [
            hotspots(
                replace(tiny_hotspots, grids=grids, reports=reports, base=base),
                whence,
                category_name=text,
            ),
            coverage(
                replace(tiny_coverage, grids=grids, responders=responders, base=base),
                whence,
                skill_name=text,
            ),
        ]

    return make


def test_hostile_texts_run_nothing_in_a_real_browser(attacked, browser, tmp_path):
    tab = browser.new_page(viewport={"width": 1000, "height": 600})
    asked, errors = [], []
    tab.on("request", lambda request: asked.append(request.url))
    tab.on("console", lambda said: errors.append(said.text) if said.type == "error" else None)
    tab.on("pageerror", lambda error: errors.append(str(error)))
    tab.on("dialog", lambda dialog: errors.append(dialog.message))

    for number, text in enumerate(ATTACKS):
        file = attacked(text)[number % 2].save(tmp_path / f"{number}.html")
        tab.goto(file.as_uri())
        for x, y in ((200, 150), (296, 300)):  # a grid, and a point
            tab.mouse.move(x, y)
            tab.mouse.click(x, y)
        assert tab.locator(".leaflet-popup .card").count() >= 1, text
        assert tab.evaluate("window.pwned") is None, text
        assert tab.locator("img, svg[onload], link, .panel script").count() == 0, text
    assert errors == []
    assert all(url.startswith(("file:", "data:")) for url in asked)
    tab.close()


def test_a_text_is_shown_as_it_was_written(attacked, read):
    text = "<b>甲 & 乙</b> \"丙\" '丁'"

    sheet = read(attacked(text)[0])

    assert sheet.title == f"上报热点图 · {text}"
    assert sheet.grids["G0"]["name"] == text
    assert text in sheet.told["points"]["columns"][3]["words"]
    assert "<b>" not in sheet.html


@pytest.mark.parametrize("text", ["{{ 7 * 191 }}", "{% raw %}", "{# x", "{{ cycler }}", "{%"])
def test_a_text_is_never_taken_for_a_template(attacked, read, text):
    for page in attacked(text):
        assert "1337" not in page.html
        assert read(page).grids["G0"]["name"] == text


def test_a_name_of_ten_kilobytes_is_cut(attacked):
    for page in attacked("甲" * 10_000):
        assert len(page.html) < 250_000
        assert "甲" * 59 + "…" in page.html


def test_even_a_script_that_came_through_would_not_run(tiny_hotspots, about, browser, tmp_path):
    """The page's policy names its own scripts by hash; any other one stays dead."""
    page = hotspots(tiny_hotspots, about)
    broken = page.html.replace(
        "</main>", f"<script>{PWNED}</script><p onclick='{PWNED}' id=trap>x</p></main>"
    )
    file = tmp_path / "broken.html"
    file.write_text(broken, encoding="utf-8")
    tab = browser.new_page()

    tab.goto(file.as_uri())
    tab.dispatch_event("#trap", "click")

    assert tab.evaluate("window.pwned") is None
    assert tab.evaluate("typeof L") == "object"
    tab.close()
