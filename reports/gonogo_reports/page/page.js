// @ts-check
/** Unpacks the data of the page and starts its two drawn parts. */

/** @returns {Promise<any>} */
async function unpack() {
  const text = (document.getElementById("payload")?.textContent ?? "").trim();
  const bytes = Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"));
  return JSON.parse(await new Response(stream).text());
}

async function start() {
  const data = await unpack();
  const chart = document.getElementById("chart");
  if (chart && data.timeline.duration_s > 0) {
    let width = 0;
    new ResizeObserver(() => {
      if (chart.clientWidth === width) return;
      width = chart.clientWidth;
      requestAnimationFrame(() => drawTimeline(chart, data.timeline));
    }).observe(chart);
  }
  const list = document.getElementById("test-list");
  if (list) showTests(list, data.tests, data.phases, data.bad_outcomes);
  document.documentElement.dataset.ready = "yes";
}

addEventListener("beforeprint", () => {
  document.querySelectorAll("details").forEach((each) => { if (!each.closest(".tests")) each.open = true; });
});
start();
