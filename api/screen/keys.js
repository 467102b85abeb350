/** The keyboard of an operator: j k Enter a g / ? Esc, and 1 to 4 for the views. */
import { signingIn } from "./http.js";
import { isGroup } from "./groups.js";
import { filter, helping, opened, place, PLACES, selected, store } from "./state.js";
import { NO_FILTER } from "./queue_order.js";
import { isUnacknowledged } from "./queue_order.js";
import { send } from "./incident_detail.js";
import { close } from "./views/incident/detail.js";
import { asking } from "./views/incident/commands.js";
import { regroup } from "./views/queue/notes.js";
import { shown } from "./views/queue/queue.js";
import { enter } from "./views/queue/row.js";

/** @param {number} step */
function move(step) {
  const at = selected.value === null ? -1 : shown.indexOf(selected.value);
  const next = shown[Math.max(0, Math.min(shown.length - 1, at < 0 ? 0 : at + step))];
  if (next === undefined) return;
  selected.value = next;
  if (opened.value !== null && !isGroup(next)) opened.value = next;
}

/** What is selected, as long as it is in the list one sees. */
const inSight = () => (selected.value !== null && shown.includes(selected.value) ? selected.value : null);

function openSelected() {
  const id = inSight();
  if (id !== null && isGroup(id)) enter(id);
  else if (id !== null) opened.value = id;
}

function acknowledge() {
  const one = store.get(inSight() ?? "");
  if (!one || !isUnacknowledged(one)) return;
  opened.value = one.id; // so that what comes of it is seen
  send(one.id, "acknowledge", {});
}

/** One step back: the help, the question, the detail, the group, then the filter. */
function escape() {
  if (signingIn.value) signingIn.value = false;
  else if (helping.value) helping.value = false;
  else if (place.value !== "operations") place.value = "operations";
  else if (asking.value) asking.value = null;
  else if (opened.value) close();
  else if (filter.value.group) filter.value = { ...filter.value, group: "" };
  else filter.value = NO_FILTER;
}

const search = () => document.getElementById(place.value === "lookup" ? "code" : "search")?.focus();

/** In every view. @type {Record<string, () => void>} */
const EVERYWHERE = {
  "/": search,
  "?": () => (helping.value = !helping.value),
  ...Object.fromEntries(PLACES.map((one, n) => [String(n + 1), () => (place.value = one)])),
};

/** Where the queue is. @type {Record<string, () => void>} */
const AT_THE_QUEUE = { j: () => move(1), k: () => move(-1), Enter: openSelected, a: acknowledge, g: regroup };

/** @param {EventTarget|null} target */
export const isTyping = (target) => target instanceof HTMLElement && /^(INPUT|SELECT|TEXTAREA)$/.test(target.tagName);

/** @param {KeyboardEvent} event */
export function onKey(event) {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === "Escape") {
    if (isTyping(event.target)) /** @type {HTMLElement} */ (event.target).blur();
    else escape();
    return;
  }
  if (isTyping(event.target)) return;
  if (event.key === "Enter" && event.target instanceof HTMLButtonElement) return;
  const act = EVERYWHERE[event.key] ?? (place.value === "operations" ? AT_THE_QUEUE[event.key] : undefined);
  if (!act) return;
  event.preventDefault();
  act();
}
