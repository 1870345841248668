// What the network has read: the digits, how sure it is of each, and where they stand.
import { $, make } from "./elements.js";
import { say, confidence } from "./words.js";

/** Show the digits in a `.reading`; where there are none, say `otherwise`. */
export function showReading(place, digits, otherwise) {
  const text = digits.map((digit, n) => before(digit, digits[n - 1]) + digit.value).join("");
  const output = $("output", place);
  // A screen reader speaks what changes: the same again is no news.
  if (output.textContent !== (text || otherwise)) output.textContent = text || otherwise;
  output.classList.toggle("empty", !text);
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

function toItem({ value, probability }) {
  const bar = make("span", { className: "bar", ariaHidden: "true" }, make("i"));
  bar.firstChild.style.width = `${100 * probability}%`;
  const text = { value, confidence: confidence(probability) };
  return make("li", {}, make("span", {}, say("sure", text)), bar);
}

function toBox({ value, probability, box: [x, y, w, h] }, width, height) {
  const box = make("div", {}, make("b", {}, value), make("small", {}, confidence(probability)));
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
