/** Markers of incidents on a map's canvas: the shapes of the queue, the most severe on top. */
import { Canvas, CircleMarker } from "../../vendor/leaflet.js";
import { SEVERITY_RANK } from "../../store.js";
import { SHAPES } from "../queue/severity.js";

/** @type {Record<string, {color: string, fill: string, size: number}>} */
const STYLE = {
  critical: { color: "#14181D", fill: "#FF3B5C", size: 0.52 },
  high: { color: "#14181D", fill: "#FF9F1C", size: 0.4 },
  medium: { color: "#B8AE5A", fill: "#14181D", size: 0.26 },
  low: { color: "#5E8798", fill: "#14181D", size: 0.2 },
};

/** @param {CanvasRenderingContext2D} ink @param {number[][]} corners @param {any} at @param {number} size */
function drawOutline(ink, corners, at, size) {
  ink.beginPath();
  if (!corners.length) ink.arc(at.x, at.y, size, 0, 2 * Math.PI);
  corners.forEach(([x, y], i) => ink[i ? "lineTo" : "moveTo"](at.x + (x * size) / 9, at.y + (y * size) / 9));
  ink.closePath();
}

/** @param {CanvasRenderingContext2D} ink @param {any} at @param {number} radius */
function drawRing(ink, at, radius) {
  ink.beginPath();
  ink.arc(at.x, at.y, radius, 0, 2 * Math.PI);
  ink.strokeStyle = "#E6EDF3";
  ink.lineWidth = radius * 0.16;
  ink.stroke();
}

/** A Leaflet circle, for its hit test, drawn as the shape of a severity. */
const SeverityMarker = CircleMarker.extend({
  _updatePath() {
    const canvas = this._renderer;
    if (!canvas._drawing || this._empty()) return;
    const ink = canvas._ctx;
    const style = STYLE[this.options.severity];
    drawOutline(ink, SHAPES[this.options.severity], this._point, this._radius);
    ink.fillStyle = style.fill;
    ink.strokeStyle = style.color;
    ink.lineWidth = Math.max(1, this._radius * 0.2);
    ink.fill();
    ink.stroke();
    if (this.options.isSelected) drawRing(ink, this._point, this._radius * 2.2 + 6);
  },
});

/** Return the position of an incident; null when it is unknown. @param {import("../../store.js").Incident} incident @returns {any} */
const positionOf = (incident) => (incident.lat === null || incident.lon === null ? null : [incident.lat, incident.lon]);

/** Return what a marker shows of an incident; the marker is drawn again only when it changes. @param {import("../../store.js").Incident} incident */
const signatureOf = (incident) => `${incident.lat},${incident.lon},${incident.severity}`;

/** Create the markers of a map. @param {any} map @param {number} rem @param {(id: string) => void} onClick */
export function createMarkers(map, rem, onClick) {
  const canvas = new Canvas({ padding: 0.1, pane: "markerPane" });
  /** @type {Map<string, {marker: any, signature: string}>} */
  const drawn = new Map();
  let selectedId = /** @type {string|null} */ (null);
  let scale = 1;

  /** @param {import("../../store.js").Incident} incident */
  function add(incident) {
    const radius = Math.max(3, STYLE[incident.severity].size * rem * scale);
    const marker = new SeverityMarker(positionOf(incident), { renderer: canvas, radius, severity: incident.severity, isSelected: incident.id === selectedId });
    marker.on("click", (/** @type {any} */ event) => {
      event.originalEvent.stopPropagation();
      onClick(incident.id);
    });
    drawn.set(incident.id, { marker: marker.addTo(map), signature: signatureOf(incident) });
  }

  /** @param {string} id */
  function remove(id) {
    drawn.get(id)?.marker.remove();
    drawn.delete(id);
  }

  /** Shrink the markers, in steps, when there are many of them: the map must not be one red spot. @param {number} open */
  function resize(open) {
    const nextScale = open > 3000 ? 0.55 : open > 1200 ? 0.7 : open > 600 ? 0.85 : 1;
    if (nextScale === scale) return;
    scale = nextScale;
    [...drawn.keys()].forEach(remove);
  }

  /** Select a marker, and redraw it and the one selected before. @param {string|null} id */
  function select(id) {
    if (id === selectedId) return;
    const before = selectedId;
    selectedId = id;
    for (const changedId of [before, id]) {
      const entry = changedId === null ? undefined : drawn.get(changedId);
      if (entry) entry.marker.setStyle({ isSelected: changedId === selectedId });
    }
  }

  /** @param {import("../../store.js").Incident[]} open the most urgent first @param {string|null} selected */
  function show(open, selected) {
    resize(open.length);
    const visible = new Map(open.filter(positionOf).map((incident) => [incident.id, incident]));
    for (const [id, entry] of [...drawn]) {
      const incident = visible.get(id);
      if (!incident || signatureOf(incident) !== entry.signature) remove(id);
    }
    const added = [...visible.values()].filter((incident) => !drawn.has(incident.id)).reverse();
    added.forEach(add);
    // A new marker is drawn on top, but one of low severity must not hide a severe one.
    if (added.some((incident) => SEVERITY_RANK[incident.severity] > 0)) {
      const severe = open.filter((incident) => SEVERITY_RANK[incident.severity] < 2).reverse();
      for (const incident of severe.slice(-400)) drawn.get(incident.id)?.marker.bringToFront();
    }
    select(selected);
  }

  return { show };
}
