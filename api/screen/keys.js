/** Keyboard shortcuts: j k Enter a g / ? Esc, and 1 to 4 for the tabs. */
import { signInOpen } from "./http.js";
import { isGroup } from "./groups.js";
import { activeTab, filter, helpOpen, openedId, selectedId, store, TABS } from "./state.js";
import { isUnacknowledged, NO_FILTER } from "./queue_order.js";
import { send } from "./incident_detail.js";
import { close } from "./views/incident/detail.js";
import { draftCommand } from "./views/incident/commands.js";
import { toggleGrouping } from "./views/queue/notes.js";
import { listedIds } from "./views/queue/queue.js";
import { openGroup } from "./views/queue/row.js";

/** Select the row `step` rows further; an open detail follows. @param {number} step */
function moveSelection(step) {
  const index = selectedId.value === null ? -1 : listedIds.indexOf(selectedId.value);
  const next = listedIds[Math.max(0, Math.min(listedIds.length - 1, index < 0 ? 0 : index + step))];
  if (next === undefined) return;
  selectedId.value = next;
  if (openedId.value !== null && !isGroup(next)) openedId.value = next;
}

/** Return the selected id if it is in the list shown, else null. */
const visibleSelection = () => (selectedId.value !== null && listedIds.includes(selectedId.value) ? selectedId.value : null);

function openSelected() {
  const id = visibleSelection();
  if (id !== null && isGroup(id)) openGroup(id);
  else if (id !== null) openedId.value = id;
}

function acknowledge() {
  const incident = store.get(visibleSelection() ?? "");
  if (!incident || !isUnacknowledged(incident)) return;
  openedId.value = incident.id; // so that its status is seen
  send(incident.id, "acknowledge", {});
}

/** Close what is topmost: dialog, help, page, command form, detail, group, then the filter. */
function stepBack() {
  if (signInOpen.value) signInOpen.value = false;
  else if (helpOpen.value) helpOpen.value = false;
  else if (activeTab.value !== "operations") activeTab.value = "operations";
  else if (draftCommand.value) draftCommand.value = null;
  else if (openedId.value) close();
  else if (filter.value.group) filter.value = { ...filter.value, group: "" };
  else filter.value = NO_FILTER;
}

const search = () => document.getElementById(activeTab.value === "lookup" ? "code" : "search")?.focus();

/** Shortcuts on every page. @type {Record<string, () => void>} */
const GLOBAL_KEYS = {
  "/": search,
  "?": () => (helpOpen.value = !helpOpen.value),
  ...Object.fromEntries(TABS.map((tab, n) => [String(n + 1), () => (activeTab.value = tab)])),
};

/** Shortcuts on the page of the queue. @type {Record<string, () => void>} */
const QUEUE_KEYS = { j: () => moveSelection(1), k: () => moveSelection(-1), Enter: openSelected, a: acknowledge, g: toggleGrouping };

/** @param {EventTarget|null} target */
export const isTyping = (target) => target instanceof HTMLElement && /^(INPUT|SELECT|TEXTAREA)$/.test(target.tagName);

/** @param {KeyboardEvent} event */
export function onKey(event) {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === "Escape") {
    if (isTyping(event.target)) /** @type {HTMLElement} */ (event.target).blur();
    else stepBack();
    return;
  }
  if (isTyping(event.target)) return;
  if (event.key === "Enter" && event.target instanceof HTMLButtonElement) return;
  const action = GLOBAL_KEYS[event.key] ?? (activeTab.value === "operations" ? QUEUE_KEYS[event.key] : undefined);
  if (!action) return;
  event.preventDefault();
  action();
}
