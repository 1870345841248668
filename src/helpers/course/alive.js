// The course's widgets on a page without a kernel: where JupyterLab's model would ask Python, a
// model here plays an explorer's frames, computes the pad's network or keeps a quiz's score.
import explorer from "./widgets.js";
import pad from "./pad.js";
import quiz from "./quiz.js";
import { openNetwork, toMnist, UnknownOperator } from "./network.js";

const TILE = 32; // as in helpers.course.tiles
const DRAWING = 140; // as DrawPad.SIZE

/** What a widget knows of itself, as anywidget's: `saved` and `sent` stand for the kernel. */
class Model {
  #listeners = {};

  constructor(state, { saved = () => {}, sent = () => {} }) {
    Object.assign(this, { state, saved, send: (...message) => sent(this, ...message) });
  }

  get(name) {
    return this.state[name];
  }

  set(name, value) {
    this.state[name] = value;
    this.fire(`change:${name}`);
  }

  on(event, listener) {
    (this.#listeners[event] ??= []).push(listener);
  }

  fire(event) {
    for (const listener of this.#listeners[event] ?? []) listener();
  }

  save_changes() {
    this.saved(this);
  }
}

/** Return a function that does the work once, unless it fails, and gives each caller its result. */
function once(work) {
  let result = null;
  return () => (result ??= work().catch((error) => ((result = null), Promise.reject(error))));
}

async function download(address) {
  const answer = await fetch(address);
  if (!answer.ok) throw new Error(`${address}: ${answer.status}`);
  return answer;
}

// Explorers.

function mountExplorer(el) {
  const { controls, chosen, words } = JSON.parse(el.dataset.state);
  const still = el.querySelector("img");
  const frames = once(() => openFrames(new URL(el.dataset.explorer, document.baseURI)));
  const state = { controls, chosen, words, picture: still.src, caption: still.alt };
  const says = ({ name, label, values }) => `${label} = ${values[state.chosen[name]]}`;
  async function saved(model) {
    const at = (n, { name, values }) => n * values.length + state.chosen[name];
    try {
      const frame = (await frames())(controls.reduce(at, 0));
      for (const side of ["width", "height"]) still.removeAttribute(side);
      model.set("picture", frame);
    } catch (error) {
      console.error(error);
      return model.fire("comm_live_update"); // as if its kernel had gone: it says what to do
    }
    model.set("caption", controls.map(says).join(", "));
  }
  for (const touch of ["pointerenter", "focusin"])
    el.addEventListener(touch, () => frames().catch(() => {}), { once: true });
  explorer.render({ model: new Model(state, { saved }), el });
}

/** Open a file of frames, see helpers.course.tiles; return a function that gives each by number. */
async function openFrames(address) {
  const stream = (await download(address)).body.pipeThrough(new DecompressionStream("deflate"));
  const bytes = new Uint8Array(await new Response(stream).arrayBuffer());
  const end = bytes.indexOf(10); // where the line of JSON ends
  const { colours, sizes } = JSON.parse(new TextDecoder().decode(bytes.subarray(0, end)));
  const grids = sizes.map((sides) => sides.map((side) => Math.ceil(side / TILE)));
  const starts = [0];
  for (const [across, down] of grids) starts.push(starts.at(-1) + across * down);
  const numbers = new Uint16Array(bytes.slice(end + 1, end + 1 + 2 * starts.at(-1)).buffer);
  const tiles = bytes.subarray(end + 1 + 2 * starts.at(-1));
  return (frame) => {
    const [width, height] = sizes[frame];
    const [across] = grids[frame];
    return toBitmap(width, height, colours, (x, y) => {
      const tile = numbers[starts[frame] + (y >> 5) * across + (x >> 5)];
      return tiles[tile * TILE * TILE + (y % TILE) * TILE + (x % TILE)];
    });
  };
}

/** Write a picture of a few colours as the bytes of a BMP, which every browser shows. */
function toBitmap(width, height, colours, colourAt) {
  const rowLength = 4 * Math.ceil(width / 4);
  const start = 54 + 4 * colours.length;
  const view = new DataView(new ArrayBuffer(start + rowLength * height));
  const [sixteen, thirtyTwo] = [view.setUint16, view.setInt32].map(
    (set) => (at, value) => set.call(view, at, value, true),
  );
  sixteen(0, 0x4d42); // "BM"
  thirtyTwo(2, view.byteLength);
  thirtyTwo(10, start);
  thirtyTwo(14, 40);
  thirtyTwo(18, width);
  thirtyTwo(22, height);
  sixteen(26, 1);
  sixteen(28, 8); // bits of a pixel
  thirtyTwo(46, colours.length);
  colours.forEach((colour, n) => thirtyTwo(54 + 4 * n, Number.parseInt(colour, 16)));
  for (let y = 0; y < height; y++) {
    const row = start + (height - 1 - y) * rowLength; // the lowest row comes first
    for (let x = 0; x < width; x++) view.setUint8(row + x, colourAt(x, y));
  }
  return view;
}

// The pad.

function mountPad(el) {
  const { words } = JSON.parse(el.dataset.state);
  const address = new URL(el.dataset.model, document.baseURI);
  let network = once(async () => openNetwork(await (await download(address)).arrayBuffer()));
  const state = { words, drawing: new DataView(new ArrayBuffer(0)), answer: [], layers: [] };
  async function read(model) {
    const drawing = new Uint8Array(state.drawing.buffer);
    const image = drawing.length ? toMnist(drawing, DRAWING) : null;
    let found = { probabilities: [], layers: [] };
    try {
      if (image) found = (await network())(image);
    } catch (error) {
      console.error(error);
      return model.fire("comm_live_update");
    }
    model.set("layers", found.layers.map(draw));
    model.set("answer", found.probabilities);
  }
  function sent(model, { name }, _, [bytes]) {
    try {
      const own = openNetwork(bytes);
      network = async () => own;
      model.set("own", words.own_reads.replace("{name}", name));
    } catch (error) {
      const isUnknown = error instanceof UnknownOperator;
      const text = isUnknown ? words.own_unknown : words.own_none;
      model.set("own", text.replace("{name}", name).replace("{operator}", error.message));
      return;
    }
    read(model);
  }
  const model = new Model(state, { saved: read, sent });
  el.replaceChildren();
  pad.render({ model, el });
  el.addEventListener("pointerenter", () => network().catch(() => {}), { once: true });
}

const GREYS = Array.from({ length: 256 }, (_, grey) => (grey * 0x10101).toString(16));

/** Draw what a layer gives: a picture for each map, or one row of pixels for numbers alone. */
function draw({ layer, kind, shape: [, channels, height = 1, width = 1], data }) {
  const least = data.reduce((a, b) => Math.min(a, b));
  const span = data.reduce((a, b) => Math.max(a, b)) - least || 1;
  const grey = (at) => Math.floor(((data[at] - least) * 255) / span);
  if (height * width === 1) {
    const row = toAddress(toBitmap(channels, 1, GREYS, grey));
    return { layer, kind, shape: [channels], pictures: [row] };
  }
  const pictures = Array.from({ length: channels }, (_, n) =>
    toAddress(
      toBitmap(width, height, GREYS, (x, y) => grey((n * height + y) * width + x)),
    ),
  );
  return { layer, kind, shape: [height, width, channels], pictures };
}

function toAddress(view) {
  const text = String.fromCharCode(...new Uint8Array(view.buffer));
  return `data:image/bmp;base64,${btoa(text)}`;
}

// Quizzes.

function mountQuiz(el) {
  const { name, questions, words } = JSON.parse(el.dataset.state);
  const key = `annyeong/${name}`;
  const kept = recall(key);
  const chosen = kept?.length === questions.length ? kept : questions.map(() => -1);
  const model = new Model({ questions, words, chosen, passed: false }, {
    saved: () => keep(key, model.get("chosen")),
  });
  el.replaceChildren();
  quiz.render({ model, el });
}

// A browser may keep nothing; then a quiz begins anew at each visit.
function recall(key) {
  try {
    return JSON.parse(localStorage.getItem(key));
  } catch {
    return null;
  }
}

function keep(key, value) {
  try {
    localStorage.setItem(key, JSON.stringify(value));
  } catch {
    // see above
  }
}

const MOUNTS = { explorer: mountExplorer, pad: mountPad, quiz: mountQuiz };

for (const [kind, mount] of Object.entries(MOUNTS))
  for (const el of document.querySelectorAll(`.annyeong-${kind}[data-state]`)) mount(el);
