/** Sign in and out: the operator's token is kept in memory only. */
import { html } from "../../html.js";
import { t } from "../../i18n/index.js";
import { signInOpen, token } from "../../http.js";

export const Account = () => html`<button class="quiet account" onClick=${() => (token.value ? (token.value = "") : (signInOpen.value = true))}>
  ${t(token.value ? "account.out" : "account.in")}</button>`;

/** @param {any} input */
const focus = (input) => input?.focus();

/** @param {any} event */
function signIn(event) {
  event.preventDefault();
  token.value = event.currentTarget.elements.token.value.trim();
  signInOpen.value = false;
}

export const SignIn = () =>
  signInOpen.value &&
  html`<div class="help" role="dialog" aria-label=${t("account.in")}>
    <form class="panel signin" onSubmit=${signIn} autocomplete="off">
      <h2>${t("account.in")}</h2>
      <label>${t("account.token")}<input name="token" type="password" autocomplete="off" required ref=${focus} /></label>
      <p>${t("account.kept")}</p>
      <span class="buttons"><button class="primary" type="submit">${t("account.in")}</button>
        <button type="button" onClick=${() => (signInOpen.value = false)}>${t("form.cancel")}</button></span>
    </form>
  </div>`;
