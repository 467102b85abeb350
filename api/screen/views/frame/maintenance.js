/** Maintenance windows, in which nobody is notified of incidents within their scope: listed, opened and ended here. */
import { html } from "../../html.js";
import { useEffect, useState } from "../../vendor/hooks.js";
import { signal } from "../../vendor/signals.js";
import { catalogue, categoryName, now, second, serviceName, unitName, wardName } from "../../state.js";
import { plural, t } from "../../i18n/index.js";
import { fieldErrors, get, isOk, newIdempotencyKey, post, signInOpen } from "../../http.js";
import { shortTime } from "../../format.js";
import { failureText } from "../incident/commands.js";
import { WindowForm } from "./window_form.js";

const REFRESH_INTERVAL = 10_000;
const windows = signal(/** @type {any[]|null} */ (null));
/** The result of the last request. */
const lastResult = signal(/** @type {{status: number, errors: string}|null} */ (null));

async function load() {
  const response = await get("maintenance?limit=50");
  if (isOk(response)) windows.value = response.body.items;
}

/** Open or end a window; true when the API accepted it. @param {string} path @param {object} body @param {string} key */
async function submit(path, body, key) {
  const response = await post(path, body, key);
  lastResult.value = { status: response.status, errors: fieldErrors(response) };
  if (!isOk(response)) return false;
  windows.value = [response.body, ...(windows.value ?? []).filter((maintenanceWindow) => maintenanceWindow.id !== response.body.id)];
  return true;
}

/** Return the name of a category of any service. @param {string} code */
function anyCategory(code) {
  const service = [...catalogue.value.services.values()].find((service) => service.categories?.some((/** @type {any} */ category) => category.code === code));
  return service ? categoryName(service.code, code) : code;
}

/** @type {Record<string, (code: string) => string>} */
const NAMES = { services: serviceName, categories: anyCategory, units: unitName, wards: wardName, sources: (code) => code };

/** @param {Record<string, string[]>} scope */
const scopeText = (scope) => Object.keys(NAMES).filter((field) => scope[field]?.length).map((field) => scope[field].map(NAMES[field]).join(", ")).join(" · ");

/** @param {{maintenanceWindow: any}} props */
function EndForm({ maintenanceWindow }) {
  const [key] = useState(newIdempotencyKey());
  const end = async (/** @type {any} */ event) => {
    event.preventDefault();
    const { actor, why: words } = event.currentTarget.elements;
    await submit(`maintenance/${encodeURIComponent(maintenanceWindow.id)}/end`, { actor: actor.value, why: words.value }, key);
  };
  return html`<form class="ask" onSubmit=${end}>
    <label>${t("form.why")}<input name="why" required maxlength="2048" autofocus /></label><label>${t("form.actor")}<input name="actor" required maxlength="512" /></label>
    <span class="buttons"><button class="primary" type="submit">${t("window.end")}</button></span></form>`;
}

/** @param {{maintenanceWindow: any}} props */
function WindowItem({ maintenanceWindow }) {
  const [ending, setEnding] = useState(false);
  const at = now();
  const live = maintenanceWindow.stage === "active" || maintenanceWindow.stage === "coming";
  return html`<li class=${`window ${maintenanceWindow.stage}`} data-window=${maintenanceWindow.id}>
    <div class="line"><b class="stage-of">${t(`window.${maintenanceWindow.stage}`)}</b><span class="when">${shortTime(maintenanceWindow.from, at)} – ${shortTime(maintenanceWindow.ended_at ?? maintenanceWindow.to, at)}</span>
      ${maintenanceWindow.stage === "active" && html`<span>${plural("window.incidents", maintenanceWindow.incidents, { n: maintenanceWindow.incidents })}</span>`}
      ${live && html`<button data-end=${maintenanceWindow.id} onClick=${() => setEnding(!ending)}>${t("window.end")}</button>`}</div>
    <p>${scopeText(maintenanceWindow.scope)}</p><small>${maintenanceWindow.why} · ${maintenanceWindow.by}${maintenanceWindow.ended_why ? ` · ${maintenanceWindow.ended_why} · ${maintenanceWindow.ended_by}` : ""}</small>
    ${live && ending && html`<${EndForm} maintenanceWindow=${maintenanceWindow} />`}
  </li>`;
}

export function Maintenance() {
  second.value;
  const [opening, setOpening] = useState(false);
  useEffect(() => {
    load();
    const timer = setInterval(load, REFRESH_INTERVAL);
    return () => clearInterval(timer);
  }, []);
  const open = async (/** @type {object} */ body, /** @type {string} */ key) => {
    if (await submit("maintenance", body, key)) setOpening(false);
  };
  const listed = windows.value ?? [];
  return html`<section class="panel maintenance" aria-label=${t("window.title")}>
    <header><h2>${t("window.title")}</h2><button data-command="open-window" aria-pressed=${opening} onClick=${() => setOpening(!opening)}>${t("window.open")}</button></header>
    ${lastResult.value && !isOk({ ...lastResult.value, body: {} }) && html`<p class="told refused" role="status">${t("sent.refused")} — ${failureText(lastResult.value)}
      ${lastResult.value.status === 401 && html` <button onClick=${() => (signInOpen.value = true)}>${t("account.in")}</button>`}</p>`}
    ${opening && html`<${WindowForm} send=${open} />`}
    <ol>${listed.map((maintenanceWindow) => html`<${WindowItem} key=${maintenanceWindow.id} maintenanceWindow=${maintenanceWindow} />`)}</ol>
    ${windows.value !== null && listed.length === 0 && html`<p class="nothing">${t("window.none")}</p>`}
  </section>`;
}
