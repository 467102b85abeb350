/** The page that looks up a dossier by the code on its receipt: what everybody who knows the code may see. */
import { html } from "../../html.js";
import { signal } from "../../vendor/signals.js";
import { lang, t } from "../../i18n/index.js";
import { get, isOk } from "../../http.js";
import { now, second } from "../../state.js";
import { shortTime } from "../../format.js";
import { failureText } from "../incident/commands.js";
import { Attachment } from "../incident/evidence.js";

/** The code looked up, and the response; null while it is awaited. */
const result = signal(/** @type {{code: string, response: import("../../http.js").ApiResponse|null}|null} */ (null));

/** @param {any} event */
async function lookUp(event) {
  event.preventDefault();
  const code = event.currentTarget.elements.code.value.trim();
  if (!code) return;
  result.value = { code, response: null };
  const response = await get(`dossiers/${encodeURIComponent(code)}`);
  if (result.value.code === code) result.value = { code, response };
}

/** @param {{name: string, value: any}} props */
const Fact = ({ name, value }) => (value ? html`<div><dt>${t(`dossier.${name}`)}</dt><dd>${value}</dd></div>` : null);

/** @param {{dossier: any}} props */
function Dossier({ dossier }) {
  const at = now();
  const name = `name_${lang.value}`;
  const timeOf = (/** @type {string|null} */ time) => time && shortTime(time, at);
  return html`<article class=${`panel dossier ${dossier.late ? "late" : ""}`} data-dossier=${dossier.code}>
    <header><h3>${dossier.code}</h3><b class="how">${dossier[`state_${lang.value}`]}</b></header>
    <dl class="facts">
      <${Fact} name="procedure" value=${dossier.procedure?.[name]} /><${Fact} name="service" value=${dossier.service[name]} />
      <${Fact} name="unit" value=${dossier.unit?.name} /><${Fact} name="received" value=${timeOf(dossier.received)} />
      <${Fact} name="due" value=${dossier.due && html`<span class="due">${timeOf(dossier.due)}${dossier.late ? ` — ${t("dossier.late")}` : ""}</span>`} />
      <${Fact} name="paused" value=${timeOf(dossier.paused_since)} /><${Fact} name="closed" value=${timeOf(dossier.closed)} />
    </dl>
    ${dossier.evidence.map((/** @type {any} */ item, /** @type {number} */ n) => html`<${Attachment} key=${n} item=${item} />`)}
  </article>`;
}

function Result() {
  second.value;
  if (result.value === null) return html`<p class="nothing">${t("lookup.hint")}</p>`;
  const { code, response } = result.value;
  if (response === null) return html`<p class="nothing">${t("lookup.asking", { code })}</p>`;
  if (response.status === 404) return html`<p class="nothing" role="status">${t("lookup.none", { code })}</p>`;
  if (!isOk(response)) return html`<p class="nothing" role="status">${failureText({ status: response.status })}</p>`;
  return html`<div class="dossiers">${response.body.items.map((/** @type {any} */ dossier, /** @type {number} */ n) => html`<${Dossier} key=${n} dossier=${dossier} />`)}</div>`;
}

/** @param {any} input */
const focus = (input) => input?.focus();

export const Lookup = () => html`<section class="page lookup-page" aria-label=${t("tab.lookup")}>
  <form class="bar" onSubmit=${lookUp}><label>${t("lookup.code")}<input id="code" name="code" maxlength="256" autocomplete="off" spellcheck=${false} ref=${focus} /></label>
    <button class="primary" type="submit">${t("lookup.look")}</button></form>
  <${Result} />
</section>`;
