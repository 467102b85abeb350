/** A chart of incidents received and resolved in the last 24 hours, by quarter of an hour. */
import { html } from "../../html.js";
import { useEffect, useRef } from "../../vendor/hooks.js";
import uPlot from "../../vendor/uplot.js";
import { t } from "../../i18n/index.js";
import { revision, store } from "../../state.js";
import { hourMinute } from "../../format.js";

const INK = "#E6EDF3";
const MUTED = "#9FB0C0";
const LINE = "#2B343E";

/** @param {any} trend of the figures @returns {any} */
const plotData = (trend) => {
  const from = Date.parse(trend.from) / 1000;
  return [trend.received.map((/** @type {number} */ _, /** @type {number} */ i) => from + i * trend.step_s), trend.received, trend.resolved];
};

/** @param {number} rem @param {object} extra */
const axis = (rem, extra) => ({
  stroke: MUTED, font: `400 ${rem * 0.9}px Inter, sans-serif`, grid: { stroke: LINE, width: 1 }, ticks: { show: false }, ...extra,
});

/** @param {number} width @param {number} height @param {number} rem @returns {any} */
function options(width, height, rem) {
  const hourLabels = (/** @type {any} */ _, /** @type {number[]} */ instants) => instants.map((seconds) => hourMinute(seconds * 1000));
  return {
    width, height, legend: { show: false }, cursor: { show: false }, padding: [rem * 0.4, rem * 0.9, 0, 0],
    tzDate: (/** @type {number} */ at) => uPlot.tzDate(new Date(at * 1000), "Asia/Ho_Chi_Minh"),
    scales: { y: { range: (/** @type {any} */ _, /** @type {number} */ _low, /** @type {number} */ high) => [0, Math.max(4, high * 1.08)] } },
    axes: [
      axis(rem, { values: hourLabels, space: rem * 4, size: rem * 1.6 }),
      axis(rem, { size: rem * 2.4, space: rem * 2.2, incrs: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000] }),
    ],
    series: [
      {},
      { stroke: INK, width: rem * 0.11, points: { show: false } },
      { stroke: MUTED, width: rem * 0.09, dash: [rem * 0.3, rem * 0.25], fill: "rgba(159,176,192,0.10)", points: { show: false } },
    ],
  };
}

/** @param {{current: HTMLElement|null}} box */
function usePlot(box) {
  const plot = useRef(/** @type {any} */ (null));
  useEffect(() => {
    const node = /** @type {HTMLElement} */ (box.current);
    const draw = () => {
      plot.current?.destroy();
      const rem = parseFloat(getComputedStyle(document.documentElement).fontSize);
      const data = store.figures ? plotData(store.figures.trend) : [[], [], []];
      plot.current = new uPlot(options(node.clientWidth, node.clientHeight, rem), data, node);
    };
    const observer = new ResizeObserver(draw);
    observer.observe(node);
    return () => observer.disconnect();
  }, []);
  return plot;
}

export function Trend() {
  const box = useRef(/** @type {HTMLElement|null} */ (null));
  const plot = usePlot(box);
  const trend = (revision.value, store.figures?.trend);
  useEffect(() => {
    if (trend) plot.current?.setData(plotData(trend));
  }, [trend]);
  return html`<section class="panel trend" aria-label=${t("trend.region")}>
    <header><h2>${t("trend.title")}</h2><span class="key received">${t("trend.received")}</span><span class="key resolved">${t("trend.resolved")}</span></header>
    <div class="plot" ref=${box}></div>
  </section>`;
}
