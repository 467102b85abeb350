/** The same figures of each unit, service or ward: the worst first, unless another order is asked for. */
import { html } from "../../html.js";
import { signal } from "../../vendor/signals.js";
import { lang, t } from "../../i18n/index.js";
import { serviceName, unitName, wardName } from "../../state.js";
import { COLUMNS, lines } from "../../periods.js";
import { asked, put } from "../../figures_query.js";
import { count, percent } from "../../format.js";
import { span } from "./figure_cards.js";

/** @type {import("../../periods.js").Side[]} */
const SIDES = ["unit", "service", "ward"];
const RATES = new Set(["on_time", "satisfaction", "reopen"]);
const SPANS = new Set(["p50", "p90"]);
const sorting = signal(/** @type {import("../../periods.js").Sorting} */ (null));

/** @param {string} code */
function nameOf(code) {
  const name = { unit: unitName, service: serviceName, ward: wardName }[asked.value.by](code);
  return name || t(asked.value.by === "ward" ? "queue.no_ward" : "queue.no_unit");
}

/** Down, up, and back to the worst first. @param {string} column */
function turn(column) {
  const now = sorting.value;
  if (now?.column !== column) sorting.value = { column, down: column !== "name" };
  else sorting.value = now.down === (column !== "name") ? { column, down: !now.down } : null;
}

/** @param {string} column @param {number|null} value */
function shown(column, value) {
  if (SPANS.has(column)) return span(value);
  return RATES.has(column) ? percent(value, lang.value) : count(value, lang.value);
}

/** @param {string} column */
const order = (column) => (sorting.value?.column !== column ? "none" : sorting.value.down ? "descending" : "ascending");

/** @param {{column: string}} props */
const Head = ({ column }) => html`<th aria-sort=${order(column)}><button data-sort=${column} onClick=${() => turn(column)}>
  ${t(`column.${column}`)}${order(column) === "none" ? "" : order(column) === "descending" ? " ▼" : " ▲"}</button></th>`;

/** @param {{groups: Record<string, any>}} props */
export function FigureTable({ groups }) {
  const all = lines(groups, nameOf, sorting.value, lang.value);
  return html`<section class="panel grouped" aria-label=${t("column.region")}>
    <header class="bar">${SIDES.map((side) => html`<button key=${side} data-side=${side} aria-pressed=${asked.value.by === side} onClick=${() => put({ by: side })}>${t(`side.${side}`)}</button>`)}
      ${asked.value.by === "unit" && html`<label class="check"><input type="checkbox" checked=${asked.value.below} onChange=${(/** @type {any} */ e) => put({ below: e.currentTarget.checked })} /> ${t("side.below")}</label>`}
      <span class="space"></span><span class="small">${sorting.value === null ? t("column.worst") : ""}</span></header>
    <div class="scrolled"><table data-table="groups"><thead><tr><${Head} column="name" />${Object.keys(COLUMNS).map((column) => html`<${Head} key=${column} column=${column} />`)}</tr></thead>
      <tbody>${all.map((line) => html`<tr key=${line.code} data-code=${line.code}><th>${line.name}</th>${Object.entries(COLUMNS).map(([column, value]) =>
        html`<td key=${column} class=${column === "overdue" && value(line.figures) ? "late" : ""}>${shown(column, value(line.figures))}</td>`)}</tr>`)}</tbody></table>
      ${all.length === 0 && html`<p class="nothing">${t("column.none")}</p>`}</div>
  </section>`;
}
