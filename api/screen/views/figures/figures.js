/** The figures page: a period, its totals, and a table by unit, service or ward. */
import { html } from "../../html.js";
import { useEffect } from "../../vendor/hooks.js";
import { signal } from "../../vendor/signals.js";
import { lang, t } from "../../i18n/index.js";
import { get, isOk } from "../../http.js";
import { queryString } from "../../periods.js";
import { figuresQuery, updateFiguresQuery } from "../../figures_query.js";
import { failureText } from "../incident/commands.js";
import { Durations, Escalations, Headline, Registers } from "./figure_cards.js";
import { FigureTable } from "./figure_table.js";

const REFRESH_INTERVAL = 15_000;
/** @type {import("../../periods.js").PeriodView[]} */
const VIEWS = ["last_hour", "today", "shift", "chosen"];

/** The last response, and the query it answers. */
const lastResponse = signal(/** @type {{query: string, response: import("../../http.js").ApiResponse}|null} */ (null));

/** @param {string} query */
async function load(query) {
  const response = await get(`figures/period?${query}`);
  if (queryString(figuresQuery.value, { by: figuresQuery.value.by }) !== query) return; // the query has changed since
  if (isOk(response) || lastResponse.value?.query !== query) lastResponse.value = { query, response };
}

/** @param {string|null} query */
function usePolling(query) {
  useEffect(() => {
    if (query === null) return undefined;
    load(query);
    const timer = setInterval(() => load(query), REFRESH_INTERVAL);
    return () => clearInterval(timer);
  }, [query]);
}

/** @param {{field: "from"|"to"}} props */
const DateInput = ({ field }) => html`<label>${t(`period.${field}`)}<input name=${field} size="16" placeholder=${t("period.form")} value=${figuresQuery.value[field]}
  onChange=${(/** @type {any} */ event) => updateFiguresQuery({ [field]: event.currentTarget.value })} /></label>`;

/** @param {{query: string|null, body: any}} props `body`: the response, which has the start and end of the period */
const Links = ({ query, body }) => query !== null && html`<span class="links">
  <a href=${`figures/report?${queryString(figuresQuery.value, { lang: lang.value })}`} target="_blank" rel="noopener">${t("period.report")}</a>
  <a href=${`figures/period?${query}&format=csv`} download=${`figures-${figuresQuery.value.by}.csv`}>CSV</a>
  <a href=${`figures/period?${query}`} target="_blank" rel="noopener">JSON</a>
  ${body && html`<a href=${`georeport/bulk.csv?${new URLSearchParams({ from: body.from, to: body.to })}`} download="georeport.csv">GeoReport</a>`}</span>`;

/** @param {{query: string|null, body: any}} props */
const PeriodBar = ({ query, body }) => html`<header class="bar" role="group" aria-label=${t("period.region")}>
  ${VIEWS.map((view) => html`<button key=${view} data-period=${view} aria-pressed=${figuresQuery.value.view === view} onClick=${() => updateFiguresQuery({ view })}>${t(`period.${view}`)}</button>`)}
  ${figuresQuery.value.view === "chosen" && html`<${DateInput} field="from" /><${DateInput} field="to" />`}
  <span class="space"></span><${Links} query=${query} body=${body} />
</header>`;

/** The message in place of figures. @param {{query: string|null, response: import("../../http.js").ApiResponse|undefined}} props */
function NoFigures({ query, response }) {
  if (query === null) return html`<p class="nothing">${t("period.choose")}</p>`;
  if (!response) return html`<p class="nothing">${t("queue.waiting")}</p>`;
  return html`<p class="nothing" role="status">${figuresQuery.value.view === "shift" && response.status === 422 ? t("period.no_shift") : failureText({ status: response.status })}</p>`;
}

export function Figures() {
  const query = queryString(figuresQuery.value, { by: figuresQuery.value.by });
  usePolling(query);
  const latest = lastResponse.value;
  const response = latest !== null && latest.query === query ? latest.response : undefined;
    const body = response && isOk(response) ? response.body : null;
  return html`<section class="page figures-page" aria-label=${t("tab.figures")}>
    <${PeriodBar} query=${query} body=${body} />
    ${body === null
      ? html`<${NoFigures} query=${query} response=${response} />`
      : html`<${Headline} total=${body.total} now=${figuresQuery.value.view !== "chosen"} />
        <div class="columns"><div class="column"><${Durations} total=${body.total} /><${Escalations} total=${body.total} /><${Registers} total=${body.total} /></div>
          <${FigureTable} groups=${body.groups} /></div>`}
  </section>`;
}
