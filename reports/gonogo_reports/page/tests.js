// @ts-check
/**
 * The list of tests. Rows are made in chunks when they come close to the screen, so that a page with
 * ten thousand tests opens as fast as one with forty.
 *
 * @typedef {[string, number, string, number|null, number|null, string, number, [string, boolean, string, string][], number]} Test
 */

const CHUNK = 100;
const ROW_HEIGHT = 30;
/** Outcomes that need attention; the data of the page lists them. @type {Set<string>} */
let bad = new Set();

/** @param {HTMLElement} root @param {Test[]} tests @param {string[]} phases @param {string[]} badOutcomes */
function showTests(root, tests, phases, badOutcomes) {
  bad = new Set(badOutcomes);
  const sorted = [...tests].sort((a, b) => a[1] - b[1] || Number(bad.has(b[2])) - Number(bad.has(a[2])));
  const { bar, input, count, chosen } = filterBar(sorted, () => refresh());
  const box = html("div", "tests");
  box.tabIndex = 0;
  box.setAttribute("role", "region");
  box.setAttribute("aria-label", "Tests");
  root.append(bar, box);
  const fill = new IntersectionObserver((entries) => {
    for (const entry of entries) if (entry.isIntersecting) fillChunk(/** @type {HTMLElement} */ (entry.target));
  }, { root: box, rootMargin: "800px" });

  function refresh() {
    const words = input.value.toLowerCase().split(/\s+/).filter(Boolean);
    const shown = sorted.filter((test) => {
      if (chosen.size && !chosen.has(test[2])) return false;
      const text = `${test[0]}\n${phases[test[1]]}\n${test[5]}`.toLowerCase();
      return words.every((word) => text.includes(word));
    });
    count.textContent = shown.length === tests.length ? "" : `${shown.length.toLocaleString("en")} of ${tests.length.toLocaleString("en")}`;
    fill.disconnect();
    box.replaceChildren(...sections(shown, phases));
    if (!shown.length) box.append(html("p", "empty line", "No test matches."));
    box.scrollTop = 0;
    box.querySelectorAll(".chunk").forEach((chunk, i) => {
      if (i) fill.observe(chunk);
      else fillChunk(/** @type {HTMLElement} */ (chunk));
    });
  }
  refresh();
  addEventListener("beforeprint", () => box.querySelectorAll(".chunk").forEach((chunk, i) => { if (i < 5) fillChunk(/** @type {HTMLElement} */ (chunk)); }));
}

/** @param {Test[]} tests @param {() => void} changed */
function filterBar(tests, changed) {
  const bar = html("div", "filter");
  const input = /** @type {HTMLInputElement} */ (html("input"));
  input.type = "search";
  input.placeholder = "Filter by name, phase or message";
  input.setAttribute("aria-label", "Filter tests");
  input.oninput = changed;
  bar.append(input);
  /** @type {Set<string>} */
  const chosen = new Set();
  /** @type {Map<string, number>} */
  const counts = new Map();
  for (const test of tests) counts.set(test[2], (counts.get(test[2]) ?? 0) + 1);
  const rank = (/** @type {string} */ outcome) => (bad.has(outcome) ? 0 : outcome === "passed" ? 2 : 1);
  for (const [outcome, n] of [...counts].sort((a, b) => rank(a[0]) - rank(b[0]))) {
    const button = html("button", "", `${n.toLocaleString("en")} ${outcome}`);
    button.setAttribute("aria-pressed", "false");
    button.onclick = () => {
      chosen.has(outcome) ? chosen.delete(outcome) : chosen.add(outcome);
      button.setAttribute("aria-pressed", String(chosen.has(outcome)));
      changed();
    };
    bar.append(button);
  }
  const count = html("output");
  bar.append(count);
  return { bar, input, count, chosen };
}

/** @type {WeakMap<Element, Test[]>} */
const waiting = new WeakMap();

/** A heading and empty chunks for each phase. @param {Test[]} tests @param {string[]} phases */
function sections(tests, phases) {
  return phases.flatMap((phase, index) => {
    const mine = tests.filter((test) => test[1] === index);
    if (!mine.length) return [];
    const wrong = mine.filter((test) => bad.has(test[2])).length;
    const spent = mine.reduce((sum, test) => sum + (test[3] ?? 0), 0);
    const section = html("div");
    section.append(html("h3", "", `${phase} · ${mine.length.toLocaleString("en")} · ${wrong ? `${wrong.toLocaleString("en")} with problems · ` : ""}${seconds(spent)}`));
    for (let i = 0; i < mine.length; i += CHUNK) {
      const chunk = html("div", "chunk");
      const rows = mine.slice(i, i + CHUNK);
      chunk.style.minHeight = `${rows.length * ROW_HEIGHT}px`;
      waiting.set(chunk, rows);
      section.append(chunk);
    }
    return [section];
  });
}

/** @param {HTMLElement} chunk */
function fillChunk(chunk) {
  const rows = waiting.get(chunk);
  if (!rows) return;
  waiting.delete(chunk);
  chunk.replaceChildren(...rows.map(testRow));
}

/** @param {Test} test */
function testRow(test) {
  const [id, , outcome, duration, started, message, attempt, expectations, stated] = test;
  const more = expectations.length > 0 || message !== "" || started !== null;
  const row = html(more ? "details" : "div", "row");
  const line = html(more ? "summary" : "div", "line");
  const cut = id.indexOf("::");
  const name = html("span", "", cut < 0 ? id : id.slice(cut + 2));
  if (cut >= 0) name.append(" ", html("small", "", id.slice(0, cut)));
  if (attempt > 1) name.append(" ", html("small", "", `attempt ${attempt}`));
  name.title = id;
  const failed = expectations.filter((each) => !each[1]).length;
  const total = expectations.length || stated;
  const claims = total ? `${failed ? `${failed} of ` : ""}${total} expectation${total === 1 ? "" : "s"}${failed ? " not met" : ""}` : "";
  line.append(html("b", `o-${bad.has(outcome) || outcome === "passed" || outcome === "skipped" ? outcome : "other"}`, outcome), name, html("em", "", claims), html("em", "took", duration === null ? "–" : seconds(duration)));
  row.append(line);
  row.addEventListener("toggle", () => { if (row.children.length === 1) row.append(testDetail(started, message, expectations)); });
  return row;
}

/** @param {number|null} started @param {string} message @param {[string, boolean, string, string][]} expectations */
function testDetail(started, message, expectations) {
  const detail = html("div", "more");
  if (started !== null) detail.append(html("p", "reason", `started at ${started.toFixed(2)} s`));
  if (expectations.length) {
    const list = html("ul");
    for (const [claim, passed, observed, expected] of expectations) {
      const item = html("li");
      const text = html("span", "", `${claim} `);
      text.append(html("small", "", passed ? `observed ${observed}` : `observed ${observed}, expected ${expected}`));
      item.append(html("b", passed ? "o-passed" : "o-failed", passed ? "✓" : "✕"), text);
      list.append(item);
    }
    detail.append(list);
  }
  if (message) detail.append(html("pre", "", message));
  return detail;
}
