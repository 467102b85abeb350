/** The page of sensors, the most severe first; the value of a silent sensor is unknown, not zero. */
import { html } from "../../html.js";
import { lang, plural, t } from "../../i18n/index.js";
import { activeTab, now, openIncident, revision, second, store, wardName } from "../../state.js";
import { sensorSeverity, SEVERITY_RANK } from "../../store.js";
import { count, shortTime } from "../../format.js";
import { Maintenance } from "../frame/maintenance.js";
import { SeverityIcon } from "../queue/severity.js";

/** @typedef {import("../../store.js").Sensor} Sensor */

/** @param {Sensor} sensor */
const isUnknown = (sensor) => sensor.value === null;

/** The icon of the level in force; an unknown value is a hollow dashed ring, a normal one a small ring. @param {{sensor: Sensor}} props */
export function Gauge({ sensor }) {
  const level = sensorSeverity(sensor);
  if (level) return html`<${SeverityIcon} severity=${level} />`;
  const unknown = isUnknown(sensor);
  return html`<svg class=${`sign gauge ${unknown ? "unknown" : "well"}`} viewBox="-11 -11 22 22" role="img" aria-label=${t(unknown ? "sensor.unknown" : "sensor.well")}>
    <circle r=${unknown ? 8.4 : 4} />${unknown && html`<text y="3.9">?</text>`}</svg>`;
}

/** @param {Sensor} sensor */
const kindOf = (sensor) => (lang.value === "en" ? sensor.name_en : sensor.name_vi);
/** @param {Sensor} sensor */
const titleOf = (sensor) => (lang.value === "en" ? sensor.title_en : sensor.title_vi);

/** @param {{sensor: Sensor}} props */
export const Value = ({ sensor }) => html`<b class="value">${isUnknown(sensor) ? "—" : html`${count(sensor.value, lang.value)} <small>${sensor.measure}</small>`}</b>`;

/** @param {Sensor} sensor @param {number} at */
function statusText(sensor, at) {
  if (sensor.level > 0) return `${titleOf(sensor)}${sensor.since ? ` · ${t("sensor.since", { at: shortTime(sensor.since, at) })}` : ""}`;
  if (sensor.silent) return t("sensor.silent", { at: sensor.silent_since ? shortTime(sensor.silent_since, at) : "—" });
  return isUnknown(sensor) ? t("sensor.never") : t("sensor.well");
}

/** Return the threshold of the next level, or of the last. @param {Sensor} sensor */
function nextThreshold(sensor) {
  const next = sensor.thresholds.find((threshold) => threshold.level > sensor.level) ?? sensor.thresholds.at(-1);
  return next ? `${sensor.direction === "below" ? "≤" : "≥"} ${count(next.at, lang.value)}` : "";
}

/** @param {{sensor: Sensor, at: number}} props */
function SensorRow({ sensor, at }) {
  const incidentId = sensor.incident ?? sensor.silent_incident;
  return html`<li class=${`sensor ${sensorSeverity(sensor) ?? (isUnknown(sensor) ? "unknown" : "well")}`} data-sensor=${sensor.id}>
    <${Gauge} sensor=${sensor} />
    <div class="what"><span class="title">${sensor.name}</span><span class="where">${kindOf(sensor)}${sensor.ward ? ` · ${wardName(sensor.ward)}` : ""}</span></div>
    <span class="words">${statusText(sensor, at)}</span>
    <${Value} sensor=${sensor} />
    <span class="limit">${nextThreshold(sensor)}<small>${sensor.last_at ? shortTime(sensor.last_at, at) : ""}</small></span>
    <span class="go">${incidentId && html`<button data-incident=${incidentId} onClick=${() => openIncident(incidentId)}>${t("sensor.incident")}</button>`}</span>
  </li>`;
}

export function Sensors() {
  revision.value;
  second.value;
  const all = store.sensors();
  const at = now();
  const raised = all.filter((sensor) => sensor.level > 0).length;
  const unknown = all.filter(isUnknown).length;
  return html`<section class="page sensors-page" aria-label=${t("tab.sensors")}>
    <section class="panel list"><header><h2>${t("sensor.title")}</h2>
      <span class="key">${plural("sensor.raised", raised, { n: raised })} · ${plural("sensor.unheard", unknown, { n: unknown })} · ${plural("sensor.all", all.length, { n: all.length })}</span></header>
      <ol>${all.map((sensor) => html`<${SensorRow} key=${sensor.id} sensor=${sensor} at=${at} />`)}</ol>
      ${all.length === 0 && html`<p class="nothing">${t("sensor.none")}</p>`}</section>
    <${Maintenance} />
  </section>`;
}

/** @param {{raised: Sensor[]}} props */
const LevelCounts = ({ raised }) => html`<span class="more">${Object.keys(SEVERITY_RANK).map((severity) => {
  const n = raised.filter((sensor) => sensorSeverity(sensor) === severity).length;
  return n > 0 && html`<span key=${severity}><${SeverityIcon} severity=${severity} />${count(n, lang.value)}</span>`;
})}</span>`;

/** On the operations page, while a level is in force: the most severe sensor, and counts by severity. */
export function Strip() {
  revision.value;
  const raised = store.sensors().filter((sensor) => sensor.level > 0);
  if (raised.length === 0) return null;
  const [first] = raised;
  return html`<button class="panel strip" data-strip onClick=${() => (activeTab.value = "sensors")} aria-label=${t("sensor.title")}>
    <span class="reading"><${Gauge} sensor=${first} /><span class="name">${first.name}</span><${Value} sensor=${first} /><span class="title">${titleOf(first)}</span></span>
    ${raised.length > 1 && html`<${LevelCounts} raised=${raised} />`}
  </button>`;
}
