/** The figures of a stretch of time: how the work goes, and where it goes worst. */
import { html } from "../../html.js";
import { useEffect } from "../../vendor/hooks.js";
import { signal } from "../../vendor/signals.js";
import { lang, t } from "../../i18n/index.js";
import { get, isGood } from "../../http.js";
import { queryOf } from "../../periods.js";
import { asked, put } from "../../figures_query.js";
import { why } from "../incident/commands.js";
import { Durations, Escalations, Headline, Registers } from "./figure_cards.js";
import { FigureTable } from "./figure_table.js";

const AGAIN_AFTER = 15_000;
/** @type {import("../../periods.js").View[]} */
const VIEWS = ["last_hour", "today", "shift", "chosen"];

/** The last answer, and to which question. */
const answered = signal(/** @type {{query: string, answer: import("../../http.js").Answer}|null} */ (null));

/** @param {string} query */
async function ask(query) {
  const answer = await get(`figures/period?${query}`);
  if (queryOf(asked.value, { by: asked.value.by }) !== query) return; // another question was put meanwhile
  if (isGood(answer) || answered.value?.query !== query) answered.value = { query, answer };
}

/** @param {string|null} query */
function useAnswer(query) {
  useEffect(() => {
    if (query === null) return undefined;
    ask(query);
    const timer = setInterval(() => ask(query), AGAIN_AFTER);
    return () => clearInterval(timer);
  }, [query]);
}

/** @param {{field: "from"|"to"}} props */
const Day = ({ field }) => html`<label>${t(`period.${field}`)}<input name=${field} size="16" placeholder=${t("period.form")} value=${asked.value[field]}
  onChange=${(/** @type {any} */ event) => put({ [field]: event.currentTarget.value })} /></label>`;

/** @param {{query: string|null, body: any}} props `body`: the answer, which knows when a view began and ends */
const Links = ({ query, body }) => query !== null && html`<span class="links">
  <a href=${`figures/report?${queryOf(asked.value, { lang: lang.value })}`} target="_blank" rel="noopener">${t("period.report")}</a>
  <a href=${`figures/period?${query}&format=csv`} download=${`figures-${asked.value.by}.csv`}>CSV</a>
  <a href=${`figures/period?${query}`} target="_blank" rel="noopener">JSON</a>
  ${body && html`<a href=${`georeport/bulk.csv?${new URLSearchParams({ from: body.from, to: body.to })}`} download="georeport.csv">GeoReport</a>`}</span>`;

/** @param {{query: string|null, body: any}} props */
const Bar = ({ query, body }) => html`<header class="bar" role="group" aria-label=${t("period.region")}>
  ${VIEWS.map((view) => html`<button key=${view} data-period=${view} aria-pressed=${asked.value.view === view} onClick=${() => put({ view })}>${t(`period.${view}`)}</button>`)}
  ${asked.value.view === "chosen" && html`<${Day} field="from" /><${Day} field="to" />`}
  <span class="space"></span><${Links} query=${query} body=${body} />
</header>`;

/** What stands in place of figures. @param {{query: string|null, answer: import("../../http.js").Answer|undefined}} props */
function Lacking({ query, answer }) {
  if (query === null) return html`<p class="nothing">${t("period.choose")}</p>`;
  if (!answer) return html`<p class="nothing">${t("queue.waiting")}</p>`;
  return html`<p class="nothing" role="status">${asked.value.view === "shift" && answer.status === 422 ? t("period.no_shift") : why({ status: answer.status })}</p>`;
}

export function Figures() {
  const query = queryOf(asked.value, { by: asked.value.by });
  useAnswer(query);
  const known = answered.value;
  const answer = known !== null && known.query === query ? known.answer : undefined;
  // While another grouping of the same period is on its way, the figures above it stay.
  const body = answer && isGood(answer) ? answer.body : null;
  return html`<section class="page figures-page" aria-label=${t("tab.figures")}>
    <${Bar} query=${query} body=${body} />
    ${body === null
      ? html`<${Lacking} query=${query} answer=${answer} />`
      : html`<${Headline} total=${body.total} now=${asked.value.view !== "chosen"} />
        <div class="columns"><div class="column"><${Durations} total=${body.total} /><${Escalations} total=${body.total} /><${Registers} total=${body.total} /></div>
          <${FigureTable} groups=${body.groups} /></div>`}
  </section>`;
}
