// @ts-check
/**
 * The lanes that carry curves: latency, requests, CPU, memory.
 *
 * @typedef {(number|null)[]} Series
 * @typedef {{key: string, label: string, values: Series, shape: "line"|"dots"|"area"}} Curve
 * @typedef {{title: string, note: string, height: number, curves: Curve[], format: (v: number) => string,
 *            scale: "log"|"linear", ticks?: Series}} Lane
 */

/** @param {any} data @returns {Lane[]} */
function lanesOf(data) {
  /** @type {Lane[]} */
  const lanes = [];
  if (data.latency) {
    lanes.push({
      title: "latency", note: "from intended start, log", height: 150, scale: "log", format: seconds,
      ticks: data.requests.failed,
      curves: [
        { key: "max", label: "max", values: data.latency.max, shape: "dots" },
        { key: "p50", label: "p50", values: data.latency.p50, shape: "line" },
        { key: "p95", label: "p95", values: data.latency.p95, shape: "line" },
      ],
    });
    lanes.push({
      title: "requests", note: "per second", height: 62, scale: "linear", format: (v) => `${digits(v)}/s`,
      curves: [
        { key: "ok", label: "ok", values: data.requests.ok, shape: "area" },
        { key: "failed", label: "failed", values: data.requests.failed, shape: "area" },
      ],
    });
  }
  for (const [name, title] of [["cpu", "CPU"], ["memory", "memory"]]) {
    const curves = busiest(data[name]);
    if (curves.length) {
      lanes.push({ title, note: "% of limit", height: 76, scale: "linear", format: (v) => `${digits(v)} %`, curves });
    }
  }
  return lanes;
}

/** The eight services that used most. Each has its colour, the same one in every lane. */
function busiest(/** @type {Record<string, Series>} */ byService) {
  const names = Object.keys(byService);
  const most = (/** @type {string} */ name) => Math.max(...byService[name].map((v) => v ?? 0));
  const shown = names.length <= 8 ? names : [...names].sort((a, b) => most(b) - most(a)).slice(0, 8);
  return shown.map((name) => ({
    key: `s${names.indexOf(name) % 8}`, label: name, values: byService[name], shape: /** @type {const} */ ("line"),
  }));
}

/** Value to height: 0 at the bottom of the lane. @param {Lane} lane */
function scaleOf(lane) {
  const all = lane.curves.flatMap((curve) => curve.values.filter((v) => v !== null));
  const top = Math.max(...all, 0);
  if (lane.scale === "log") {
    const low = Math.floor(Math.log10(Math.max(1e-4, Math.min(...all.map((v) => v || 1e-4)))));
    const high = Math.max(low + 1, Math.ceil(Math.log10(Math.max(top, 1e-4)) * 2) / 2);
    const marks = [];
    for (let power = low; power <= high; power++) marks.push(10 ** power);
    return { at: (/** @type {number} */ v) => (Math.log10(Math.max(v, 10 ** low)) - low) / (high - low), marks };
  }
  const stacked = lane.curves[0]?.shape === "area";
  const sums = stacked ? lane.curves[0].values.map((v, i) => (v ?? 0) + (lane.curves[1].values[i] ?? 0)) : [top];
  const ceiling = niceCeiling(Math.max(...sums));
  return { at: (/** @type {number} */ v) => v / ceiling, marks: [0, ceiling / 2, ceiling] };
}

/** @param {number} v */
function niceCeiling(v) {
  if (v <= 0) return 1;
  const power = 10 ** Math.floor(Math.log10(v));
  return power * ([1, 2, 4, 5, 6, 8, 10].find((step) => step * power >= v) ?? 10);
}

/** Line segments, broken where there is no value. @param {Series} values @param {(i: number) => number} x @param {(v: number) => number} y */
function linePath(values, x, y) {
  let path = "";
  let pen = false;
  values.forEach((v, i) => {
    if (v === null) { pen = false; return; }
    const alone = !pen && (values[i + 1] ?? null) === null;
    path += `${pen ? "L" : "M"}${x(i).toFixed(1)} ${y(v).toFixed(1)}${alone ? "h.01" : ""}`;
    pen = true;
  });
  return path;
}

/** @param {any} shell @param {Lane} lane @param {number} width @param {(i: number) => number} x */
function drawCurves(shell, lane, width, x) {
  const picture = shell.picture;
  const pad = lane.ticks ? 14 : 6;
  const scale = scaleOf(lane);
  const y = (/** @type {number} */ v) => lane.height - 4 - scale.at(v) * (lane.height - 4 - pad);
  const marks = scale.marks.filter((mark) => y(mark) >= 4);
  for (const mark of marks) picture.append(svg("line", { class: "grid", x1: 0, x2: width, y1: y(mark), y2: y(mark) }));
  /** @type {number[]} */
  let base = [];
  for (const curve of lane.curves) {
    if (curve.shape === "line") picture.append(svg("path", { class: `${curve.key}`, "stroke-width": 1.5, d: linePath(curve.values, x, y) }));
    if (curve.shape === "dots") {
      curve.values.forEach((v, i) => { if (v !== null) picture.append(svg("circle", { class: curve.key, cx: x(i).toFixed(1), cy: y(v).toFixed(1), r: 1.6 })); });
    }
    if (curve.shape === "area") base = drawBars(picture, curve, x, y, base);
  }
  (lane.ticks ?? []).forEach((n, i) => { if (n) picture.append(svg("line", { class: "tick", x1: x(i), x2: x(i), y1: 1, y2: 10 })); });
  for (const mark of marks.filter((each) => each > 0)) {
    picture.append(svg("text", { x: 2, y: y(mark) < 14 ? y(mark) + 11 : y(mark) - 2 }, lane.format(mark)));
  }
  const peak = (/** @type {Series} */ values) => values.reduce((/** @type {number|null} */ a, b) => (b === null ? a : Math.max(a ?? b, b)), null);
  const order = [...lane.curves].sort((a, b) => (lane.scale === "log" ? (peak(a.values) ?? 0) - (peak(b.values) ?? 0) : 0));
  const read = (/** @type {number|null} */ i) => {
    shell.read.replaceChildren(...order.map((curve) => {
      const v = i === null ? peak(curve.values) : curve.values[i];
      return reading(curve.key, curve.label, v === null ? "–" : `${i === null ? "≤ " : ""}${lane.format(v)}`);
    }));
  };
  read(null);
  return read;
}

/** @param {Element} picture @param {Curve} curve @param {(i: number) => number} x @param {(v: number) => number} y @param {number[]} base */
function drawBars(picture, curve, x, y, base) {
  const breadth = Math.max(1, x(1) - x(0));
  const sums = curve.values.map((v, i) => (base[i] ?? 0) + (v ?? 0));
  let path = "";
  sums.forEach((sum, i) => {
    if (curve.values[i]) path += `M${(x(i) - breadth / 2).toFixed(1)} ${y(base[i] ?? 0).toFixed(1)}V${y(sum).toFixed(1)}h${(breadth + 0.2).toFixed(1)}V${y(base[i] ?? 0).toFixed(1)}z`;
  });
  const shape = svg("path", { class: curve.key, d: path });
  shape.classList.add("area");
  picture.append(shape);
  return sums;
}

/** @param {string} key @param {string} label @param {string} value */
function reading(key, label, value) {
  const row = html("div");
  if (key) row.append(html("i", key));
  row.append(html("span", "", label), html("b", "", value));
  return row;
}
