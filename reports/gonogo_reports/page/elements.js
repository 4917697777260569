// @ts-check
/** Elements and formatted numbers, for all that the page draws. */

const SVG = "http://www.w3.org/2000/svg";

/** @param {string} name @param {Record<string, string|number>} attributes @param {string} [text] */
function svg(name, attributes, text) {
  const node = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, String(value));
  if (text !== undefined) node.textContent = text;
  return node;
}

/** @param {string} name @param {string} [className] @param {string} [text] */
function html(name, className, text) {
  const node = document.createElement(name);
  if (className) node.className = className;
  if (text !== undefined) node.textContent = text;
  return node;
}

/** @param {number} v */
function digits(v) {
  return String(Number(v >= 100 ? v.toFixed(0) : v >= 10 ? v.toFixed(1) : v.toFixed(2)));
}

/** @param {number} s */
function seconds(s) {
  return s >= 1 ? `${digits(s)} s` : `${digits(s * 1000)} ms`;
}

/** @param {number} s */
function clockTime(s) {
  if (s < 120) return `${Number(s.toFixed(2))} s`;
  const minutes = Math.floor(s / 60);
  return `${minutes}:${String(Math.floor(s % 60)).padStart(2, "0")}`;
}
