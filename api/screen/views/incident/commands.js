/** The commands that the incident's state allows, as the API lists them, and the status of those sent. */
import { html } from "../../html.js";
import { signal } from "../../vendor/signals.js";
import { hasKey, t, word } from "../../i18n/index.js";
import { signInOpen } from "../../http.js";
import { send, sentCommands } from "../../incident_detail.js";
import { CommandForm } from "./command_form.js";

/** The command whose form is open. */
export const draftCommand = signal(/** @type {string|null} */ (null));
/** Commands sent without a form; those that end or reopen an incident or need input have one. */
const IMMEDIATE = new Set(["acknowledge", "start", "resume", "unshelve"]);
/** Commands with buttons elsewhere: beside the proposal, the parent or the directive. */
const SHOWN_ELSEWHERE = new Set(["decline", "unmerge", "acknowledge_directive", "report_directive"]);

/** Send a command, or open its form. @param {string} incidentId @param {string} command */
export function startCommand(incidentId, command) {
  if (IMMEDIATE.has(command)) send(incidentId, command, {});
  else draftCommand.value = command;
}

/** Return why a request was refused, in the language of the screen. @param {{status?: number, reason?: string, errors?: string}} failure */
export function failureText(failure) {
  if (failure.reason) return word("reason", failure.reason);
  if (failure.status === undefined) return "";
  const title = hasKey(`problem.${failure.status}`) ? t(`problem.${failure.status}`) : t("problem.other", { status: failure.status });
  return failure.errors ? `${title} (${failure.errors})` : title;
}

/** @param {{command: import("../../incident_detail.js").SentCommand}} props */
const CommandStatus = ({ command }) => html`<p class=${`told ${command.state}`} role="status">
  <b>${word("command", command.command)}</b> ${t(`sent.${command.state}`)}${failureText(command) && ` — ${failureText(command)}`}
  ${command.status === 401 && html` <button onClick=${() => (signInOpen.value = true)}>${t("account.in")}</button>`}
</p>`;

/** True while a command sent from this incident's detail is not confirmed. @param {string} incidentId */
export const isBusy = (incidentId) => sentCommands.value.some((command) => command.viewedId === incidentId && (command.state === "sending" || command.state === "sent"));

/** @param {{incident: any, names: string[]}} props */
export function Commands({ incident, names }) {
  const offered = names.filter((name) => !SHOWN_ELSEWHERE.has(name));
  const command = draftCommand.value !== null && offered.includes(draftCommand.value) ? draftCommand.value : null;
  const cancel = () => (draftCommand.value = null);
  const submit = (/** @type {object} */ body) => {
    send(incident.id, /** @type {string} */ (command), body);
    cancel();
  };
  return html`<div class="commands">
    <div class="buttons">
      ${offered.map((name) => html`<button key=${name} class=${name === offered[0] ? "primary" : ""} disabled=${isBusy(incident.id)} data-command=${name}
        onClick=${() => startCommand(incident.id, name)}>${word("command", name)}</button>`)}
    </div>
    ${command && html`<${CommandForm} key=${command} incident=${incident} command=${command} send=${submit} cancel=${cancel} />`}
    ${sentCommands.value.filter((sent) => sent.viewedId === incident.id).map((sent) => html`<${CommandStatus} key=${sent.eventId} command=${sent} />`)}
  </div>`;
}
