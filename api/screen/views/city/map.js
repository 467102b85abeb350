/** The wards and what is open in them: the whole city, and its crowded heart as an inset. */
import { html } from "../../html.js";
import { useEffect, useRef } from "../../vendor/hooks.js";
import { DivIcon, GeoJSON, Map as LeafletMap, Marker, Polyline, Rectangle, LatLngBounds, control } from "../../vendor/leaflet.js";
import { t } from "../../i18n/index.js";
import { filter, opened, revision, selected, store } from "../../state.js";
import { RANK } from "../../store.js";
import { createMarks } from "./marks.js";
import { Sign } from "../queue/severity.js";

/** The inner wards, a twentieth of the city and most of its incidents. */
const HEART = new LatLngBounds([16.424, 107.522], [16.522, 107.655]);
/** Where the river's name stands in the inset. @type {any} */
const RIVER = [16.4365, 107.566];
/** Open overdue in a ward: from nothing to many, quietly. @type {[number, string][]} */
const SHADES = [[6, "#5A2F3B"], [3, "#45303A"], [1, "#353039"], [0, "#212932"]];
const BORDER = "#46535F";

/** @param {number} overdue */
const shade = (overdue) => /** @type {[number, string]} */ (SHADES.find(([least]) => overdue >= least))[1];

const rem = () => parseFloat(getComputedStyle(document.documentElement).fontSize);

/** @param {string} id */
function choose(id) {
  selected.value = id;
  opened.value = id;
}

/** @param {string} code */
const narrow = (code) => (filter.value = { ...filter.value, ward: filter.value.ward === code ? "" : code });

/** Text written over the map; never markup from outside. @param {string} text @param {string} kind @param {any} at */
function label(text, kind, at) {
  const span = document.createElement("span");
  span.textContent = text;
  return new Marker(at, { interactive: false, keyboard: false, icon: new DivIcon({ className: `on-map ${kind}`, html: span, iconSize: [0, 0] }) });
}

/** @param {HTMLElement} node @param {any} wards GeoJSON @param {any} landmarks @param {boolean} inset */
function createWardMap(node, wards, landmarks, inset) {
  const map = new LeafletMap(node, {
    preferCanvas: true, zoomSnap: 0, zoomDelta: 0.5, attributionControl: false, zoomControl: false, keyboard: false,
    dragging: !inset, scrollWheelZoom: !inset, doubleClickZoom: !inset, touchZoom: !inset, boxZoom: false, fadeAnimation: false,
  });
  const shapes = new GeoJSON(wards, {
    style: { color: BORDER, weight: rem() * 0.06, fillColor: shade(0), fillOpacity: 1 },
    onEachFeature: (/** @type {any} */ feature, /** @type {any} */ layer) => layer.on("click", () => narrow(String(feature.id))),
  });
  const home = inset ? HEART : shapes.getBounds();
  /** The whole city stands to the left: the inset covers the sea in the upper right corner. */
  const margins = () => (inset ? {} : { paddingTopLeft: [rem() * 0.4, rem() * 0.4], paddingBottomRight: [map.getSize().x * 0.11, rem() * 2] });
  const fit = () => map.invalidateSize({ animate: false }).fitBounds(home, { animate: false, ...margins() });
  fit();
  shapes.addTo(map);
  new Polyline(landmarks.river.map((/** @type {number[]} */ [lon, lat]) => [lat, lon]), { color: "#2F4A5C", weight: rem() * (inset ? 0.34 : 0.16), interactive: false }).addTo(map);
  const names = createNames(map, shapes, inset);
  if (inset) label(t("map.river"), "river", RIVER).addTo(map);
  else {
    label(t("map.sea"), "sea", [16.655, 107.66]).addTo(map);
    new Rectangle(HEART, { color: "#9FB0C0", weight: 1, fill: false, interactive: false, dashArray: "3 4" }).addTo(map);
    control.zoom({ position: "bottomright", zoomInTitle: t("map.closer"), zoomOutTitle: t("map.wider") }).addTo(map);
  }
  const marks = createMarks(map, rem() * (inset ? 1.1 : 0.85), choose);
  let moved = false;
  map.on("dragend", () => (moved = true));
  new ResizeObserver(() => (moved ? map.invalidateSize() : fit(), names())).observe(node);
  names();
  return { shapes, marks, home: () => ((moved = false), fit()) };
}

/** What the inset covers of the whole city, by its middle. @param {any} size */
const under = (size) => ({ x: size.x * 0.81, y: size.y * 0.23, w: size.x * 0.38 + rem(), h: size.y * 0.46 + rem() });

/** Names stand where no larger ward's name stands already. @param {any} map @param {any} shapes @param {boolean} inset */
function createNames(map, shapes, inset) {
  const size = (/** @type {any} */ layer) => layer.getBounds().getNorthEast().distanceTo(layer.getBounds().getSouthWest());
  const layers = shapes.getLayers().sort((/** @type {any} */ a, /** @type {any} */ b) => size(b) - size(a));
  const labels = layers.map((/** @type {any} */ layer) => {
    const text = layer.feature.properties.short_name;
    return { layer, text, mark: label(text, "ward", layer.getBounds().getCenter()) };
  });
  const place = () => {
    // The inset's own name stands in its corner, and the river's in the river; no ward's name is written over them.
    const river = map.latLngToContainerPoint(RIVER);
    const taken = inset ? [{ x: 0, y: 0, w: rem() * 11, h: rem() * 3 }, { x: river.x, y: river.y, w: rem() * 5.6, h: rem() * 1.3 }] : [under(map.getSize())];
    for (const { layer, text, mark } of labels) {
      const middle = layer.getBounds().getCenter();
      const size = { w: text.length * rem() * 0.54, h: rem() * 1.3 };
      const centre = map.latLngToContainerPoint(middle);
      const at = inset ? inside(centre, size, map.getSize()) : centre;
      const box = { ...at, ...size };
      const free = !taken.some((other) => 2 * Math.abs(other.x - box.x) < other.w + box.w && 2 * Math.abs(other.y - box.y) < other.h + box.h);
      const covered = inset ? !seen(centre, map.getSize()) : HEART.contains(middle) && map.getZoom() < 11.5;
      mark.remove();
      if (!free || covered) continue;
      taken.push(box);
      mark.setLatLng(map.containerPointToLatLng([at.x, at.y])).addTo(map);
    }
  };
  map.on("zoomend", place);
  return place;
}

/** Within the map or but a little outside of it. @param {any} at @param {any} map */
const seen = (at, map) => at.x > -map.x * 0.1 && at.y > -map.y * 0.1 && at.x < map.x * 1.1 && at.y < map.y * 1.1;

/** The nearest place where the whole name is seen. @param {any} at @param {{w: number, h: number}} size @param {any} map */
const inside = (at, size, map) => ({
  x: Math.max(size.w / 2 + 4, Math.min(at.x, map.x - size.w / 2 - 4)),
  y: Math.max(size.h / 2, Math.min(at.y, map.y - size.h / 2)),
});

/** @param {any} view @param {Map<string, import("../../store.js").Count>} counts @param {string} ward */
function paint(view, counts, ward) {
  view.shapes.eachLayer((/** @type {any} */ layer) => {
    const code = String(layer.feature.id);
    const fillColor = shade(counts.get(code)?.overdue ?? 0);
    const chosen = code === ward;
    if (layer.shown === `${fillColor}${chosen}`) return;
    layer.shown = `${fillColor}${chosen}`;
    layer.setStyle({ fillColor, color: chosen ? "#E6EDF3" : BORDER, weight: rem() * (chosen ? 0.14 : 0.06) });
    if (chosen) layer.bringToFront();
  });
}

/** @param {string} path */
const load = async (path) => (await fetch(path)).json();

export function WardMap() {
  const whole = useRef(/** @type {any} */ (null));
  const heart = useRef(/** @type {any} */ (null));
  const views = useRef(/** @type {any[]} */ ([]));
  const draw = () => {
    const open = store.open();
    for (const view of views.current) {
      paint(view, store.wards(), filter.value.ward);
      view.marks.show(open, selected.value);
    }
  };
  useEffect(() => {
    Promise.all([load("map"), load("screen/data/landmarks.json")]).then(([wards, landmarks]) => {
      views.current = [createWardMap(whole.current, wards, landmarks, false), createWardMap(heart.current, wards, landmarks, true)];
      draw();
    });
  }, []);
  useEffect(draw, [revision.value, selected.value, filter.value.ward]);
  return html`<section class="panel map" aria-label=${t("map.region")}>
    <div class="whole" ref=${whole}></div>
    <figure class="heart"><div ref=${heart}></div><figcaption>${t("map.heart")}</figcaption></figure>
    <${Legend} home=${() => views.current[0]?.home()} />
  </section>`;
}

/** @param {{home: () => void}} props */
const Legend = ({ home }) => html`<aside class="legend">
  ${Object.keys(RANK).map((severity) => html`<span key=${severity}><${Sign} severity=${severity} />${t(`severity.${severity}`)}</span>`)}
  <span class="scale">${[...SHADES].reverse().map(([least, colour]) => html`<i key=${colour} style=${{ background: colour }}>${least}</i>`)}
    ${t("map.overdue")}</span>
  <button onClick=${home} title=${t("map.home")} aria-label=${t("map.home")}>⤢</button>
</aside>`;
