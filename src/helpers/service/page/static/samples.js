// Digits of MNIST, with noise or without: what they are, and what the network takes them for.
import { $, showPicture } from "./elements.js";
import { newest } from "./newest.js";
import { showReading } from "./reading.js";
import { ask, Problem, reporting, send } from "./service.js";
import { say } from "./words.js";

const NUM_SAMPLES = 60_000;
const section = $("#sample");
const index = $("#sample-index");
const noise = $("#sample-noise");

export function startSamples() {
  for (const input of [index, noise]) input.addEventListener("change", show);
  $("form", section).addEventListener("submit", (event) => {
    event.preventDefault(); // Enter
    show();
  });
  $("#sample-other").addEventListener("click", () => {
    index.value = Math.floor(NUM_SAMPLES * Math.random());
    show();
  });
  show();
}

const show = newest(() => reporting($(".problem", section), fetchSample));

async function fetchSample() {
  if (!index.checkValidity()) throw new Problem(say("sample_range"));
  const wanted = { index: index.valueAsNumber, add_noise: noise.checked };
  const answer = await ask("mnist-sample", {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(wanted),
  });
  const { label, image_path: address } = await answer.json();
  const picture = await (await ask(address)).blob();
  const { digits } = await (await send("digits", picture)).json();
  const image = $("#sample-picture");
  await showPicture(image, picture);
  image.alt = say("sample_alt", { label, index: wanted.index });
  $("#sample-label").textContent = label;
  showReading($(".reading", section), digits, say("none_found"));
}
