/** The icon of a severity: shape, letter and colour, so that each of the three is enough. */
import { html } from "../../html.js";
import { t } from "../../i18n/index.js";

/** Corners in a box from -10 to 10; a circle has none. @type {Record<string, number[][]>} */
export const SHAPES = {
  critical: [[-3.9, -9.4], [3.9, -9.4], [9.4, -3.9], [9.4, 3.9], [3.9, 9.4], [-3.9, 9.4], [-9.4, 3.9], [-9.4, -3.9]],
  high: [[0, -9.6], [10, 8], [-10, 8]],
  medium: [[0, -9.8], [9.8, 0], [0, 9.8], [-9.8, 0]],
  low: [],
};

/** @param {{severity: string, flashing?: boolean}} props `flashing`: nobody has acknowledged the incident */
export function SeverityIcon({ severity, flashing = false }) {
  const shape = SHAPES[severity].length
    ? html`<polygon points=${SHAPES[severity].map((corner) => corner.join(",")).join(" ")} />`
    : html`<circle r="8.4" />`;
  return html`<svg class=${`sign ${severity} ${flashing ? "calling" : ""}`} viewBox="-11 -11 22 22" role="img"
    aria-label=${t(`severity.${severity}`)}>
    ${shape}<text y=${severity === "high" ? 6.2 : 3.9}>${t(`severity.${severity}.letter`)}</text>
  </svg>`;
}
