/** Links to photos and documents, with the checksum that shows whether they are unchanged. */
import { html } from "../../html.js";
import { t, word } from "../../i18n/index.js";
import { now } from "../../state.js";
import { shortTime } from "../../format.js";

/** True for an address of the web: only such is a link. @param {string} url */
const isSafe = (url) => /^https?:\/\//i.test(url);

/** @param {{item: any}} props */
export function Attachment({ item }) {
  const name = item.caption || item.url.split("/").pop() || item.url;
  return html`<div class="attached">
    ${isSafe(item.url) ? html`<a href=${item.url} target="_blank" rel="noopener noreferrer">${name} ↗</a>` : html`<span>${name}</span>`}
    <small>${[item.media_type, item.time && shortTime(item.time, now()), item.type && word("event", eventTypeOf(item.type)), item.actor].filter(Boolean).join(" · ")}</small>
    <code title=${t("evidence.sum")}>SHA-256 ${item.sha256}</code>
  </div>`;
}

/** Return `reported` of `vn.ioc.incident.reported.v1`, or of plain `reported`. @param {string} type */
export const eventTypeOf = (type) => type.replace(/^vn\.ioc\.incident\./, "").replace(/\.v\d+$/, "");

/** @param {{items: any[]}} props */
export const Evidence = ({ items }) =>
  items.length > 0 && html`<section aria-label=${t("evidence.title")}><h4 class="part">${t("evidence.title")}</h4>
    ${items.map((item, n) => html`<${Attachment} key=${`${n}${item.url}`} item=${item} />`)}</section>`;
