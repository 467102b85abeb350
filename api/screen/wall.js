/** Wall mode: the cursor hidden, the display kept awake, and the page reloaded for a new build when nobody works. */
import { isTyping } from "./keys.js";
import { openedId, store } from "./state.js";

const HIDE_AFTER = 5_000;
/** @type {string|null} */
let loadedBuild = null;

/** Apply `scale` and `mode=wall` of the page's address. @param {URLSearchParams} query */
export function setUpWall(query) {
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
  const showCursor = () => {
    document.body.classList.remove("still");
    clearTimeout(timer);
    timer = setTimeout(hide, HIDE_AFTER);
  };
  addEventListener("pointermove", showCursor);
  showCursor();
}

function stayAwake() {
  const requestWakeLock = () => document.visibilityState === "visible" && navigator.wakeLock?.request("screen").catch(() => {});
  document.addEventListener("visibilitychange", requestWakeLock);
  requestWakeLock();
}

/** Reload the page when the server has a new build, no detail is open and nobody types. */
export function reloadOnNewBuild() {
  const build = store.tick?.build;
  if (!build) return;
  loadedBuild ??= build;
  if (build !== loadedBuild && openedId.value === null && !isTyping(document.activeElement)) location.reload();
}
