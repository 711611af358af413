"""A finished page is a file that is whole or not there."""

from __future__ import annotations

import pytest

from gridgis.errors import InvalidInputError
from gridgis_maps import Page

PAGE = Page("<!DOCTYPE html><title>图</title><p>\"x\" & 'y'", "图")


def test_a_page_is_saved_as_it_is(tmp_path):
    file = PAGE.save(tmp_path / "map.html")

    assert file.read_bytes() == PAGE.html.encode()
    assert [one.name for one in tmp_path.iterdir()] == ["map.html"]


def test_an_older_page_is_replaced(tmp_path):
    file = tmp_path / "map.html"
    file.write_text("old")

    PAGE.save(str(file))

    assert file.read_text(encoding="utf-8") == PAGE.html


def test_a_page_that_cannot_be_written_leaves_the_old_one(tmp_path):
    file = tmp_path / "map.html"
    file.write_text("old")

    with pytest.raises(UnicodeEncodeError):
        Page("\ud800", "t").save(file)

    assert file.read_text() == "old"
    assert [one.name for one in tmp_path.iterdir()] == ["map.html"]


def test_a_folder_that_is_not_there_is_named(tmp_path):
    with pytest.raises(InvalidInputError, match=r"none/map\.html: the page cannot be written"):
        PAGE.save(tmp_path / "none" / "map.html")


def test_a_folder_in_the_way_is_named(tmp_path):
    (tmp_path / "map.html").mkdir()

    with pytest.raises(InvalidInputError, match="cannot be written there"):
        PAGE.save(tmp_path / "map.html")

    assert [one.name for one in tmp_path.iterdir()] == ["map.html"]


def test_a_notebook_shows_the_page_in_a_frame_of_its_own():
    shown = PAGE._repr_html_()

    assert shown.startswith('<iframe sandbox="allow-scripts"')
    assert "&quot;x&quot; &amp;amp;" not in shown
    assert "&lt;p&gt;&quot;x&quot; &amp; &#x27;y&#x27;" in shown
