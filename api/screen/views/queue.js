/** The incidents in the order of work: a window of rows over a list of any length. */
import { html } from "../html.js";
import { useEffect, useRef, useState } from "../vendor/hooks.js";
import { t, word } from "../i18n/index.js";
import { filter, foldedNames, now, opened, revision, second, selected, store, unitName, wardName } from "../model.js";
import { createOrder, isDueSoon, isUnacknowledged, matching, visible } from "../order.js";
import { countdown, moment } from "../format.js";
import { Sign } from "./severity.js";
import { Filters } from "./filters.js";

/** Row height in rem; the style sheet has the same. */
const ROW = 3.7;
/** A pointer that lies still for so long is not reading any more. */
const HAND_OFF_AFTER = 20_000;
export const order = createOrder();
/** The ids as shown, for the keyboard. @type {string[]} */
export let shown = [];

/** @typedef {import("../store.js").Incident} Incident */

/** @param {Incident} one @param {number} at */
function urgencyOf(one, at) {
  if (one.closedMs !== null) return one.on_time === false ? "late" : "";
  return one.overdue || (!one.paused && one.dueMs < at) ? "late" : isDueSoon(one, at) ? "soon" : "";
}

/** @param {{one: Incident, at: number}} props */
function Left({ one, at }) {
  if (one.closedMs !== null) return html`<b>${moment(one.closedMs, at)}</b><small>${word("state", one.state)}</small>`;
  if (one.paused) return html`<b>${t("queue.paused")}</b><small>${one.due ? moment(one.dueMs, at) : ""}</small>`;
  if (one.due === null) return html`<b>—</b><small>${t("queue.no_due")}</small>`;
  const key = one.dueMs < at ? "queue.was_due" : "queue.due";
  return html`<b>${countdown(one.dueMs - at, t)}</b><small>${t(key, { at: moment(one.dueMs, at) })}</small>`;
}

/** @param {{id: string, top: number, at: number, gone: boolean}} props */
function Line({ id, top, at, gone }) {
  const one = store.get(id);
  if (!one) return html`<li class="row gone" style=${{ transform: `translateY(${top}rem)` }} data-id=${id}></li>`;
  const classes = ["row", urgencyOf(one, at), gone ? "gone" : "", selected.value === id ? "selected" : ""].join(" ");
  const open = () => {
    selected.value = id;
    opened.value = id;
  };
  return html`<li class=${classes} data-id=${id} style=${{ transform: `translateY(${top}rem)` }} onClick=${open}
    role="option" aria-selected=${selected.value === id}>
    <${Sign} severity=${one.severity} calling=${isUnacknowledged(one) && !gone} />
    <div class="what">
      <span class="head"><span class="title">${one.title}</span>
        ${one.level > 0 && html`<span class="level" title=${t("queue.level_hint")}>${t("queue.level", { n: one.level })}</span>`}</span>
      <span class="where">
        <span class="place">${wardName(one.ward) || t("queue.no_ward")}</span>
        <span class="unit">${unitName(one.unit) || t("queue.no_unit")}</span>
        <span class=${`state ${one.state}`}>${word("state", one.state)}</span>
      </span>
    </div>
    <div class="left"><${Left} one=${one} at=${at} /></div>
  </li>`;
}

/** Keeps the order while a pointer is reading or the list is scrolled away from its top. */
function useHold(/** @type {{current: HTMLElement|null}} */ box) {
  const pointer = useRef({ inside: false, at: 0 });
  const [, nudge] = useState(0);
  const scrolled = (box.current?.scrollTop ?? 0) > 4;
  const reading = pointer.current.inside && performance.now() - pointer.current.at < HAND_OFF_AFTER;
  const move = (/** @type {boolean} */ inside) => () => {
    pointer.current = { inside, at: performance.now() };
    if (!inside) nudge((n) => n + 1);
  };
  return { held: scrolled || reading, over: move(true), out: move(false) };
}

/** Another question is read from its top, and no order held for the one before answers it. @param {{current: HTMLElement|null}} box */
function useNewFilter(box) {
  const asked = useRef(filter.value);
  const changed = asked.current !== filter.value;
  asked.current = filter.value;
  if (!changed) return false;
  order.release();
  if (box.current) box.current.scrollTop = 0;
  return true;
}

/** @param {{current: HTMLElement|null}} box @param {string[]} ids @param {number} rem */
function useSelectionInView(box, ids, rem) {
  useEffect(() => {
    const place = selected.value === null ? -1 : ids.indexOf(selected.value);
    if (place < 0 || !box.current) return;
    const [top, bottom] = [place * ROW * rem, (place + 1) * ROW * rem];
    if (top < box.current.scrollTop) box.current.scrollTop = top;
    else if (bottom > box.current.scrollTop + box.current.clientHeight) box.current.scrollTop = bottom - box.current.clientHeight;
  }, [selected.value]);
}

export function Queue() {
  revision.value;
  second.value;
  const box = useRef(/** @type {HTMLElement|null} */ (null));
  const [, scrolledTo] = useState(0);
  const changed = useNewFilter(box);
  const hold = useHold(box);
  const at = now();
  const all = filter.value.view === "closed" ? store.closed() : store.open();
  const ids = matching(all, filter.value, at, foldedNames).map((one) => one.id);
  if (hold.held) order.hold(changed ? ids : shown);
  else order.release();
  const list = order.arrange(ids);
  shown = list.ids;
  const rem = parseFloat(getComputedStyle(document.documentElement).fontSize);
  const part = visible(list.ids.length, box.current?.scrollTop ?? 0, box.current?.clientHeight ?? 1080, ROW * rem);
  useSelectionInView(box, list.ids, rem);
  const grave = list.fresh.filter((id) => store.get(id)?.severity === "critical").length;
  const letGo = () => {
    order.release();
    hold.out();
    box.current?.scrollTo(0, 0);
  };
  return html`<section class="panel queue" aria-label=${t("queue.region")} onPointerMove=${hold.over} onPointerLeave=${hold.out}>
    <${Filters} found=${ids.length} />
    ${list.fresh.length > 0 &&
    html`<button class=${`fresh ${grave ? "grave" : ""}`} onClick=${letGo}>
      ${t("queue.fresh", { n: list.fresh.length })}${grave > 0 && html` · ${t("queue.fresh_critical", { n: grave })}`}
    </button>`}
    <div class="rows" ref=${box} onScroll=${(/** @type {any} */ e) => scrolledTo(e.currentTarget.scrollTop)} tabindex="-1">
      ${list.ids.length === 0 && html`<${Nothing} />`}
      <ul role="listbox" aria-label=${t("queue.region")} style=${{ height: `${list.ids.length * ROW}rem` }}>
        ${list.ids.slice(part.first, part.last).map((id, i) =>
          html`<${Line} key=${id} id=${id} top=${(part.first + i) * ROW} at=${at} gone=${list.gone.has(id)} />`)}
      </ul>
    </div>
  </section>`;
}

function Nothing() {
  revision.value;
  const key = store.figures === null ? "queue.waiting" : store.open().length ? "queue.none_found" : "queue.none";
  return html`<p class="nothing">${t(key)}</p>`;
}
