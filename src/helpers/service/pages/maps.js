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
  return make(
    "figure",
    {},
    make("figcaption", {}, make("b", {}, layer), ` ${shape.join(" × ")} `, meaning(layer)),
    make("div", { role: "img", ariaLabel: describe(layer, shape) }, ...images),
  );
}

function meaning(layer) {
  return make("span", {}, say(`layer_${layer.split("_")[0]}`));
}

function describe(layer, shape) {
  const [height, width, count] = shape;
  if (shape.length === 1) return say("values_of", { layer, count: height });
  return say("maps_of", { layer, height, width, count });
}
