/** Who was told of an incident, through what, and who was not and why. */
import { html } from "../../html.js";
import { useEffect, useState } from "../../vendor/hooks.js";
import { lang, t, word } from "../../i18n/index.js";
import { get, isGood } from "../../http.js";
import { now, unitName } from "../../state.js";
import { count, moment } from "../../format.js";

const AGAIN_AFTER = 15_000;
/** @type {Record<string, string>} */
const SHAPE = { sent: "✓", bundled: "✓", planned: "○", waiting: "○", suppressed: "◌", failed: "▲" };

/** The ledger of an incident, asked anew from time to time. @param {string} id @param {number} version */
function useLedger(id, version) {
  const [ledger, setLedger] = useState(/** @type {any} */ (null));
  useEffect(() => {
    let gone = false;
    const ask = async () => {
      const answer = await get(`notifications?limit=50&incident=${encodeURIComponent(id)}`);
      if (!gone && isGood(answer)) setLedger(answer.body);
    };
    ask();
    const timer = setInterval(ask, AGAIN_AFTER);
    return () => {
      gone = true;
      clearInterval(timer);
    };
  }, [id, version]);
  return ledger;
}

/** @param {{one: any, at: number}} props */
const Notice = ({ one, at }) => html`<li class=${one.status} data-notice=${one.id}>
  <span class="mark" aria-hidden="true">${SHAPE[one.status] ?? "○"}</span>
  <time>${moment(one.at, at)}</time>
  <span class="name">${unitName(one.unit)} · ${word("channel", one.channel)}</span>
  <span>${word("occasion", one.occasion)}${one.level > 0 ? ` ${one.level}` : ""}</span>
  <span class="how">${word("notice", one.status)}${one.reason ? `: ${word("because", one.reason)}` : ""}${one.until ? ` ${t("queue.until", { at: moment(one.until, at) })}` : ""}</span>
</li>`;

/** @param {{id: string, version: number}} props */
export function Told({ id, version }) {
  const ledger = useLedger(id, version);
  if (!ledger?.items?.length) return null;
  const at = now();
  return html`<section aria-label=${t("told.title")}><h4 class="part">${t("told.title")} <b>${count(ledger.total, lang.value)}</b></h4>
    <ol class="notices">${ledger.items.map((/** @type {any} */ one) => html`<${Notice} key=${one.id} one=${one} at=${at} />`)}</ol></section>`;
}
