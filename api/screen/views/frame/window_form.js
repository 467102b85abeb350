/** A maintenance window to be opened: what it covers, from when to when, by whom and why. */
import { html } from "../../html.js";
import { useState } from "../../vendor/hooks.js";
import { lang, t } from "../../i18n/index.js";
import { freshKey } from "../../http.js";
import { catalogue, now } from "../../state.js";
import { date, hourMinute } from "../../format.js";
import { momentOf } from "../../periods.js";

const HOUR = 3_600_000;

/** @param {number} at */
const typed = (at) => `${date(at)} ${hourMinute(at)}`;

/** @returns {Record<string, [string, string][]>} */
function choices() {
  const { services, units, wards } = catalogue.value;
  const name = `name_${lang.value}`;
  const categories = new Map([...services.values()].flatMap((one) => (one.categories ?? []).map((/** @type {any} */ each) => [each.code, each[name]])));
  return {
    services: [...services.values()].map((one) => [one.code, one[name]]),
    categories: [...categories],
    units: [...units.values()].map((one) => [one.code, one.name]),
    wards: [...wards.values()].map((one) => [one.code, one.name]),
  };
}

/** @param {any} form @returns {object|null} null while a moment is none */
function bodyOf(form) {
  const [from, to] = [momentOf(form.from.value), momentOf(form.to.value, true)];
  const scope = Object.fromEntries(Object.keys(choices()).filter((side) => form[side].value).map((side) => [side, [form[side].value]]));
  if (from === null || to === null) return null;
  return { scope, from, to, actor: form.actor.value, why: form.why.value };
}

/** @param {{send: (body: object, key: string) => void}} props */
export function WindowForm({ send }) {
  const [key, setKey] = useState(freshKey());
  const [wrong, setWrong] = useState(false);
  const [begin] = useState(now());
  const submit = (/** @type {any} */ event) => {
    event.preventDefault();
    const body = bodyOf(event.currentTarget.elements);
    setWrong(body === null);
    if (body !== null) send(body, key);
  };
  // What is changed is another window: the same key would be taken for the one before.
  return html`<form class="ask" onSubmit=${submit} onInput=${() => setKey(freshKey())}>
    ${Object.entries(choices()).map(([side, all]) => html`<label key=${side}>${t(`scope.${side}`)}<select name=${side}><option value="">${t("scope.any")}</option>
      ${all.map(([code, name]) => html`<option key=${code} value=${code}>${name}</option>`)}</select></label>`)}
    <label>${t("period.from")}<input name="from" required placeholder=${t("period.form")} defaultValue=${typed(begin)} /></label>
    <label>${t("period.to")}<input name="to" required placeholder=${t("period.form")} defaultValue=${typed(begin + 4 * HOUR)} /></label>
    <label class="wide">${t("form.why")}<input name="why" required maxlength="2048" /></label>
    <label>${t("form.actor")}<input name="actor" required maxlength="512" /></label>
    <span class="buttons"><button class="primary" type="submit">${t("window.open")}</button>${wrong && html`<span role="alert">${t("period.choose")}</span>`}</span>
  </form>`;
}
