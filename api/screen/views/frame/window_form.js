/** The form that opens a maintenance window: scope, start and end, reason and actor. */
import { html } from "../../html.js";
import { useState } from "../../vendor/hooks.js";
import { lang, t } from "../../i18n/index.js";
import { newIdempotencyKey } from "../../http.js";
import { catalogue, now } from "../../state.js";
import { date, hourMinute } from "../../format.js";
import { parseInstant } from "../../periods.js";

const HOUR = 3_600_000;

/** @param {number} at */
const dateTimeText = (at) => `${date(at)} ${hourMinute(at)}`;

/** Return code and name of the choices of each scope field. @returns {Record<string, [string, string][]>} */
function scopeOptions() {
  const { services, units, wards } = catalogue.value;
  const name = `name_${lang.value}`;
  const categories = new Map([...services.values()].flatMap((entry) => (entry.categories ?? []).map((/** @type {any} */ category) => [category.code, category[name]])));
  return {
    services: [...services.values()].map((entry) => [entry.code, entry[name]]),
    categories: [...categories],
    units: [...units.values()].map((entry) => [entry.code, entry.name]),
    wards: [...wards.values()].map((entry) => [entry.code, entry.name]),
  };
}

/** @param {any} form @returns {object|null} null while start or end is no date */
function bodyOf(form) {
  const [from, to] = [parseInstant(form.from.value), parseInstant(form.to.value, true)];
  const scope = Object.fromEntries(Object.keys(scopeOptions()).filter((field) => form[field].value).map((field) => [field, [form[field].value]]));
  if (from === null || to === null) return null;
  return { scope, from, to, actor: form.actor.value, why: form.why.value };
}

/** @param {{send: (body: object, key: string) => void}} props */
export function WindowForm({ send }) {
  const [key, setKey] = useState(newIdempotencyKey());
  const [invalid, setInvalid] = useState(false);
  const [start] = useState(now());
  const submit = (/** @type {any} */ event) => {
    event.preventDefault();
    const body = bodyOf(event.currentTarget.elements);
    setInvalid(body === null);
    if (body !== null) send(body, key);
  };
  // A changed form is another window and needs another idempotency key.
  return html`<form class="ask" onSubmit=${submit} onInput=${() => setKey(newIdempotencyKey())}>
    ${Object.entries(scopeOptions()).map(([field, options]) => html`<label key=${field}>${t(`scope.${field}`)}<select name=${field}><option value="">${t("scope.any")}</option>
      ${options.map(([code, name]) => html`<option key=${code} value=${code}>${name}</option>`)}</select></label>`)}
    <label>${t("period.from")}<input name="from" required placeholder=${t("period.form")} defaultValue=${dateTimeText(start)} /></label>
    <label>${t("period.to")}<input name="to" required placeholder=${t("period.form")} defaultValue=${dateTimeText(start + 4 * HOUR)} /></label>
    <label class="wide">${t("form.why")}<input name="why" required maxlength="2048" /></label>
    <label>${t("form.actor")}<input name="actor" required maxlength="512" /></label>
    <span class="buttons"><button class="primary" type="submit">${t("window.open")}</button>${invalid && html`<span role="alert">${t("period.choose")}</span>`}</span>
  </form>`;
}
