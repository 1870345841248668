// Paper to write on, with mouse, pen, finger or keys; the service reads it as it fills.
import { $ } from "./elements.js";
import { mapsAreOpen, onMapsOpened, showMaps } from "./maps.js";
import { newest } from "./newest.js";
import { showBoxes, showReading } from "./reading.js";
import { reporting, send } from "./service.js";
import { say } from "./words.js";

const INK = 24; // pixels of the canvas: about as thick, for its height, as in MNIST
const STEP = 16; // how far an arrow key moves the pen
const FINE_STEP = 4;
// What touches the border of a photo may be no digit, so a border is sent around the paper.
const BORDER = 24;
const PAUSE = 150; // milliseconds between two readings

const section = $("#draw");
const canvas = $("#pad");
const reading = $(".reading", section);
const ink = canvas.getContext("2d");
let last = null; // where the pen touches the paper
let isBlank = true;

export function startPad() {
  ink.lineWidth = INK;
  ink.lineCap = ink.lineJoin = "round";
  ink.strokeStyle = ink.fillStyle = "#111";
  startPointer();
  startKeys();
  $("#clear").addEventListener("click", clear);
  onMapsOpened(read);
}

function startPointer() {
  canvas.addEventListener("pointerdown", (event) => {
    if (event.button !== 0) return;
    canvas.setPointerCapture(event.pointerId);
    last = place(event);
    drawTo(last); // a dot
  });
  canvas.addEventListener("pointermove", (event) => {
    if (!last) return;
    // A quick pen reports few places: the browser keeps those between.
    for (const part of event.getCoalescedEvents?.() ?? [event]) drawTo(place(part));
  });
  for (const end of ["pointerup", "pointercancel"]) {
    canvas.addEventListener(end, () => {
      if (last) read(); // what was not yet a digit is now none
      last = null;
    });
  }
}

function place(event) {
  const box = canvas.getBoundingClientRect();
  const scale = canvas.width / box.width;
  return [(event.clientX - box.left) * scale, (event.clientY - box.top) * scale];
}

function drawTo(next) {
  ink.beginPath();
  ink.moveTo(...last);
  ink.lineTo(...next);
  ink.stroke();
  ink.beginPath(); // a line without length leaves nothing
  ink.arc(...next, INK / 2, 0, 2 * Math.PI);
  ink.fill();
  last = next;
  isBlank = false;
  read();
}

function clear() {
  ink.clearRect(0, 0, canvas.width, canvas.height);
  isBlank = true;
  $("#pen-says").textContent = say("cleared");
  read();
}

// The keys move a pen of their own, which is seen while the paper has the focus.
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
const pen = { x: canvas.width / 2, y: canvas.height / 5, isDown: false, mark: $(".pen", section) };

function startKeys() {
  canvas.addEventListener("focus", () => canvas.matches(":focus-visible") && showPen());
  canvas.addEventListener("blur", () => {
    pen.mark.hidden = true;
    pen.isDown = false;
  });
  canvas.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    if (ARROWS[event.key]) movePen(ARROWS[event.key], event.shiftKey ? FINE_STEP : STEP);
    else if (event.key === " ") turnPen();
    else if (event.key === "Delete" || event.key === "Backspace") clear();
    else return;
    event.preventDefault();
    showPen();
  });
}

function movePen([right, down], step) {
  const from = [pen.x, pen.y];
  pen.x = Math.min(Math.max(pen.x + right * step, 0), canvas.width);
  pen.y = Math.min(Math.max(pen.y + down * step, 0), canvas.height);
  if (pen.isDown) drawBetween(from, [pen.x, pen.y]);
}

function turnPen() {
  pen.isDown = !pen.isDown;
  $("#pen-says").textContent = say(pen.isDown ? "pen_down" : "pen_up");
  if (pen.isDown) drawBetween([pen.x, pen.y], [pen.x, pen.y]);
}

function drawBetween(from, to) {
  last = from;
  drawTo(to);
  last = null;
}

function showPen() {
  pen.mark.hidden = false;
  pen.mark.classList.toggle("down", pen.isDown);
  pen.mark.style.left = `${(100 * pen.x) / canvas.width}%`;
  pen.mark.style.top = `${(100 * pen.y) / canvas.height}%`;
}

const read = newest(() => reporting($(".problem", reading), readPaper), PAUSE);

async function readPaper() {
  if (isBlank) return show({ digits: [] }, say("nothing_drawn"));
  const answer = await send(`digits?explain=${mapsAreOpen()}`, await toPicture());
  const found = await answer.json();
  // The paper may have been cleared meanwhile; in the middle of a stroke nothing is missing.
  if (!isBlank) show(found, last ? "…" : `${say("none_found")} ${say("none_found_help")}`);
}

function show({ digits, maps }, otherwise) {
  showReading(reading, digits, otherwise);
  const onPaper = digits.map((digit) => ({ ...digit, box: withoutBorder(digit.box) }));
  showBoxes($(".boxes", section), onPaper, canvas);
  showMaps(maps);
}

function withoutBorder([x, y, width, height]) {
  return [x - BORDER, y - BORDER, width, height];
}

/** Give the drawing as the photo that it stands for: dark ink on white paper. */
function toPicture() {
  const paper = new OffscreenCanvas(canvas.width + 2 * BORDER, canvas.height + 2 * BORDER);
  const pen = paper.getContext("2d");
  pen.fillStyle = "#fff";
  pen.fillRect(0, 0, paper.width, paper.height);
  pen.drawImage(canvas, BORDER, BORDER);
  return paper.convertToBlob({ type: "image/png" });
}
