/** A dossier by the code on its receipt: what anybody may see who knows it. */
import { html } from "../../html.js";
import { signal } from "../../vendor/signals.js";
import { lang, t } from "../../i18n/index.js";
import { get, isGood } from "../../http.js";
import { now, second } from "../../state.js";
import { moment } from "../../format.js";
import { why } from "../incident/commands.js";
import { Attached } from "../incident/evidence.js";

/** The code asked for, and what came of it. */
const found = signal(/** @type {{code: string, answer: import("../../http.js").Answer|null}|null} */ (null));

/** @param {any} event */
async function look(event) {
  event.preventDefault();
  const code = event.currentTarget.elements.code.value.trim();
  if (!code) return;
  found.value = { code, answer: null };
  const answer = await get(`dossiers/${encodeURIComponent(code)}`);
  if (found.value.code === code) found.value = { code, answer };
}

/** @param {{name: string, value: any}} props */
const Fact = ({ name, value }) => (value ? html`<div><dt>${t(`dossier.${name}`)}</dt><dd>${value}</dd></div>` : null);

/** @param {{one: any}} props */
function Dossier({ one }) {
  const at = now();
  const name = `name_${lang.value}`;
  const when = (/** @type {string|null} */ time) => time && moment(time, at);
  return html`<article class=${`panel dossier ${one.late ? "late" : ""}`} data-dossier=${one.code}>
    <header><h3>${one.code}</h3><b class="how">${one[`state_${lang.value}`]}</b></header>
    <dl class="facts">
      <${Fact} name="procedure" value=${one.procedure?.[name]} /><${Fact} name="service" value=${one.service[name]} />
      <${Fact} name="unit" value=${one.unit?.name} /><${Fact} name="received" value=${when(one.received)} />
      <${Fact} name="due" value=${one.due && html`<span class="due">${when(one.due)}${one.late ? ` — ${t("dossier.late")}` : ""}</span>`} />
      <${Fact} name="paused" value=${when(one.paused_since)} /><${Fact} name="closed" value=${when(one.closed)} />
    </dl>
    ${one.evidence.map((/** @type {any} */ shown, /** @type {number} */ n) => html`<${Attached} key=${n} shown=${shown} />`)}
  </article>`;
}

function Result() {
  second.value;
  if (found.value === null) return html`<p class="nothing">${t("lookup.hint")}</p>`;
  const { code, answer } = found.value;
  if (answer === null) return html`<p class="nothing">${t("lookup.asking", { code })}</p>`;
  if (answer.status === 404) return html`<p class="nothing" role="status">${t("lookup.none", { code })}</p>`;
  if (!isGood(answer)) return html`<p class="nothing" role="status">${why({ status: answer.status })}</p>`;
  return html`<div class="dossiers">${answer.body.items.map((/** @type {any} */ one, /** @type {number} */ n) => html`<${Dossier} key=${n} one=${one} />`)}</div>`;
}

/** @param {any} box */
const focus = (box) => box?.focus();

export const Lookup = () => html`<section class="page lookup-page" aria-label=${t("tab.lookup")}>
  <form class="bar" onSubmit=${look}><label>${t("lookup.code")}<input id="code" name="code" maxlength="256" autocomplete="off" spellcheck=${false} ref=${focus} /></label>
    <button class="primary" type="submit">${t("lookup.look")}</button></form>
  <${Result} />
</section>`;
