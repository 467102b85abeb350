/**
 * Translations: `t("queue.fresh", {n: 3})`. Names of wards, units and people are data and are not translated.
 */
import { signal } from "../vendor/signals.js";
import { codes } from "./codes.js";
import { en } from "./en.js";
import { vi } from "./vi.js";

/** Return the words of all codes in one of the languages. @param {0|1} column @returns {Record<string, string>} */
const codeWords = (column) => Object.fromEntries(Object.entries(codes).map(([key, words]) => [key, words[column]]));

/** @typedef {"vi"|"en"} Lang */
/** @type {Record<Lang, Record<string, string>>} */
export const dictionaries = { vi: { ...codeWords(0), ...vi }, en: { ...codeWords(1), ...en } };

/** Return the language that the query string of the page asks for. @param {string} search @returns {Lang} */
export const languageOf = (search) => (new URLSearchParams(search).get("lang") === "en" ? "en" : "vi");

export const lang = signal(/** @type {Lang} */ (languageOf(globalThis.location?.search ?? "")));

/** @param {string} key */
export const hasKey = (key) => key in dictionaries[lang.value];

/** Translate a key; `{name}` is replaced by the parameter of that name. @param {string} key @param {Record<string, string|number>} [params] */
export function t(key, params = {}) {
  const text = dictionaries[lang.value][key] ?? key;
  return text.replace(/\{(\w+)\}/g, (placeholder, name) => String(params[name] ?? placeholder));
}

/** Translate a key that counts: `.one` of it where the language has a singular. @param {string} key @param {number} n @param {Record<string, string|number>} [params] */
export const plural = (key, n, params) => t(new Intl.PluralRules(lang.value).select(n) === "one" ? `${key}.one` : key, { n, ...params });

/** Translate a code; a code without a translation is returned as it is. @param {string} family @param {string} code */
export const word = (family, code) => (hasKey(`${family}.${code}`) ? t(`${family}.${code}`) : code);
