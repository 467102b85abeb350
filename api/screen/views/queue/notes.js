/** What the list does not show by itself: a flood, what is shelved, what may be twice, what is under maintenance. */
import { html } from "../../html.js";
import { lang, t } from "../../i18n/index.js";
import { causeName, filter, grouping, now, revision, second, selected, store, wardName } from "../../state.js";
import { isShelved, NO_FILTER } from "../../queue_order.js";
import { FLOOD, fresh } from "../../groups.js";
import { count } from "../../format.js";

/** Show groups, or each incident again. */
export function regroup() {
  grouping.value = !grouping.value;
  selected.value = null;
  filter.value = { ...filter.value, group: "" };
}

/** @param {{view: import("../../queue_order.js").View, n: number, name: string}} props */
function Chip({ view, n, name }) {
  const shown = filter.value.view === view;
  if (n === 0 && !shown) return null;
  const turn = () => (filter.value = { ...NO_FILTER, view: shown ? "open" : view });
  return html`<button class="chip" data-chip=${view} aria-pressed=${shown} onClick=${turn}>${name} <b>${count(n, lang.value)}</b></button>`;
}

/** The group one has gone into. */
function Entered() {
  const [cause, ward] = filter.value.group.slice(1).split("|");
  return html`<button class="chip" data-chip="group" aria-pressed="true" onClick=${() => (filter.value = { ...filter.value, group: "" })}>
    ${causeName(cause)} · ${wardName(ward || null) || t("queue.no_ward")} ✕</button>`;
}

export function Notes() {
  revision.value;
  second.value;
  const open = store.open();
  const news = fresh(open, now());
  const flood = news > FLOOD;
  const maintained = open.filter((one) => one.maintenance).length;
  return html`<div class=${`notes ${flood ? "flood" : ""}`} aria-label=${t("notes.region")}>
    <button class=${`regroup ${flood && !grouping.value ? "offered" : ""}`} aria-pressed=${grouping.value} onClick=${regroup}>
      <kbd>g</kbd>${t("notes.group")}</button>
    ${filter.value.group && html`<${Entered} />`}
    ${flood && html`<span class="news" role="status">▲ ${t("notes.flood", { n: count(news, lang.value) })}</span>`}
    ${store.hidden() > 0 && html`<span class="said" data-note="hidden" title=${t("notes.hidden_hint")}>${t("notes.hidden", { n: count(open.length, lang.value), all: count(open.length + store.hidden(), lang.value) })}</span>`}
    <${Chip} view="shelved" n=${open.filter(isShelved).length} name=${t("notes.shelved")} />
    <${Chip} view="proposed" n=${open.filter((one) => one.proposed && !isShelved(one)).length} name=${t("notes.proposed")} />
    ${maintained > 0 && html`<span class="said">◌ ${t("notes.maintenance", { n: count(maintained, lang.value) })}</span>`}
  </div>`;
}
