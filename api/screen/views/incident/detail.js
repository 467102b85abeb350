/** One incident in full: facts, commands, deadlines with their arithmetic, and its history. */
import { html } from "../../html.js";
import { lang, t, word } from "../../i18n/index.js";
import { categoryName, now, opened, second, serviceName, store, unitName, wardName } from "../../state.js";
import { dossier } from "../../incident_detail.js";
import { isUnacknowledged } from "../../queue_order.js";
import { isClosed } from "../../store.js";
import { moment } from "../../format.js";
import { Deadline } from "./arithmetic.js";
import { asking, Commands } from "./commands.js";
import { Directives } from "./directives.js";
import { Evidence, moveOf } from "./evidence.js";
import { Children, Parent, Proposal } from "./family.js";
import { Reporter } from "./reporter.js";
import { Told } from "./notifications.js";
import { Sign } from "../queue/severity.js";

export function close() {
  asking.value = null;
  opened.value = null;
}

/** @param {{name: string, value: any, wide?: boolean}} props */
const Fact = ({ name, value, wide = false }) => (value === null || value === undefined || value === "" ? null : html`<div class=${wide ? "wide" : ""}><dt>${t(`fact.${name}`)}</dt><dd>${value}</dd></div>`);

/** @param {{one: any, at: number}} props */
const Facts = ({ one, at }) => html`<dl class="facts">
  <${Fact} name="state" value=${word("state", one.state)} />
  <${Fact} name="priority" value=${word("priority", one.priority)} />
  <${Fact} name="service" value=${serviceName(one.service)} />
  <${Fact} name="category" value=${one.category === one.service ? null : categoryName(one.service, one.category)} />
  <${Fact} name="ward" value=${wardName(one.ward)} />
  <${Fact} name="address" value=${one.address} />
  <${Fact} name="unit" value=${unitName(one.unit) || t("queue.no_unit")} />
  <${Fact} name="units" wide value=${(one.units ?? []).filter((/** @type {string} */ code) => code !== one.unit).map(unitName).join(", ")} />
  <${Fact} name="assignee" value=${one.assignee && t("fact.handled_by", { name: one.assignee })} />
  <${Fact} name="reported" value=${moment(one.reported_at, at)} />
  <${Fact} name="closed" value=${one.closed_at && moment(one.closed_at, at)} />
  <${Fact} name="shelved" value=${one.shelved_until && t("fact.shelved_until", { at: moment(one.shelved_until, at), by: one.shelved_by ?? "" })} />
  <${Fact} name="maintenance" value=${one.maintenance && t("queue.maintenance_hint")} />
  <${Fact} name="lapses" value=${one.lapses_at && moment(one.lapses_at, at)} />
  <${Fact} name="lapsed" value=${one.lapses || null} />
  <${Fact} name="procedure" value=${one.procedure && `${one.procedure[`name_${lang.value}`]} · ${word("online", one.procedure.online)}`} />
  <${Fact} name="on_time" value=${one.on_time === null ? null : t(one.on_time ? "fact.in_time" : "fact.late")} />
  <${Fact} name="reopened" value=${one.reopened || null} />
  <${Fact} name="rating" value=${one.rating} />
</dl>`;

/** @param {{entry: any, at: number}} props */
const Entry = ({ entry, at }) => html`<li class=${entry.accepted ? "" : "refused"}>
  <time>${moment(entry.time, at)}</time>
  <div><b>${word("event", moveOf(entry.type))}</b>${!entry.accepted && html`<span class="refusal">${t("history.refused")}${entry.reason ? `: ${word("reason", entry.reason)}` : ""}</span>`}
    <small>${[entry.actor, entry.source].filter(Boolean).join(" · ")}</small>
    ${entry.text && html`<p>${entry.text}</p>`}</div>
</li>`;

export function Detail() {
  second.value;
  const full = dossier.value;
  if (opened.value === null || full === null || full.id !== opened.value) return null;
  // The row of the feed is newer than the answer it makes us ask for.
  const row = store.get(full.id);
  const one = row && row.version >= full.version ? { ...full, ...row } : full;
  const at = now();
  return html`<aside class="panel detail" role="dialog" aria-label=${t("detail.region")}>
    <header><${Sign} severity=${one.severity} calling=${isUnacknowledged(one)} />
      <div><h3>${one.title}</h3><code>${one.id}</code></div>
      <button class="close" onClick=${close} aria-label=${t("detail.close")}>✕</button></header>
    <div class="body">
      <${Proposal} one=${one} commands=${full.commands ?? []} /><${Parent} one=${one} commands=${full.commands ?? []} />
      ${full.commands && html`<${Commands} one=${one} names=${full.commands} />`}
      <${Facts} one=${one} at=${at} />
      <${Directives} one=${one} directives=${full.directives ?? []} commands=${full.commands ?? []} />
      ${full.deadlines?.length > 0 && html`<h4 class="part">${t("detail.deadlines")}</h4>
        ${[...full.deadlines].sort((a, b) => Number(Boolean(a.met_at)) - Number(Boolean(b.met_at))).map((d) => html`<${Deadline} key=${d.target} one=${d} closed=${isClosed(one)} />`)}`}
      <${Children} one=${{ ...one, merged: full.merged }} />
      <${Evidence} all=${full.evidence ?? []} />
      <${Told} id=${one.id} version=${one.version} />
      <${Reporter} key=${one.id} incident=${one.id} />
      ${full.history?.length > 0 && html`<h4 class="part">${t("detail.history")}</h4>
        <ol class="history">${full.history.map((/** @type {any} */ e) => html`<${Entry} key=${`${e.source}${e.id}`} entry=${e} at=${at} />`)}</ol>`}
    </div>
  </aside>`;
}
