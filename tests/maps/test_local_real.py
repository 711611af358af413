"""Real reports on real grids: what gridgis says is what esda says."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from scipy.stats import false_discovery_control

from gridgis_maps.numbers.density import count_by_grid
from gridgis_maps.numbers.local.emerging import emerging_hotspots
from gridgis_maps.numbers.local.gistar import gi_star
from gridgis_maps.numbers.local.slices import counts_by_slice
from gridgis_maps.numbers.local.weights import (
    band_weights,
    shared_edge_weights,
)
from gridgis_maps.numbers.plane import inner_points_m
from tests.conftest import PROVE
from tests.maps.local_judges import drawn_p, esda

M = 199_999


@pytest.fixture(scope="module")
def chicago(beats, complaints):
    """Sanitation complaints by police beat, and who shares an edge with whom."""
    return count_by_grid(beats["code"], complaints["grid_code"]), shared_edge_weights(
        beats.geometry
    )


@pytest.fixture(scope="module")
def new_york(shared):
    """Collisions with an injury by neighbourhood, and who lies within three kilometres."""
    folder = f"/vsigzip/{shared}/data/nyc"
    areas = gpd.read_file(f"{folder}/nycehs_NTA.geojson.gz")
    seen = gpd.read_file(f"{folder}/nyc-injurious-collisions.geojson.gz")
    met = seen[["geometry"]].sjoin(areas[["geometry"]], predicate="covered_by")
    counts = met["index_right"].value_counts().reindex(areas.index, fill_value=0)
    return counts, band_weights(inner_points_m(areas.geometry), 3_000)


@pytest.mark.parametrize("city", ["chicago", "new_york"])
def test_z_is_that_of_esda(city, request):
    counts, weights = request.getfixturevalue(city)

    told = gi_star(counts, weights, permutations=0).frame

    assert told["z"].to_numpy() == pytest.approx(esda(counts.to_numpy(), weights).Zs, abs=1e-9)
    assert (told["found"] == "hot").sum() > 5
    assert (told["found"] == told["found_analytic"]).all()


@pytest.mark.parametrize("city", ["chicago", "new_york"])
def test_p_is_that_of_draws_for_each_grid_by_itself(city, request):
    counts, weights = request.getfixturevalue(city)
    rng, m = np.random.default_rng(2), 4_999

    told = gi_star(counts, weights, permutations=M).frame

    y, step = counts.to_numpy(float), 1 if PROVE else 13
    for grid in [at for at in range(0, len(y), step) if told["found"].iloc[at] != "isolated"]:
        drawn = drawn_p(y, weights, grid, m, rng)
        assert told["p"].iloc[grid] == pytest.approx(drawn, abs=6 * np.sqrt(drawn / m)), grid


@pytest.mark.skipif(not PROVE, reason="esda's permutations take a minute to compile")
@pytest.mark.parametrize("city", ["chicago", "new_york"])
def test_p_of_hot_grids_is_that_of_esda(city, request):
    """Of the cold ones, esda does not count draws that are equal."""
    counts, weights = request.getfixturevalue(city)

    told = gi_star(counts, weights, permutations=M).frame

    theirs = esda(counts.to_numpy(), weights, 99_999).p_sim
    hot = ((told["z"] > 0) & (told["p"] < 0.9)).to_numpy()
    apart = np.abs(told["p"].to_numpy() / 2 - theirs)[hot]
    assert (apart <= 6 * np.sqrt(theirs[hot] / 50_000)).all()


def test_chicagos_complaints_over_sixteen_quarters(beats, complaints, chicago):
    """z of each quarter is esda's; who is hot or cold in it, scipy says of esda's p."""
    quarters = pd.date_range("2011-01-01", "2015-01-01", freq="QS", tz="America/Chicago")
    counts = counts_by_slice(beats["code"], complaints, quarters)

    found = emerging_hotspots(counts, chicago[1], permutations=0)

    hot, cold = np.zeros((2, len(beats)), dtype=int)
    for number, one in enumerate(found.slices):
        judged = esda(counts.iloc[:, number].to_numpy(), chicago[1])
        assert one.frame["z"].to_numpy() == pytest.approx(judged.Zs, abs=1e-9)
        stands_out = false_discovery_control(2 * judged.p_norm) <= one.q
        hot += stands_out & (judged.Zs > 0)
        cold += stands_out & (judged.Zs < 0)
    frame = found.patterns.frame
    assert frame["hot"].tolist() == hot.tolist()
    assert frame["cold"].tolist() == cold.tolist()
    assert frame["pattern"].value_counts().to_dict() == {"none": 270, "new_hot": 5}
    assert not found.patterns.few_slices
