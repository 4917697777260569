// @ts-check
/**
 * Draws the timeline: lanes over one time axis, fault windows through all of them, and a crosshair
 * that reads every lane at once. Nothing here judges: it shows what Python computed.
 *
 * @typedef {(number|null)[]} Series
 * @typedef {{key: string, label: string, values: Series, shape: "line"|"dots"|"area"|"none"}} Curve
 * @typedef {{title: string, note: string, height: number, curves: Curve[], format: (v: number) => string,
 *            scale: "log"|"linear", floor?: number, ceiling?: number, ticks?: Series}} Lane
 */

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

/** A round step that gives at most `most` ticks over `span` seconds. @param {number} span @param {number} most */
function timeStep(span, most) {
  const steps = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14400, 43200, 86400];
  return steps.find((step) => span / step <= most) ?? 86400 * Math.ceil(span / 86400 / most);
}

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
      lanes.push({ title, note: "% of limit", height: 76, scale: "linear", floor: 0, format: (v) => `${digits(v)} %`, curves });
    }
  }
  return lanes;
}

/** The eight services that used most get a colour; the same service has the same in each lane. */
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

/** One picture of all lanes at the width there is. @param {HTMLElement} root @param {any} data */
function drawTimeline(root, data) {
  root.replaceChildren();
  const lanes = lanesOf(data);
  const probe = root.appendChild(laneShell("", ""));
  const width = Math.max(160, probe.plot.clientWidth);
  probe.element.remove();
  /** @type {((i: number|null) => void)[]} */
  const readers = [];
  const x = (/** @type {number} */ s) => (s / data.duration_s) * width;
  const middle = (/** @type {number} */ i) => x(Math.min((i + 0.5) * data.bucket_s, data.duration_s));
  const step = timeStep(data.duration_s, Math.max(3, Math.floor(width / 70)));

  /** @param {string} title @param {string} note @param {number} height @param {boolean} grid */
  function lane(title, note, height, grid) {
    const shell = laneShell(title, note);
    const picture = svg("svg", { viewBox: `0 0 ${width} ${height}`, height, "aria-hidden": "true" });
    if (grid) {
      for (let t = 0; t <= data.duration_s; t += step) {
        picture.append(svg("line", { class: "grid soft", x1: x(t), x2: x(t), y1: 0, y2: height }));
      }
    }
    for (const fault of data.faults) {
      picture.append(svg("rect", { class: "wash", x: x(fault.a), y: 0, width: Math.max(1.5, x(fault.b) - x(fault.a)), height }));
    }
    for (const stop of data.stops) {
      picture.append(svg("line", { class: "stop", x1: x(stop.at), x2: x(stop.at), y1: 0, y2: height }));
    }
    shell.plot.append(picture);
    root.append(shell.element);
    return { ...shell, picture };
  }

  drawPhases(lane("phases", "", 24, false), data, x);
  if (data.faults.length) drawFaults(lane, data, x, width, readers);
  for (const each of lanes) readers.push(drawCurves(lane(each.title, each.note, each.height, true), each, width, middle));
  if (data.services.length) readers.push(drawServices(lane, data, x));
  drawAxis(lane("", "", 20, false), data, x, step);
  root.append(legend(data));
  attachCrosshair(root, probe.element, data, readers, width);
}

/** @param {string} title @param {string} note */
function laneShell(title, note) {
  const element = html("div", "lane");
  const head = html("h4", "", title);
  if (note) head.append(html("small", "", note));
  const plot = html("div", "plot");
  const read = html("div", "read");
  element.append(head, plot, read);
  return Object.assign(element, { element, plot, read });
}

/** @param {any} shell @param {any} data @param {(s: number) => number} x */
function drawPhases(shell, data, x) {
  for (const phase of data.phases) {
    const room = x(phase.b) - x(phase.a);
    shell.picture.append(svg("rect", { class: "phase", x: x(phase.a), y: 2, width: Math.max(1, room), height: 20, rx: 2 }));
    const label = room > phase.name.length * 6.5 + 8 ? phase.name : "";
    shell.picture.lastChild.append(svg("title", {}, `${phase.name}: ${clockTime(phase.a)} to ${clockTime(phase.b)}`));
    shell.picture.append(svg("text", { class: "on", x: x(phase.a) + 6, y: 16 }, label));
  }
}

/** Each fault takes the first row in which it does not touch the one before. @param {any} lane @param {any} data @param {(s: number) => number} x @param {number} width @param {any[]} readers */
function drawFaults(lane, data, x, width, readers) {
  /** @type {number[]} */
  const rows = [];
  const placed = data.faults.map((/** @type {any} */ fault) => {
    const end = fault.absent ?? fault.b;
    const words = `${fault.label}${fault.services.length ? ` → ${fault.services.join(", ")}` : ""}`;
    const room = words.length * 6.4;
    const left = x(fault.a) + room > width ? Math.max(0, width - room) : x(fault.a);
    let row = rows.findIndex((taken) => taken + 10 < Math.min(left, x(fault.intent ?? fault.a)));
    if (row < 0) row = rows.length;
    rows[row] = Math.max(left + room, x(end));
    return { fault, row, left, words };
  });
  const shell = lane("faults", "", rows.length * 30 + 4, false);
  for (const { fault, row, left, words } of placed) {
    const y = row * 30 + 23;
    const start = x(fault.intent ?? fault.a);
    shell.picture.append(svg("text", { class: "fault", x: left, y: y - 10 }, words));
    shell.picture.append(svg("line", { class: "faultpre", x1: start, x2: x(fault.absent ?? fault.b), y1: y, y2: y }));
    shell.picture.append(svg("rect", { class: "faultbar", x: x(fault.a), y: y - 2.5, width: Math.max(2, x(fault.b) - x(fault.a)), height: 5, rx: 1 }));
    for (const [key, good] of [["observed", fault.bit], ["absent", fault.gone]]) {
      if (fault[key] === null) continue;
      const dot = svg("circle", { class: good ? "dot" : "dot bad", cx: x(fault[key]), cy: y, r: 4 });
      dot.append(svg("title", {}, `${fault.label} ${good ? key : `not ${key}`} at ${clockTime(fault[key])}`));
      shell.picture.append(dot);
    }
  }
  readers.push((/** @type {number|null} */ i) => {
    shell.read.replaceChildren();
    if (i === null) return;
    const from = i * data.bucket_s;
    for (const fault of data.faults) {
      if (fault.a < from + data.bucket_s && fault.b >= from) shell.read.append(reading("", fault.label, "armed"));
    }
  });
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

/** A thin row for each service. @param {any} lane @param {any} data @param {(s: number) => number} x */
function drawServices(lane, data, x) {
  const shells = data.services.map((/** @type {any} */ service) => {
    const shell = lane(service.name, "", 16, false);
    shell.element.classList.add("service");
    for (const span of service.spans) {
      const bar = svg("rect", { class: `is-${span.is}`, x: x(span.a), y: 4, width: Math.max(span.is === "down" ? 3 : 0.5, x(span.b) - x(span.a)), height: 9, rx: 1 });
      bar.append(svg("title", {}, `${service.name} ${span.state} at ${clockTime(span.a)}${span.exit === null ? "" : `, exit code ${span.exit}`} ${span.detail}`));
      shell.picture.append(bar);
    }
    return shell;
  });
  const read = (/** @type {number|null} */ i) => {
    shells.forEach((/** @type {any} */ shell, /** @type {number} */ n) => {
      const spans = data.services[n].spans;
      const from = (i ?? 0) * data.bucket_s;
      const here = spans.filter((/** @type {any} */ s) => s.a < from + data.bucket_s && s.b >= from);
      const worst = here.find((/** @type {any} */ s) => s.is === "down") ?? here.at(-1);
      const downs = spans.filter((/** @type {any} */ s) => s.is === "down").length;
      shell.read.replaceChildren(reading("", i === null ? (downs ? `down ${downs} time${downs > 1 ? "s" : ""}` : "") : (worst?.state ?? "–"), ""));
    });
  };
  read(null);
  return read;
}

/** @param {any} shell @param {any} data @param {(s: number) => number} x @param {number} step */
function drawAxis(shell, data, x, step) {
  for (let t = 0; t <= data.duration_s; t += step) {
    const last = x(t) > x(data.duration_s) - 14;
    shell.picture.append(svg("text", { x: x(t), y: 14, "text-anchor": t === 0 ? "start" : last ? "end" : "middle" }, clockTime(t)));
  }
}

/** @param {any} data */
function legend(data) {
  const row = html("div", "legend");
  const entry = (/** @type {Element} */ mark, /** @type {string} */ text) => {
    const item = html("span");
    const box = svg("svg", { viewBox: "0 0 14 10", "aria-hidden": "true" });
    box.append(mark);
    item.append(box, text);
    row.append(item);
  };
  if (data.faults.length) {
    entry(svg("rect", { class: "faultbar", x: 0, y: 3, width: 14, height: 4 }), "armed to healed");
    entry(svg("circle", { class: "dot", cx: 7, cy: 5, r: 4 }), "seen to bite, then seen gone");
    entry(svg("circle", { class: "dot bad", cx: 7, cy: 5, r: 4 }), "looked for and not seen");
  }
  if (data.requests) entry(svg("line", { class: "tick", x1: 7, x2: 7, y1: 0, y2: 10 }), "failed requests");
  if (data.services.length) {
    for (const [name, text] of [["up", "ready"], ["starting", "starting"], ["down", "down"], ["off", "stopped on purpose"]]) {
      entry(svg("rect", { class: `is-${name}`, x: 0, y: 1, width: 14, height: 8 }), text);
    }
  }
  if (data.bucket_s > 1) row.append(html("span", "", `one value per ${data.bucket_s} s`));
  return row;
}

/** @param {HTMLElement} root @param {HTMLElement} _probe @param {any} data @param {((i: number|null) => void)[]} readers @param {number} width */
function attachCrosshair(root, _probe, data, readers, width) {
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

/** What the crosshair reads, as words. @param {HTMLElement} root @param {number} at */
function describe(root, at) {
  const words = [...root.querySelectorAll(".lane")].map((lane) => {
    const title = lane.querySelector("h4")?.firstChild?.textContent ?? "";
    const values = [...lane.querySelectorAll(".read > div")].map((row) => row.textContent).join(", ");
    return values ? `${title}: ${values}` : "";
  });
  return [clockTime(at), ...words.filter(Boolean)].join("; ");
}
