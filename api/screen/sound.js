/** One short tone for a critical incident nobody has acknowledged, again each 10 s; off until somebody turns it on. */
import { sounding, store } from "./state.js";
import { isShelved, isUnacknowledged } from "./queue_order.js";

const AGAIN_AFTER = 10_000;
/** @type {AudioContext|null} */
let audio = null;
let rungAt = 0;

function ring() {
  audio ??= new AudioContext();
  const [tone, volume] = [audio.createOscillator(), audio.createGain()];
  volume.gain.setValueAtTime(0.15, audio.currentTime);
  volume.gain.exponentialRampToValueAtTime(0.001, audio.currentTime + 0.35);
  tone.frequency.value = 880;
  tone.connect(volume).connect(audio.destination);
  tone.start();
  tone.stop(audio.currentTime + 0.36);
}

/** Called once a second. */
export function watch() {
  if (!sounding.value || Date.now() - rungAt < AGAIN_AFTER) return;
  if (!store.open().some((one) => one.severity === "critical" && isUnacknowledged(one) && !isShelved(one) && !one.maintenance)) return;
  rungAt = Date.now();
  ring();
}
