// Paper to draw on with mouse, pen, finger or keys: of the course's pad and of the service's.
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

/**
 * Let one draw on a canvas.
 *
 * `mark` is the element that shows where the keys' pen is; it has the class `down` while that
 * draws. `thickness` of the ink, `step` of an arrow key and `fineStep` with Shift are in pixels of
 * the canvas. `changed` is called at every change, with "pointer" or "keys", whichever made it,
 * and with `isDrawing` true within a stroke of the pointer.
 */
export function startPaper(canvas, mark, settings) {
  const { thickness, step, fineStep, down, changed, turned } = settings;
  const { cleared = () => {}, isAsleep = () => false } = settings;
  const ink = canvas.getContext("2d", { willReadFrequently: true });
  Object.assign(ink, { lineWidth: thickness, lineCap: "round", lineJoin: "round" });
  ink.strokeStyle = ink.fillStyle = "#111";
  const paper = { ink, clear, isBlank: true, isDrawing: false };
  let last = null; // where the pointer touches the paper

  function drawTo(next) {
    ink.beginPath();
    ink.moveTo(...(last ?? next));
    ink.lineTo(...next);
    ink.stroke();
    ink.beginPath(); // a line without length would leave nothing, and a tap is to leave a dot
    ink.arc(...next, thickness / 2, 0, 2 * Math.PI);
    ink.fill();
    last = next;
    paper.isBlank = false;
  }

  function clear() {
    ink.clearRect(0, 0, canvas.width, canvas.height);
    paper.isBlank = true;
    cleared();
    changed("pointer");
  }

  function place(event) {
    const box = canvas.getBoundingClientRect();
    const scale = canvas.width / box.width;
    return [(event.clientX - box.left) * scale, (event.clientY - box.top) * scale];
  }

  canvas.addEventListener("pointerdown", (event) => {
    if (event.button !== 0 || isAsleep()) return;
    canvas.setPointerCapture(event.pointerId);
    paper.isDrawing = true;
    drawTo(place(event));
    changed("pointer");
  });
  canvas.addEventListener("pointermove", (event) => {
    if (!paper.isDrawing) return;
    // A quick pen reports few places: the browser keeps those between.
    for (const part of event.getCoalescedEvents?.() ?? [event]) drawTo(place(part));
    changed("pointer");
  });
  for (const end of ["pointerup", "pointercancel"]) {
    canvas.addEventListener(end, () => {
      if (!paper.isDrawing) return;
      paper.isDrawing = false;
      last = null;
      changed("pointer");
    });
  }

  // The keys move a pen of their own, which is seen while the paper has the focus.
  const pen = { x: canvas.width / 2, y: canvas.height / 5, isDown: false };
  canvas.addEventListener("focus", () => canvas.matches(":focus-visible") && showPen());
  canvas.addEventListener("blur", () => {
    mark.hidden = true;
    pen.isDown = false;
  });
  canvas.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey || isAsleep()) return;
    if (ARROWS[event.key]) movePen(ARROWS[event.key], event.shiftKey ? fineStep : step);
    else if (event.key === " ") turnPen();
    else if (event.key === "Delete" || event.key === "Backspace") clear();
    else return;
    event.preventDefault();
    event.stopPropagation();
    showPen();
  });

  function movePen([right, lower], step) {
    const from = [pen.x, pen.y];
    pen.x = Math.min(Math.max(pen.x + right * step, 0), canvas.width);
    pen.y = Math.min(Math.max(pen.y + lower * step, 0), canvas.height);
    if (pen.isDown) drawBetween(from, [pen.x, pen.y]);
  }

  function turnPen() {
    pen.isDown = !pen.isDown;
    turned(pen.isDown);
    if (pen.isDown) drawBetween([pen.x, pen.y], [pen.x, pen.y]);
  }

  function drawBetween(from, to) {
    last = from;
    drawTo(to);
    last = null;
    changed("keys");
  }

  function showPen() {
    mark.hidden = false;
    mark.classList.toggle(down, pen.isDown);
    mark.style.left = `${(100 * pen.x) / canvas.width}%`;
    mark.style.top = `${(100 * pen.y) / canvas.height}%`;
  }

  return paper;
}
