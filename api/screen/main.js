/** Entry point: the feed fills the store, the store is rendered by the views, and timers run once a second. */
import { render } from "./vendor/preact.js";
import { effect } from "./vendor/signals.js";
import { html } from "./html.js";
import { lang, t } from "./i18n/index.js";
import { createFeed } from "./feed.js";
import { activeTab, clock, filter, health, openedId, reconnectedUntil, revision, second, setCatalogue, store } from "./state.js";
import * as remoteSearch from "./remote_search.js";
import * as incidentDetail from "./incident_detail.js";
import { onKey } from "./keys.js";
import * as sound from "./sound.js";
import * as wall from "./wall.js";
import { SignIn } from "./views/frame/account.js";
import { Detail } from "./views/incident/detail.js";
import { Emergency } from "./views/frame/emergency.js";
import { Figures } from "./views/figures/figures.js";
import { Help } from "./views/frame/help.js";
import { Lookup } from "./views/frame/lookup.js";
import { WardMap } from "./views/city/map.js";
import { Queue } from "./views/queue/queue.js";
import { Sensors, Strip } from "./views/city/sensors.js";
import { Sources } from "./views/city/sources.js";
import { ConnectionBand, StatusBar } from "./views/frame/status.js";
import { Tiles } from "./views/queue/tiles.js";
import { Trend } from "./views/figures/trend.js";

const PAINT_INTERVAL = 250;
const RECONNECTED_FOR = 5_000;
let paintScheduled = false;

/** Render once for all messages of a quarter of a second. */
function schedulePaint() {
  if (paintScheduled) return;
  paintScheduled = true;
  setTimeout(() => {
    paintScheduled = false;
    revision.value = store.revision;
  }, PAINT_INTERVAL);
}

/** Handle one message of the feed. @param {import("./feed.js").MessageKind} kind @param {any} body */
function onMessage(kind, body) {
  store.apply(kind, body);
  if (kind === "tick") clock.set(body);
  if (kind === "snapshot") clock.set({ now: body.now, speed: body.figures?.speed });
  if (store.figures) clock.setKind(store.figures.clock);
  updateHealth();
  schedulePaint();
}

const feed = createFeed({
  open: () => new EventSource("stream"),
  now: () => performance.now(),
  schedule: (callback, ms) => setTimeout(callback, ms),
  onMessage,
});

/** Publish the health of the feed, and until when "connected again" is shown. */
function updateHealth() {
  const before = health.value;
  const after = feed.health();
  if (after === "live" && (before === "quiet" || before === "lost")) reconnectedUntil.value = Date.now() + RECONNECTED_FOR;
  health.value = after;
  document.body.dataset.health = after === "live" && store.tick?.stale ? "stopped" : after;
}

function onSecond() {
  feed.reopenIfSilent();
  updateHealth();
  incidentDetail.checkPending();
  sound.alertIfCritical();
  wall.reloadOnNewBuild();
  second.value += 1;
}

/** Load the catalogue, and retry until it is there: the screen may be up before the API. */
async function loadCatalogue() {
  try {
    const response = await fetch("catalogue");
    if (!response.ok) throw new Error(String(response.status));
    setCatalogue(await response.json());
  } catch {
    setTimeout(loadCatalogue, 3_000);
  }
}

/** The page of each tab; the operations are always rendered and have none. */
const TAB_PAGES = { operations: null, figures: Figures, sensors: Sensors, lookup: Lookup };

/** The operations stay rendered behind another page, so that selection, scroll position and filter are kept. */
function Stage() {
  const Page = TAB_PAGES[activeTab.value];
  return html`<div class="stage">
    <div class="operations" inert=${Page !== null}><${Tiles} />
      <main><${Queue} /><div class="side"><${WardMap} /><${Strip} /><div class="below"><${Trend} /><${Sources} /></div><${Detail} /></div></main></div>
    ${Page && html`<${Page} />`}
  </div>`;
}

const Screen = () => html`<${StatusBar} /><${ConnectionBand} /><${Emergency} /><${Stage} /><${Help} /><${SignIn} />`;

document.documentElement.lang = lang.value;
document.title = t("app.title");
const params = new URLSearchParams(location.search);
wall.setUpWall(params);
openedId.value = params.get("incident"); // the link in a notification names the incident
render(html`<${Screen} />`, document.body);
loadCatalogue();
feed.connect();
remoteSearch.followFilter();
setInterval(onSecond, 1_000);
addEventListener("keydown", onKey);
effect(() => {
  revision.value;
  openedId.value;
  incidentDetail.refresh();
});
effect(() => void (document.body.dataset.filtered = String(filter.value.ward !== "")));
