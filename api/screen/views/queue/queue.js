/** The incidents in the order of work: a window of rows over a list of any length. */
import { html } from "../../html.js";
import { useEffect, useRef, useState } from "../../vendor/hooks.js";
import { t } from "../../i18n/index.js";
import { causeOf, filter, foldedNames, grouping, now, revision, second, selected, store } from "../../state.js";
import { beyond } from "../../remote_search.js";
import { createOrder, matching, visible } from "../../queue_order.js";
import { urgency } from "../../store.js";
import { grouped, groupId } from "../../groups.js";
import { Filters } from "./filters.js";
import { Notes } from "./notes.js";
import { GroupLine, Line } from "./row.js";

/** Row height in rem; the style sheet has the same. */
const ROW = 3.7;
/** A pointer that lies still for so long is not reading any more. */
const HAND_OFF_AFTER = 20_000;
export const order = createOrder();
/** The ids as shown, for the keyboard. @type {string[]} */
export let shown = [];

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
  const asked = useRef({ filter: filter.value, grouping: grouping.value });
  const changed = asked.current.filter !== filter.value || asked.current.grouping !== grouping.value;
  asked.current = { filter: filter.value, grouping: grouping.value };
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

/** What fits the filter: of what the screen is told of, and of what lies behind it. @param {number} at @returns {import("../../store.js").Incident[]} */
function found(at) {
  const here = fitting(at);
  if (!beyond.value.found.length) return here;
  const known = new Set(here.map((one) => one.id));
  return [...here, ...beyond.value.found.filter((one) => !known.has(one.id))].sort(urgency);
}

/** @param {number} at @returns {import("../../store.js").Incident[]} */
function fitting(at) {
  const { group, view } = filter.value;
  const fits = matching(view === "closed" ? store.closed() : store.open(), filter.value, at, foldedNames);
  return group ? fits.filter((one) => groupId(causeOf(one), one.ward) === group) : fits;
}

export function Queue() {
  revision.value;
  second.value;
  const box = useRef(/** @type {HTMLElement|null} */ (null));
  const [, scrolledTo] = useState(0);
  const changed = useNewFilter(box);
  const hold = useHold(box);
  const at = now();
  const incidents = found(at);
  const groups = grouping.value && !filter.value.group ? new Map(grouped(incidents, causeOf).map((one) => [one.id, one])) : null;
  const ids = groups ? [...groups.keys()] : incidents.map((one) => one.id);
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
    <${Filters} found=${beyond.value.total ?? incidents.length} />
    <${Notes} />
    ${list.fresh.length > 0 &&
    html`<button class=${`fresh ${grave ? "grave" : ""}`} onClick=${letGo}>
      ${t("queue.fresh", { n: list.fresh.length })}${grave > 0 && html` · ${t("queue.fresh_critical", { n: grave })}`}
    </button>`}
    <div class="rows" ref=${box} onScroll=${(/** @type {any} */ e) => scrolledTo(e.currentTarget.scrollTop)} tabindex="-1">
      ${list.ids.length === 0 && html`<${Nothing} />`}
      <ul role="listbox" aria-label=${t("queue.region")} style=${{ height: `${list.ids.length * ROW}rem` }}>
        ${list.ids.slice(part.first, part.last).map((id, i) => {
          const [top, group] = [(part.first + i) * ROW, groups?.get(id)];
          if (group) return html`<${GroupLine} key=${id} group=${group} top=${top} at=${at} />`;
          return html`<${Line} key=${id} id=${id} top=${top} at=${at} gone=${list.gone.has(id)} />`;
        })}
      </ul>
    </div>
  </section>`;
}

function Nothing() {
  revision.value;
  const key = store.figures === null ? "queue.waiting" : store.open().length ? "queue.none_found" : "queue.none";
  return html`<p class="nothing">${t(key)}</p>`;
}
