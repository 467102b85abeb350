/** While something urgent is open: what, where, since when. Nobody has to look for it. */
import { html } from "../../html.js";
import { useEffect, useState } from "../../vendor/hooks.js";
import { lang, plural, t } from "../../i18n/index.js";
import { now, revision, second, show, store, wardName } from "../../state.js";
import { getAs, isGood, signingIn, token } from "../../http.js";
import { isShelved } from "../../queue_order.js";
import { count, duration } from "../../format.js";
import { why } from "../incident/commands.js";
import { Sign } from "../queue/severity.js";

/** An address of the web and nothing else. @param {unknown} link */
const safe = (link) => (typeof link === "string" && /^https?:\/\//.test(link) ? link : null);

/** The way to the war room: asked for by a press, since only operators may have it, and kept as long as the sign is there. */
function Room() {
  const [answer, setAnswer] = useState(/** @type {import("../../http.js").Answer|null} */ (null));
  const signedIn = token.value !== "";
  useEffect(() => setAnswer(null), [signedIn]);
  const ask = async () => {
    const told = await getAs("war-room");
    setAnswer(told);
    if (told.status === 401) signingIn.value = true;
  };
  const link = answer && isGood(answer) ? safe(answer.body.url) : null;
  if (link) return html`<a href=${link} target="_blank" rel="noopener noreferrer">${t("emergency.enter")}</a>`;
  if (answer && isGood(answer)) return html`<span class="room">${t("emergency.no_room")}</span>`;
  return html`<span class="room">${answer && why(answer)}</span><button data-command="war-room" onClick=${ask}>${t("emergency.room")}</button>`;
}

export function Emergency() {
  revision.value;
  second.value;
  const urgent = store.open().filter((one) => one.priority === "urgent" && !isShelved(one));
  if (urgent.length === 0) return null;
  const [first] = urgent;
  return html`<section class="emergency" role="alert" aria-label=${t("emergency.region")}>
    <${Sign} severity="critical" />
    <b>${plural("emergency.open", urgent.length, { n: count(urgent.length, lang.value) })}</b>
    <button class="first" onClick=${() => show(first.id)}>${first.title} · ${wardName(first.ward) || t("queue.no_ward")}</button>
    <span class="since">${t("emergency.since", { time: duration(Math.max(0, now() - first.reportedMs), t) })}</span>
    <${Room} />
  </section>`;
}
