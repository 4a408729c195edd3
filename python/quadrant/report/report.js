"use strict";
// Draws the pictures from the JSON beside it. What they say in words is on the page without it.
(() => {
  let D;
  const $ = id => document.getElementById(id);
  const started = performance.now();
  const signed = v => v == null ? "–" : (v > 0 ? "+" : "") + (100 * v).toFixed(1) + " %";
  const minute = t => new Date(t * 1000).toISOString().slice(0, 16).replace("T", " ");
  const day = t => minute(t).slice(0, 10);
  const hue = outcome => outcome === "success" ? "var(--win)"
    : outcome === "failure" ? "var(--loss)" : "var(--pend)";
  const near = v => +v.toFixed(6);
  // Setups as objects: as the file has them, texts are written once.
  const load = () => {
    D = JSON.parse($("data").textContent);
    D.setups = D.setups.map(([pattern, position, scope, t, lasted, acted, won, roi, values, blocked]) => ({
      pattern: D.patterns[pattern], symbol: D.positions[position][0], tf: D.positions[position][1],
      scope: D.scopes[scope], t, opened: t - lasted, acted: acted === 1, roi, values, blocked,
      outcome: won == null ? null : won ? "success" : "failure",
    }));
  };
  // A variable of the style sheet as a colour that a canvas and d3 can read.
  const colour = name => {
    const probe = document.body.appendChild(document.createElement("i"));
    probe.style.color = `var(${name})`;
    const found = getComputedStyle(probe).color;
    probe.remove();
    return found;
  };
  // Replaces what stands in a figure by a picture as wide as it, or by a sentence.
  const put = (id, make) => {
    const at = $(id);
    if (!at) return;
    const made = make(Math.max(260, at.clientWidth));
    if (typeof made === "string") { at.textContent = made; return; }
    made.querySelectorAll("g[aria-label], figure[aria-label]").forEach(g => g.removeAttribute("aria-label"));
    at.replaceChildren(made);
  };
  const text = { fontSize: "12px" };

  // -- first screen: a dot per setup that a change let in or kept out -----------------------
  function dots() {
    const all = D.dots.map(([setup, symbol, tf, t, outcome, roi, changed]) =>
      ({ setup, symbol, tf, t, outcome, roi, side: changed === "let_in" ? "let in" : "kept out" }));
    const rows = all.filter(d => d.roi != null);
    const sides = ["let in", "kept out"].filter(s => rows.some(d => d.side === s));
    put("dots", width => !rows.length ? "Their results are not known yet." : strip(rows, sides, width, {
      value: d => d.roi, label: "virtual ROI (%)",
      title: d => `${d.setup}, ${d.symbol} ${d.tf}, ${minute(d.t)}\n${d.side}; ${d.outcome ?? "pending"}, ${signed(d.roi)}`,
    }));
  }
  // Dots piled up where they crowd (strewn where a pile would not fit), a row per side, with zero and the mean of each.
  function strip(rows, sides, width, { value, label, title }) {
    const r = rows.length > 250 ? 2.2 : 3.6, lane = rows.length > 250 ? 150 : 104;
    const [low, high] = d3.extent(rows, value), column = ((high - low) || 1) * 2 * r / Math.max(100, width - 76);
    const tallest = d3.max(d3.rollup(rows, of => of.length, d => `${d.side} ${Math.round(value(d) / column)}`).values());
    const dots = { x: value, fy: "side", r, fill: d => hue(d.outcome), title, tip: true };
    return Plot.plot({
      width, height: 60 + lane * sides.length, marginLeft: 62, marginRight: 14, marginBottom: 40, style: text,
      ariaLabel: `${rows.length} setups`,
      x: { label, labelOffset: 36, percent: true, grid: true, ticks: width > 420 ? 8 : 4, nice: true },
      y: { axis: null }, fy: { domain: sides, label: null, axis: "left" },
      marks: [
        Plot.ruleX([0], { stroke: "var(--ink)" }),
        tallest * (2 * r + .6) < lane ? Plot.dot(rows, Plot.dodgeY("middle", { ...dots, padding: .6 }))
          : Plot.dot(rows, { ...dots, y: (_, i) => (i * .618034) % 1, fillOpacity: .6 }),
        Plot.tickX(rows, Plot.groupZ({ x: "mean" },
          { x: value, fy: "side", z: "side", stroke: "var(--mark)", strokeWidth: 3 })),
        Plot.text(rows, Plot.groupZ({ x: "mean", text: v => signed(d3.mean(v, value)) },
          { x: value, text: d => d, fy: "side", z: "side", frameAnchor: "top", textAnchor: "start",
            dx: 6, dy: -2, fill: "var(--mark)", fontWeight: 700, stroke: "var(--card)" })),
      ],
    });
  }

  // -- why ------------------------------------------------------------------------------------
  const gatesOf = change => D.gates[change.pattern] ?? [];
  const inSlice = (w, change) => w.pattern === change.pattern &&
    Object.entries(change.scope).every(([key, v]) => w.scope[key] === v);
  // Which gates span the picture: halo and ts where they are, else the first that move.
  function axes(change) {
    const gates = gatesOf(change).filter(g => g.direction !== "arms");
    const x = gates.find(g => g.gate === "halo") ?? gates.find(g => g.gate === "dx") ?? gates[0];
    const y = gates.find(g => g !== x && g.gate === "ts") ?? gates.find(g => g !== x);
    return [x, y];
  }
  function drawMap(change) {
    const [x, y] = axes(change);
    if (!x || !y) return put("map", () => "A map needs two gates.");
    const all = gatesOf(change), at = g => all.indexOf(g);
    const rows = D.setups.filter(w => inSlice(w, change) && w.values[at(x)] != null && w.values[at(y)] != null)
      .map(w => ({ x: w.values[at(x)], y: w.values[at(y)], w }));
    if (!rows.length) return put("map", () => "No setup of this slice tells its values.");
    const chosen = Object.fromEntries(all.map(g => [g.gate, g.base]));
    for (const g of change.gates) chosen[g.gate] = g.value;
    const range = (g, key) => {
      const sorted = rows.map(d => d[key]).sort(d3.ascending), pad = .04 * (d3.quantile(sorted, .98) - d3.quantile(sorted, .02) || 1);
      return [Math.min(d3.quantile(sorted, .01), g.base, chosen[g.gate]) - pad, Math.max(d3.quantile(sorted, .98), g.base, chosen[g.gate]) + pad];
    };
    const dx = range(x, "x"), dy = range(y, "y"), side = (g, v, d) => g.direction === "at_most" ? [d[0], v] : [v, d[1]];
    const box = at => { const [x1, x2] = side(x, at[x.gate], dx), [y1, y2] = side(y, at[y.gate], dy); return { x1, x2, y1, y2 }; };
    const corner = { x1: "x1", x2: "x2", y1: "y1", y2: "y2" };
    const base = Object.fromEntries(all.map(g => [g.gate, g.base]));
    const shown = rows.filter(d => d.x >= dx[0] && d.x <= dx[1] && d.y >= dy[0] && d.y <= dy[1]);
    put("map", width => Plot.plot({
      width, height: Math.min(430, width * .84), marginLeft: 48, marginBottom: 46, style: text,
      ariaLabel: `${rows.length} setups by ${x.gate} and ${y.gate}`,
      x: { domain: dx, grid: true, labelOffset: 40, label: `${x.gate} (${x.direction === "at_most" ? "passes up to the line" : "passes from the line on"}) →` },
      y: { domain: dy, grid: true, label: `↑ ${y.gate}` },
      marks: [
        Plot.rect([box(chosen)], { ...corner, fill: "var(--mark)", fillOpacity: .1, stroke: "var(--mark)", strokeWidth: 2 }),
        Plot.dot(shown, { x: "x", y: "y", r: 3.6, stroke: d => hue(d.w.outcome), strokeWidth: 1.5, fill: d => d.w.acted ? hue(d.w.outcome) : "var(--card)", fillOpacity: d => d.w.acted ? 1 : .4,
          tip: true, title: d => `${d.w.symbol ?? ""} ${d.w.tf ?? ""}, ${minute(d.w.t)}\n${d.w.acted ? "acted" : `skipped by ${d.w.blocked || "–"}`}, ${d.w.outcome ?? "pending"}, ${signed(d.w.roi)}\n${x.gate} ${d.x}, ${y.gate} ${d.y}` }),
        Plot.rect([box(base)], { ...corner, fill: "none", stroke: "var(--ink)", strokeWidth: 1.6, strokeDasharray: "6 4", pointerEvents: "none" }),
      ],
    }));
  }
  function drawGrid(change) {
    if (!change.grid.length) return put("grid", () => "No grid is kept for it: its slice was not in the newest look.");
    const moved = gatesOf(change).filter(g => g.steps.length > 1);
    const byName = ["halo", "dx"].map(n => moved.find(g => g.gate === n)).find(Boolean);
    const x = byName ?? moved[0], y = moved.find(g => g.gate === "ts" && g !== x) ?? moved.find(g => g !== x);
    const f = moved.find(g => g !== x && g !== y), by = $("by").value;
    const at = (g, steps) => g ? near(g.base + (steps[g.gate] ?? 0)) : 0;
    const same = steps => moved.every(g => Math.abs(at(g, steps) - (change.gates.find(c => c.gate === g.gate)?.value ?? g.base)) < 1e-6);
    const cells = change.grid.map(c => ({
      x: at(x, c[0]), y: at(y, c[0]), f: at(f, c[0]), c, chosen: same(c[0]),
      base: moved.every(g => !c[0][g.gate]), v: by === "net" ? c[8] - c[9] : c[+by],
    }));
    const known = cells.filter(c => c.v != null), most = by === "net" ? d3.max(known, c => Math.abs(c.v)) || 1 : 4;
    const fs = f ? [...new Set(f.steps.map(s => near(f.base + s)))].sort(d3.ascending) : [0];
    const words = c => `${x.gate} ${c.x}${y ? `, ${y.gate} ${c.y}` : ""}${f ? `, ${f.gate} ${c.f}` : ""}${c.base ? " (base)" : ""}\nz ${c.c[1] ?? "–"}, z of money ${c.c[2] ?? "–"}; net ${signed(c.c[8] - c.c[9])}\n${c.c[3]} setups changed: ${c.c[4]} misses caught, ${c.c[5]} failures added,\n${c.c[6]} failures avoided, ${c.c[7]} wins lost`;
    put("grid", width => {
      const columns = fs.length === 1 ? 1 : width > 430 ? 3 : 2, rows = Math.ceil(fs.length / columns);
      const place = { fx: c => fs.indexOf(c.f) % columns, fy: c => Math.floor(fs.indexOf(c.f) / columns) };
      return Plot.plot({
        width, height: rows * Math.min(230, width / columns * .98) + 40, marginLeft: 44, marginTop: 26, marginBottom: 40, style: { fontSize: "11px" },
        ariaLabel: `${cells.length} combinations of gates`,
        fx: { axis: null, padding: .1 }, fy: { axis: null, padding: .2 },
        x: { type: "band", label: `${x.gate} →`, padding: .05, tickRotate: -45 }, y: { type: "band", label: y ? `↑ ${y.gate}` : null, reverse: true, padding: .05, axis: y ? "left" : null },
        color: { type: "linear", domain: [-most, 0, most], range: [colour("--loss"), colour("--card"), colour("--win")], clamp: true },
        marks: [
          Plot.cell(cells, { ...place, x: "x", y: "y", fill: c => c.v ?? 0, stroke: "var(--line)", strokeWidth: .6, inset: .5, title: words, tip: true }),
          Plot.text(cells.filter(c => !c.base && c.c[3] < 15), { ...place, x: "x", y: "y", text: () => "×", fill: "var(--dim)", fontSize: 10, pointerEvents: "none" }),
          Plot.cell(cells.filter(c => c.base), { ...place, x: "x", y: "y", fill: "none", stroke: "var(--ink)", strokeWidth: 1.8, inset: 1.5, pointerEvents: "none" }),
          Plot.dot(cells.filter(c => c.chosen), { ...place, x: "x", y: "y", r: 7, stroke: "var(--card)", strokeWidth: 6, pointerEvents: "none" }),
          Plot.dot(cells.filter(c => c.chosen), { ...place, x: "x", y: "y", r: 7, stroke: "var(--mark)", strokeWidth: 3, pointerEvents: "none" }),
          f ? Plot.text(fs.map(v => ({ f: v })), { ...place, frameAnchor: "top", dy: -14, text: c => `${f.gate} ${c.f}${c.f === near(f.base) ? " (base)" : ""}`, fill: "var(--ink)", fontWeight: 600 }) : null,
        ],
      });
    });
  }
  function drawPath(change) {
    const rows = change.path.map(([d, e, z, n, status]) => ({ d: new Date(d), e: Math.max(e ?? 0, .05), z, n, status }));
    if (!rows.length) return put("path", () => "No look has watched it yet.");
    const [on, stay] = change.thresholds.evidence ?? [null, null];
    const low = Math.min(.1, d3.min(rows, r => r.e)), high = Math.max(on ?? 10, d3.max(rows, r => r.e)) * 1.6;
    const powers = d3.range(-3, 12).map(p => 10 ** p);
    put("path", width => Plot.plot({
      width, height: 250, marginLeft: 52, marginRight: 16, style: text, ariaLabel: `Odds at ${rows.length} looks`,
      x: { type: "utc", label: null, ticks: 5, domain: d3.extent(rows, r => r.d).map((v, i) => rows.length > 1 ? v : new Date(+v + (i ? 1 : -1) * 6e8)) },
      y: { type: "log", label: "↑ odds E : 1", grid: true, ticks: powers.filter(p => p >= low && p <= high), tickFormat: "~g", domain: [low, high] },
      marks: [
        on ? Plot.ruleY([on], { stroke: "var(--ok)", strokeDasharray: "5 3" }) : null,
        stay ? Plot.ruleY([stay], { stroke: "var(--warn)", strokeDasharray: "5 3" }) : null,
        Plot.lineY(rows, { x: "d", y: "e", stroke: "var(--mark)", strokeWidth: 1.8, curve: "step-after" }),
        Plot.dot(rows, { x: "d", y: "e", r: 3.5, stroke: "var(--mark)", fill: r => r.status === "active" ? "var(--mark)" : "var(--card)", tip: true,
          title: r => `${r.d.toISOString().slice(0, 10)}: ${r.status === "active" ? "in force" : r.status}\nE ${r.e}, z ${r.z}, ${r.n} setups changed` }),
      ],
    }));
  }
  function drawSides(change) {
    const names = { admitted: "let in", refused: "refused", "another bar": "other bar" };
    const rows = change.sides.map(([side, outcome, value, symbol, tf, t, decision]) => ({ side: names[side], outcome, value, symbol, tf, t, decision }));
    $("sides-of").textContent = change.ofSides > rows.length ? ` Drawn are the newest ${rows.length.toLocaleString("en")} of ${change.ofSides.toLocaleString("en")}.` : "";
    const known = rows.filter(r => r.value != null);
    if (!known.length) return put("sides", () => rows.length ? "Their results are not known." : "No setup changes sides.");
    put("sides", width => strip(known, Object.values(names).filter(s => known.some(r => r.side === s)), width, {
      value: r => r.value, label: "difference in ROI (%)",
      title: r => `${r.symbol ?? ""} ${r.tf ?? ""}, ${minute(r.t)}\n${r.side}: ${r.outcome}, ${signed(r.value)}; really ${r.decision}`,
    }));
  }
  const chosen = () => D.changes.find(c => String(c.id) === $("pick").value);
  function why() {
    const pick = $("pick");
    if (!pick) return;
    for (const story of document.querySelectorAll("article[data-change]")) story.hidden = story.dataset.change !== pick.value;
    const change = chosen();
    drawMap(change); drawGrid(change); drawPath(change); drawSides(change);
  }

  // -- chart ----------------------------------------------------------------------------------
  const stateHues = { S0: "#8d4a4a", S1: "#c79a2b", S2: "#6f8fd0", S3: "#2f9e6e", S4: "#9a9a9a55" };
  let chart;
  function candles() {
    const at = $("candles");
    if (!at) return;
    const c = D.charts.find(c => `${c.symbol} ${c.timeframe}` === $("position").value), L = LightweightCharts, name = `${c.symbol} ${c.timeframe}`;
    chart?.remove();
    const bars = [];
    let time = c.first, close = 0;
    for (let i = 0; i < c.t.length; i++) {
      time += c.t[i] * c.step;
      const open = close + c.o[i];
      close = open + c.c[i];
      bars.push({ time, open: open * c.unit, close: close * c.unit, high: (Math.max(open, close) + c.h[i]) * c.unit, low: (Math.min(open, close) - c.l[i]) * c.unit });
    }
    const [ink, line, win, loss, pend] = ["--ink", "--line", "--win", "--loss", "--pend"].map(colour);
    chart = L.createChart(at, {
      autoSize: true, grid: { vertLines: { visible: false }, horzLines: { color: line } },
      layout: { background: { color: "transparent" }, textColor: ink, attributionLogo: true, fontFamily: "inherit" },
      rightPriceScale: { borderVisible: false, scaleMargins: { top: .08, bottom: .14 } },
      timeScale: { timeVisible: true, borderVisible: false }, handleScroll: { vertTouchDrag: false, mouseWheel: false }, handleScale: { mouseWheel: false },
    });
    const price = chart.addSeries(L.CandlestickSeries, {
      upColor: "transparent", downColor: pend, borderUpColor: pend, borderDownColor: pend, wickUpColor: pend, wickDownColor: pend, priceLineVisible: false, lastValueVisible: false,
      priceFormat: { type: "price", minMove: c.unit, precision: Math.max(0, Math.round(-Math.log10(c.unit))) },
    });
    price.setData(bars);
    const strip = chart.addSeries(L.HistogramSeries, { priceScaleId: "state", priceLineVisible: false, lastValueVisible: false });
    chart.priceScale("state").applyOptions({ scaleMargins: { top: .95, bottom: 0 }, visible: false });
    const states = D.states[name] ?? [];
    let i = 0, state = "S4";
    strip.setData(bars.map(b => {
      while (i < states.length && states[i][0] <= b.time + c.step) state = states[i++][1];
      return { time: b.time, value: 1, color: stateHues[state] };
    }));
    const open = chart.addSeries(L.HistogramSeries, { priceScaleId: "open", priceLineVisible: false, lastValueVisible: false, color: colour("--mark") });
    chart.priceScale("open").applyOptions({ scaleMargins: { top: .915, bottom: .06 }, visible: false });
    const of = D.setups.filter(w => w.symbol === c.symbol && w.tf === c.timeframe && w.t - c.step >= bars[0].time && w.t - c.step <= time)
      .sort((a, b) => a.t - b.t);
    open.setData(bars.filter(b => of.some(w => w.opened <= b.time + c.step && b.time + c.step <= w.t)).map(b => ({ time: b.time, value: 1 })));
    const paint = w => w.outcome === "success" ? win : w.outcome === "failure" ? loss : pend;
    const setups = of.map(w => ({
      time: w.t - c.step, color: paint(w), position: w.acted ? "belowBar" : "aboveBar",
      shape: w.acted ? "arrowUp" : "circle", size: w.acted ? 1.5 : .6,
      text: at.clientWidth > 600 && w.blocked ? w.blocked : undefined,
    }));
    const sales = (D.sales[name] ?? []).filter(([t]) => t - c.step >= bars[0].time && t - c.step <= time)
      .map(([t]) => ({ time: t - c.step, color: pend, position: "aboveBar", shape: "arrowDown", size: 1 }));
    L.createSeriesMarkers(price, [...setups, ...sales].sort((a, b) => a.time - b.time));
    const told = d3.group(of, w => w.t - c.step);
    chart.subscribeCrosshairMove(e => {
      const here = told.get(e.time);
      if (here) $("hover").textContent = here.map(w => `${minute(w.t)} ${w.pattern.replace("pm.uptrend.", "")}: ${w.acted ? "bought" : `skipped, blocked by ${w.blocked || "–"}`}; ${w.outcome ?? "pending"}, ${signed(w.roi)}`).join(" | ");
    });
    const newest = of.findLast(w => w.acted) ?? of.at(-1), found = newest ? bars.findIndex(b => b.time >= newest.t - c.step) : -1;
    const end = found < 0 ? bars.length : found + 20, span = at.clientWidth > 600 ? 240 : 80;
    chart.timeScale().setVisibleLogicalRange({ from: Math.max(0, end - span), to: Math.max(span, end) });
  }

  // -- capital, runs --------------------------------------------------------------------------
  function allocation() {
    const rows = D.allocation.map(([t, tf, share]) => ({ d: new Date(t * 1000), tf, share: 100 * share }));
    const order = ["15m", "1h", "4h"].filter(tf => rows.some(r => r.tf === tf)), dash = { "15m": null, "1h": "6 3", "4h": "2 3" };
    put("allocation", width => Plot.plot({
      width, height: 260, marginLeft: 44, marginRight: 40, style: text, ariaLabel: "Share of capital per timeframe",
      x: { type: "utc", label: null, ticks: 5 }, y: { label: "↑ share (%)", grid: true, domain: [0, Math.max(60, d3.max(rows, r => r.share))] },
      color: { domain: ["15m", "1h", "4h"], range: ["var(--win)", "var(--mark)", "var(--loss)"] },
      marks: [
        ...order.map(tf => Plot.lineY(rows.filter(r => r.tf === tf), { x: "d", y: "share", stroke: "tf", strokeWidth: 2, strokeDasharray: dash[tf], curve: "step-after" })),
        Plot.text(order.map(tf => rows.findLast(r => r.tf === tf)), { x: "d", y: "share", text: "tf", fill: "tf", textAnchor: "start", dx: 6, fontWeight: 600 }),
        Plot.tip(rows, Plot.pointer({ x: "d", y: "share", title: r => `${r.d.toISOString().slice(0, 10)}\n${r.tf}: ${r.share.toFixed(1)} %` })),
      ],
    }));
  }
  function runs() {
    const rows = D.runs.map(([t, job, status, seconds]) => ({ at: minute(t), job: job.replace("quadrant.", ""), status, seconds }));
    const shown = [...new Set(rows.map(r => r.at))].slice(-16), names = [...new Set(rows.map(r => r.job))];
    const hues = ["var(--mark)", "var(--win)", "var(--pend)", "var(--ok)", "var(--warn)"];
    put("runs", width => {
      const made = Plot.plot({
        width, height: 66 + 19 * shown.length, marginLeft: 112, marginBottom: 38, marginRight: 14, style: text, ariaLabel: "Seconds per run",
        x: { label: "seconds →", grid: true, ticks: 4, labelOffset: 34 }, y: { label: null, domain: shown, padding: .25 },
        color: { domain: names, range: names.map((_, i) => hues[i % hues.length]), legend: true },
        marks: [
          Plot.barX(rows.filter(r => shown.includes(r.at)), { x: "seconds", y: "at", fill: "job", insetRight: .5, tip: true, title: r => `${r.job} at ${r.at}: ${r.status}, ${r.seconds} s` }),
          Plot.text(rows.filter(r => shown.includes(r.at) && r.status === "failed"), { y: "at", x: 0, text: () => "failed", fill: "var(--loss)", textAnchor: "start", dx: 4 }),
        ],
      });
      return made;
    });
  }

  // -- tables: sort, filter, CSV --------------------------------------------------------------
  const cell = (row, at) => { const td = row.cells[at]; return td.dataset.sort ?? td.textContent.trim(); };
  const number = value => { const v = parseFloat(value.replace(/[,%+ ]/g, "")); return Number.isNaN(v) ? null : v; };
  function sortable(table) {
    table.dataset.sorts = "";
    [...table.tHead.rows[0].cells].forEach((th, at) => {
      if ("plain" in th.dataset) return;
      const button = document.createElement("button");
      button.type = "button";
      button.append(...th.childNodes);
      th.append(button);
      button.addEventListener("click", () => {
        const down = th.getAttribute("aria-sort") !== "descending", body = table.tBodies[0];
        for (const other of table.tHead.rows[0].cells) other.removeAttribute("aria-sort");
        th.setAttribute("aria-sort", down ? "descending" : "ascending");
        const numeric = th.classList.contains("r");
        const rows = [...body.rows].map(row => ({ row, key: numeric ? number(cell(row, at)) : cell(row, at) }));
        rows.sort((a, b) => (a.key == null) - (b.key == null) || (down ? -1 : 1) * (numeric ? a.key - b.key : a.key.localeCompare(b.key)));
        body.append(...rows.map(r => r.row));
      });
    });
  }
  function lessons() {
    const table = $("lesson-table");
    if (!table) return;
    const words = $("filter").value.toLowerCase().split(/\s+/).filter(Boolean);
    let shown = 0;
    for (const row of table.tBodies[0].rows) {
      row.hidden = $("only").checked && !row.classList.contains("differs") || !words.every(w => row.cells[0].textContent.toLowerCase().includes(w));
      shown += !row.hidden;
    }
    $("count").textContent = `${shown} of ${table.tBodies[0].rows.length}`;
  }
  function csv() {
    const table = $("lesson-table"), quoted = v => `"${v.replace(/\s+/g, " ").replace(/"/g, '""')}"`;
    const rows = [table.tHead.rows[0], ...[...table.tBodies[0].rows].filter(r => !r.hidden)];
    const of = row => [...row.cells].map(td => quoted((td.querySelector("[role=img]")?.getAttribute("aria-label") ?? td.textContent).replaceAll("\u00ad", "").trim()));
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([rows.map(r => of(r).join(",")).join("\r\n") + "\r\n"], { type: "text/csv" }));
    link.download = "lessons.csv";
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 1000);
  }

  const draw = () => { if (D.dots.length) dots(); why(); if (D.allocation.length) allocation(); if (D.runs.length) runs(); };
  const tables = () => { lessons(); document.querySelectorAll("table.sortable:not([data-sorts])").forEach(sortable); };
  document.documentElement.classList.add("drawn");
  load(); draw(); candles(); tables();
  document.documentElement.dataset.drawn = Math.round(performance.now() - started);
  const moved = { pick: why, by: () => drawGrid(chosen()), position: candles, only: lessons };
  addEventListener("change", e => moved[e.target.id]?.());
  addEventListener("input", e => { if (e.target.id === "filter") lessons(); });
  addEventListener("click", e => { if (e.target.id === "csv") csv(); });
  // A page that is served (live.js) replaces sections, and says whether the candles are among them.
  addEventListener("quadrant:replaced", e => { load(); draw(); if (e.detail.chart) candles(); tables(); });
  let width = innerWidth, timer;
  addEventListener("resize", () => {
    if (innerWidth === width) return;
    width = innerWidth;
    clearTimeout(timer);
    timer = setTimeout(draw, 150);
  });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => { draw(); candles(); });
})();
