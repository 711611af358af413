// Tiles of another server below the map. They are drawn on canvases and never stand in the document,
// so that a page that is saved from the browser holds no address with a key in it.
{
  const TILE_PX = 256;
  const SEE_THROUGH = 0.62;
  const GROUND = ["greens", "water", "roads"];
  const storeName = ({ host }) => `gridgis.tiles.key ${host}`;

  /** Degrees, east to the right and north up, with a scale between any two levels. */
  function plate({ resolutions, origin: [west, north] }) {
    const last = resolutions.length - 2;
    const steps = resolutions.slice(1).map((fine, at) => resolutions[at] / fine);
    return {
      ...L.CRS.Earth,
      code: "EPSG:4490",
      projection: L.Projection.LonLat,
      transformation: new L.Transformation(1, -west, -1, north),
      scale(zoom) {
        const low = Math.max(0, Math.min(last, Math.floor(zoom)));
        return steps[low] ** (zoom - low) / resolutions[low];
      },
      zoom(scale) {
        let low = 0;
        while (low < last && scale * resolutions[low + 1] >= 1) low += 1;
        return low + Math.log(scale * resolutions[low]) / Math.log(steps[low]);
      },
    };
  }

  /** The key: from the page's address, or from what this computer remembers; never from the file. */
  function knownKey(told) {
    const said = new URLSearchParams(location.hash.slice(1)).get("key");
    // A browser writes a page's address into the file that it saves.
    if (said) history.replaceState(null, "", location.href.split("#")[0]);
    try {
      return said || localStorage.getItem(storeName(told)) || "";
    } catch {
      return said || "";
    }
  }

  function remember(told, key) {
    try {
      localStorage.setItem(storeName(told), key);
    } catch (error) {
      console.warn("the key cannot be remembered", error);
    }
  }

  function boxOf(chart, { x, y, z }, latitudeFirst) {
    const corner = (column, row) => {
      const at = chart.unproject([column * TILE_PX, row * TILE_PX], z);
      return chart.options.crs.project(at);
    };
    const [low, high] = [corner(x, y + 1), corner(x + 1, y)];
    const box = latitudeFirst ? [low.y, low.x, high.y, high.x] : [low.x, low.y, high.x, high.y];
    return box.join(",");
  }

  /** The address of a tile: Leaflet's own filling knows neither boxes nor keys. */
  function address(chart, url, coords, told, key) {
    const { x, y, z } = coords;
    const level = z + told.zoomOffset;
    const filled = {
      x,
      y,
      z: level,
      "-y": 2 ** level - 1 - y,
      s: told.subdomains[Math.abs(x + y) % told.subdomains.length],
      key: encodeURIComponent(key),
      bbox: url.includes("{bbox}") ? boxOf(chart, coords, told.latitudeFirst) : "",
    };
    return url.replace(/\{(-?\w+)\}/g, (whole, name) => filled[name] ?? whole);
  }

  function picture(source) {
    return new Promise((resolve, reject) => {
      const image = new Image();
      image.onload = () => resolve(image);
      image.onerror = () => reject(new Error("no tile"));
      image.src = source;
    });
  }

  const Tiles = L.GridLayer.extend({
    createTile(coords, done) {
      const tile = document.createElement("canvas");
      tile.width = tile.height = TILE_PX;
      const { told, key } = this.options;
      const wanted = told.urls.map((url) => picture(address(this._map, url, coords, told, key)));
      Promise.all(wanted).then(
        (pictures) => {
          const pen = tile.getContext("2d");
          for (const one of pictures) pen.drawImage(one, 0, 0, TILE_PX, TILE_PX);
          done(null, tile);
        },
        (error) => done(error, tile),
      );
      return tile;
    },
  });

  /** The corner that switches the tiles, says who made them, and asks for a key. */
  function cornerOf(told, element) {
    const corner = element("div", "tiles");
    const box = element("input");
    Object.assign(box, { type: "checkbox", checked: true, name: "tiles" });
    const label = element("label");
    label.append(box, element("span", "", told.name));
    const message = element("p");
    message.setAttribute("role", "status");
    const form = element("form");
    const key = element("input");
    Object.assign(key, { type: "password", autocomplete: "off", required: true });
    key.setAttribute("aria-label", told.words.key);
    const kept = element("input");
    kept.type = "checkbox";
    const keptLabel = element("label");
    keptLabel.append(kept, element("span", "", told.words.remember));
    form.append(key, element("button", "", told.words.use), keptLabel);
    form.hidden = true;
    corner.append(label, message, form, element("small", "", told.credit));
    L.DomEvent.disableClickPropagation(corner).disableScrollPropagation(corner);
    return { corner, box, message, form, key, kept };
  }

  function tiles(chart, layers, told, { element, seeThrough }) {
    const control = L.control({ position: "bottomright" });
    const parts = cornerOf(told, element);
    control.onAdd = () => parts.corner;
    control.addTo(chart);
    // Hidden and not taken away: what is put back would lie above everything.
    const ground = GROUND.flatMap((name) => layers[name]?.getLayers() ?? []).map((path) => {
      const { stroke, fill } = path.options;
      return { path, shown: { stroke, fill } };
    });
    const say = (word) => (parts.message.textContent = word ? told.words[word] : "");
    let layer = null;

    // The page's own base map stands until the first tile is there, and whenever none is.
    const standOn = (them) => {
      chart.getContainer().classList.toggle("tiled", them);
      seeThrough(them ? SEE_THROUGH : 1);
      for (const { path, shown } of ground) {
        path.setStyle(them ? { stroke: false, fill: false } : shown);
      }
    };
    const stop = () => {
      if (!layer) return;
      layer.remove();
      layer = null;
      standOn(false);
    };
    const begin = (key) => {
      stop();
      let came = false;
      const [minNativeZoom, maxNativeZoom] = told.zooms.map((zoom) => zoom - told.zoomOffset);
      const options = { told, key, minNativeZoom, maxNativeZoom, minZoom: -9, maxZoom: 99 };
      layer = new Tiles({ ...options, noWrap: true, className: told.grey ? "grey" : "" });
      layer.on("tileload", () => {
        if (!came) standOn(true);
        came = true;
        say("");
      });
      layer.on("tileerror", () => {
        if (came) return;
        say("unreachable");
        parts.form.hidden = !told.needsKey;
      });
      layer.addTo(chart);
    };
    const ask = () => {
      const key = knownKey(told);
      parts.form.hidden = Boolean(key) || !told.needsKey;
      if (key || !told.needsKey) begin(key);
      else say("waiting");
    };
    parts.box.addEventListener("change", () => {
      parts.form.hidden = true;
      say("");
      if (parts.box.checked) ask();
      else stop();
    });
    parts.form.addEventListener("submit", (event) => {
      event.preventDefault();
      const key = parts.key.value.trim();
      parts.key.value = "";
      parts.form.hidden = true;
      say("");
      if (parts.kept.checked) remember(told, key);
      begin(key);
    });
    ask();
  }

  /** Tiles in degrees want the whole map in degrees. */
  tiles.prepare = (chart, told) => {
    if (told.plate) chart.options.crs = plate(told.plate);
  };
  gridgis.modules.tiles = tiles;
}
