/** Times in which work is known to be done, so that nobody is told of what it brings about: listed, opened, ended. */
import { html } from "../../html.js";
import { useEffect, useState } from "../../vendor/hooks.js";
import { signal } from "../../vendor/signals.js";
import { categoryName, catalogue, now, second, serviceName, unitName, wardName } from "../../state.js";
import { plural, t } from "../../i18n/index.js";
import { faultsOf, freshKey, get, isGood, post, signingIn } from "../../http.js";
import { moment } from "../../format.js";
import { why } from "../incident/commands.js";
import { WindowForm } from "./window_form.js";

const AGAIN_AFTER = 10_000;
const windows = signal(/** @type {any[]|null} */ (null));
/** What came of the last order. */
const told = signal(/** @type {{status: number, faults: string}|null} */ (null));

async function load() {
  const answer = await get("maintenance?limit=50");
  if (isGood(answer)) windows.value = answer.body.items;
}

/** @param {string} path @param {object} body @param {string} key */
async function order(path, body, key) {
  const answer = await post(path, body, key);
  told.value = { status: answer.status, faults: faultsOf(answer) };
  if (!isGood(answer)) return false;
  windows.value = [answer.body, ...(windows.value ?? []).filter((one) => one.id !== answer.body.id)];
  return true;
}

/** @param {string} code of a category of any service */
function anyCategory(code) {
  const service = [...catalogue.value.services.values()].find((one) => one.categories?.some((/** @type {any} */ each) => each.code === code));
  return service ? categoryName(service.code, code) : code;
}

/** @type {Record<string, (code: string) => string>} */
const NAMES = { services: serviceName, categories: anyCategory, units: unitName, wards: wardName, sources: (code) => code };

/** @param {Record<string, string[]>} scope */
const scopeWords = (scope) => Object.keys(NAMES).filter((side) => scope[side]?.length).map((side) => scope[side].map(NAMES[side]).join(", ")).join(" · ");

/** @param {{one: any}} props */
function Ending({ one }) {
  const [key] = useState(freshKey());
  const end = async (/** @type {any} */ event) => {
    event.preventDefault();
    const { actor, why: words } = event.currentTarget.elements;
    await order(`maintenance/${encodeURIComponent(one.id)}/end`, { actor: actor.value, why: words.value }, key);
  };
  return html`<form class="ask" onSubmit=${end}>
    <label>${t("form.why")}<input name="why" required maxlength="2048" autofocus /></label><label>${t("form.actor")}<input name="actor" required maxlength="512" /></label>
    <span class="buttons"><button class="primary" type="submit">${t("window.end")}</button></span></form>`;
}

/** @param {{one: any}} props */
function Window({ one }) {
  const [ending, setEnding] = useState(false);
  const at = now();
  const live = one.stage === "active" || one.stage === "coming";
  return html`<li class=${`window ${one.stage}`} data-window=${one.id}>
    <div class="line"><b class="stage-of">${t(`window.${one.stage}`)}</b><span class="when">${moment(one.from, at)} – ${moment(one.ended_at ?? one.to, at)}</span>
      ${one.stage === "active" && html`<span>${plural("window.incidents", one.incidents, { n: one.incidents })}</span>`}
      ${live && html`<button data-end=${one.id} onClick=${() => setEnding(!ending)}>${t("window.end")}</button>`}</div>
    <p>${scopeWords(one.scope)}</p><small>${one.why} · ${one.by}${one.ended_why ? ` · ${one.ended_why} · ${one.ended_by}` : ""}</small>
    ${live && ending && html`<${Ending} one=${one} />`}
  </li>`;
}

export function Maintenance() {
  second.value;
  const [opening, setOpening] = useState(false);
  useEffect(() => {
    load();
    const timer = setInterval(load, AGAIN_AFTER);
    return () => clearInterval(timer);
  }, []);
  const open = async (/** @type {object} */ body, /** @type {string} */ key) => {
    if (await order("maintenance", body, key)) setOpening(false);
  };
  const all = windows.value ?? [];
  return html`<section class="panel maintenance" aria-label=${t("window.title")}>
    <header><h2>${t("window.title")}</h2><button data-command="open-window" aria-pressed=${opening} onClick=${() => setOpening(!opening)}>${t("window.open")}</button></header>
    ${told.value && !isGood({ ...told.value, body: {} }) && html`<p class="told refused" role="status">${t("sent.refused")} — ${why(told.value)}
      ${told.value.status === 401 && html` <button onClick=${() => (signingIn.value = true)}>${t("account.in")}</button>`}</p>`}
    ${opening && html`<${WindowForm} send=${open} />`}
    <ol>${all.map((one) => html`<${Window} key=${one.id} one=${one} />`)}</ol>
    ${windows.value !== null && all.length === 0 && html`<p class="nothing">${t("window.none")}</p>`}
  </section>`;
}
