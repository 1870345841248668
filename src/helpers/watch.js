// A training as it runs: a bar, a row for each epoch and the loss, drawn anew when the kernel tells.
const SVG = "http://www.w3.org/2000/svg";
const [WIDTH, HEIGHT, LEFT, BOTTOM, TOP] = [320, 150, 44, 24, 8];

function make(kind, properties = {}, ...children) {
  const element = Object.assign(document.createElement(kind), properties);
  element.append(...children);
  return element;
}

function draw(kind, attributes, text = "") {
  const element = document.createElementNS(SVG, kind);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.textContent = text;
  return element;
}

// Places on paper: a loss that falls a hundredfold is read on a logarithmic axis.
function scales(state) {
  const losses = [...state.curve, ...state.validation].map(([, loss]) => loss).filter(Number.isFinite);
  const log = losses.every((loss) => loss > 0) ? Math.log10 : (loss) => loss;
  const low = Math.min(...losses.map(log)), high = Math.max(...losses.map(log));
  const room = high - low || 1;
  const x = (epoch) => LEFT + ((WIDTH - LEFT - 8) * epoch) / state.num_epochs;
  const y = (loss) => TOP + ((HEIGHT - BOTTOM - TOP) * (high - log(loss))) / room;
  const exact = (place) => (log === Math.log10 ? 10 ** place : place);
  return { x, y, ticks: [low, low + room / 2, high].map(exact) };
}

function curve(state, words) {
  const svg = draw("svg", { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: "img", "aria-label": words.curve });
  if (!state.curve.length) return svg;
  const { x, y, ticks } = scales(state);
  for (const loss of ticks) {
    svg.append(draw("line", { class: "grid", x1: LEFT, x2: WIDTH - 8, y1: y(loss), y2: y(loss) }));
    svg.append(draw("text", { x: LEFT - 5, y: y(loss) + 4, "text-anchor": "end" }, loss.toPrecision(2)));
  }
  const every = Math.ceil(state.num_epochs / 8);
  for (let epoch = 0; epoch <= state.num_epochs; epoch += every) {
    svg.append(draw("text", { x: x(epoch), y: HEIGHT - 8, "text-anchor": "middle" }, epoch));
  }
  const points = state.curve.map(([epoch, loss]) => `${x(epoch)},${y(loss)}`).join(" ");
  svg.append(draw("polyline", { points }));
  for (const [epoch, loss] of state.validation) {
    svg.append(draw("rect", { x: x(epoch) - 3.5, y: y(loss) - 3.5, width: 7, height: 7 }));
  }
  return svg;
}

function legend(state, words) {
  const parts = [make("span", { className: "line" }), ` ${words.loss}, ${words.training} `];
  if (state.validation.length) parts.push(make("span", { className: "square" }), ` ${words.validation}`);
  return make("p", {}, ...parts);
}

function table(state, words) {
  const row = (kind, texts) => make("tr", {}, ...texts.map((textContent) => make(kind, { textContent })));
  const head = make("thead", {}, row("th", [words.epoch, ...state.columns]));
  const body = make("tbody", {}, ...state.rows.map((texts) => row("td", texts)));
  const box = make("div", { className: "rows" }, make("table", {}, head, body));
  requestAnimationFrame(() => (box.scrollTop = box.scrollHeight));
  return box;
}

function bar(state, words) {
  const done = state.rows.length * state.num_steps + state.step;
  const all = state.num_epochs * state.num_steps;
  const progress = make("progress", { max: Math.max(all, 1), value: done });
  const of = (a, b) => words.of.replace("{0}", a).replace("{1}", b);
  const ended = state.rows.length >= state.num_epochs;
  const mark = state.running ? "" : ended ? `✔ ${words.done} · ` : `■ ${words.stopped} · `;
  const text = `${mark}${words.step} ${of(done, all)} · ${words.epoch} ${of(state.rows.length, state.num_epochs)}`;
  progress.setAttribute("aria-label", text);
  return make("div", { className: "bar" }, progress, make("span", { textContent: text }));
}

function render({ model, el }) {
  el.classList.add("annyeong-training");
  const words = model.get("words");
  function show() {
    const state = model.get("state");
    const parts = [bar(state, words)];
    const seen = [];
    if (state.rows.length) seen.push(table(state, words));
    if (state.curve.length) seen.push(make("figure", {}, curve(state, words), legend(state, words)));
    if (seen.length) parts.push(make("div", { className: "seen" }, ...seen));
    el.replaceChildren(...parts);
    el.dataset.running = state.running;
  }
  model.on("change:state", show);
  show();
  return () => model.off("change:state", show);
}

export default { render };
