/** A short tone every 10 s while a critical incident is not acknowledged; off until it is turned on. */
import { soundOn, store } from "./state.js";
import { isShelved, isUnacknowledged } from "./queue_order.js";

const REPEAT_AFTER = 10_000;
/** @type {AudioContext|null} */
let audio = null;
let lastPlayedAt = 0;

function playTone() {
  audio ??= new AudioContext();
  const [tone, volume] = [audio.createOscillator(), audio.createGain()];
  volume.gain.setValueAtTime(0.15, audio.currentTime);
  volume.gain.exponentialRampToValueAtTime(0.001, audio.currentTime + 0.35);
  tone.frequency.value = 880;
  tone.connect(volume).connect(audio.destination);
  tone.start();
  tone.stop(audio.currentTime + 0.36);
}

/** Play the tone when it is due; called once a second. */
export function alertIfCritical() {
  if (!soundOn.value || Date.now() - lastPlayedAt < REPEAT_AFTER) return;
  if (!store.open().some((incident) => incident.severity === "critical" && isUnacknowledged(incident) && !isShelved(incident) && !incident.maintenance)) return;
  lastPlayedAt = Date.now();
  playTone();
}
