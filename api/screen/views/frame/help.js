/** The list of keyboard shortcuts. */
import { html } from "../../html.js";
import { t } from "../../i18n/index.js";
import { helpOpen } from "../../state.js";

const KEYS = [["j", "next"], ["k", "previous"], ["Enter", "open"], ["a", "acknowledge"], ["g", "group"], ["1–4", "views"], ["/", "search"], ["?", "help"], ["Esc", "close"]];

export const Help = () =>
  helpOpen.value &&
  html`<div class="help" role="dialog" aria-label=${t("help.title")} onClick=${() => (helpOpen.value = false)}>
    <dl class="panel"><h2>${t("help.title")}</h2>${KEYS.map(([key, action]) => html`<div key=${key}><dt><kbd>${key}</kbd></dt><dd>${t(`help.${action}`)}</dd></div>`)}</dl>
  </div>`;
