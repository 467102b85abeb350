/** Reports of the same matter: what an incident was merged into, what was merged into it, what may be the same. */
import { html } from "../../html.js";
import { lang, plural, t, word } from "../../i18n/index.js";
import { now, opened, store } from "../../state.js";
import { send } from "../../incident_detail.js";
import { count, moment } from "../../format.js";
import { isBusy } from "./commands.js";

/** @param {{id: string}} props */
const Link = ({ id }) => html`<button class="link" data-incident=${id} onClick=${() => (opened.value = id)}>${store.get(id)?.title ?? id}</button>`;

/** What people have to decide. @param {{one: any, commands: string[]}} props */
export function Proposal({ one, commands }) {
  if (!one.proposed || !commands.includes("decline")) return null;
  const busy = isBusy(one.id);
  return html`<section class="proposal" aria-label=${t("family.proposal")}>
    <b>≈ ${t("family.proposal")}</b> <${Link} id=${one.proposed} /> <code>${one.proposed}</code>
    <span class="buttons">
      <button class="primary" data-command="merge-proposed" disabled=${busy} onClick=${() => send(one.id, "merge", { into: one.proposed })}>${t("family.accept")}</button>
      <button data-command="decline" disabled=${busy} onClick=${() => send(one.id, "decline", {})}>${t("family.decline")}</button>
    </span></section>`;
}

/** @param {{one: any, commands: string[]}} props */
export function Parent({ one, commands }) {
  if (one.state !== "merged" || !one.parent) return null;
  return html`<section class="proposal" aria-label=${t("family.parent")}>
    <b>${t("family.parent")}</b> <${Link} id=${one.parent} /> <code>${one.parent}</code>
    <span>${one.outcome ? word("state", one.outcome) : t("family.parent_open")}</span>
    ${commands.includes("unmerge") && html`<span class="buttons"><button data-command="unmerge" disabled=${isBusy(one.id)}
      onClick=${() => send(one.id, "unmerge", {})}>${t("family.part")}</button></span>`}
  </section>`;
}

/** @param {{one: any}} props */
export function Children({ one }) {
  const merged = one.merged ?? [];
  const all = Math.max(one.children ?? 0, merged.length);
  if (all === 0) return null;
  const at = now();
  const busy = isBusy(one.id);
  return html`<section aria-label=${t("family.children")}><h4 class="part">${t("family.children")} <b>${count(all, lang.value)}</b></h4>
    <ol class="children">${merged.map((/** @type {any} */ child) => html`<li key=${child.id}>
      <time>${moment(child.reported_at, at)}</time><${Link} id=${child.id} />
      <button data-unmerge=${child.id} disabled=${busy} onClick=${() => send(child.id, "unmerge", {})}>${t("family.part")}</button></li>`)}</ol>
    ${all > merged.length && html`<p class="more">${plural("family.more", all - merged.length, { n: count(all - merged.length, lang.value) })}</p>`}
  </section>`;
}
