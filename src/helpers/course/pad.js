// A pad to draw on with mouse, pen or finger; the kernel answers with ten probabilities.
const SIZE = 140; // as DrawPad.SIZE
const SCALE = 2; // pixels of the page for one of the drawing

function render({ model, el }) {
  const words = model.get("words");
  el.classList.add("annyeong-pad");

  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = SIZE;
  canvas.style.width = canvas.style.height = `${SIZE * SCALE}px`;
  canvas.setAttribute("role", "img");
  canvas.setAttribute("aria-label", words.label);
  const pen = canvas.getContext("2d", { willReadFrequently: true });
  pen.lineWidth = SIZE / 14;
  pen.lineCap = pen.lineJoin = "round";

  const clear = document.createElement("button");
  clear.textContent = words.clear;
  const reading = document.createElement("output");
  reading.className = "annyeong-reading";
  const bars = document.createElement("ol");
  const fills = Array.from({ length: 10 }, (_, digit) => {
    const bar = document.createElement("li");
    const fill = document.createElement("span");
    bar.append(String(digit), fill);
    bars.append(bar);
    return fill;
  });
  const answer = document.createElement("div");
  answer.append(reading, bars, clear);
  el.append(canvas, answer);

  function send() {
    const pixels = pen.getImageData(0, 0, SIZE, SIZE).data;
    const ink = new Uint8Array(SIZE * SIZE);
    for (let i = 0; i < ink.length; i++) ink[i] = pixels[4 * i + 3];
    model.set("drawing", new DataView(ink.buffer));
    model.save_changes();
  }

  let last = null;
  const place = (event) => {
    const box = canvas.getBoundingClientRect();
    const scale = SIZE / box.width;
    return [(event.clientX - box.left) * scale, (event.clientY - box.top) * scale];
  };
  canvas.addEventListener("pointerdown", (event) => {
    canvas.setPointerCapture(event.pointerId);
    last = place(event);
  });
  canvas.addEventListener("pointermove", (event) => {
    if (!last) return;
    // A quick pen reports few places: the browser keeps those between.
    for (const part of event.getCoalescedEvents?.() ?? [event]) {
      const next = place(part);
      pen.beginPath();
      pen.moveTo(...last);
      pen.lineTo(...next);
      pen.stroke();
      last = next;
    }
  });
  for (const end of ["pointerup", "pointercancel"]) {
    canvas.addEventListener(end, () => {
      if (last) send();
      last = null;
    });
  }
  clear.addEventListener("click", () => {
    pen.clearRect(0, 0, SIZE, SIZE);
    send();
  });

  function show() {
    const probabilities = model.get("answer");
    const best = probabilities.indexOf(Math.max(...probabilities));
    reading.dataset.value = best < 0 ? "" : best;
    reading.textContent = best < 0 ? words.label : `${best} (${(100 * probabilities[best]).toFixed(1)} %)`;
    fills.forEach((fill, digit) => (fill.style.width = `${100 * (probabilities[digit] ?? 0)}%`));
  }
  model.on("change:answer", show);
  show();
}

export default { render };
