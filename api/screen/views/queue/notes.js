/** Counts the list does not show: a flood, shelved incidents, possible duplicates, incidents under maintenance. */
import { html } from "../../html.js";
import { lang, t } from "../../i18n/index.js";
import { causeName, filter, grouping, now, revision, second, selectedId, store, wardName } from "../../state.js";
import { isShelved, NO_FILTER } from "../../queue_order.js";
import { countRecent, FLOOD_COUNT } from "../../groups.js";
import { count } from "../../format.js";

/** Switch between groups and incidents. */
export function toggleGrouping() {
  grouping.value = !grouping.value;
  selectedId.value = null;
  filter.value = { ...filter.value, group: "" };
}

/** A count that opens its view of the queue, and closes it again. @param {{view: import("../../queue_order.js").QueueView, n: number, name: string}} props */
function ViewChip({ view, n, name }) {
  const active = filter.value.view === view;
  if (n === 0 && !active) return null;
  const toggle = () => (filter.value = { ...NO_FILTER, view: active ? "open" : view });
  return html`<button class="chip" data-chip=${view} aria-pressed=${active} onClick=${toggle}>${name} <b>${count(n, lang.value)}</b></button>`;
}

/** The opened group, with a button that leaves it. */
function GroupChip() {
  const [cause, ward] = filter.value.group.slice(1).split("|");
  return html`<button class="chip" data-chip="group" aria-pressed="true" onClick=${() => (filter.value = { ...filter.value, group: "" })}>
    ${causeName(cause)} · ${wardName(ward || null) || t("queue.no_ward")} ✕</button>`;
}

export function Notes() {
  revision.value;
  second.value;
  const open = store.open();
  const recent = countRecent(open, now());
  const isFlood = recent > FLOOD_COUNT;
  const inMaintenance = open.filter((incident) => incident.maintenance).length;
  return html`<div class=${`notes ${isFlood ? "flood" : ""}`} aria-label=${t("notes.region")}>
    <button class=${`regroup ${isFlood && !grouping.value ? "offered" : ""}`} aria-pressed=${grouping.value} onClick=${toggleGrouping}>
      <kbd>g</kbd>${t("notes.group")}</button>
    ${filter.value.group && html`<${GroupChip} />`}
    ${isFlood && html`<span class="news" role="status">▲ ${t("notes.flood", { n: count(recent, lang.value) })}</span>`}
    ${store.hiddenCount() > 0 && html`<span class="said" data-note="hidden" title=${t("notes.hidden_hint")}>${t("notes.hidden", { n: count(open.length, lang.value), all: count(open.length + store.hiddenCount(), lang.value) })}</span>`}
    <${ViewChip} view="shelved" n=${open.filter(isShelved).length} name=${t("notes.shelved")} />
    <${ViewChip} view="proposed" n=${open.filter((incident) => incident.proposed && !isShelved(incident)).length} name=${t("notes.proposed")} />
    ${inMaintenance > 0 && html`<span class="said">◌ ${t("notes.maintenance", { n: count(inMaintenance, lang.value) })}</span>`}
  </div>`;
}
