/** The filters above the queue: text, view, service, severity, and the ward chosen on the map. */
import { html } from "../../html.js";
import { lang, t } from "../../i18n/index.js";
import { catalogue, filter, revision, serviceName, store, wardName } from "../../state.js";
import { NO_FILTER, QUEUE_VIEWS } from "../../queue_order.js";
import { SEVERITY_RANK } from "../../store.js";
import { count } from "../../format.js";

/** Return the handler that takes a field's value from its input. @param {keyof import("../../queue_order.js").Filter} field */
const setFilter = (field) => (/** @type {any} */ event) => (filter.value = { ...filter.value, [field]: event.currentTarget.value });

/** @param {{field: keyof import("../../queue_order.js").Filter, choices: [string, string][]}} props */
const FilterSelect = ({ field, choices }) =>
  html`<select aria-label=${t(`filter.${field}`)} class=${filter.value[field] !== NO_FILTER[field] ? "set" : ""}
    value=${filter.value[field]} onChange=${setFilter(field)}>
    ${choices.map(([value, name]) => html`<option key=${value} value=${value} selected=${filter.value[field] === value}>${name}</option>`)}
  </select>`;

/** Return code and name of the services in the catalogue and in the queue. @returns {[string, string][]} */
function serviceOptions() {
  const codes = new Set([...catalogue.value.services.keys(), ...store.open().map((incident) => incident.service)]);
  const options = [...codes].map((code) => /** @type {[string, string]} */ ([code, serviceName(code)]));
  return options.sort((a, b) => a[1].localeCompare(b[1], lang.value));
}

/** @param {{matches: number}} props `matches`: how many incidents match the filter */
export function Filters({ matches }) {
  revision.value;
  const { ward } = filter.value;
  return html`<header class="filters">
    <input id="search" type="search" placeholder=${t("filter.text")} aria-label=${t("filter.text")} value=${filter.value.text}
      onInput=${setFilter("text")} />
    <${FilterSelect} field="view" choices=${Object.keys(QUEUE_VIEWS).map((view) => [view, t(`view.${view}`)])} />
    <${FilterSelect} field="service" choices=${[["", t("filter.any_service")], ...serviceOptions()]} />
    <${FilterSelect} field="severity" choices=${[["", t("filter.any_severity")], ...Object.keys(SEVERITY_RANK).map((s) => [s, t(`severity.${s}`)])]} />
    ${ward && html`<button class="chip" onClick=${() => (filter.value = { ...filter.value, ward: "" })}>${wardName(ward)} ✕</button>`}
    <span class="found" aria-live="polite">${count(matches, lang.value)}</span>
  </header>`;
}
