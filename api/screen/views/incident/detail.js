/** The detail of an incident: commands, facts, directives, deadlines, merged reports, evidence, notifications, history. */
import { html } from "../../html.js";
import { lang, t, word } from "../../i18n/index.js";
import { categoryName, now, openedId, second, serviceName, store, unitName, wardName } from "../../state.js";
import { detail } from "../../incident_detail.js";
import { isUnacknowledged } from "../../queue_order.js";
import { isClosed } from "../../store.js";
import { shortTime } from "../../format.js";
import { Deadline } from "./deadline.js";
import { Commands, draftCommand } from "./commands.js";
import { Directives } from "./directives.js";
import { eventTypeOf, Evidence } from "./evidence.js";
import { Children, Parent, Proposal } from "./merging.js";
import { Reporter } from "./reporter.js";
import { Notifications } from "./notifications.js";
import { SeverityIcon } from "../queue/severity.js";

/** Close the detail and the form of a command. */
export function close() {
  draftCommand.value = null;
  openedId.value = null;
}

/** @param {{name: string, value: any, wide?: boolean}} props */
const Fact = ({ name, value, wide = false }) => (value === null || value === undefined || value === "" ? null : html`<div class=${wide ? "wide" : ""}><dt>${t(`fact.${name}`)}</dt><dd>${value}</dd></div>`);

/** @param {{incident: any, at: number}} props */
const Facts = ({ incident, at }) => html`<dl class="facts">
  <${Fact} name="state" value=${word("state", incident.state)} />
  <${Fact} name="priority" value=${word("priority", incident.priority)} />
  <${Fact} name="service" value=${serviceName(incident.service)} />
  <${Fact} name="category" value=${incident.category === incident.service ? null : categoryName(incident.service, incident.category)} />
  <${Fact} name="ward" value=${wardName(incident.ward)} />
  <${Fact} name="address" value=${incident.address} />
  <${Fact} name="unit" value=${unitName(incident.unit) || t("queue.no_unit")} />
  <${Fact} name="units" wide value=${(incident.units ?? []).filter((/** @type {string} */ code) => code !== incident.unit).map(unitName).join(", ")} />
  <${Fact} name="assignee" value=${incident.assignee && t("fact.handled_by", { name: incident.assignee })} />
  <${Fact} name="reported" value=${shortTime(incident.reported_at, at)} />
  <${Fact} name="closed" value=${incident.closed_at && shortTime(incident.closed_at, at)} />
  <${Fact} name="shelved" value=${incident.shelved_until && t("fact.shelved_until", { at: shortTime(incident.shelved_until, at), by: incident.shelved_by ?? "" })} />
  <${Fact} name="maintenance" value=${incident.maintenance && t("queue.maintenance_hint")} />
  <${Fact} name="lapses" value=${incident.lapses_at && shortTime(incident.lapses_at, at)} />
  <${Fact} name="lapsed" value=${incident.lapses || null} />
  <${Fact} name="procedure" value=${incident.procedure && `${incident.procedure[`name_${lang.value}`]} · ${word("online", incident.procedure.online)}`} />
  <${Fact} name="on_time" value=${incident.on_time === null ? null : t(incident.on_time ? "fact.in_time" : "fact.late")} />
  <${Fact} name="reopened" value=${incident.reopened || null} />
  <${Fact} name="rating" value=${incident.rating} />
</dl>`;

/** @param {{entry: any, at: number}} props */
const HistoryEntry = ({ entry, at }) => html`<li class=${entry.accepted ? "" : "refused"}>
  <time>${shortTime(entry.time, at)}</time>
  <div><b>${word("event", eventTypeOf(entry.type))}</b>${!entry.accepted && html`<span class="refusal">${t("history.refused")}${entry.reason ? `: ${word("reason", entry.reason)}` : ""}</span>`}
    <small>${[entry.actor, entry.source].filter(Boolean).join(" · ")}</small>
    ${entry.text && html`<p>${entry.text}</p>`}</div>
</li>`;

export function Detail() {
  second.value;
  const full = detail.value;
  if (openedId.value === null || full === null || full.id !== openedId.value) return null;
  // The row of the feed is newer than the response until the detail is loaded again.
  const row = store.get(full.id);
  const incident = row && row.version >= full.version ? { ...full, ...row } : full;
  const at = now();
  return html`<aside class="panel detail" role="dialog" aria-label=${t("detail.region")}>
    <header><${SeverityIcon} severity=${incident.severity} flashing=${isUnacknowledged(incident)} />
      <div><h3>${incident.title}</h3><code>${incident.id}</code></div>
      <button class="close" onClick=${close} aria-label=${t("detail.close")}>✕</button></header>
    <div class="body">
      <${Proposal} incident=${incident} commands=${full.commands ?? []} /><${Parent} incident=${incident} commands=${full.commands ?? []} />
      ${full.commands && html`<${Commands} incident=${incident} names=${full.commands} />`}
      <${Facts} incident=${incident} at=${at} />
      <${Directives} incident=${incident} directives=${full.directives ?? []} commands=${full.commands ?? []} />
      ${full.deadlines?.length > 0 && html`<h4 class="part">${t("detail.deadlines")}</h4>
        ${[...full.deadlines].sort((a, b) => Number(Boolean(a.met_at)) - Number(Boolean(b.met_at))).map((d) => html`<${Deadline} key=${d.target} deadline=${d} closed=${isClosed(incident)} />`)}`}
      <${Children} incident=${{ ...incident, merged: full.merged }} />
      <${Evidence} items=${full.evidence ?? []} />
      <${Notifications} id=${incident.id} version=${incident.version} />
      <${Reporter} key=${incident.id} incidentId=${incident.id} />
      ${full.history?.length > 0 && html`<h4 class="part">${t("detail.history")}</h4>
        <ol class="history">${full.history.map((/** @type {any} */ e) => html`<${HistoryEntry} key=${`${e.source}${e.id}`} entry=${e} at=${at} />`)}</ol>`}
    </div>
  </aside>`;
}
