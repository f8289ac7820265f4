// Only on /design/: the contrast of each pair, measured from the colours the browser really uses.
const channel = (value) => { const part = value / 255; return part <= 0.03928 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4; };
const light = (colour) => {
  const [red, green, blue] = colour.match(/\d+(\.\d+)?/g).map(Number);
  return 0.2126 * channel(red) + 0.7152 * channel(green) + 0.0722 * channel(blue);
};

function measure() {
  for (const place of document.querySelectorAll("[data-contrast]")) {
    const pair = place.closest(".swatch-pair");
    const ground = getComputedStyle(pair).backgroundColor;
    const [above, below] = [light(getComputedStyle(pair).color), light(ground)].sort((a, b) => b - a);
    place.textContent = ((above + 0.05) / (below + 0.05)).toFixed(1).replace(".", ",");
  }
}
measure();
document.addEventListener("theme:changed", measure);
