// The service as this page asks it: its language, its token, its one-sentence problems.
import { $ } from "./elements.js";
import { lang, say } from "./words.js";

/** Something that did not work; the message is a sentence for the reader. */
export class Problem extends Error {}

/** Ask the service, and throw a Problem with its own sentence where it declines. */
export async function ask(address, options = {}) {
  const token = sessionStorage.getItem("token");
  const headers = { "Accept-Language": lang, ...options.headers };
  if (token) headers.Authorization = `Bearer ${token}`;
  // Without credentials the browser asks for no password of its own.
  const answer = await fetch(beneath(address), { ...options, headers, credentials: "omit" }).catch(() => {
    throw new Problem(say("no_answer"));
  });
  if (answer.status === 401) {
    await askForToken(token);
    return ask(address, options);
  }
  if (!answer.ok) throw new Problem(await reason(answer));
  return answer;
}

/** Send a picture; a form, since the service then judges by what is in the file. */
export function send(address, picture, name = "picture.png") {
  const body = new FormData();
  body.append("file", picture, picture.name ?? name);
  return ask(address, { method: "POST", body });
}

/** Run `work`, and show in `place` why it failed, or nothing. */
export async function reporting(place, work) {
  place.textContent = "";
  try {
    await work();
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    place.textContent = error.message;
  }
}

/** A gateway may put a prefix before all addresses: "/digits" lies beside the page. */
function beneath(address) {
  return new URL(address.replace(/^\//, ""), document.baseURI);
}

async function reason(answer) {
  const problem = await answer.json().catch(() => ({}));
  return problem.detail ?? say("no_reason", { status: answer.status });
}

let asking = null; // several requests may be refused at once: one question serves them all

function askForToken(refused) {
  const newer = sessionStorage.getItem("token") !== refused;
  if (newer) return Promise.resolve(); // entered while this request was under way
  asking ??= showTokenDialog(refused).finally(() => (asking = null));
  return asking;
}

async function showTokenDialog(refused) {
  const dialog = $("#token");
  const field = $("#token-field");
  field.value = "";
  $(".problem", dialog).textContent = refused ? say("token_wrong") : "";
  dialog.returnValue = "";
  dialog.showModal();
  await new Promise((resolve) => dialog.addEventListener("close", resolve, { once: true }));
  if (dialog.returnValue !== "enter" || !field.value) throw new Problem(say("token_missing"));
  sessionStorage.setItem("token", field.value);
}
