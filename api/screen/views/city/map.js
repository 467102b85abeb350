/** The map of wards and open incidents: the whole city, and its inner wards as an inset. */
import { html } from "../../html.js";
import { useEffect, useRef } from "../../vendor/hooks.js";
import { control, DivIcon, GeoJSON, LatLngBounds, Map as LeafletMap, Marker, Polyline, Rectangle } from "../../vendor/leaflet.js";
import { t } from "../../i18n/index.js";
import { filter, openedId, revision, selectedId, store } from "../../state.js";
import { SEVERITY_RANK } from "../../store.js";
import { createMarkers } from "./markers.js";
import { SeverityIcon } from "../queue/severity.js";

/** Bounds of the inner wards: a twentieth of the city, with most of its incidents. */
const CENTRE = new LatLngBounds([16.424, 107.522], [16.522, 107.655]);
/** Position of the river's name in the inset. @type {any} */
const RIVER_LABEL = [16.4365, 107.566];
/** Fill colour by the least number of overdue incidents in a ward. @type {[number, string][]} */
const SHADES = [[6, "#5A2F3B"], [3, "#45303A"], [1, "#353039"], [0, "#212932"]];
const BORDER = "#46535F";

/** @param {number} overdue */
const shadeOf = (overdue) => /** @type {[number, string]} */ (SHADES.find(([least]) => overdue >= least))[1];

const rem = () => parseFloat(getComputedStyle(document.documentElement).fontSize);

/** Select an incident and open its detail. @param {string} id */
function openIncident(id) {
  selectedId.value = id;
  openedId.value = id;
}

/** Filter by a ward, or no longer by it. @param {string} code */
const toggleWard = (code) => (filter.value = { ...filter.value, ward: filter.value.ward === code ? "" : code });

/** Create a text on the map; it is never parsed as markup. @param {string} text @param {string} className @param {any} at */
function createLabel(text, className, at) {
  const span = document.createElement("span");
  span.textContent = text;
  return new Marker(at, { interactive: false, keyboard: false, icon: new DivIcon({ className: `on-map ${className}`, html: span, iconSize: [0, 0] }) });
}

/** @param {HTMLElement} node @param {any} wards GeoJSON @param {any} landmarks @param {boolean} inset */
function createWardMap(node, wards, landmarks, inset) {
  const map = new LeafletMap(node, {
    preferCanvas: true, zoomSnap: 0, zoomDelta: 0.5, attributionControl: false, zoomControl: false, keyboard: false,
    dragging: !inset, scrollWheelZoom: !inset, doubleClickZoom: !inset, touchZoom: !inset, boxZoom: false, fadeAnimation: false,
  });
  const shapes = new GeoJSON(wards, {
    style: { color: BORDER, weight: rem() * 0.06, fillColor: shadeOf(0), fillOpacity: 1 },
    onEachFeature: (/** @type {any} */ feature, /** @type {any} */ layer) => layer.on("click", () => toggleWard(String(feature.id))),
  });
  const homeBounds = inset ? CENTRE : shapes.getBounds();
  /** The whole city is moved to the left: the inset covers the upper right corner, where the sea is. */
  const padding = () => (inset ? {} : { paddingTopLeft: [rem() * 0.4, rem() * 0.4], paddingBottomRight: [map.getSize().x * 0.11, rem() * 2] });
  const fit = () => map.invalidateSize({ animate: false }).fitBounds(homeBounds, { animate: false, ...padding() });
  fit();
  shapes.addTo(map);
  new Polyline(landmarks.river.map((/** @type {number[]} */ [lon, lat]) => [lat, lon]), { color: "#2F4A5C", weight: rem() * (inset ? 0.34 : 0.16), interactive: false }).addTo(map);
  const placeNames = createNames(map, shapes, inset);
  if (inset) createLabel(t("map.river"), "river", RIVER_LABEL).addTo(map);
  else {
    createLabel(t("map.sea"), "sea", [16.655, 107.66]).addTo(map);
    new Rectangle(CENTRE, { color: "#9FB0C0", weight: 1, fill: false, interactive: false, dashArray: "3 4" }).addTo(map);
    control.zoom({ position: "bottomright", zoomInTitle: t("map.closer"), zoomOutTitle: t("map.wider") }).addTo(map);
  }
  const markers = createMarkers(map, rem() * (inset ? 1.1 : 0.85), openIncident);
  let isDragged = false;
  map.on("dragend", () => (isDragged = true));
  new ResizeObserver(() => (isDragged ? map.invalidateSize() : fit(), placeNames())).observe(node);
  placeNames();
  return { shapes, markers, resetView: () => ((isDragged = false), fit()) };
}

/** Return the area of the city map that the inset covers, by its centre. @param {any} size */
const insetBox = (size) => ({ x: size.x * 0.81, y: size.y * 0.23, w: size.x * 0.38 + rem(), h: size.y * 0.46 + rem() });

/** Create the names of wards; a name is hidden where it would overlap that of a larger ward. Returns the function that places them. @param {any} map @param {any} shapes @param {boolean} inset */
function createNames(map, shapes, inset) {
  const size = (/** @type {any} */ layer) => layer.getBounds().getNorthEast().distanceTo(layer.getBounds().getSouthWest());
  const layers = shapes.getLayers().sort((/** @type {any} */ a, /** @type {any} */ b) => size(b) - size(a));
  const labels = layers.map((/** @type {any} */ layer) => {
    const text = layer.feature.properties.short_name;
    return { layer, text, marker: createLabel(text, "ward", layer.getBounds().getCenter()) };
  });
  const placeLabels = () => {
    // The title of the inset in its corner, and the river's name: no ward's name is written over them.
    const river = map.latLngToContainerPoint(RIVER_LABEL);
    const occupied = inset ? [{ x: 0, y: 0, w: rem() * 11, h: rem() * 3 }, { x: river.x, y: river.y, w: rem() * 5.6, h: rem() * 1.3 }] : [insetBox(map.getSize())];
    for (const { layer, text, marker } of labels) {
      const position = layer.getBounds().getCenter();
      const size = { w: text.length * rem() * 0.54, h: rem() * 1.3 };
      const centre = map.latLngToContainerPoint(position);
      const at = inset ? clampToMap(centre, size, map.getSize()) : centre;
      const box = { ...at, ...size };
      const isFree = !occupied.some((area) => 2 * Math.abs(area.x - box.x) < area.w + box.w && 2 * Math.abs(area.y - box.y) < area.h + box.h);
      const isHidden = inset ? !isVisible(centre, map.getSize()) : CENTRE.contains(position) && map.getZoom() < 11.5;
      marker.remove();
      if (!isFree || isHidden) continue;
      occupied.push(box);
      marker.setLatLng(map.containerPointToLatLng([at.x, at.y])).addTo(map);
    }
  };
  map.on("zoomend", placeLabels);
  return placeLabels;
}

/** True for a point within the map or a little outside of it. @param {any} at @param {any} mapSize */
const isVisible = (at, mapSize) => at.x > -mapSize.x * 0.1 && at.y > -mapSize.y * 0.1 && at.x < mapSize.x * 1.1 && at.y < mapSize.y * 1.1;

/** Return the nearest position at which the whole name is visible. @param {any} at @param {{w: number, h: number}} size @param {any} mapSize */
const clampToMap = (at, size, mapSize) => ({
  x: Math.max(size.w / 2 + 4, Math.min(at.x, mapSize.x - size.w / 2 - 4)),
  y: Math.max(size.h / 2, Math.min(at.y, mapSize.y - size.h / 2)),
});

/** @param {any} view @param {Map<string, import("../../store.js").WardCount>} counts @param {string} ward */
function paintWards(view, counts, ward) {
  view.shapes.eachLayer((/** @type {any} */ layer) => {
    const code = String(layer.feature.id);
    const fillColor = shadeOf(counts.get(code)?.overdue ?? 0);
    const isSelected = code === ward;
    if (layer.paintedStyle === `${fillColor}${isSelected}`) return;
    layer.paintedStyle = `${fillColor}${isSelected}`;
    layer.setStyle({ fillColor, color: isSelected ? "#E6EDF3" : BORDER, weight: rem() * (isSelected ? 0.14 : 0.06) });
    if (isSelected) layer.bringToFront();
  });
}

/** @param {string} path */
const loadJson = async (path) => (await fetch(path)).json();

export function WardMap() {
  const cityBox = useRef(/** @type {any} */ (null));
  const centreBox = useRef(/** @type {any} */ (null));
  const views = useRef(/** @type {any[]} */ ([]));
  const draw = () => {
    const open = store.open();
    for (const view of views.current) {
      paintWards(view, store.wards(), filter.value.ward);
      view.markers.show(open, selectedId.value);
    }
  };
  useEffect(() => {
    Promise.all([loadJson("map"), loadJson("screen/data/landmarks.json")]).then(([wards, landmarks]) => {
      views.current = [createWardMap(cityBox.current, wards, landmarks, false), createWardMap(centreBox.current, wards, landmarks, true)];
      draw();
    });
  }, []);
  useEffect(draw, [revision.value, selectedId.value, filter.value.ward]);
  return html`<section class="panel map" aria-label=${t("map.region")}>
    <div class="whole" ref=${cityBox}></div>
    <figure class="heart"><div ref=${centreBox}></div><figcaption>${t("map.heart")}</figcaption></figure>
    <${Legend} onReset=${() => views.current[0]?.resetView()} />
  </section>`;
}

/** @param {{onReset: () => void}} props */
const Legend = ({ onReset }) => html`<aside class="legend">
  ${Object.keys(SEVERITY_RANK).map((severity) => html`<span key=${severity}><${SeverityIcon} severity=${severity} />${t(`severity.${severity}`)}</span>`)}
  <span class="scale">${[...SHADES].reverse().map(([least, colour]) => html`<i key=${colour} style=${{ background: colour }}>${least}</i>`)}
    ${t("map.overdue")}</span>
  <button onClick=${onReset} title=${t("map.home")} aria-label=${t("map.home")}>⤢</button>
</aside>`;
