/**
 * Shared state of the screen: the store, the clock, and the signals that make views render again.
 */
import { signal } from "./vendor/signals.js";
import { lang } from "./i18n/index.js";
import { createClock } from "./clock.js";
import { NO_FILTER } from "./queue_order.js";
import { createStore, foldText } from "./store.js";

/** @typedef {"operations"|"figures"|"sensors"|"lookup"} Tab */
/** @type {Tab[]} */
export const TABS = ["operations", "figures", "sensors", "lookup"];

export const store = createStore();
export const clock = createClock(() => performance.now());

/** Copy of `store.revision`, updated at most four times a second. */
export const revision = signal(0);
/** Counts wall seconds. A view that shows a running time reads it to be rendered every second. */
export const second = signal(0);
export const health = signal(/** @type {import("./feed.js").Health} */ ("connecting"));
/** Wall time in ms until which "connected again" is shown. */
export const reconnectedUntil = signal(0);
/** Id of the highlighted row of the queue: an incident or a group. */
export const selectedId = signal(/** @type {string|null} */ (null));
/** Id of the incident whose detail is open. */
export const openedId = signal(/** @type {string|null} */ (null));
export const filter = signal(NO_FILTER);
/** The page in front. @type {import("./vendor/signals.js").Signal<Tab>} */
export const activeTab = signal("operations");
/** True while the queue shows groups instead of incidents. */
export const grouping = signal(false);
export const helpOpen = signal(false);
export const soundOn = signal(false);

/** @typedef {{services: Map<string, any>, units: Map<string, any>, wards: Map<string, any>, causes: Map<string, any>}} Catalogue */
export const catalogue = signal(/** @type {Catalogue} */ ({ services: new Map(), units: new Map(), wards: new Map(), causes: new Map() }));

/** @param {any[]} entries */
const byCode = (entries) => new Map(entries.map((entry) => [entry.code, entry]));

/** @param {any} body response of GET /catalogue */
export function setCatalogue(body) {
  const causes = new Map((body.causes ?? []).map((/** @type {any} */ cause) => [cause.id, cause]));
  catalogue.value = { services: byCode(body.services), units: byCode(body.units), wards: byCode(body.wards), causes };
}

/** True when the cause lists the incident's service, with its category or with all. @param {any} cause @param {import("./store.js").Row} incident */
function isCauseOf(cause, incident) {
  const categories = cause.matters?.[incident.service];
  return categories !== undefined && (categories.length === 0 || categories.includes(incident.category));
}

/** Return the id of the incident's cause in the catalogue, else `service/category`. @param {import("./store.js").Row} incident */
export function causeOf(incident) {
  for (const [id, cause] of catalogue.value.causes) if (isCauseOf(cause, incident)) return id;
  return `${incident.service}/${incident.category}`;
}

/** Return the name of a cause, or of the category of `service/category`. @param {string} causeId */
export function causeName(causeId) {
  const cause = catalogue.value.causes.get(causeId);
  if (cause) return cause[`name_${lang.value}`];
  const [service, category] = causeId.split("/");
  return category && category !== service ? categoryName(service, category) : serviceName(service);
}

/** Show the detail of an incident, whichever page is in front. @param {string} id of the incident */
export function openIncident(id) {
  activeTab.value = "operations";
  selectedId.value = id;
  openedId.value = id;
}

/** @param {string} code */
export function serviceName(code) {
  const service = catalogue.value.services.get(code);
  return service ? service[`name_${lang.value}`] : code;
}

/** @param {string} service @param {string} code */
export function categoryName(service, code) {
  const category = catalogue.value.services.get(service)?.categories?.find((/** @type {any} */ entry) => entry.code === code);
  return category ? category[`name_${lang.value}`] : code;
}

/** @param {string|null} code */
export const unitName = (code) => (code === null ? "" : (catalogue.value.units.get(code)?.name ?? code));

/** @param {string|null} code */
export const wardName = (code) => (code === null ? "" : (catalogue.value.wards.get(code)?.name ?? code));

/** Return the names of ward and unit as text to search. @param {import("./store.js").Incident} incident */
export const searchableNames = (incident) => foldText(`${wardName(incident.ward)} ${unitName(incident.unit)}`);

/** Return the pipeline's time in ms since the epoch. */
export const now = () => clock.now();
