// Paper to write on, with mouse, pen, finger or keys; the service reads it as it fills.
import { $ } from "./elements.js";
import { mapsAreOpen, onMapsOpened, showMaps } from "./maps.js";
import { newest } from "./newest.js";
import { startPaper } from "./paper.js";
import { showBoxes, showReading } from "./reading.js";
import { reporting, send } from "./service.js";
import { say } from "./words.js";

const INK = 24; // pixels of the canvas: about as thick, for its height, as in MNIST
// What touches the border of a photo may be no digit, so a border is sent around the paper.
const BORDER = 24;
const PAUSE = 150; // milliseconds between two readings

const section = $("#draw");
const canvas = $("#pad");
const reading = $(".reading", section);
let paper;

export function startPad() {
  paper = startPaper(canvas, $(".pen", section), {
    thickness: INK,
    step: 16,
    fineStep: 4,
    down: "down",
    changed: () => read(),
    turned: (isDown) => ($("#pen-says").textContent = say(isDown ? "pen_down" : "pen_up")),
    cleared: () => ($("#pen-says").textContent = say("cleared")),
  });
  $("#clear").addEventListener("click", paper.clear);
  onMapsOpened(read);
}

const read = newest(() => reporting($(".problem", reading), readPaper), PAUSE);

async function readPaper() {
  if (paper.isBlank) return show({ digits: [] }, say("nothing_drawn"));
  const answer = await send(`digits?explain=${mapsAreOpen()}`, await toPicture());
  const found = await answer.json();
  // The paper may have been cleared meanwhile; in the middle of a stroke nothing is missing.
  if (!paper.isBlank) show(found, paper.isDrawing ? "…" : `${say("none_found")} ${say("none_found_help")}`);
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
  const photo = new OffscreenCanvas(canvas.width + 2 * BORDER, canvas.height + 2 * BORDER);
  const pen = photo.getContext("2d");
  pen.fillStyle = "#fff";
  pen.fillRect(0, 0, photo.width, photo.height);
  pen.drawImage(canvas, BORDER, BORDER);
  return photo.convertToBlob({ type: "image/png" });
}
