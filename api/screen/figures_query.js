/** The query of the figures page: period and grouping, kept while another page is in front. */
import { signal } from "./vendor/signals.js";

/** @typedef {import("./periods.js").FiguresQuery} FiguresQuery */

export const figuresQuery = signal(/** @type {FiguresQuery} */ ({ view: "today", from: "", to: "", by: "unit", below: false }));

/** @param {Partial<FiguresQuery>} change */
export const updateFiguresQuery = (change) => (figuresQuery.value = { ...figuresQuery.value, ...change });
