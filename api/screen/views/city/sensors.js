/** What is measured: the gravest first. A sensor nobody hears is unknown, not at zero. */
import { html } from "../../html.js";
import { lang, plural, t } from "../../i18n/index.js";
import { now, place, revision, second, show, store, wardName } from "../../state.js";
import { gravity, RANK } from "../../store.js";
import { count, moment } from "../../format.js";
import { Maintenance } from "../frame/maintenance.js";
import { Sign } from "../queue/severity.js";

/** @typedef {import("../../store.js").Sensor} Sensor */

/** @param {Sensor} one */
const isUnknown = (one) => one.value === null;

/** The level as a severity's sign; unknown is hollow and dashed; all is well is a small ring. @param {{one: Sensor}} props */
export function Gauge({ one }) {
  const level = gravity(one);
  if (level) return html`<${Sign} severity=${level} />`;
  const unknown = isUnknown(one);
  return html`<svg class=${`sign gauge ${unknown ? "unknown" : "well"}`} viewBox="-11 -11 22 22" role="img" aria-label=${t(unknown ? "sensor.unknown" : "sensor.well")}>
    <circle r=${unknown ? 8.4 : 4} />${unknown && html`<text y="3.9">?</text>`}</svg>`;
}

/** @param {Sensor} one */
const kindOf = (one) => (lang.value === "en" ? one.name_en : one.name_vi);
/** @param {Sensor} one */
const titleOf = (one) => (lang.value === "en" ? one.title_en : one.title_vi);

/** @param {{one: Sensor}} props */
export const Value = ({ one }) => html`<b class="value">${isUnknown(one) ? "—" : html`${count(one.value, lang.value)} <small>${one.measure}</small>`}</b>`;

/** @param {Sensor} one @param {number} at */
function words(one, at) {
  if (one.level > 0) return `${titleOf(one)}${one.since ? ` · ${t("sensor.since", { at: moment(one.since, at) })}` : ""}`;
  if (one.silent) return t("sensor.silent", { at: one.silent_since ? moment(one.silent_since, at) : "—" });
  return isUnknown(one) ? t("sensor.never") : t("sensor.well");
}

/** The next level, which is not in force yet, or the last. @param {Sensor} one */
function limit(one) {
  const next = one.thresholds.find((each) => each.level > one.level) ?? one.thresholds.at(-1);
  return next ? `${one.direction === "below" ? "≤" : "≥"} ${count(next.at, lang.value)}` : "";
}

/** @param {{one: Sensor, at: number}} props */
function Row({ one, at }) {
  const incident = one.incident ?? one.silent_incident;
  return html`<li class=${`sensor ${gravity(one) ?? (isUnknown(one) ? "unknown" : "well")}`} data-sensor=${one.id}>
    <${Gauge} one=${one} />
    <div class="what"><span class="title">${one.name}</span><span class="where">${kindOf(one)}${one.ward ? ` · ${wardName(one.ward)}` : ""}</span></div>
    <span class="words">${words(one, at)}</span>
    <${Value} one=${one} />
    <span class="limit">${limit(one)}<small>${one.last_at ? moment(one.last_at, at) : ""}</small></span>
    <span class="go">${incident && html`<button data-incident=${incident} onClick=${() => show(incident)}>${t("sensor.incident")}</button>`}</span>
  </li>`;
}

export function Sensors() {
  revision.value;
  second.value;
  const all = store.sensors();
  const at = now();
  const raised = all.filter((one) => one.level > 0).length;
  const unknown = all.filter(isUnknown).length;
  return html`<section class="page sensors-page" aria-label=${t("tab.sensors")}>
    <section class="panel list"><header><h2>${t("sensor.title")}</h2>
      <span class="key">${plural("sensor.raised", raised, { n: raised })} · ${plural("sensor.unheard", unknown, { n: unknown })} · ${plural("sensor.all", all.length, { n: all.length })}</span></header>
      <ol>${all.map((one) => html`<${Row} key=${one.id} one=${one} at=${at} />`)}</ol>
      ${all.length === 0 && html`<p class="nothing">${t("sensor.none")}</p>`}</section>
    <${Maintenance} />
  </section>`;
}

/** @param {{raised: Sensor[]}} props */
const Others = ({ raised }) => html`<span class="more">${Object.keys(RANK).map((severity) => {
  const n = raised.filter((one) => gravity(one) === severity).length;
  return n > 0 && html`<span key=${severity}><${Sign} severity=${severity} />${count(n, lang.value)}</span>`;
})}</span>`;

/** On the operations view, while a level is in force: the gravest, and how many there are of each gravity. */
export function Strip() {
  revision.value;
  const raised = store.sensors().filter((one) => one.level > 0);
  if (raised.length === 0) return null;
  const [first] = raised;
  return html`<button class="panel strip" data-strip onClick=${() => (place.value = "sensors")} aria-label=${t("sensor.title")}>
    <span class="reading"><${Gauge} one=${first} /><span class="name">${first.name}</span><${Value} one=${first} /><span class="title">${titleOf(first)}</span></span>
    ${raised.length > 1 && html`<${Others} raised=${raised} />`}
  </button>`;
}
