/** The tiles above the queue: counts of the moment, which filter the queue, and figures of the day. */
import { html } from "../../html.js";
import { lang, plural, t } from "../../i18n/index.js";
import { filter, revision, store } from "../../state.js";
import { NO_FILTER } from "../../queue_order.js";
import { count, duration, percent } from "../../format.js";
import { SeverityIcon } from "./severity.js";

/** Return a handler that shows a view of the queue. @param {import("../../queue_order.js").QueueView} view */
const showView = (view) => () => (filter.value = { ...NO_FILTER, view });

/** @param {{name: string, value: number|null|undefined, view: import("../../queue_order.js").QueueView, tone?: string, sign?: string}} props */
function LiveTile({ name, value, view, tone = "", sign }) {
  const alarming = tone && value ? tone : "";
  return html`<button class=${`tile now ${alarming}`} data-tile=${name} onClick=${showView(view)}>
    <span class="label">${alarming && sign && html`<${SeverityIcon} severity=${sign} />`}${t(`tile.${name}`)}</span>
    <span class=${`figure ${(value ?? 0) > 999 ? "long" : ""}`}>${count(value, lang.value)}</span>
  </button>`;
}

/** @param {{name: string, value: any, note?: any}} props */
const DayTile = ({ name, value, note }) =>
  html`<div class="tile today" data-tile=${name}>
    <span class="label">${t(`tile.${name}`)}</span>
    <span class="figure">${value}</span>
    ${note && html`<span class="note">${note}</span>`}
  </div>`;

/** Return a count, or null for a zero while all sources are silent: it is not known to be zero. @param {number|null|undefined} value @param {number} silent @param {number} sources */
const unlessSilent = (value, silent, sources) => (!value && sources > 0 && silent === sources ? null : value);

/** @param {number|null|undefined} seconds */
const formatSeconds = (seconds) => (seconds === null || seconds === undefined ? "—" : duration(seconds * 1000, t));

export function Tiles() {
  revision.value;
  const live = store.figures?.live ?? {};
  const today = store.figures?.today ?? {};
  const sources = Object.values(store.tick?.sources ?? {});
  const silent = sources.filter((source) => source.stale).length;
  /** @param {number|null|undefined} value */
  const knownValue = (value) => unlessSilent(value, silent, sources.length);
  const note = silent ? plural("tile.silent", silent) : null;
  return html`<section class="tiles" aria-label=${t("tile.region")}>
    <${LiveTile} name="open" view="open" value=${knownValue(live.open)} />
    <${LiveTile} name="overdue" view="overdue" value=${knownValue(live.overdue)} tone="alarm" />
    <${LiveTile} name="critical" view="critical" value=${knownValue(live.by_severity?.critical ?? (store.figures ? 0 : null))} tone="grave" sign="critical" />
    <${LiveTile} name="due_soon" view="due_soon" value=${knownValue(live.due_soon)} tone="warning" />
    <${LiveTile} name="unacknowledged" view="unacknowledged" value=${knownValue(live.unacknowledged)} tone="notice" />
    <${DayTile} name="received" value=${count(knownValue(today.received), lang.value)} note=${note} />
    <${DayTile} name="resolved" value=${count(knownValue(today.resolved), lang.value)} />
    <${DayTile} name="on_time" value=${percent(today.on_time_rate, lang.value)} />
    <${DayTile} name="satisfaction" value=${percent(today.satisfaction_rate, lang.value)} />
    <${DayTile} name="handling" value=${formatSeconds(today.handling?.p50_s)}
      note=${t("tile.p90", { time: formatSeconds(today.handling?.p90_s) })} />
  </section>`;
}
