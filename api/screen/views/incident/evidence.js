/** Photos and documents that lie elsewhere, with the checksum by which they are known to be unchanged. */
import { html } from "../../html.js";
import { t, word } from "../../i18n/index.js";
import { now } from "../../state.js";
import { moment } from "../../format.js";

/** Only an address of the web is one that can be followed. @param {string} url */
const isSafe = (url) => /^https?:\/\//i.test(url);

/** @param {{shown: any}} props */
export function Attached({ shown }) {
  const name = shown.caption || shown.url.split("/").pop() || shown.url;
  return html`<div class="attached">
    ${isSafe(shown.url) ? html`<a href=${shown.url} target="_blank" rel="noopener noreferrer">${name} ↗</a>` : html`<span>${name}</span>`}
    <small>${[shown.media_type, shown.time && moment(shown.time, now()), shown.type && word("event", moveOf(shown.type)), shown.actor].filter(Boolean).join(" · ")}</small>
    <code title=${t("evidence.sum")}>SHA-256 ${shown.sha256}</code>
  </div>`;
}

/** `vn.ioc.incident.reported.v1` or plain `reported`. @param {string} type */
export const moveOf = (type) => type.replace(/^vn\.ioc\.incident\./, "").replace(/\.v\d+$/, "");

/** @param {{all: any[]}} props */
export const Evidence = ({ all }) =>
  all.length > 0 && html`<section aria-label=${t("evidence.title")}><h4 class="part">${t("evidence.title")}</h4>
    ${all.map((shown, n) => html`<${Attached} key=${`${n}${shown.url}`} shown=${shown} />`)}</section>`;
