"use strict";
// The page that follows the database: replaces the sections that changed, sends what people decide.
(() => {
  const $ = id => document.getElementById(id);
  const source = page => new Map([...page.querySelectorAll("main > section")].map(s => [s.id, s.outerHTML]));
  // As the server sent them: report.js, which comes after this, draws into them.
  let served = source(document);

  function say(text, warn) {
    $("live").textContent = text;
    $("live").classList.toggle("warn", warn);
  }

  // -- what the reader chose in a section outlives it -----------------------------------------
  function keep(section) {
    const chosen = [...section.querySelectorAll("select[id], input[id]")].map(c => [c.id, c.value, c.checked]);
    const open = [...section.querySelectorAll("details")].map(d => d.open);
    const scrolled = [...section.querySelectorAll(".scroll")].map(d => [d.scrollLeft, d.scrollTop]);
    const sorted = [...section.querySelectorAll("table.sortable")].map(table => {
      const head = [...table.tHead.rows[0].cells], at = head.findIndex(th => th.ariaSort);
      return [at, head[at]?.ariaSort];
    });
    const focused = section.contains(document.activeElement) ? document.activeElement.id : "";
    return () => {
      for (const [id, value, checked] of chosen) {
        const control = $(id);
        if (!control) continue;
        if (control.type === "checkbox") control.checked = checked;
        else if (!control.options || [...control.options].some(o => o.value === value)) control.value = value;
      }
      const now = $(section.id);
      now.querySelectorAll("details").forEach((d, n) => { d.open = open[n] ?? d.open; });
      now.querySelectorAll(".scroll").forEach((d, n) => { [d.scrollLeft, d.scrollTop] = scrolled[n] ?? [0, 0]; });
      // Once report.js has made the heads of tables buttons: the first click sorts downwards.
      const again = () => now.querySelectorAll("table.sortable").forEach((table, n) => {
        const [at, way] = sorted[n] ?? [-1], button = table.tHead.rows[0].cells[at]?.querySelector("button");
        button?.click();
        if (way === "ascending") button?.click();
      });
      return () => { again(); if (focused) $(focused)?.focus({ preventScroll: true }); };
    };
  }

  let busy = false, again = false;
  async function refresh() {
    if (busy) { again = true; return; }
    busy = true;
    try {
      const answer = await fetch("/", { cache: "no-store" });
      if (!answer.ok) return say(await answer.text(), true);
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const fresh = source(page), data = page.getElementById("data").textContent;
      const replaced = [...fresh.keys()].filter(id => fresh.get(id) !== served.get(id));
      const finish = replaced.map(id => {
        const restore = keep($(id));
        $(id).replaceWith(document.adoptNode(page.getElementById(id)));
        return restore();
      });
      const moved = data !== $("data").textContent;
      $("data").textContent = data;
      document.title = page.title;
      const said = page.getElementById("live");
      say(said.textContent, said.classList.contains("warn"));
      document.querySelector("footer").textContent = page.querySelector("footer").textContent;
      served = fresh;
      if (replaced.length || moved)
        dispatchEvent(new CustomEvent("quadrant:replaced", { detail: { chart: moved || replaced.includes("chart") } }));
      finish.forEach(f => f());
      document.documentElement.dataset.refreshed = 1 + (+document.documentElement.dataset.refreshed || 0);
    } finally {
      busy = false;
      if (again) { again = false; refresh(); }
    }
  }

  const first = document.documentElement.dataset.moment;
  const events = new EventSource("/events");
  let last = first;
  events.addEventListener("news", e => {
    if (e.data !== last) { last = e.data; refresh(); }
  });
  events.addEventListener("error", () => {
    last = "";
    if (!$("live").classList.contains("warn")) say(`No connection to quadrant web. ${$("live").textContent}`, true);
  });

  // -- decisions --------------------------------------------------------------------------------
  addEventListener("click", async e => {
    const button = e.target.closest?.("button[data-what]");
    if (!button) return;
    const form = $("person"), said = $("said"), { what, id, name } = button.dataset;
    if (!form.reportValidity()) return;
    button.disabled = true;
    try {
      const answer = await fetch("/changes", {
        method: "POST",
        headers: { "Content-Type": "application/json", "X-Quadrant-Token": $("token").value },
        body: JSON.stringify({ what, by: $("by-name").value, ...(id ? { id: +id } : { name }) }),
      });
      said.textContent = await answer.text();
      said.classList.toggle("warn", !answer.ok);
    } catch {
      said.textContent = "No connection to quadrant web: nothing was decided.";
      said.classList.add("warn");
    } finally {
      button.disabled = false;
    }
  });
})();
