// The feature maps of every layer, in a part of the page that can be folded.
import { $ } from "./elements.js";
import { showLayers } from "./layers.js";
import { lang } from "./words.js";

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
  showLayers(place, maps, lang);
}
