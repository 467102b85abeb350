/** Who reported: asked for by a press alone, since every look is recorded; shown until the detail is closed, kept nowhere. */
import { html } from "../../html.js";
import { useEffect, useState } from "../../vendor/hooks.js";
import { t } from "../../i18n/index.js";
import { getAs, isGood, signingIn, token } from "../../http.js";
import { why } from "./commands.js";

const FIELDS = ["name", "phone", "email", "address", "id_number"];

/** @param {{incident: string}} props its key is the incident: another one forgets this one's reporter */
export function Reporter({ incident }) {
  const [answer, setAnswer] = useState(/** @type {import("../../http.js").Answer|null} */ (null));
  const signedIn = token.value !== "";
  useEffect(() => setAnswer(null), [signedIn]);
  const look = async () => {
    if (!signedIn) return void (signingIn.value = true);
    const told = await getAs(`incidents/${encodeURIComponent(incident)}/reporter`);
    setAnswer(told);
    if (told.status === 401) signingIn.value = true;
  };
  return html`<section class="reporter" aria-label=${t("reporter.title")}>
    ${answer && isGood(answer)
      ? html`<h4 class="part">${t("reporter.title")}</h4><dl class="facts">${FIELDS.filter((field) => answer.body[field]).map((field) =>
          html`<div key=${field}><dt>${t(`reporter.${field}`)}</dt><dd>${answer.body[field]}</dd></div>`)}</dl>`
      : html`<button data-command="reporter" onClick=${look}>${t("reporter.look")}</button>
        ${answer && html` <span class="told refused" role="status">${answer.status === 404 ? t("reporter.nobody") : why(answer)}</span>`}`}
  </section>`;
}
