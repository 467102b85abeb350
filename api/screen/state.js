/**
 * The screen's shared state: the store and the clock, and signals that say when to look at them again.
 */
import { signal } from "./vendor/signals.js";
import { lang } from "./i18n/index.js";
import { createClock } from "./clock.js";
import { NO_FILTER } from "./queue_order.js";
import { createStore, fold } from "./store.js";

/** @typedef {"operations"|"figures"|"sensors"|"lookup"} Place */
/** @type {Place[]} */
export const PLACES = ["operations", "figures", "sensors", "lookup"];

export const store = createStore();
export const clock = createClock(() => performance.now());

/** Follows store.revision, at most four times a second. */
export const revision = signal(0);
/** Counts wall seconds: whoever shows a running time reads it. */
export const second = signal(0);
export const health = signal(/** @type {import("./feed.js").Health} */ ("connecting"));
/** Wall ms until which "connected again" is shown. */
export const backUntil = signal(0);
export const selected = signal(/** @type {string|null} */ (null));
export const opened = signal(/** @type {string|null} */ (null));
export const filter = signal(NO_FILTER);
/** Which view is in front. @type {import("./vendor/signals.js").Signal<Place>} */
export const place = signal("operations");
/** The queue shows what its incidents have in common, not each of them. */
export const grouping = signal(false);
export const helping = signal(false);
export const listing = signal(false);
export const sounding = signal(false);

/** @typedef {{services: Map<string, any>, units: Map<string, any>, wards: Map<string, any>, causes: Map<string, any>}} Catalogue */
export const catalogue = signal(/** @type {Catalogue} */ ({ services: new Map(), units: new Map(), wards: new Map(), causes: new Map() }));

/** @param {any[]} list */
const byCode = (list) => new Map(list.map((one) => [one.code, one]));

/** @param {any} body as GET /catalogue gives it */
export function setCatalogue(body) {
  const causes = new Map((body.causes ?? []).map((/** @type {any} */ one) => [one.id, one]));
  catalogue.value = { services: byCode(body.services), units: byCode(body.units), wards: byCode(body.wards), causes };
}

/** @param {any} cause @param {import("./store.js").Row} one */
function brings(cause, one) {
  const categories = cause.matters?.[one.service];
  return categories !== undefined && (categories.length === 0 || categories.includes(one.category));
}

/** What brought it about, as the catalogue has it; else its kind of matter. @param {import("./store.js").Row} one */
export function causeOf(one) {
  for (const [id, cause] of catalogue.value.causes) if (brings(cause, one)) return id;
  return `${one.service}/${one.category}`;
}

/** @param {string} cause */
export function causeName(cause) {
  const known = catalogue.value.causes.get(cause);
  if (known) return known[`name_${lang.value}`];
  const [service, category] = cause.split("/");
  return category && category !== service ? categoryName(service, category) : serviceName(service);
}

/** @param {string} id of an incident that may be anywhere */
export function show(id) {
  place.value = "operations";
  selected.value = id;
  opened.value = id;
}

/** @param {string} code */
export function serviceName(code) {
  const service = catalogue.value.services.get(code);
  return service ? service[`name_${lang.value}`] : code;
}

/** @param {string} service @param {string} code */
export function categoryName(service, code) {
  const category = catalogue.value.services.get(service)?.categories?.find((/** @type {any} */ one) => one.code === code);
  return category ? category[`name_${lang.value}`] : code;
}

/** @param {string|null} code */
export const unitName = (code) => (code === null ? "" : (catalogue.value.units.get(code)?.name ?? code));

/** @param {string|null} code */
export const wardName = (code) => (code === null ? "" : (catalogue.value.wards.get(code)?.name ?? code));

/** Names an incident is also found by. @param {import("./store.js").Incident} one */
export const foldedNames = (one) => fold(`${wardName(one.ward)} ${unitName(one.unit)}`);

export const now = () => clock.now();
