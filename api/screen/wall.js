/** A wall nobody sits at: no cursor, the screen kept awake, a new build taken when nobody types. */
import { isTyping } from "./keys.js";
import { opened, store } from "./state.js";

const HIDE_AFTER = 5_000;
/** @type {string|null} */
let build = null;

/** @param {URLSearchParams} query */
export function furnish(query) {
  const scale = Number(query.get("scale"));
  if (scale >= 0.5 && scale <= 4) document.documentElement.style.setProperty("--scale", String(scale));
  if (query.get("mode") !== "wall") return;
  document.body.classList.add("wall");
  hideCursor();
  stayAwake();
}

function hideCursor() {
  /** @type {ReturnType<typeof setTimeout>|undefined} */
  let timer;
  const hide = () => document.body.classList.add("still");
  const stir = () => {
    document.body.classList.remove("still");
    clearTimeout(timer);
    timer = setTimeout(hide, HIDE_AFTER);
  };
  addEventListener("pointermove", stir);
  stir();
}

function stayAwake() {
  const ask = () => document.visibilityState === "visible" && navigator.wakeLock?.request("screen").catch(() => {});
  document.addEventListener("visibilitychange", ask);
  ask();
}

/** A new build of the server brings a new screen: take it when it disturbs nobody. */
export function followBuild() {
  const now = store.tick?.build;
  if (!now) return;
  build ??= now;
  if (now !== build && opened.value === null && !isTyping(document.activeElement)) location.reload();
}
