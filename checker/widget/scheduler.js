// You are the scheduler: draws the `view` that Python sends, and sends back what the reader does.

const SHOW_EVERY = 1100; // milliseconds between the steps of "show me"

function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name === "onclick") element.onclick = value;
    else if (value === true) element.setAttribute(name, "");
    else if (value !== false && value != null) element.setAttribute(name, value);
  }
  element.append(...children);
  return element;
}

function code(lane) {
  const lines = lane.code.map(([number, text, next]) =>
    make("div", { class: next ? "cs-line cs-next" : "cs-line" },
      make("span", { class: "cs-mark", "aria-hidden": "true" }, next ? "▶" : ""), text || " "));
  return make("pre", { class: "cs-code", "aria-label": `code of ${lane.name}` }, ...lines);
}

function card(lane, act, ended) {
  const holds = lane.holds.length ? `holds ${lane.holds.join(", ")}` : "";
  const button = make("button", {
    "data-key": lane.key, disabled: !lane.movable || ended, title: `key ${lane.key}`,
    "aria-label": `let ${lane.name} go on: it ${lane.next}`,
    onclick: () => act({ do: "step", task: lane.task }),
  }, `${lane.name} goes on`, make("kbd", { "aria-hidden": "true" }, lane.key));
  return make("section", { class: `cs-lane ${lane.movable ? "cs-free" : "cs-waits"}`, "aria-label": lane.name },
    make("header", {}, make("strong", {}, lane.name), make("span", { class: "cs-holds" }, holds)),
    code(lane),
    make("p", { class: "cs-intends" }, (lane.movable ? "→ " : "⏸ ") + lane.next),
    button);
}

function shared(values, time) {
  const rows = values.map(([name, value]) =>
    make("tr", {}, make("th", { scope: "row" }, name), make("td", {}, make("code", {}, value))));
  if (time) rows.push(make("tr", {}, make("th", { scope: "row" }, "time"), make("td", {}, `${time} s`)));
  if (!rows.length) return make("p", { class: "cs-soft" }, "Nothing shared has been touched yet.");
  return make("table", {}, make("caption", {}, "Shared state"), make("tbody", {}, ...rows));
}

function history(threads, steps) {
  const told = (step) => [make("code", {}, step.source), make("span", { class: "cs-soft" }, step.effects)];
  const cells = (step) => threads.includes(step.thread)
    ? threads.map((name) => step.thread === name ? make("td", { class: "cs-ran" }, ...told(step)) : make("td", {}))
    : [make("td", { class: "cs-ran", colspan: threads.length }, `${step.thread}: `, ...told(step))];
  const head = ["", ...threads].map((name) => make("th", { scope: "col" }, name));
  const rows = steps.map((step, i) => make("tr", {}, make("th", { scope: "row" }, String(i + 1)), ...cells(step)));
  return make("table", { class: "cs-history" }, make("caption", {}, "So far"),
    make("thead", {}, make("tr", {}, ...head)), make("tbody", {}, ...rows));
}

function ending(view) {
  if (!view.ended) return "";
  const [first, ...rest] = view.result;
  return make("div", { class: view.reached ? "cs-end cs-reached" : "cs-end" },
    make("p", {}, make("strong", {}, (view.reached ? "★ Goal reached. " : "") + first)),
    ...rest.map((line) => make("p", {}, line)));
}

function render({ model, el }) {
  const live = make("div", { class: "cs-unseen", "aria-live": "polite", role: "status" });
  const page = make("div", {});
  const root = make("div", {
    class: "cs-game", tabindex: "0", role: "group", "aria-label": "You are the scheduler",
    "data-lm-suppress-shortcuts": "true", // or JupyterLab takes the digits for headings
  }, page, live);
  let timer = null;

  function act(message) {
    clearInterval(timer);
    timer = null;
    model.send(message);
    if (message.do === "show") {
      if (matchMedia("(prefers-reduced-motion: reduce)").matches) return;
      timer = setInterval(() => model.send({ do: "next" }), SHOW_EVERY);
    }
  }

  function tool(key, label, what, enabled) {
    return make("button", { "data-key": key, disabled: !enabled, title: `key ${key}`, onclick: () => act({ do: what }) },
      label, make("kbd", { "aria-hidden": "true" }, key));
  }

  function opener() {
    return make("button", { class: "cs-open", onclick: (event) => {
      event.target.disabled = true;
      event.target.textContent = "Looking for the shortest way …";
      act({ do: "open" });
      root.focus();
    } }, "Step through it: you are the scheduler");
  }

  function draw() {
    const view = model.get("view");
    const focused = root.contains(document.activeElement) ? document.activeElement.dataset.key : null;
    root.classList.toggle("cs-closed", !view.open);
    if (!view.open) {
      page.replaceChildren(view.trouble ? make("p", {}, view.trouble) : opener());
      return;
    }
    if (timer && !view.showing && view.ended) { clearInterval(timer); timer = null; }
    page.replaceChildren(
      make("p", { class: "cs-goal" }, make("strong", {}, "You are the scheduler. "), view.goal),
      make("div", { class: "cs-lanes" }, ...view.lanes.map((lane) => card(lane, act, view.ended))),
      ending(view),
      make("div", { class: "cs-tools" },
        tool("u", "Undo", "undo", view.undo), tool("r", "Restart", "restart", view.undo),
        view.show ? tool("s", "Show me", "show", true) : "",
        view.showing && !timer ? tool("n", "Next step", "next", true) : ""),
      make("div", { class: "cs-below" }, shared(view.values, view.time),
        view.steps.length ? history(view.threads, view.steps) : ""),
      view.trouble ? make("p", {}, view.trouble) : "");
    live.textContent = view.said;
    if (focused !== null && focused !== undefined) {
      const again = root.querySelector(`button[data-key="${focused}"]:not(:disabled)`);
      (again || root).focus({ preventScroll: true });
    }
  }

  root.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    const button = root.querySelector(`button[data-key="${CSS.escape(event.key.toLowerCase())}"]`);
    if (!button) return;
    event.preventDefault();
    event.stopPropagation();
    if (!button.disabled) button.click();
  });

  model.on("change:view", draw);
  el.append(root);
  draw();
  return () => { clearInterval(timer); model.off("change:view", draw); };
}

export default { render };
