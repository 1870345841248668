// A pad to draw on with mouse, pen, finger or keys; the kernel answers with ten probabilities.
const SIZE = 140; // as DrawPad.SIZE
const STEP = 5; // how far an arrow key moves the pen
const FINE_STEP = 1;
const PAUSE = 200; // milliseconds after the last key until the drawing is sent
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

function make(tag, properties = {}, attributes = {}) {
  const element = Object.assign(document.createElement(tag), properties);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  return element;
}

function render({ model, el }) {
  const words = model.get("words");
  el.classList.add("annyeong", "annyeong-pad");
  const isAsleep = () => el.dataset.asleep === "true";

  const canvas = make(
    "canvas",
    { width: SIZE, height: SIZE, tabIndex: 0 },
    { role: "application", "aria-label": `${words.label}. ${words.keys}` },
  );
  canvas.dataset.lmSuppressShortcuts = "true"; // the arrow keys move the pen
  const mark = make("span", { className: "annyeong-pen", hidden: true });
  const paper = make("div", { className: "annyeong-paper" });
  paper.append(canvas, mark);
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
  el.append(paper, answer, keys, penSays);

  const ink = canvas.getContext("2d", { willReadFrequently: true });
  ink.lineWidth = SIZE / 14;
  ink.lineCap = ink.lineJoin = "round";
  let last = null; // where the pen touches the paper

  function drawTo(next) {
    ink.beginPath();
    if (last) ink.moveTo(...last);
    ink.lineTo(...next);
    ink.stroke();
    ink.beginPath(); // a line without length would leave nothing, and a tap is to leave a dot
    ink.arc(...next, ink.lineWidth / 2, 0, 2 * Math.PI);
    ink.fill();
    last = next;
  }

  function wipe() {
    ink.clearRect(0, 0, SIZE, SIZE);
    send();
  }

  function send() {
    const pixels = ink.getImageData(0, 0, SIZE, SIZE).data;
    const drawing = new Uint8Array(SIZE * SIZE);
    for (let i = 0; i < drawing.length; i++) drawing[i] = pixels[4 * i + 3];
    model.set("drawing", new DataView(drawing.buffer));
    model.save_changes();
  }

  const place = (event) => {
    const box = canvas.getBoundingClientRect();
    const scale = SIZE / box.width;
    return [(event.clientX - box.left) * scale, (event.clientY - box.top) * scale];
  };
  canvas.addEventListener("pointerdown", (event) => {
    if (event.button !== 0 || isAsleep()) return;
    canvas.setPointerCapture(event.pointerId);
    drawTo(place(event));
  });
  canvas.addEventListener("pointermove", (event) => {
    if (!last || pen.isDown) return;
    // A quick pen reports few places: the browser keeps those between.
    for (const part of event.getCoalescedEvents?.() ?? [event]) drawTo(place(part));
  });
  for (const end of ["pointerup", "pointercancel"]) {
    canvas.addEventListener(end, () => {
      if (last) send();
      last = null;
    });
  }
  clear.addEventListener("click", wipe);

  // The keys move a pen of their own, which is seen while the pad has the focus.
  const pen = { x: SIZE / 2, y: SIZE / 5, isDown: false };
  let pause = 0;
  canvas.addEventListener("focus", () => canvas.matches(":focus-visible") && showPen());
  canvas.addEventListener("blur", () => {
    mark.hidden = true;
    pen.isDown = false;
  });
  canvas.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey || isAsleep()) return;
    if (ARROWS[event.key]) movePen(ARROWS[event.key], event.shiftKey ? FINE_STEP : STEP);
    else if (event.key === " ") turnPen();
    else if (event.key === "Delete" || event.key === "Backspace") wipe();
    else return;
    event.preventDefault();
    event.stopPropagation();
    showPen();
  });

  function movePen([right, down], step) {
    const from = [pen.x, pen.y];
    pen.x = Math.min(Math.max(pen.x + right * step, 0), SIZE);
    pen.y = Math.min(Math.max(pen.y + down * step, 0), SIZE);
    if (pen.isDown) drawBetween(from, [pen.x, pen.y]);
  }

  function turnPen() {
    pen.isDown = !pen.isDown;
    penSays.textContent = pen.isDown ? words.pen_down : words.pen_up;
    if (pen.isDown) drawBetween([pen.x, pen.y], [pen.x, pen.y]);
  }

  function drawBetween(from, to) {
    last = from;
    drawTo(to);
    last = null;
    clearTimeout(pause);
    pause = setTimeout(send, PAUSE);
  }

  function showPen() {
    mark.hidden = false;
    mark.classList.toggle("annyeong-down", pen.isDown);
    mark.style.left = `${(100 * pen.x) / SIZE}%`;
    mark.style.top = `${(100 * pen.y) / SIZE}%`;
  }

  function showDrawing() {
    const drawing = model.get("drawing");
    if (last || drawing.byteLength !== SIZE * SIZE) return;
    const image = ink.createImageData(SIZE, SIZE);
    for (let i = 0; i < SIZE * SIZE; i++) image.data[4 * i + 3] = drawing.getUint8(i);
    ink.putImageData(image, 0, 0);
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

export default { render };
