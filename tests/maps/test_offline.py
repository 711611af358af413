"""Nothing may come from outside the page, whatever folium would like."""

from __future__ import annotations

import json
from pathlib import Path

import folium
import pytest
from folium.plugins import HeatMap, MarkerCluster

from gridgis.errors import PageError
from gridgis_maps import hotspots
from gridgis_maps.drawing import offline

VIEW = {
    "html_lang": "en",
    "tab": "t",
    "title": "t",
    "place": "p",
    "period": "",
    "as_of": "",
    "alerts": (),
    "headline": (),
    "measures": (),
    "groups": {},
    "overlays": (),
    "tables": (),
    "methods": (),
    "every": None,
    "paper": "A4",
    "hatched": False,
    "classification": "",
    "approval": "",
    "described": "",
    "words": {"to_tables": "", "north": "", "north.said": "", "layers": ""},
    "marks": None,
    "notes": (),
}


def figure_with(element) -> offline.OfflineFigure:
    figure = offline.OfflineFigure(VIEW, "")
    leaflet = offline.OfflineMap()
    element.add_to(leaflet)
    leaflet.add_to(figure)
    return figure


@pytest.mark.parametrize(
    "element",
    [
        HeatMap([[36.05, 103.8]]),
        folium.LinearColormap(["white", "red"], vmin=0, vmax=1),
        MarkerCluster(),
    ],
    ids=lambda element: type(element).__name__,
)
def test_an_element_that_wants_more_than_the_page_carries_is_refused(element):
    with pytest.raises(PageError, match="would come from outside"):
        figure_with(element).render()


def test_a_plain_layer_is_carried():
    document = figure_with(folium.FeatureGroup()).render()

    assert "gridgis.map" in document
    assert "<link" not in document
    assert "src=" not in document.split("<script>", maxsplit=1)[0]


@pytest.mark.parametrize(
    "markup",
    [
        '<img src="https://evil.example/x.png">',
        '<img srcset="x.png 2x">',
        "<script src=x.js></script>",
        "<link rel=stylesheet href=x.css>",
        "<iframe></iframe>",
        "<base href=/>",
        '<p style="background:url(//evil.example/x.png)">',
        "<style>@import 'x.css';</style>",
        "<style>a{background:url(x.png)}</style>",
        "<form action=/send></form>",
    ],
)
def test_whatever_would_load_from_outside_is_refused(markup):
    with pytest.raises(PageError, match="would load from outside"):
        offline.refuse_outside(f"<html><body>{markup}</body></html>")


def test_what_lies_in_the_page_is_allowed():
    offline.refuse_outside(
        '<img src="data:image/png;base64,AA"><a href="#top">x</a>'
        "<style>a{background:url(data:image/png;base64,AA)}</style>"
        "<p>url(//not.a/style) and @import are but words here</p>"
    )


@pytest.mark.parametrize("text", ["</script>", "</ScRiPt x", "<!--"])
def test_a_script_that_would_end_its_element_is_refused(text):
    with pytest.raises(PageError, match="could not stand in a page"):
        offline.OfflineFigure(VIEW, f"'{text}'").render()


@pytest.mark.parametrize("text", ["</script>", "<!--", "\u2028", "&amp;", '"', "\\", "甲"])
def test_json_in_a_script_reads_back_as_it_was(text):
    written = offline.script_json({text: [text, None, 1.5]})

    assert json.loads(written) == {text: [text, None, 1.5]}
    assert not set(written) & set("<>&\u2028\u2029")


def test_a_file_that_was_not_built_is_named():
    with pytest.raises(PageError, match=r"assets/none\.js is missing; run script/bootstrap"):
        offline.asset("none.js")


def test_the_policy_allows_only_the_scripts_of_the_page(tiny_hotspots, about):
    html = hotspots(tiny_hotspots, about).html

    policy = html.split('Content-Security-Policy" content="')[1].split('"')[0]
    assert policy.startswith("default-src &#39;none&#39;; script-src &#39;sha256-")
    script_sources = policy.split("script-src ")[1].split(";&#32;")[0].split("; style")[0]
    assert "unsafe" not in script_sources
    assert script_sources.count("sha256-") == html.count("<script>") == 4
    assert "http:" not in policy
    assert "https:" not in policy


def test_the_lock_file_names_no_registry():
    web = Path(offline.__file__).parents[2] / "web"
    lock = json.loads((web / "package-lock.json").read_text())

    assert [key for key, part in lock["packages"].items() if "resolved" in part] == []
    assert lock["packages"]["node_modules/leaflet"]["version"] == "1.9.4"
    assert json.loads((web / "package.json").read_text())["devDependencies"] == {"leaflet": "1.9.4"}
