// What the network has read: the digits, how sure it is of each, and where they stand.
import { $, make } from "./elements.js";
import { say, confidence } from "./words.js";

/** A digit of a lower probability is marked: as in helpers.vision.photos.digit. */
const UNSURE = 0.9;

/** Show the digits in a `.reading`; where there are none, say `otherwise`. */
export function showReading(place, digits, otherwise) {
  const text = digits.map((digit, n) => before(digit, digits[n - 1]) + marked(digit)).join("");
  const output = $("output", place);
  // A screen reader speaks what changes: the same again is no news.
  if (output.textContent !== (text || otherwise)) output.textContent = text || otherwise;
  output.classList.toggle("empty", !text);
  output.classList.toggle("many", text.includes("\n") || digits.length > 5);
  $("ol", place).replaceChildren(...digits.map(toItem));
}

/** Draw the digits' boxes over a picture of this size, which may be shown at any other. */
export function showBoxes(place, digits, { width, height }) {
  place.replaceChildren(...digits.map((digit) => toBox(digit, width, height)));
}

/** What stands before a digit: nothing, or a new line where a new row begins. */
function before(digit, last) {
  if (!last) return "";
  return digit.row === last.row ? " " : "\n";
}

/** Write a digit, with a question mark if the network is unsure of it. */
function marked({ value, probability }) {
  return `${value}${probability < UNSURE ? "?" : ""}`;
}

function toItem({ value, probability }) {
  const isUnsure = probability < UNSURE;
  const bar = make("span", { className: "bar", ariaHidden: "true" }, make("i"));
  bar.firstChild.style.width = `${100 * probability}%`;
  const text = { value, confidence: confidence(probability) };
  const words = make("span", {}, say(isUnsure ? "unsure" : "sure", text));
  return make("li", { className: isUnsure ? "unsure" : "" }, words, bar);
}

function toBox(digit, width, height) {
  const { probability, box: [x, y, w, h] } = digit;
  const sure = make("small", {}, confidence(probability));
  const box = make("div", {}, make("b", {}, marked(digit)), sure);
  box.classList.toggle("unsure", probability < UNSURE);
  // Near the border of the picture what is written beside the box goes into it.
  box.classList.toggle("high", y < 0.08 * height);
  box.classList.toggle("low", y + h > 0.94 * height);
  Object.assign(box.style, {
    left: `${(100 * x) / width}%`,
    top: `${(100 * y) / height}%`,
    width: `${(100 * w) / width}%`,
    height: `${(100 * h) / height}%`,
  });
  return box;
}
