/** The figures of each unit, service or ward; the worst first unless sorted by a column. */
import { html } from "../../html.js";
import { signal } from "../../vendor/signals.js";
import { lang, t } from "../../i18n/index.js";
import { serviceName, unitName, wardName } from "../../state.js";
import { COLUMNS, figureRows } from "../../periods.js";
import { figuresQuery, updateFiguresQuery } from "../../figures_query.js";
import { count, percent } from "../../format.js";
import { durationOf } from "./figure_cards.js";

/** @type {import("../../periods.js").Dimension[]} */
const DIMENSIONS = ["unit", "service", "ward"];
const RATES = new Set(["on_time", "satisfaction", "reopen"]);
const DURATIONS = new Set(["p50", "p90"]);
const sortOrder = signal(/** @type {import("../../periods.js").SortOrder} */ (null));

/** @param {string} code */
function nameOf(code) {
  const name = { unit: unitName, service: serviceName, ward: wardName }[figuresQuery.value.by](code);
  return name || t(figuresQuery.value.by === "ward" ? "queue.no_ward" : "queue.no_unit");
}

/** Sort by a column: descending, ascending, then the worst first again. @param {string} column */
function toggleSort(column) {
  const current = sortOrder.value;
  if (current?.column !== column) sortOrder.value = { column, descending: column !== "name" };
  else sortOrder.value = current.descending === (column !== "name") ? { column, descending: !current.descending } : null;
}

/** @param {string} column @param {number|null} value */
function cellText(column, value) {
  if (DURATIONS.has(column)) return durationOf(value);
  return RATES.has(column) ? percent(value, lang.value) : count(value, lang.value);
}

/** @param {string} column */
const ariaSort = (column) => (sortOrder.value?.column !== column ? "none" : sortOrder.value.descending ? "descending" : "ascending");

/** @param {{column: string}} props */
const ColumnHeader = ({ column }) => html`<th aria-sort=${ariaSort(column)}><button data-sort=${column} onClick=${() => toggleSort(column)}>
  ${t(`column.${column}`)}${ariaSort(column) === "none" ? "" : ariaSort(column) === "descending" ? " ▼" : " ▲"}</button></th>`;

/** @param {{groups: Record<string, any>}} props */
export function FigureTable({ groups }) {
  const rows = figureRows(groups, nameOf, sortOrder.value, lang.value);
  return html`<section class="panel grouped" aria-label=${t("column.region")}>
    <header class="bar">${DIMENSIONS.map((dimension) => html`<button key=${dimension} data-side=${dimension} aria-pressed=${figuresQuery.value.by === dimension} onClick=${() => updateFiguresQuery({ by: dimension })}>${t(`side.${dimension}`)}</button>`)}
      ${figuresQuery.value.by === "unit" && html`<label class="check"><input type="checkbox" checked=${figuresQuery.value.below} onChange=${(/** @type {any} */ e) => updateFiguresQuery({ below: e.currentTarget.checked })} /> ${t("side.below")}</label>`}
      <span class="space"></span><span class="small">${sortOrder.value === null ? t("column.worst") : ""}</span></header>
    <div class="scrolled"><table data-table="groups"><thead><tr><${ColumnHeader} column="name" />${Object.keys(COLUMNS).map((column) => html`<${ColumnHeader} key=${column} column=${column} />`)}</tr></thead>
      <tbody>${rows.map((row) => html`<tr key=${row.code} data-code=${row.code}><th>${row.name}</th>${Object.entries(COLUMNS).map(([column, value]) =>
        html`<td key=${column} class=${column === "overdue" && value(row.figures) ? "late" : ""}>${cellText(column, value(row.figures))}</td>`)}</tr>`)}</tbody></table>
      ${rows.length === 0 && html`<p class="nothing">${t("column.none")}</p>`}</div>
  </section>`;
}
