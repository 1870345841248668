// A photo that is dropped, pasted, chosen or taken: its digits read, or its faces hidden.
import { closeCamera, openCamera, shoot } from "./camera.js";
import { $, showPicture } from "./elements.js";
import { newest } from "./newest.js";
import { showBoxes, showReading } from "./reading.js";
import { reporting, send } from "./service.js";
import { say } from "./words.js";

const section = $("#photo");
const problem = $(".problem", section);
// Each returns what the status line then says.
const TASKS = { digits: readDigits, mosaic: hideFaces };
let photo = null;

/** Start; `keep` is what its button does with the photo. */
export function startPhoto(keep) {
  startFile();
  startDrop();
  startPaste();
  startCamera();
  for (const radio of section.querySelectorAll("[name=task]")) {
    radio.addEventListener("change", () => photo && work());
  }
  $("#keep").addEventListener("click", () => keep(photo));
}

/** Take up a photo, if it is one, and do with it what is chosen. */
export function bring(file) {
  if (!file) {
    problem.textContent = say("no_file");
    return;
  }
  photo = file;
  work();
}

const work = newest(() => reporting(problem, doTask));

async function doTask() {
  const task = $("[name=task]:checked", section).value;
  const status = $("#photo-says");
  $("#photo-result").hidden = true;
  status.textContent = say("working");
  try {
    status.textContent = await TASKS[task](photo);
  } catch (error) {
    status.textContent = "";
    throw error;
  }
  showAs(task);
}

async function readDigits(picture) {
  const { digits } = await (await send("digits", picture)).json();
  await showPicture($("#before"), picture);
  const { naturalWidth: width, naturalHeight: height } = $("#before");
  showBoxes($(".boxes", section), digits, { width, height });
  showReading($("#photo-reading"), digits, say("none_found"));
  return ""; // the reading speaks for itself
}

async function hideFaces(picture) {
  const answer = await send("mosaic", picture);
  const count = Number(answer.headers.get("X-Faces"));
  const hidden = await answer.blob();
  await showPicture($("#before"), picture);
  await showPicture($("#after"), hidden);
  showBoxes($(".boxes", section), [], {});
  Object.assign($("#save"), { href: $("#after").src, download: "mosaic.png" });
  return say({ 0: "faces_none", 1: "faces_one" }[count] ?? "faces_many", { count });
}

function showAs(task) {
  $("#photo-reading").hidden = task !== "digits";
  for (const id of ["#mosaic", "#save"]) $(id).hidden = task !== "mosaic";
  $("#photo-result").dataset.task = task;
  $("#photo-result").hidden = false;
}

function startFile() {
  const input = $("#file");
  input.addEventListener("change", () => {
    if (input.files.length) bring(input.files[0]);
    input.value = ""; // so that the same file can be chosen again
  });
}

function startDrop() {
  const area = $(".drop", section);
  // Wherever it falls: a browser would leave the page to show a file that misses the area.
  addEventListener("dragover", (event) => event.preventDefault());
  addEventListener("drop", (event) => {
    event.preventDefault();
    area.classList.remove("over");
    bring(event.dataTransfer.files[0]);
  });
  area.addEventListener("dragenter", () => area.classList.add("over"));
  area.addEventListener("dragleave", (event) => {
    if (!area.contains(event.relatedTarget)) area.classList.remove("over");
  });
}

function startPaste() {
  addEventListener("paste", (event) => {
    // Text goes into the field that has the focus.
    if (!event.target.closest?.("input, dialog")) bring(event.clipboardData.files[0]);
  });
}

function startCamera() {
  $("#camera-open").addEventListener("click", () => reporting(problem, openCamera));
  $("#camera-close").addEventListener("click", closeCamera);
  $("#shoot").addEventListener("click", async () => {
    const picture = await shoot();
    closeCamera();
    bring(picture);
  });
}
