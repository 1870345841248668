// The photos that the service keeps: listed, opened, deleted.
import { $, make } from "./elements.js";
import { bring } from "./photo.js";
import { ask, reporting, send } from "./service.js";
import { lang, say } from "./words.js";

const section = $("#kept");
const problem = $(".problem", section);
const status = $("#kept-says");
const day = new Intl.DateTimeFormat(lang, { dateStyle: "medium", timeStyle: "short" });
const kilobytes = new Intl.NumberFormat(lang, { style: "unit", unit: "kilobyte" });

export function startKept() {
  reporting(problem, list);
}

/** Let the service keep a photo. */
export function keep(photo) {
  return reporting(problem, async () => {
    const { filename } = await (await send("upload", photo, "camera.jpg")).json();
    await list();
    status.textContent = say("kept_done", { name: filename });
  });
}

async function list() {
  const { files } = await (await ask("uploads")).json();
  $(".empty", section).hidden = files.length > 0;
  $("ul", section).replaceChildren(...files.map(toItem));
}

function toItem({ filename: name, size, created, path }) {
  const open = make("button", { type: "button", ariaLabel: say("kept_open_one", { name }) });
  open.textContent = say("kept_open");
  open.addEventListener("click", () => openAgain(name, path));
  const remove = make("button", { type: "button", ariaLabel: say("kept_delete_one", { name }) });
  remove.textContent = say("kept_delete");
  remove.addEventListener("click", () => deleteOne(name, path));
  const facts = `${kilobytes.format(Math.ceil(size / 1000))}, ${day.format(new Date(created))}`;
  return make("li", {}, make("b", {}, name), make("small", {}, facts), open, remove);
}

function openAgain(name, path) {
  return reporting(problem, async () => {
    const copy = await (await ask(path)).blob();
    $("#photo").scrollIntoView();
    bring(new File([copy], name, { type: copy.type }));
  });
}

function deleteOne(name, path) {
  return reporting(problem, async () => {
    await ask(path, { method: "DELETE" });
    await list();
    status.textContent = say("kept_deleted", { name });
    $("#kept-title").focus(); // the button that had it is gone
  });
}
