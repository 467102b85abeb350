/** The services with their open and overdue incidents; a silent source says so instead of a zero. */
import { html } from "../../html.js";
import { lang, t } from "../../i18n/index.js";
import { catalogue, filter, now, revision, serviceName, store } from "../../state.js";
import { NO_FILTER } from "../../queue_order.js";
import { count, shortTime } from "../../format.js";

/** Return the codes of the last tick's sources, in the catalogue's order, and of other services with open incidents. */
function sourceCodes() {
  const sources = store.tick?.sources ?? {};
  const catalogued = [...catalogue.value.services.keys()].filter((code) => code in sources);
  return [...new Set([...catalogued, ...Object.keys(sources), ...Object.keys(store.figures?.live?.by_service ?? {})])];
}

/** @param {{code: string}} props */
function Service({ code }) {
  revision.value;
  const figures = store.figures?.live?.by_service?.[code] ?? { open: 0, overdue: 0 };
  const source = store.tick?.sources?.[code];
  const stale = Boolean(source?.stale);
  const lastSeen = source?.last_seen ? t("source.seen", { at: shortTime(source.last_seen, now()) }) : t("source.never");
  const open = stale && !figures.open ? "—" : count(figures.open, lang.value);
  return html`<li class=${stale ? "stale" : ""} data-source=${code} title=${lastSeen}
    onClick=${() => (filter.value = { ...NO_FILTER, service: code })}>
    <span class="name">${serviceName(code)}</span>
    ${stale && !figures.overdue
      ? html`<span class="silence">${source?.last_seen ? shortTime(source.last_seen, now()) : t("source.silent")}</span>`
      : html`<span class="overdue">${figures.overdue ? count(figures.overdue, lang.value) : ""}</span>`}
    <span class="open">${open}</span>
  </li>`;
}

export function Sources() {
  revision.value;
  const all = sourceCodes();
  return html`<section class="panel sources" aria-label=${t("source.region")}>
    <header><h2>${t("source.title")}</h2><span class="key">${t("source.key")}</span></header>
    <ul style=${{ "--rows": Math.ceil(all.length / 2) }}>${all.map((code) => html`<${Service} key=${code} code=${code} />`)}</ul>
  </section>`;
}
