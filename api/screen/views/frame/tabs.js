/** The tabs of the pages; their numbers are shortcuts. */
import { html } from "../../html.js";
import { t } from "../../i18n/index.js";
import { activeTab, TABS } from "../../state.js";

export const Tabs = () => html`<nav class="tabs" role="tablist" aria-label=${t("tab.region")}>${TABS.map((tab, n) =>
  html`<button key=${tab} role="tab" data-tab=${tab} aria-selected=${activeTab.value === tab} onClick=${() => (activeTab.value = tab)}>
    <kbd>${n + 1}</kbd>${t(`tab.${tab}`)}</button>`)}</nav>`;
