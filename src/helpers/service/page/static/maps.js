// The feature maps of every layer, one row of small pictures for each.
import { $, make } from "./elements.js";
import { say } from "./words.js";

const panel = $("#maps");
const place = $(".layers", panel);

/** Whether somebody looks: maps that are folded away are not asked for. */
export const mapsAreOpen = () => panel.open;

/** Call `listener` when the maps are unfolded. */
export function onMapsOpened(listener) {
  panel.addEventListener("toggle", () => panel.open && listener());
}

/** Show what `?explain=true` tells of the layers; nothing, before a digit is read. */
export function showMaps(maps = []) {
  $(".empty", panel).hidden = maps.length > 0;
  const same = maps.length === place.children.length;
  if (!same) place.replaceChildren(...maps.map(toRow));
  maps.forEach(({ pictures }, layer) => {
    const images = place.children[layer].querySelectorAll("img");
    pictures.forEach((picture, n) => (images[n].src = picture));
  });
}

function toRow({ layer, shape, pictures }) {
  const images = pictures.map(() => make("img", { alt: "" }));
  const row = make("div", { role: "img", ariaLabel: describe(layer, shape) }, ...images);
  const caption = make("figcaption", {}, make("b", {}, layer), ` ${shape.join(" × ")} `);
  caption.append(make("span", {}, say(meaning(layer, shape))));
  const figure = make("figure", {}, caption, row);
  if (shape.length === 1) figure.className = "numbers"; // one picture, a pixel for each
  if (shape[0] === 10) figure.append(digits());
  return figure;
}

function meaning(layer, shape) {
  const kind = layer.split("_")[0];
  return kind === "pool" && shape.length === 1 ? "layer_pool_all" : `layer_${kind}`;
}

function digits() {
  const each = [..."0123456789"].map((digit) => make("span", {}, digit));
  return make("p", { ariaHidden: "true" }, ...each);
}

function describe(layer, shape) {
  const [height, width, count] = shape;
  if (shape.length === 1) return say("values_of", { layer, count: height });
  return say("maps_of", { layer, height, width, count });
}
