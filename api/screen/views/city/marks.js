/** Incidents as points on a map's canvas: the same shapes as in the queue, the gravest on top. */
import { Canvas, CircleMarker } from "../../vendor/leaflet.js";
import { RANK } from "../../store.js";
import { SHAPES } from "../queue/severity.js";

/** @type {Record<string, {color: string, fill: string, size: number}>} */
const LOOK = {
  critical: { color: "#14181D", fill: "#FF3B5C", size: 0.52 },
  high: { color: "#14181D", fill: "#FF9F1C", size: 0.4 },
  medium: { color: "#B8AE5A", fill: "#14181D", size: 0.26 },
  low: { color: "#5E8798", fill: "#14181D", size: 0.2 },
};

/** @param {CanvasRenderingContext2D} ink @param {number[][]} corners @param {any} at @param {number} size */
function outline(ink, corners, at, size) {
  ink.beginPath();
  if (!corners.length) ink.arc(at.x, at.y, size, 0, 2 * Math.PI);
  corners.forEach(([x, y], i) => ink[i ? "lineTo" : "moveTo"](at.x + (x * size) / 9, at.y + (y * size) / 9));
  ink.closePath();
}

/** @param {CanvasRenderingContext2D} ink @param {any} at @param {number} radius */
function ring(ink, at, radius) {
  ink.beginPath();
  ink.arc(at.x, at.y, radius, 0, 2 * Math.PI);
  ink.strokeStyle = "#E6EDF3";
  ink.lineWidth = radius * 0.16;
  ink.stroke();
}

/** A Leaflet circle for the hit test, drawn as a severity's shape. */
const Mark = CircleMarker.extend({
  _updatePath() {
    const canvas = this._renderer;
    if (!canvas._drawing || this._empty()) return;
    const ink = canvas._ctx;
    const look = LOOK[this.options.severity];
    outline(ink, SHAPES[this.options.severity], this._point, this._radius);
    ink.fillStyle = look.fill;
    ink.strokeStyle = look.color;
    ink.lineWidth = Math.max(1, this._radius * 0.2);
    ink.fill();
    ink.stroke();
    if (this.options.chosen) ring(ink, this._point, this._radius * 2.2 + 6);
  },
});

/** Where an incident is marked, or nowhere when nobody said. @param {import("../../store.js").Incident} one @returns {any} */
const place = (one) => (one.lat === null || one.lon === null ? null : [one.lat, one.lon]);

/** What the map shows of an incident: as long as it is the same, its mark stays. @param {import("../../store.js").Incident} one */
const lookOf = (one) => `${one.lat},${one.lon},${one.severity}`;

/** @param {any} map @param {number} rem @param {(id: string) => void} choose */
export function createMarks(map, rem, choose) {
  const canvas = new Canvas({ padding: 0.1, pane: "markerPane" });
  /** @type {Map<string, {mark: any, look: string}>} */
  const drawn = new Map();
  let chosen = /** @type {string|null} */ (null);
  let scale = 1;

  /** @param {import("../../store.js").Incident} one */
  function add(one) {
    const look = LOOK[one.severity];
    const radius = Math.max(3, look.size * rem * scale);
    const mark = new Mark(place(one), { renderer: canvas, radius, severity: one.severity, chosen: one.id === chosen });
    mark.on("click", (/** @type {any} */ event) => {
      event.originalEvent.stopPropagation();
      choose(one.id);
    });
    drawn.set(one.id, { mark: mark.addTo(map), look: lookOf(one) });
  }

  /** @param {string} id */
  function drop(id) {
    drawn.get(id)?.mark.remove();
    drawn.delete(id);
  }

  /** In a flood the marks shrink, in steps, so that the map is not one red spot. @param {number} open */
  function resize(open) {
    const fitting = open > 3000 ? 0.55 : open > 1200 ? 0.7 : open > 600 ? 0.85 : 1;
    if (fitting === scale) return;
    scale = fitting;
    [...drawn.keys()].forEach(drop);
  }

  /** Redraw what a new choice changes. @param {string|null} id */
  function choice(id) {
    if (id === chosen) return;
    const before = chosen;
    chosen = id;
    for (const each of [before, id]) {
      const held = each === null ? undefined : drawn.get(each);
      if (held) held.mark.setStyle({ chosen: each === chosen });
    }
  }

  /** @param {import("../../store.js").Incident[]} open the gravest first @param {string|null} selected */
  function show(open, selected) {
    resize(open.length);
    const wanted = new Map(open.filter(place).map((one) => [one.id, one]));
    for (const [id, held] of [...drawn]) {
      const one = wanted.get(id);
      if (!one || lookOf(one) !== held.look) drop(id);
    }
    const fresh = [...wanted.values()].filter((one) => !drawn.has(one.id)).reverse();
    fresh.forEach(add);
    // What is added is drawn on top; a low one among them must not hide what was there.
    if (fresh.some((one) => RANK[one.severity] > 0)) {
      const grave = open.filter((one) => RANK[one.severity] < 2).reverse();
      for (const one of grave.slice(-400)) drawn.get(one.id)?.mark.bringToFront();
    }
    choice(selected);
  }

  return { show };
}
