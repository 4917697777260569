// @ts-check
/**
 * Draws the timeline: lanes over one time axis, fault windows across all lanes, and a crosshair that
 * reads every lane at once. It judges nothing: it shows values that Python computed.
 */

/** A round step that gives at most `most` ticks over `span` seconds. @param {number} span @param {number} most */
function timeStep(span, most) {
  const steps = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14400, 43200, 86400];
  return steps.find((step) => span / step <= most) ?? 86400 * Math.ceil(span / 86400 / most);
}

/** Draws all lanes at the width of the page. @param {HTMLElement} root @param {any} data */
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
  attachCrosshair(root, data, readers, width);
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

/** Each fault gets the first row in which it does not overlap the one before. @param {any} lane @param {any} data @param {(s: number) => number} x @param {number} width @param {any[]} readers */
function drawFaults(lane, data, x, width, readers) {
  /** @type {number[]} */
  const rows = [];
  const placed = data.faults.map((/** @type {any} */ fault) => {
    const end = fault.absent ?? fault.b;
    const words = `${fault.label}${fault.services.length ? ` → ${fault.services.join(", ")}` : ""}`;
    const room = words.length * 6.7;
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
    entry(svg("circle", { class: "dot", cx: 7, cy: 5, r: 4 }), "bites, then proven gone");
    entry(svg("circle", { class: "dot bad", cx: 7, cy: 5, r: 4 }), "not observed");
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
