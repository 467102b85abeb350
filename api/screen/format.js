/**
 * Times and numbers as an operator reads them. Always Huế's time zone, never the browser's; 24 hours.
 */
const ZONE = "Asia/Ho_Chi_Minh";
const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
/** @type {Map<string, Intl.DateTimeFormat>} */
const formats = new Map();

/** @param {Intl.DateTimeFormatOptions} options */
function parts(options) {
  const key = JSON.stringify(options);
  const known = formats.get(key);
  if (known) return known;
  // The same digits and order in both languages: a control room reads one form of date.
  const made = new Intl.DateTimeFormat("en-GB", { timeZone: ZONE, hourCycle: "h23", ...options });
  formats.set(key, made);
  return made;
}

/** @param {number|string} at */
const instant = (at) => (typeof at === "string" ? Date.parse(at) : at);

/** 14:32:07 @param {number|string} at */
export const clockTime = (at) => parts({ hour: "2-digit", minute: "2-digit", second: "2-digit" }).format(instant(at));
/** 14:32 @param {number|string} at */
export const hourMinute = (at) => parts({ hour: "2-digit", minute: "2-digit" }).format(instant(at));
/** 24/11/2026 @param {number|string} at */
export const date = (at) => parts({ day: "2-digit", month: "2-digit", year: "numeric" }).format(instant(at));
/** 24/11 @param {number|string} at */
export const dayMonth = (at) => parts({ day: "2-digit", month: "2-digit" }).format(instant(at));

/** The hour today, else with its day: 14:32 or 26/11 08:00. @param {number|string} at @param {number} now */
export const moment = (at, now) => (date(at) === date(now) ? hourMinute(at) : `${dayMonth(at)} ${hourMinute(at)}`);

/** @param {number} value */
const two = (value) => String(value).padStart(2, "0");

/**
 * A length of time: 04:59 below ten minutes, 1:05 h:mm below two days, else whole days and hours.
 * @param {number} span ms, either sign @param {(key: string, params?: Record<string, string|number>) => string} t
 */
export function countdown(span, t) {
  const size = Math.abs(span);
  const sign = span < 0 ? "−" : "";
  if (size < 10 * MINUTE) return `${sign}${two(Math.floor(size / MINUTE))}:${two(Math.floor((size % MINUTE) / SECOND))}`;
  return sign + duration(size, t);
}

/** @param {number} span ms >= 0 @param {(key: string, params?: Record<string, string|number>) => string} t */
export function duration(span, t) {
  if (span < MINUTE) return t("time.seconds", { s: Math.floor(span / SECOND) });
  if (span < HOUR) return t("time.minutes", { m: Math.floor(span / MINUTE) });
  if (span < 2 * DAY) return t("time.hours", { h: Math.floor(span / HOUR), m: two(Math.floor((span % HOUR) / MINUTE)) });
  return t("time.days", { d: Math.floor(span / DAY), h: Math.floor((span % DAY) / HOUR) });
}

/** @param {number|null|undefined} value @param {string} lang */
export const count = (value, lang) => (value === null || value === undefined ? "—" : value.toLocaleString(locale(lang)));

/** @param {number|null|undefined} value 0..1 @param {string} lang */
export function percent(value, lang) {
  if (value === null || value === undefined) return "—";
  return value.toLocaleString(locale(lang), { style: "percent", maximumFractionDigits: value >= 0.9995 ? 0 : 1 });
}

/** @param {string} lang */
const locale = (lang) => (lang === "vi" ? "vi-VN" : "en-GB");
