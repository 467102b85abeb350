/** Duplicates: the proposed parent, the parent, and the merged children of an incident. */
import { html } from "../../html.js";
import { lang, plural, t, word } from "../../i18n/index.js";
import { now, openedId, store } from "../../state.js";
import { send } from "../../incident_detail.js";
import { count, shortTime } from "../../format.js";
import { isBusy } from "./commands.js";

/** @param {{id: string}} props */
const IncidentLink = ({ id }) => html`<button class="link" data-incident=${id} onClick=${() => (openedId.value = id)}>${store.get(id)?.title ?? id}</button>`;

/** A proposed duplicate, to be accepted or declined. @param {{incident: any, commands: string[]}} props */
export function Proposal({ incident, commands }) {
  if (!incident.proposed || !commands.includes("decline")) return null;
  const busy = isBusy(incident.id);
  return html`<section class="proposal" aria-label=${t("family.proposal")}>
    <b>≈ ${t("family.proposal")}</b> <${IncidentLink} id=${incident.proposed} /> <code>${incident.proposed}</code>
    <span class="buttons">
      <button class="primary" data-command="merge-proposed" disabled=${busy} onClick=${() => send(incident.id, "merge", { into: incident.proposed })}>${t("family.accept")}</button>
      <button data-command="decline" disabled=${busy} onClick=${() => send(incident.id, "decline", {})}>${t("family.decline")}</button>
    </span></section>`;
}

/** @param {{incident: any, commands: string[]}} props */
export function Parent({ incident, commands }) {
  if (incident.state !== "merged" || !incident.parent) return null;
  return html`<section class="proposal" aria-label=${t("family.parent")}>
    <b>${t("family.parent")}</b> <${IncidentLink} id=${incident.parent} /> <code>${incident.parent}</code>
    <span>${incident.outcome ? word("state", incident.outcome) : t("family.parent_open")}</span>
    ${commands.includes("unmerge") && html`<span class="buttons"><button data-command="unmerge" disabled=${isBusy(incident.id)}
      onClick=${() => send(incident.id, "unmerge", {})}>${t("family.part")}</button></span>`}
  </section>`;
}

/** @param {{incident: any}} props */
export function Children({ incident }) {
  const merged = incident.merged ?? [];
  const total = Math.max(incident.children ?? 0, merged.length);
  if (total === 0) return null;
  const at = now();
  const busy = isBusy(incident.id);
  return html`<section aria-label=${t("family.children")}><h4 class="part">${t("family.children")} <b>${count(total, lang.value)}</b></h4>
    <ol class="children">${merged.map((/** @type {any} */ child) => html`<li key=${child.id}>
      <time>${shortTime(child.reported_at, at)}</time><${IncidentLink} id=${child.id} />
      <button data-unmerge=${child.id} disabled=${busy} onClick=${() => send(child.id, "unmerge", {})}>${t("family.part")}</button></li>`)}</ol>
    ${total > merged.length && html`<p class="more">${plural("family.more", total - merged.length, { n: count(total - merged.length, lang.value) })}</p>`}
  </section>`;
}
