"""The screen in a real browser while a thousand rows change a second: how long its frames take."""

import asyncio
import shutil
from pathlib import Path
from statistics import quantiles

from msgspec import Struct, convert
from playwright.async_api import Browser, async_playwright

from ioc.catalogue.reading.load import hue_folder, load_catalogue
from ioc.core.topics import Topic
from streams.clock import now_ms
from tests.bench.benchmarks.screens import CHANGES, OPEN, change
from tests.bench.load.picture import Picture
from tests.bench.load.publish import publish
from tests.bench.measured import Measured, scaled, skipped
from tests.city import RunningCity, city

SECONDS = 20
_SETTLING = 5
_WIDTH, _HEIGHT = 1920, 1080
# Counts the rows that the screen is told.
_COUNT = """
window.heard = 0;
const add = EventSource.prototype.addEventListener;
EventSource.prototype.addEventListener = function (kind, hear) {
  return add.call(this, kind, message => {
    if (kind === 'incident') window.heard += message.data.split('"version":').length - 1;
    hear(message);
  });
};"""
# Counts the time between frames and the tasks that hold up the page for 50 ms or more, for some seconds.
_WATCH = """seconds => new Promise(done => {
  const heard = window.heard;
  const seen = {frames: [], tasks: []};
  const observer = new PerformanceObserver(list => seen.tasks.push(...list.getEntries().map(one => one.duration)));
  observer.observe({type: 'longtask'});
  const began = performance.now();
  let before = began;
  const frame = at => {
    seen.frames.push(at - before);
    before = at;
    if (at - began < seconds * 1000) requestAnimationFrame(frame); else done({...seen, rows: window.heard - heard});
  };
  requestAnimationFrame(frame);
})"""


class FrameTimes(Struct, frozen=True):
    """The times between frames and the long tasks (ms), and the rows that were told meanwhile."""

    frames: list[float]
    tasks: list[float]
    rows: int


def measure_frames(bootstrap: str, folder: Path) -> list[Measured]:
    """Return the times of frames with nothing going on, and with the changes."""
    path = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if path is None:
        return [skipped("screen", "frames", "no Chromium on this machine")]
    with city(bootstrap, folder, clock="wall") as centre:
        picture = Picture(load_catalogue(hue_folder()), now_ms())
        asyncio.run(publish(bootstrap, picture.states(OPEN, OPEN), Topic.INCIDENTS, []))
        centre.start_api()
        return asyncio.run(_measure(centre, picture, path))


async def _measure(centre: RunningCity, picture: Picture, path: str) -> list[Measured]:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        quiet = await _watch(browser, centre.url)
        changing = asyncio.create_task(change(centre.bootstrap, picture))
        busy = await _watch(browser, centre.url)
        changing.cancel()
        await browser.close()
    on = f"{OPEN:,} open incidents on the screen and its map; Chromium without a display or a graphics card"
    return [*_rows("nothing changes", quiet, on, None), *_rows(f"{CHANGES:,} changes/s", busy, on, 50)]


async def _watch(browser: Browser, url: str) -> FrameTimes:
    page = await browser.new_page(viewport={"width": _WIDTH, "height": _HEIGHT})
    await page.add_init_script(_COUNT)
    await page.goto(url)
    await page.locator(".row").first.wait_for()
    await asyncio.sleep(_SETTLING)
    seen = convert(await page.evaluate(_WATCH, max(5, scaled(SECONDS))), FrameTimes)
    await page.close()
    return seen


def _rows(what: str, seen: FrameTimes, on: str, at_most: float | None) -> list[Measured]:
    cuts = quantiles(seen.frames, n=100)
    return [
        Measured(what, "p50", cuts[49], "ms a frame", on),
        Measured(what, "p95", cuts[94], "ms a frame", at_most=at_most),
        Measured(
            what, "told", seen.rows / sum(seen.frames) * 1000, "rows/s", at_least=0.9 * CHANGES if at_most else None
        ),
        Measured(what, "longest", max(seen.frames), "ms a frame"),
        Measured(what, "held up", sum(seen.tasks) / sum(seen.frames) * 100, "% of the time in tasks of 50 ms or more"),
    ]
