/** The figures one sees first: what is wrong now, and how the day goes. */
import { html } from "../../html.js";
import { lang, plural, t } from "../../i18n/index.js";
import { filter, revision, store } from "../../state.js";
import { NO_FILTER } from "../../queue_order.js";
import { count, duration, percent } from "../../format.js";
import { Sign } from "./severity.js";

/** @param {import("../../queue_order.js").View} view */
const show = (view) => () => (filter.value = { ...NO_FILTER, view });

/** @param {{name: string, value: number|null|undefined, view: import("../../queue_order.js").View, tone?: string, sign?: string}} props */
function Now({ name, value, view, tone = "", sign }) {
  const alarming = tone && value ? tone : "";
  return html`<button class=${`tile now ${alarming}`} data-tile=${name} onClick=${show(view)}>
    <span class="label">${alarming && sign && html`<${Sign} severity=${sign} />`}${t(`tile.${name}`)}</span>
    <span class=${`figure ${(value ?? 0) > 999 ? "long" : ""}`}>${count(value, lang.value)}</span>
  </button>`;
}

/** @param {{name: string, value: any, note?: any}} props */
const Today = ({ name, value, note }) =>
  html`<div class="tile today" data-tile=${name}>
    <span class="label">${t(`tile.${name}`)}</span>
    <span class="figure">${value}</span>
    ${note && html`<span class="note">${note}</span>`}
  </div>`;

/** A count of silent sources is not known to be zero. @param {number|null|undefined} value @param {number} silent @param {number} sources */
const trusted = (value, silent, sources) => (!value && sources > 0 && silent === sources ? null : value);

/** @param {number|null|undefined} seconds */
const handled = (seconds) => (seconds === null || seconds === undefined ? "—" : duration(seconds * 1000, t));

export function Tiles() {
  revision.value;
  const live = store.figures?.live ?? {};
  const today = store.figures?.today ?? {};
  const sources = Object.values(store.tick?.sources ?? {});
  const silent = sources.filter((one) => one.stale).length;
  /** @param {number|null|undefined} value */
  const sure = (value) => trusted(value, silent, sources.length);
  const note = silent ? plural("tile.silent", silent) : null;
  return html`<section class="tiles" aria-label=${t("tile.region")}>
    <${Now} name="open" view="open" value=${sure(live.open)} />
    <${Now} name="overdue" view="overdue" value=${sure(live.overdue)} tone="alarm" />
    <${Now} name="critical" view="critical" value=${sure(live.by_severity?.critical ?? (store.figures ? 0 : null))} tone="grave" sign="critical" />
    <${Now} name="due_soon" view="due_soon" value=${sure(live.due_soon)} tone="warning" />
    <${Now} name="unacknowledged" view="unacknowledged" value=${sure(live.unacknowledged)} tone="notice" />
    <${Today} name="received" value=${count(sure(today.received), lang.value)} note=${note} />
    <${Today} name="resolved" value=${count(sure(today.resolved), lang.value)} />
    <${Today} name="on_time" value=${percent(today.on_time_rate, lang.value)} />
    <${Today} name="satisfaction" value=${percent(today.satisfaction_rate, lang.value)} />
    <${Today} name="handling" value=${handled(today.handling?.p50_s)}
      note=${t("tile.p90", { time: handled(today.handling?.p90_s) })} />
  </section>`;
}
