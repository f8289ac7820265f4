// What was typed, whatever the keyboard layout: a Latin letter stands for the Russian one on the same key.
const KEYS = {
  KeyQ: "й", KeyW: "ц", KeyE: "у", KeyR: "к", KeyT: "е", KeyY: "н", KeyU: "г", KeyI: "ш", KeyO: "щ", KeyP: "з", KeyA: "ф", KeyS: "ы",
  KeyD: "в", KeyF: "а", KeyG: "п", KeyH: "р", KeyJ: "о", KeyK: "л", KeyL: "д", KeyZ: "я", KeyX: "ч", KeyC: "с", KeyV: "м", KeyB: "и",
  KeyN: "т", KeyM: "ь",
};

export function typed(event) {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return "";
  if (/^[a-z]$/i.test(event.key) && KEYS[event.code]) return KEYS[event.code];
  if (event.key.length === 1 && event.key !== " " && event.key !== "?") return event.key.toLowerCase();
  return "";
}

export const isKey = (event, code) => (event.ctrlKey || event.metaKey) && !event.altKey && event.code === code;
