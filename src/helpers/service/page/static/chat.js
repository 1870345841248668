// A conversation with the greeting chatbot; it is kept in this page alone.
import { $, make } from "./elements.js";
import { ask, reporting } from "./service.js";
import { say } from "./words.js";

const section = $("#chat");
const log = $(".log", section);
const field = $("#chat-message");
const status = $("#chat-says");
// A name for this conversation, so that the chatbot does not say the same thing twice running.
const session = crypto.getRandomValues(new Uint32Array(4)).join("-");
const PATIENCE = 300; // milliseconds: a reply that comes at once needs no "one moment"
let isWaiting = false;

export function startChat() {
  $("form", section).addEventListener("submit", (event) => {
    event.preventDefault();
    talk(field.value.trim());
  });
  for (const phrase of section.querySelectorAll(".phrases button")) {
    phrase.addEventListener("click", () => talk(phrase.textContent));
  }
}

/** Say something; where it cannot be answered it goes back into the field. */
async function talk(message) {
  if (!message || isWaiting) return;
  isWaiting = true;
  field.value = "";
  const said = add("said", say("chat_you"), message);
  const waiting = setTimeout(() => (status.textContent = say("chat_waiting")), PATIENCE);
  await reporting($(".problem", section), async () => {
    try {
      add("reply", say("chat_bot"), (await answerTo(message)).reply);
    } catch (error) {
      said.remove();
      field.value = message;
      throw error;
    }
  });
  clearTimeout(waiting);
  status.textContent = "";
  isWaiting = false;
}

async function answerTo(message) {
  const answer = await ask("chat", {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ message, session }),
  });
  return answer.json();
}

function add(kind, who, words) {
  const name = make("span", { className: "unseen" }, `${who}: `);
  const item = make("li", { className: kind }, name, make("span", { lang: "ko" }, words));
  log.append(item);
  log.scrollTop = log.scrollHeight;
  return item;
}
