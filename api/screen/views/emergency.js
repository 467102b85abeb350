/** While something urgent is open: what, where, since when. Nobody has to look for it. */
import { html } from "../html.js";
import { lang, plural, t } from "../i18n/index.js";
import { catalogue, now, revision, second, show, store, wardName } from "../model.js";
import { isShelved } from "../order.js";
import { count, duration } from "../format.js";
import { Sign } from "./severity.js";

/** An address of the web and nothing else. @param {unknown} link */
const safe = (link) => (typeof link === "string" && /^https:\/\//.test(link) ? link : null);

export function Emergency() {
  revision.value;
  second.value;
  const urgent = store.open().filter((one) => one.priority === "urgent" && !isShelved(one));
  if (urgent.length === 0) return null;
  const [first] = urgent;
  const room = safe(catalogue.value.room);
  return html`<section class="emergency" role="alert" aria-label=${t("emergency.region")}>
    <${Sign} severity="critical" />
    <b>${plural("emergency.open", urgent.length, { n: count(urgent.length, lang.value) })}</b>
    <button class="first" onClick=${() => show(first.id)}>${first.title} · ${wardName(first.ward) || t("queue.no_ward")}</button>
    <span class="since">${t("emergency.since", { time: duration(Math.max(0, now() - first.reportedMs), t) })}</span>
    ${room && html`<a href=${room} target="_blank" rel="noopener noreferrer">${t("emergency.room")}</a>`}
  </section>`;
}
