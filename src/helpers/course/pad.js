// A pad to draw on; ten probabilities come back, from the kernel or, on a page without one, from
// a network in the page. There its layers are shown too, and one can look into a network of one's
// own.
const SIZE = 140; // as DrawPad.SIZE
const PAUSE = 200; // milliseconds after the last key until the drawing is sent

function make(tag, properties = {}, attributes = {}) {
  const element = Object.assign(document.createElement(tag), properties);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  return element;
}

function render({ model, el }) {
  const words = model.get("words");
  el.classList.add("annyeong", "annyeong-pad");

  const canvas = make(
    "canvas",
    { width: SIZE, height: SIZE, tabIndex: 0 },
    { role: "application", "aria-label": `${words.label}. ${words.keys}` },
  );
  canvas.dataset.lmSuppressShortcuts = "true"; // the arrow keys move the pen
  const mark = make("span", { className: "annyeong-pen", hidden: true });
  const sheet = make("div", { className: "annyeong-paper" });
  sheet.append(canvas, mark);
  const clear = make("button", { type: "button", textContent: words.clear });
  const keys = make("p", { className: "annyeong-keys", textContent: words.keys });
  const penSays = make("span", { className: "annyeong-unseen" }, { role: "status" });
  const reading = make("output", { className: "annyeong-reading" });
  const bars = make("ol");
  const fills = Array.from({ length: 10 }, (_, digit) => {
    const bar = make("li");
    const fill = make("i");
    const track = make("span");
    track.append(fill);
    const share = make("small");
    bar.append(String(digit), track, share);
    bars.append(bar);
    return { bar, fill, share };
  });
  const answer = make("div", { className: "annyeong-bars" });
  answer.append(reading, bars, clear);
  el.append(sheet, answer, keys, penSays);
  if (words.maps) el.append(showMaps(model, words));
  if (words.own) el.append(chooseNetwork(model, words));

  let pause = 0;
  const paper = startPaper(canvas, mark, {
    thickness: SIZE / 14,
    step: 5,
    fineStep: 1,
    down: "annyeong-down",
    isAsleep: () => el.dataset.asleep === "true",
    changed(by) {
      clearTimeout(pause);
      if (by === "keys") pause = setTimeout(send, PAUSE);
      else if (!paper.isDrawing) send();
    },
    turned: (isDown) => (penSays.textContent = isDown ? words.pen_down : words.pen_up),
  });
  clear.addEventListener("click", paper.clear);

  function send() {
    const pixels = paper.ink.getImageData(0, 0, SIZE, SIZE).data;
    const drawing = new Uint8Array(SIZE * SIZE);
    for (let i = 0; i < drawing.length; i++) drawing[i] = pixels[4 * i + 3];
    model.set("drawing", new DataView(drawing.buffer));
    model.save_changes();
  }

  function showDrawing() {
    const drawing = model.get("drawing");
    if (paper.isDrawing || drawing.byteLength !== SIZE * SIZE) return;
    const image = paper.ink.createImageData(SIZE, SIZE);
    for (let i = 0; i < SIZE * SIZE; i++) image.data[4 * i + 3] = drawing.getUint8(i);
    paper.ink.putImageData(image, 0, 0);
  }

  function showAnswer() {
    const probabilities = model.get("answer");
    const best = probabilities.indexOf(Math.max(...probabilities));
    const percent = (digit) => `${(100 * probabilities[digit]).toFixed(1)} %`;
    reading.dataset.value = best < 0 ? "" : best;
    reading.textContent = best < 0 ? words.label : `${best} (${percent(best)})`;
    fills.forEach(({ bar, fill, share }, digit) => {
      fill.style.width = `${100 * (probabilities[digit] ?? 0)}%`;
      share.textContent = best < 0 ? "" : percent(digit);
      bar.classList.toggle("annyeong-best", digit === best);
    });
  }

  model.on("change:drawing", showDrawing);
  model.on("change:answer", showAnswer);
  showDrawing();
  showAnswer();
  tellWhenAsleep(model, el);
}

/** The feature maps of the digit, in a part that is folded at first. */
function showMaps(model, words) {
  const part = make("details", { className: "annyeong-maps" });
  const layers = make("div", { className: "annyeong-layers" });
  part.append(make("summary", { textContent: words.maps }));
  part.append(make("p", { textContent: words.maps_hint }), layers);
  const show = () => part.open && showLayers(layers, model.get("layers"), words.lang);
  part.addEventListener("toggle", show);
  model.on("change:layers", show);
  return part;
}

/** A button for an ONNX file, whose network then reads what is drawn. */
function chooseNetwork(model, words) {
  const part = make("div", { className: "annyeong-own" });
  const label = make("label", { textContent: words.own });
  const input = make("input", { type: "file", accept: ".onnx" });
  const says = make("output");
  label.append(input);
  part.append(label, says);
  input.addEventListener("change", async () => {
    const [file] = input.files;
    if (file) model.send({ name: file.name }, undefined, [await file.arrayBuffer()]);
  });
  part.addEventListener("dragover", (event) => event.preventDefault());
  part.addEventListener("drop", (event) => {
    event.preventDefault();
    input.files = event.dataTransfer.files;
    input.dispatchEvent(new Event("change"));
  });
  model.on("change:own", () => (says.textContent = model.get("own")));
  return part;
}

export default { render };
