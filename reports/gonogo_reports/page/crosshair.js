// @ts-check
/** The crosshair: shows the values of every lane at one moment, by pointer or by keys. */

/** @param {HTMLElement} root @param {any} data @param {((i: number|null) => void)[]} readers @param {number} width */
function attachCrosshair(root, data, readers, width) {
  const plot = /** @type {HTMLElement} */ (root.querySelector(".plot"));
  const last = Math.max(0, Math.ceil(data.duration_s / data.bucket_s) - 1);
  const line = html("div", "cursor");
  const label = html("b");
  line.append(label);
  line.hidden = true;
  root.append(line);
  /** @type {number|null} */
  let at = null;
  /** @param {number|null} next */
  function show(next) {
    at = next === null ? null : Math.min(last, Math.max(0, next));
    line.hidden = at === null;
    if (at !== null) {
      const middle = Math.min((at + 0.5) * data.bucket_s, data.duration_s) / data.duration_s;
      line.style.left = `${plot.offsetLeft + middle * width}px`;
      label.textContent = clockTime(at * data.bucket_s);
      root.setAttribute("aria-valuenow", String(at * data.bucket_s));
      root.setAttribute("aria-valuetext", describe(root, at * data.bucket_s));
    }
    readers.forEach((read) => read(at));
    if (at !== null) root.setAttribute("aria-valuetext", describe(root, at * data.bucket_s));
  }
  root.tabIndex = 0;
  for (const [key, value] of Object.entries({ role: "slider", "aria-label": "Timeline: moment", "aria-valuemin": "0", "aria-valuemax": String(Math.floor(data.duration_s)), "aria-valuenow": "0", "aria-valuetext": "no moment chosen" })) root.setAttribute(key, value);
  root.onpointermove = (event) => {
    const share = (event.clientX - plot.getBoundingClientRect().left) / width;
    show(share < 0 || share > 1 ? null : Math.floor((share * data.duration_s) / data.bucket_s));
  };
  root.onpointerleave = () => show(null);
  root.onblur = () => show(null);
  root.onkeydown = (event) => {
    const jump = event.shiftKey ? 10 : 1;
    const to = { ArrowLeft: (at ?? last + 1) - jump, ArrowRight: (at ?? -1) + jump, Home: 0, End: last, Escape: null }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    show(to);
  };
}

/** The values at the crosshair, as text for screen readers. @param {HTMLElement} root @param {number} at */
function describe(root, at) {
  const words = [...root.querySelectorAll(".lane")].map((lane) => {
    const title = lane.querySelector("h4")?.firstChild?.textContent ?? "";
    const values = [...lane.querySelectorAll(".read > div")].map((row) => [...row.children].map((cell) => cell.textContent).filter(Boolean).join(" ")).join(", ");
    return values ? `${title}: ${values}` : "";
  });
  return [clockTime(at), ...words.filter(Boolean)].join("; ");
}
