/** Which figures are in front: kept while other views are looked at. */
import { signal } from "./vendor/signals.js";

/** @typedef {import("./periods.js").Question} Question */

export const asked = signal(/** @type {Question} */ ({ view: "today", from: "", to: "", by: "unit", below: false }));

/** @param {Partial<Question>} change */
export const put = (change) => (asked.value = { ...asked.value, ...change });
