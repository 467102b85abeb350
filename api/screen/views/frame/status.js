/** What the figures are worth: the clock, how old they are, which parts are behind, which sources are silent. */
import { html } from "../../html.js";
import { lang, plural, t } from "../../i18n/index.js";
import { backUntil, clock, health, helping, revision, second, sounding, store } from "../../state.js";
import { clockTime, count, date } from "../../format.js";
import { Account } from "./account.js";
import { Tabs } from "./tabs.js";

/** A partition this many records behind is worth a look. */
const BEHIND = 200;

/** @param {string} to */
function speak(to) {
  lang.value = to === "en" ? "en" : "vi";
  document.documentElement.lang = lang.value;
  document.title = t("app.title");
}

const Languages = () => html`<span class="languages">${["vi", "en"].map((one) =>
  html`<button key=${one} aria-pressed=${lang.value === one} lang=${one} onClick=${() => speak(one)}>${one.toUpperCase()}</button>`)}</span>`;

function Partitions() {
  revision.value;
  return html`<span class="partitions" title=${t("status.partitions")}>
  ${(store.tick?.partitions ?? []).map((/** @type {any} */ p) => html`<i key=${p.partition} class=${p.lag > BEHIND ? "behind" : ""}
    title=${t("status.partition", { n: p.partition, lag: count(p.lag, lang.value), position: p.position })}></i>`)}</span>`;
}

function SourcesNote() {
  revision.value;
  const sources = Object.values(store.tick?.sources ?? {});
  if (sources.length === 0) return null;
  const silent = sources.filter((one) => one.stale).length;
  const words = silent ? plural("status.silent", sources.length, { n: silent, all: sources.length }) : plural("status.sources", sources.length, { all: sources.length });
  return html`<span class=${`item sources-note ${silent ? "stale" : ""}`} title=${words} aria-label=${words}>
    <span class="long">${words}</span><span class="short">${silent}/${sources.length}</span></span>`;
}

/** @param {number} speed */
const factor = (speed) => (speed >= 10 ? Math.round(speed) : Math.round(speed * 10) / 10);

/** A line that is up says nothing good when the workers behind it stand still. */
function Connection() {
  revision.value;
  if (health.value === "live" && store.tick?.stale) return html`<span class="item connection quiet"><i></i>${t("status.halted")}</span>`;
  const words = { live: "status.live", connecting: "status.connecting", quiet: "status.quiet", lost: "status.quiet" };
  return html`<span class=${`item connection ${health.value}`}><i></i>${t(words[health.value])}</span>`;
}

/** @param {{lag: number}} props */
function Lag({ lag }) {
  const n = count(lag, lang.value);
  const words = plural("status.lag", lag, { n });
  return html`<span class="item lag" title=${words} aria-label=${words}><span class="long">${words}</span><span class="short">${t("status.behind", { n })}</span></span>`;
}

function Sound() {
  const words = t(sounding.value ? "status.sound_on" : "status.sound_off");
  return html`<button class="quiet sound" aria-pressed=${sounding.value} aria-label=${words} onClick=${() => (sounding.value = !sounding.value)}>
    <span class="long">${words}</span><span class="short">♪ ${t(sounding.value ? "status.on" : "status.off")}</span></button>`;
}

/** What the figures are of: the oldest word of the workers; before the first tick, the snapshot's own. */
function asOf() {
  const at = store.tick ? store.tick.as_of : store.figures?.as_of;
  return at ? clockTime(at) : "—";
}

export function Status() {
  revision.value;
  second.value;
  const at = clock.now();
  const lag = store.tick?.lag ?? 0;
  return html`<header class="status">
    <h1>${t("app.name")}</h1>
    <${Tabs} />
    <span class="clock"><time>${clockTime(at)}</time><small>${date(at)}</small></span>
    ${clock.simulated() && html`<span class="simulated">${t("status.simulated")}${clock.speed() !== 1 && html` ×${factor(clock.speed())}`}</span>`}
    <span class="space"></span>
    ${store.figures && html`<span class="item as-of">${t("status.as_of", { at: asOf() })}</span>`}
    ${lag > 0 && !store.tick?.stale && html`<${Lag} lag=${lag} />`}
    <${Partitions} /><${SourcesNote} /><${Connection} />
    <${Sound} />
    <${Account} /><${Languages} />
    <button class="quiet" onClick=${() => (helping.value = !helping.value)} aria-label=${t("help.title")}>?</button>
  </header>`;
}

/** One line across the screen while the figures cannot be trusted, and for a moment when they can again. */
export function Band() {
  second.value;
  revision.value;
  const at = asOf();
  if (health.value === "quiet" && store.figures) return html`<p class="band quiet" role="alert">${t("band.quiet", { at })}</p>`;
  if (health.value === "lost" || health.value === "quiet") return html`<p class="band lost" role="alert">${store.figures ? t("band.lost", { at }) : t("band.never")}</p>`;
  if (store.tick?.stale) return html`<p class="band quiet" role="alert">${t("band.stopped", { at })}</p>`;
  if (Date.now() < backUntil.value) return html`<p class="band back" role="status">${t("band.back")}</p>`;
  return null;
}
