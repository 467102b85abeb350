/** The operator's token: asked for, kept in memory, let go. */
import { html } from "../../html.js";
import { t } from "../../i18n/index.js";
import { signingIn, token } from "../../http.js";

export const Account = () => html`<button class="quiet account" onClick=${() => (token.value ? (token.value = "") : (signingIn.value = true))}>
  ${t(token.value ? "account.out" : "account.in")}</button>`;

/** @param {any} box */
const focus = (box) => box?.focus();

/** @param {any} event */
function take(event) {
  event.preventDefault();
  token.value = event.currentTarget.elements.token.value.trim();
  signingIn.value = false;
}

export const SignIn = () =>
  signingIn.value &&
  html`<div class="help" role="dialog" aria-label=${t("account.in")}>
    <form class="panel signin" onSubmit=${take} autocomplete="off">
      <h2>${t("account.in")}</h2>
      <label>${t("account.token")}<input name="token" type="password" autocomplete="off" required ref=${focus} /></label>
      <p>${t("account.kept")}</p>
      <span class="buttons"><button class="primary" type="submit">${t("account.in")}</button>
        <button type="button" onClick=${() => (signingIn.value = false)}>${t("form.cancel")}</button></span>
    </form>
  </div>`;
