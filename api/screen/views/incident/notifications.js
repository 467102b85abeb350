/** The notifications about an incident: recipient, channel and status, and why one was not sent. */
import { html } from "../../html.js";
import { useEffect, useState } from "../../vendor/hooks.js";
import { lang, t, word } from "../../i18n/index.js";
import { get, isOk } from "../../http.js";
import { now, unitName } from "../../state.js";
import { count, shortTime } from "../../format.js";

const REFRESH_INTERVAL = 15_000;
/** @type {Record<string, string>} */
const SYMBOL = { sent: "✓", bundled: "✓", planned: "○", waiting: "○", suppressed: "◌", failed: "▲" };

/** Load the notifications of an incident, and again every 15 s. @param {string} id @param {number} version */
function useNotifications(id, version) {
  const [page, setPage] = useState(/** @type {any} */ (null));
  useEffect(() => {
    let cancelled = false;
    const load = async () => {
      const response = await get(`notifications?limit=50&incident=${encodeURIComponent(id)}`);
      if (!cancelled && isOk(response)) setPage(response.body);
    };
    load();
    const timer = setInterval(load, REFRESH_INTERVAL);
    return () => {
      cancelled = true;
      clearInterval(timer);
    };
  }, [id, version]);
  return page;
}

/** @param {{notification: any, at: number}} props */
const NotificationItem = ({ notification, at }) => html`<li class=${notification.status} data-notice=${notification.id}>
  <span class="mark" aria-hidden="true">${SYMBOL[notification.status] ?? "○"}</span>
  <time>${shortTime(notification.at, at)}</time>
  <span class="name">${unitName(notification.unit)} · ${word("channel", notification.channel)}</span>
  <span>${word("occasion", notification.occasion)}${notification.level > 0 ? ` ${notification.level}` : ""}</span>
  <span class="how">${word("notice", notification.status)}${notification.reason ? `: ${word("because", notification.reason)}` : ""}${notification.until ? ` ${t("queue.until", { at: shortTime(notification.until, at) })}` : ""}</span>
</li>`;

/** @param {{id: string, version: number}} props */
export function Notifications({ id, version }) {
  const page = useNotifications(id, version);
  if (!page?.items?.length) return null;
  const at = now();
  return html`<section aria-label=${t("told.title")}><h4 class="part">${t("told.title")} <b>${count(page.total, lang.value)}</b></h4>
    <ol class="notices">${page.items.map((/** @type {any} */ notification) => html`<${NotificationItem} key=${notification.id} notification=${notification} at=${at} />`)}</ol></section>`;
}
