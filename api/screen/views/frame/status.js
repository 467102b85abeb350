/** The status bar: clock, age of the figures, lag of partitions, silent sources, connection; and the band below it. */
import { html } from "../../html.js";
import { lang, plural, t } from "../../i18n/index.js";
import { clock, health, helpOpen, reconnectedUntil, revision, second, soundOn, store } from "../../state.js";
import { clockTime, count, date } from "../../format.js";
import { Account } from "./account.js";
import { Tabs } from "./tabs.js";

/** A partition with more records behind than this is marked. */
const LAG_LIMIT = 200;

/** @param {string} language */
function setLanguage(language) {
  lang.value = language === "en" ? "en" : "vi";
  document.documentElement.lang = lang.value;
  document.title = t("app.title");
}

const Languages = () => html`<span class="languages">${["vi", "en"].map((language) =>
  html`<button key=${language} aria-pressed=${lang.value === language} lang=${language} onClick=${() => setLanguage(language)}>${language.toUpperCase()}</button>`)}</span>`;

function Partitions() {
  revision.value;
  return html`<span class="partitions" title=${t("status.partitions")}>
  ${(store.tick?.partitions ?? []).map((/** @type {any} */ p) => html`<i key=${p.partition} class=${p.lag > LAG_LIMIT ? "behind" : ""}
    title=${t("status.partition", { n: p.partition, lag: count(p.lag, lang.value), position: p.position })}></i>`)}</span>`;
}

function SourcesNote() {
  revision.value;
  const sources = Object.values(store.tick?.sources ?? {});
  if (sources.length === 0) return null;
  const silent = sources.filter((source) => source.stale).length;
  const words = silent ? plural("status.silent", sources.length, { n: silent, all: sources.length }) : plural("status.sources", sources.length, { all: sources.length });
  return html`<span class=${`item sources-note ${silent ? "stale" : ""}`} title=${words} aria-label=${words}>
    <span class="long">${words}</span><span class="short">${silent}/${sources.length}</span></span>`;
}

/** @param {number} speed */
const speedFactor = (speed) => (speed >= 10 ? Math.round(speed) : Math.round(speed * 10) / 10);

/** State of the feed; when the workers have stopped, it says so instead. */
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
  const words = t(soundOn.value ? "status.sound_on" : "status.sound_off");
  return html`<button class="quiet sound" aria-pressed=${soundOn.value} aria-label=${words} onClick=${() => (soundOn.value = !soundOn.value)}>
    <span class="long">${words}</span><span class="short">♪ ${t(soundOn.value ? "status.on" : "status.off")}</span></button>`;
}

/** Return the time of the figures: of the slowest worker, or of the snapshot before the first tick. */
function asOf() {
  const at = store.tick ? store.tick.as_of : store.figures?.as_of;
  return at ? clockTime(at) : "—";
}

export function StatusBar() {
  revision.value;
  second.value;
  const at = clock.now();
  const lag = store.tick?.lag ?? 0;
  return html`<header class="status">
    <h1>${t("app.name")}</h1>
    <${Tabs} />
    <span class="clock"><time>${clockTime(at)}</time><small>${date(at)}</small></span>
    ${clock.isSimulated() && html`<span class="simulated">${t("status.simulated")}${clock.speed() !== 1 && html` ×${speedFactor(clock.speed())}`}</span>`}
    <span class="space"></span>
    ${store.figures && html`<span class="item as-of">${t("status.as_of", { at: asOf() })}</span>`}
    ${lag > 0 && !store.tick?.stale && html`<${Lag} lag=${lag} />`}
    <${Partitions} /><${SourcesNote} /><${Connection} />
    <${Sound} />
    <${Account} /><${Languages} />
    <button class="quiet" onClick=${() => (helpOpen.value = !helpOpen.value)} aria-label=${t("help.title")}>?</button>
  </header>`;
}

/** A band across the screen while the figures are out of date, and shortly after they no longer are. */
export function ConnectionBand() {
  second.value;
  revision.value;
  const at = asOf();
  if (health.value === "quiet" && store.figures) return html`<p class="band quiet" role="alert">${t("band.quiet", { at })}</p>`;
  if (health.value === "lost" || health.value === "quiet") return html`<p class="band lost" role="alert">${store.figures ? t("band.lost", { at }) : t("band.never")}</p>`;
  if (store.tick?.stale) return html`<p class="band quiet" role="alert">${t("band.stopped", { at })}</p>`;
  if (Date.now() < reconnectedUntil.value) return html`<p class="band back" role="status">${t("band.back")}</p>`;
  return null;
}
