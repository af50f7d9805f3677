// Adds to plots that are there already: a shared cursor, numbers under it, zoom, keys.
"use strict";
(() => {
  const plots = [...document.querySelectorAll("svg.plot[data-until]")];
  if (!plots.length) return;
  const left = 64, wide = 880, page = 972, until = Math.max(...plots.map(it => +it.dataset.until));
  let from = 0, to = until, at = null, over = null, swept = null;
  const svg = (name, values, parent) => {
    const it = document.createElementNS(plots[0].namespaceURI, name);
    for (const key in values) it.setAttribute(key, values[key]);
    parent.append(it);
    return it;
  };
  const clock = s => {
    const two = n => String(Math.floor(n)).padStart(2, "0");
    return two(s / 3600) + ":" + two(s / 60 % 60) + (s % 60 ? ":" + two(s % 60) : "");
  };
  const tip = document.createElement("div");
  tip.id = "tip";
  tip.hidden = true;
  tip.setAttribute("aria-live", "polite");
  document.body.append(tip);
  const data = new Map();
  for (const it of plots) {
    const held = it.parentElement.querySelector("script");
    data.set(it, held ? JSON.parse(held.textContent) : []);
    it.cursor = svg("line", { class: "cursor", y1: it.dataset.top, y2: it.dataset.foot, visibility: "hidden" }, it);
    it.sweep = svg("rect", { class: "sweep", y: it.dataset.top, height: it.dataset.foot - it.dataset.top, visibility: "hidden" }, it);
  }
  const x_of = t => left + (t - from) / (to - from) * wide;
  const steps = [15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14400, 21600, 43200, 86400, 604800];
  function redraw() {
    const step = steps.find(it => (to - from) / it <= 9) || 2592000;
    for (const it of plots) {
      const area = it.querySelector("svg.area");
      if (area) area.setAttribute("viewBox",
        `${from / until * wide} 0 ${(to - from) / until * wide} ${area.getAttribute("height")}`);
      for (const mark of it.querySelectorAll(".at")) {
        const t = +mark.dataset.t;
        mark.setAttribute("transform", `translate(${x_of(t).toFixed(1)} 0)`);
        mark.style.display = t < from || t > to ? "none" : "";
      }
      const axis = it.querySelector(".ticks");
      axis.replaceChildren();
      for (let t = Math.ceil(from / step) * step; t <= to; t += step) {
        const x = x_of(t).toFixed(1);
        svg("line", { class: "grid", x1: x, x2: x, y1: it.dataset.top, y2: it.dataset.foot }, axis);
        svg("text", { x, y: +it.dataset.foot + 17, "text-anchor": "middle" }, axis).textContent = clock(t);
      }
    }
    point();
  }
  const value = (series, t) => {
    let best = null;
    for (let i = 0; i < series.t.length; ++i)
      if (best === null || Math.abs(series.t[i] - t) < Math.abs(series.t[best] - t)) best = i;
    return best === null ? null : series.v[best];
  };
  const shown = v => v === null ? "no data" : v.toLocaleString("en", { maximumSignificantDigits: v < 1000 ? 4 : 15, maximumFractionDigits: 3 });
  function cell(row, text, name) {
    const it = row.insertCell();
    it.textContent = text;
    if (name) it.className = name;
  }
  function point(place) {
    for (const it of plots) {
      it.cursor.setAttribute("visibility", at === null ? "hidden" : "visible");
      if (at === null) continue;
      it.cursor.setAttribute("x1", x_of(at));
      it.cursor.setAttribute("x2", x_of(at));
    }
    tip.hidden = at === null || !over;
    if (tip.hidden) return;
    const table = document.createElement("table");
    for (const series of data.get(over)) {
      const row = table.insertRow();
      cell(row, series.name);
      cell(row, shown(value(series, at)) + (series.unit === "%" ? "%" : " " + series.unit), "n");
    }
    const near = [...over.querySelectorAll(".at")].filter(it => Math.abs(x_of(+it.dataset.t) - x_of(at)) < 6);
    for (const it of near.slice(0, 6)) {
      const title = it.querySelector("title");
      if (!title) continue;
      const row = table.insertRow();
      cell(row, title.textContent);
      row.cells[0].colSpan = 2;
    }
    const head = document.createElement("b");
    head.textContent = clock(Math.round(at));
    tip.replaceChildren(head, table);
    const box = over.getBoundingClientRect();
    const x = place ? place.clientX : box.left + x_of(at) / page * box.width;
    const y = place ? place.clientY : box.top + 20;
    const room = tip.getBoundingClientRect();
    tip.style.left = Math.max(4, x + 16 + room.width > innerWidth ? x - 16 - room.width : x + 16) + "px";
    tip.style.top = Math.max(4, Math.min(y + 12, innerHeight - room.height - 4)) + "px";
  }
  const time_at = (it, event) => {
    const box = it.getBoundingClientRect();
    const x = (event.clientX - box.left) / box.width * page;
    return Math.min(to, Math.max(from, from + (x - left) / wide * (to - from)));
  };
  function zoom(a, b) {
    const least = Math.min(until, 60);
    let low = Math.max(0, Math.min(a, b)), high = Math.min(until, Math.max(a, b));
    if (high - low < least) low = Math.max(0, (low + high - least) / 2), high = Math.min(until, low + least);
    from = low;
    to = high;
    redraw();
  }
  const about = (middle, times) => zoom(middle - (middle - from) * times, middle + (to - middle) * times);
  for (const it of plots) {
    it.addEventListener("pointermove", event => {
      at = time_at(it, event);
      over = it;
      if (swept !== null) {
        const a = x_of(Math.min(swept, at)), b = x_of(Math.max(swept, at));
        it.sweep.setAttribute("x", a);
        it.sweep.setAttribute("width", b - a);
        it.sweep.setAttribute("visibility", "visible");
      }
      point(event);
    });
    it.addEventListener("pointerdown", event => { if (event.button === 0) swept = time_at(it, event); });
    it.addEventListener("pointerleave", () => { if (document.activeElement !== it) { at = null; point(); } });
    it.addEventListener("dblclick", () => zoom(0, until));
    it.addEventListener("wheel", event => {
      if (!event.ctrlKey) return;
      event.preventDefault();
      about(time_at(it, event), event.deltaY > 0 ? 1.25 : .8);
    }, { passive: false });
    it.addEventListener("keydown", event => {
      const step = (to - from) / 80, here = at === null ? (from + to) / 2 : at;
      over = it;
      if (event.key === "ArrowLeft") at = Math.max(from, here - step);
      else if (event.key === "ArrowRight") at = Math.min(to, here + step);
      else if (event.key === "+" || event.key === "=") about(here, .5);
      else if (event.key === "-") about(here, 2);
      else if (event.key === "0" || event.key === "Escape") { at = null; zoom(0, until); }
      else return;
      event.preventDefault();
      point();
    });
    it.addEventListener("blur", () => { at = null; point(); });
  }
  addEventListener("pointerup", () => {
    const began = swept;
    swept = null;
    for (const it of plots) it.sweep.setAttribute("visibility", "hidden");
    if (began !== null && at !== null && Math.abs(x_of(at) - x_of(began)) > 8) zoom(began, at);
  });
})();
