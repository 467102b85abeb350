/** The views of the screen, by tab and by number. */
import { html } from "../../html.js";
import { t } from "../../i18n/index.js";
import { place, PLACES } from "../../state.js";

export const Tabs = () => html`<nav class="tabs" role="tablist" aria-label=${t("tab.region")}>${PLACES.map((one, n) =>
  html`<button key=${one} role="tab" data-tab=${one} aria-selected=${place.value === one} onClick=${() => (place.value = one)}>
    <kbd>${n + 1}</kbd>${t(`tab.${one}`)}</button>`)}</nav>`;
