/**
 * Times and numbers as text: always in Huế's time zone, never the browser's, and in 24 hours.
 */
const ZONE = "Asia/Ho_Chi_Minh";
const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
/** @type {Map<string, Intl.DateTimeFormat>} */
const formatters = new Map();

/** Return the cached formatter of some options. @param {Intl.DateTimeFormatOptions} options */
function formatter(options) {
  const key = JSON.stringify(options);
  const cached = formatters.get(key);
  if (cached) return cached;
  // Digits and their order are the same in both languages, so that a control room reads one form of date.
  const created = new Intl.DateTimeFormat("en-GB", { timeZone: ZONE, hourCycle: "h23", ...options });
  formatters.set(key, created);
  return created;
}

/** @param {number|string} at */
const epochMs = (at) => (typeof at === "string" ? Date.parse(at) : at);

/** 14:32:07 @param {number|string} at */
export const clockTime = (at) => formatter({ hour: "2-digit", minute: "2-digit", second: "2-digit" }).format(epochMs(at));
/** 14:32 @param {number|string} at */
export const hourMinute = (at) => formatter({ hour: "2-digit", minute: "2-digit" }).format(epochMs(at));
/** 24/11/2026 @param {number|string} at */
export const date = (at) => formatter({ day: "2-digit", month: "2-digit", year: "numeric" }).format(epochMs(at));
/** 24/11 @param {number|string} at */
export const dayMonth = (at) => formatter({ day: "2-digit", month: "2-digit" }).format(epochMs(at));

/** Format an instant of today as 14:32, of another day as 26/11 08:00. @param {number|string} at @param {number} now */
export const shortTime = (at, now) => (date(at) === date(now) ? hourMinute(at) : `${dayMonth(at)} ${hourMinute(at)}`);

/** @param {number} value */
const twoDigits = (value) => String(value).padStart(2, "0");

/**
 * Format the time left: 04:59 below ten minutes, else as `duration` does; with a minus sign when it is negative.
 * @param {number} span ms, either sign @param {(key: string, params?: Record<string, string|number>) => string} t
 */
export function countdown(span, t) {
  const magnitude = Math.abs(span);
  const sign = span < 0 ? "−" : "";
  if (magnitude < 10 * MINUTE) return `${sign}${twoDigits(Math.floor(magnitude / MINUTE))}:${twoDigits(Math.floor((magnitude % MINUTE) / SECOND))}`;
  return sign + duration(magnitude, t);
}

/** Format a duration: seconds, minutes, hours with minutes below two days, else days with hours. @param {number} span ms >= 0 @param {(key: string, params?: Record<string, string|number>) => string} t */
export function duration(span, t) {
  if (span < MINUTE) return t("time.seconds", { s: Math.floor(span / SECOND) });
  if (span < HOUR) return t("time.minutes", { m: Math.floor(span / MINUTE) });
  if (span < 2 * DAY) return t("time.hours", { h: Math.floor(span / HOUR), m: twoDigits(Math.floor((span % HOUR) / MINUTE)) });
  return t("time.days", { d: Math.floor(span / DAY), h: Math.floor((span % DAY) / HOUR) });
}

/** Format a count; unknown is a dash. @param {number|null|undefined} value @param {string} lang */
export const count = (value, lang) => (value === null || value === undefined ? "—" : value.toLocaleString(locale(lang)));

/** Format a share; unknown is a dash. @param {number|null|undefined} value 0..1 @param {string} lang */
export function percent(value, lang) {
  if (value === null || value === undefined) return "—";
  return value.toLocaleString(locale(lang), { style: "percent", maximumFractionDigits: value >= 0.9995 ? 0 : 1 });
}

/** @param {string} lang */
const locale = (lang) => (lang === "vi" ? "vi-VN" : "en-GB");
