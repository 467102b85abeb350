/** Every service that reports: open and overdue now; a silent one says so instead of a zero. */
import { html } from "../../html.js";
import { lang, t } from "../../i18n/index.js";
import { catalogue, filter, now, revision, serviceName, store } from "../../state.js";
import { NO_FILTER } from "../../queue_order.js";
import { count, moment } from "../../format.js";

/** The sources the last tick names, in the catalogue's order, and whatever else has something open. */
function codes() {
  const sources = store.tick?.sources ?? {};
  const known = [...catalogue.value.services.keys()].filter((code) => code in sources);
  return [...new Set([...known, ...Object.keys(sources), ...Object.keys(store.figures?.live?.by_service ?? {})])];
}

/** @param {{code: string}} props */
function Service({ code }) {
  revision.value;
  const figures = store.figures?.live?.by_service?.[code] ?? { open: 0, overdue: 0 };
  const source = store.tick?.sources?.[code];
  const stale = Boolean(source?.stale);
  const seen = source?.last_seen ? t("source.seen", { at: moment(source.last_seen, now()) }) : t("source.never");
  const open = stale && !figures.open ? "—" : count(figures.open, lang.value);
  return html`<li class=${stale ? "stale" : ""} data-source=${code} title=${seen}
    onClick=${() => (filter.value = { ...NO_FILTER, service: code })}>
    <span class="name">${serviceName(code)}</span>
    ${stale && !figures.overdue
      ? html`<span class="silence">${source?.last_seen ? moment(source.last_seen, now()) : t("source.silent")}</span>`
      : html`<span class="overdue">${figures.overdue ? count(figures.overdue, lang.value) : ""}</span>`}
    <span class="open">${open}</span>
  </li>`;
}

export function Sources() {
  revision.value;
  const all = codes();
  return html`<section class="panel sources" aria-label=${t("source.region")}>
    <header><h2>${t("source.title")}</h2><span class="key">${t("source.key")}</span></header>
    <ul style=${{ "--rows": Math.ceil(all.length / 2) }}>${all.map((code) => html`<${Service} key=${code} code=${code} />`)}</ul>
  </section>`;
}
