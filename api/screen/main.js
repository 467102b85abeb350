/** Puts the screen together: the feed into the store, the store into the views, once a second the clocks. */
import { render } from "./vendor/preact.js";
import { effect } from "./vendor/signals.js";
import { html } from "./html.js";
import { lang, t } from "./i18n/index.js";
import { createFeed } from "./feed.js";
import { backUntil, clock, filter, health, opened, place, revision, second, setCatalogue, store } from "./state.js";
import * as beyond from "./remote_search.js";
import * as dossier from "./incident_detail.js";
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
import { Band, Status } from "./views/frame/status.js";
import { Tiles } from "./views/queue/tiles.js";
import { Trend } from "./views/figures/trend.js";

const PAINT_EVERY = 250;
const BACK_FOR = 5_000;
let painting = false;

/** Many messages, one painting. */
function paintSoon() {
  if (painting) return;
  painting = true;
  setTimeout(() => {
    painting = false;
    revision.value = store.revision;
  }, PAINT_EVERY);
}

/** @param {import("./feed.js").Kind} kind @param {any} body */
function hear(kind, body) {
  store.apply(kind, body);
  if (kind === "tick") clock.set(body);
  if (kind === "snapshot") clock.set({ now: body.now, speed: body.figures?.speed });
  if (store.figures) clock.kind(store.figures.clock);
  look();
  paintSoon();
}

const feed = createFeed({
  open: () => new EventSource("stream"),
  now: () => performance.now(),
  later: (act, ms) => setTimeout(act, ms),
  hear,
});

/** Take note of how the line is, and of its coming back. */
function look() {
  const before = health.value;
  const after = feed.health();
  if (after === "live" && (before === "quiet" || before === "lost")) backUntil.value = Date.now() + BACK_FOR;
  health.value = after;
  document.body.dataset.health = after === "live" && store.tick?.stale ? "stopped" : after;
}

function everySecond() {
  feed.watch();
  look();
  dossier.watch();
  sound.watch();
  wall.followBuild();
  second.value += 1;
}

/** Asked again until it comes: the screen may be up before the API is. */
async function loadCatalogue() {
  try {
    const answer = await fetch("catalogue");
    if (!answer.ok) throw new Error(String(answer.status));
    setCatalogue(await answer.json());
  } catch {
    setTimeout(loadCatalogue, 3_000);
  }
}

const PAGES = { operations: null, figures: Figures, sensors: Sensors, lookup: Lookup };

/** The operations stay where they are behind another view: what was selected, scrolled and narrowed is found again. */
function Stage() {
  const Page = PAGES[place.value];
  return html`<div class="stage">
    <div class="operations" inert=${Page !== null}><${Tiles} />
      <main><${Queue} /><div class="side"><${WardMap} /><${Strip} /><div class="below"><${Trend} /><${Sources} /></div><${Detail} /></div></main></div>
    ${Page && html`<${Page} />`}
  </div>`;
}

const Screen = () => html`<${Status} /><${Band} /><${Emergency} /><${Stage} /><${Help} /><${SignIn} />`;

document.documentElement.lang = lang.value;
document.title = t("app.title");
const query = new URLSearchParams(location.search);
wall.furnish(query);
opened.value = query.get("incident"); // a message about it led here
render(html`<${Screen} />`, document.body);
loadCatalogue();
feed.connect();
beyond.follow();
setInterval(everySecond, 1_000);
addEventListener("keydown", onKey);
effect(() => {
  revision.value;
  opened.value;
  dossier.refresh();
});
effect(() => void (document.body.dataset.filtered = String(filter.value.ward !== "")));
