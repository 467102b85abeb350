/** What the operator may do with the incident now, as the lifecycle allows it. */
import { html } from "../../html.js";
import { signal } from "../../vendor/signals.js";
import { known, t, word } from "../../i18n/index.js";
import { signingIn } from "../../http.js";
import { send, sent } from "../../incident_detail.js";
import { Form } from "./form.js";

/** The command being filled in. */
export const asking = signal(/** @type {string|null} */ (null));
/** Commands that end or revive a matter are confirmed, as are those that need words or a choice. */
const AT_ONCE = new Set(["acknowledge", "start", "resume", "unshelve"]);
/** Given where what they answer is shown: the proposal, the parent, the directive. */
const ELSEWHERE = new Set(["decline", "unmerge", "acknowledge_directive", "report_directive"]);

/** @param {string} incident @param {string} command */
export function begin(incident, command) {
  if (AT_ONCE.has(command)) send(incident, command, {});
  else asking.value = command;
}

/** Why it was refused, in the operator's words first. @param {{status?: number, reason?: string, faults?: string}} one */
export function why(one) {
  if (one.reason) return word("reason", one.reason);
  if (one.status === undefined) return "";
  const title = known(`problem.${one.status}`) ? t(`problem.${one.status}`) : t("problem.other", { status: one.status });
  return one.faults ? `${title} (${one.faults})` : title;
}

/** @param {{one: import("../../incident_detail.js").Sent}} props */
const Told = ({ one }) => html`<p class=${`told ${one.state}`} role="status">
  <b>${word("command", one.command)}</b> ${t(`sent.${one.state}`)}${why(one) && ` — ${why(one)}`}
  ${one.status === 401 && html` <button onClick=${() => (signingIn.value = true)}>${t("account.in")}</button>`}
</p>`;

/** True while an order given at this incident is under way. @param {string} incident */
export const isBusy = (incident) => sent.value.some((one) => one.shownAt === incident && (one.state === "sending" || one.state === "sent"));

/** @param {{one: any, names: string[]}} props */
export function Commands({ one, names }) {
  const here = names.filter((name) => !ELSEWHERE.has(name));
  const command = asking.value !== null && here.includes(asking.value) ? asking.value : null;
  const stop = () => (asking.value = null);
  const order = (/** @type {object} */ body) => {
    send(one.id, /** @type {string} */ (command), body);
    stop();
  };
  return html`<div class="commands">
    <div class="buttons">
      ${here.map((name) => html`<button key=${name} class=${name === here[0] ? "primary" : ""} disabled=${isBusy(one.id)} data-command=${name}
        onClick=${() => begin(one.id, name)}>${word("command", name)}</button>`)}
    </div>
    ${command && html`<${Form} key=${command} one=${one} command=${command} send=${order} stop=${stop} />`}
    ${sent.value.filter((each) => each.shownAt === one.id).map((each) => html`<${Told} key=${each.event} one=${each} />`)}
  </div>`;
}
