/** The keys. */
import { html } from "../../html.js";
import { t } from "../../i18n/index.js";
import { helping } from "../../state.js";

const KEYS = [["j", "next"], ["k", "previous"], ["Enter", "open"], ["a", "acknowledge"], ["g", "group"], ["1–4", "views"], ["/", "search"], ["?", "help"], ["Esc", "close"]];

export const Help = () =>
  helping.value &&
  html`<div class="help" role="dialog" aria-label=${t("help.title")} onClick=${() => (helping.value = false)}>
    <dl class="panel"><h2>${t("help.title")}</h2>${KEYS.map(([key, does]) => html`<div key=${key}><dt><kbd>${key}</kbd></dt><dd>${t(`help.${does}`)}</dd></div>`)}</dl>
  </div>`;
