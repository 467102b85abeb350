/** The reporter of an incident: loaded by a button, since every look is recorded, and forgotten when the detail closes. */
import { html } from "../../html.js";
import { useEffect, useState } from "../../vendor/hooks.js";
import { t } from "../../i18n/index.js";
import { getAuthorized, isOk, signInOpen, token } from "../../http.js";
import { failureText } from "./commands.js";

const FIELDS = ["name", "phone", "email", "address", "id_number"];

/** @param {{incidentId: string}} props its key is the incident id, so that another incident starts without a reporter */
export function Reporter({ incidentId }) {
  const [response, setResponse] = useState(/** @type {import("../../http.js").ApiResponse|null} */ (null));
  const signedIn = token.value !== "";
  useEffect(() => setResponse(null), [signedIn]);
  const load = async () => {
    if (!signedIn) return void (signInOpen.value = true);
    const latest = await getAuthorized(`incidents/${encodeURIComponent(incidentId)}/reporter`);
    setResponse(latest);
    if (latest.status === 401) signInOpen.value = true;
  };
  return html`<section class="reporter" aria-label=${t("reporter.title")}>
    ${response && isOk(response)
      ? html`<h4 class="part">${t("reporter.title")}</h4><dl class="facts">${FIELDS.filter((field) => response.body[field]).map((field) =>
          html`<div key=${field}><dt>${t(`reporter.${field}`)}</dt><dd>${response.body[field]}</dd></div>`)}</dl>`
      : html`<button data-command="reporter" onClick=${load}>${t("reporter.look")}</button>
        ${response && html` <span class="told refused" role="status">${response.status === 404 ? t("reporter.nobody") : failureText(response)}</span>`}`}
  </section>`;
}
