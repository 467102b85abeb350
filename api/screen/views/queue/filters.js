/** What the queue is narrowed to. */
import { html } from "../../html.js";
import { lang, t } from "../../i18n/index.js";
import { catalogue, filter, revision, serviceName, store, wardName } from "../../state.js";
import { NO_FILTER, VIEWS } from "../../queue_order.js";
import { RANK } from "../../store.js";
import { count } from "../../format.js";

/** @param {keyof import("../../queue_order.js").Filter} field */
const set = (field) => (/** @type {any} */ event) => (filter.value = { ...filter.value, [field]: event.currentTarget.value });

/** @param {{field: keyof import("../../queue_order.js").Filter, choices: [string, string][]}} props */
const Choice = ({ field, choices }) =>
  html`<select aria-label=${t(`filter.${field}`)} class=${filter.value[field] !== NO_FILTER[field] ? "set" : ""}
    value=${filter.value[field]} onChange=${set(field)}>
    ${choices.map(([value, name]) => html`<option key=${value} value=${value} selected=${filter.value[field] === value}>${name}</option>`)}
  </select>`;

/** Services in the catalogue and any other one that is in the queue. @returns {[string, string][]} */
function services() {
  const codes = new Set([...catalogue.value.services.keys(), ...store.open().map((one) => one.service)]);
  const named = [...codes].map((code) => /** @type {[string, string]} */ ([code, serviceName(code)]));
  return named.sort((a, b) => a[1].localeCompare(b[1], lang.value));
}

/** @param {{found: number}} props */
export function Filters({ found }) {
  revision.value;
  const { ward } = filter.value;
  return html`<header class="filters">
    <input id="search" type="search" placeholder=${t("filter.text")} aria-label=${t("filter.text")} value=${filter.value.text}
      onInput=${set("text")} />
    <${Choice} field="view" choices=${VIEWS.map((view) => [view, t(`view.${view}`)])} />
    <${Choice} field="service" choices=${[["", t("filter.any_service")], ...services()]} />
    <${Choice} field="severity" choices=${[["", t("filter.any_severity")], ...Object.keys(RANK).map((s) => [s, t(`severity.${s}`)])]} />
    ${ward && html`<button class="chip" onClick=${() => (filter.value = { ...filter.value, ward: "" })}>${wardName(ward)} ✕</button>`}
    <span class="found" aria-live="polite">${count(found, lang.value)}</span>
  </header>`;
}
