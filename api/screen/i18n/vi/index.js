/** All Vietnamese texts, by key. */
import { codes } from "./codes.js";
import { texts } from "./texts.js";

/** @type {Record<string, string>} */
export const vi = { ...codes, ...texts };
