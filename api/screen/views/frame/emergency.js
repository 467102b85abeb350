/** The banner while an urgent incident is open: its title, ward and age, and the link to the war room. */
import { html } from "../../html.js";
import { useEffect, useState } from "../../vendor/hooks.js";
import { lang, plural, t } from "../../i18n/index.js";
import { now, openIncident, revision, second, store, wardName } from "../../state.js";
import { getAuthorized, isOk, signInOpen, token } from "../../http.js";
import { isShelved } from "../../queue_order.js";
import { count, duration } from "../../format.js";
import { failureText } from "../incident/commands.js";
import { SeverityIcon } from "../queue/severity.js";

/** Return an address of the web, null for anything else. @param {unknown} url */
const webUrl = (url) => (typeof url === "string" && /^https?:\/\//.test(url) ? url : null);

/** The link to the war room: loaded by a button, since only operators may see it, and kept while the banner is shown. */
function WarRoom() {
  const [response, setResponse] = useState(/** @type {import("../../http.js").ApiResponse|null} */ (null));
  const signedIn = token.value !== "";
  useEffect(() => setResponse(null), [signedIn]);
  const load = async () => {
    const latest = await getAuthorized("war-room");
    setResponse(latest);
    if (latest.status === 401) signInOpen.value = true;
  };
  const link = response && isOk(response) ? webUrl(response.body.url) : null;
  if (link) return html`<a href=${link} target="_blank" rel="noopener noreferrer">${t("emergency.enter")}</a>`;
  if (response && isOk(response)) return html`<span class="room">${t("emergency.no_room")}</span>`;
  return html`<span class="room">${response && failureText(response)}</span><button data-command="war-room" onClick=${load}>${t("emergency.room")}</button>`;
}

export function Emergency() {
  revision.value;
  second.value;
  const urgent = store.open().filter((incident) => incident.priority === "urgent" && !isShelved(incident));
  if (urgent.length === 0) return null;
  const [first] = urgent;
  return html`<section class="emergency" role="alert" aria-label=${t("emergency.region")}>
    <${SeverityIcon} severity="critical" />
    <b>${plural("emergency.open", urgent.length, { n: count(urgent.length, lang.value) })}</b>
    <button class="first" onClick=${() => openIncident(first.id)}>${first.title} · ${wardName(first.ward) || t("queue.no_ward")}</button>
    <span class="since">${t("emergency.since", { time: duration(Math.max(0, now() - first.reportedMs), t) })}</span>
    <${WarRoom} />
  </section>`;
}
