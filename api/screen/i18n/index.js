/**
 * The words of the screen. `t("queue.fresh", {n: 3})`; the names of places and people are data and
 * stay as they are in every language.
 */
import { signal } from "../vendor/signals.js";
import { vi } from "./vi/index.js";
import { en } from "./en/index.js";

/** @typedef {"vi"|"en"} Lang */
/** @type {Record<Lang, Record<string, string>>} */
export const dictionaries = { vi, en };

/** @param {string} search the page's query @returns {Lang} */
export const chosen = (search) => (new URLSearchParams(search).get("lang") === "en" ? "en" : "vi");

export const lang = signal(/** @type {Lang} */ (chosen(globalThis.location?.search ?? "")));

/** @param {string} key */
export const known = (key) => key in dictionaries[lang.value];

/** @param {string} key @param {Record<string, string|number>} [params] */
export function t(key, params = {}) {
  const text = dictionaries[lang.value][key] ?? key;
  return text.replace(/\{(\w+)\}/g, (whole, name) => String(params[name] ?? whole));
}

/** As `t`, with the key's `.one` where the language has a singular. @param {string} key @param {number} n @param {Record<string, string|number>} [params] */
export const plural = (key, n, params) => t(new Intl.PluralRules(lang.value).select(n) === "one" ? `${key}.one` : key, { n, ...params });

/** The word for a code when there is one, else the code. @param {string} family @param {string} code */
export const word = (family, code) => (known(`${family}.${code}`) ? t(`${family}.${code}`) : code);
