// The quiz in the page: one fieldset a question, the reason under the choices.
function withCode(element, text) {
  text.split("`").forEach((part, i) => {
    const piece = document.createElement(i % 2 ? "code" : "span");
    piece.textContent = part;
    element.append(piece);
  });
  return element;
}

function render({ model, el }) {
  const words = model.get("words");
  const questions = model.get("questions");
  el.classList.add("annyeong", "annyeong-quiz");
  const group = crypto.getRandomValues(new Uint32Array(1))[0];
  const score = document.createElement("p");
  score.className = "annyeong-score";
  score.setAttribute("role", "status");

  const reasons = questions.map((question, number) => {
    const field = document.createElement("fieldset");
    const reason = document.createElement("p");
    reason.setAttribute("role", "status");
    field.append(withCode(document.createElement("legend"), `${number + 1}. ${question.text}`));
    question.choices.forEach((choice, position) => {
      const label = document.createElement("label");
      const button = document.createElement("input");
      button.type = "radio";
      button.dataset.lmSuppressShortcuts = "true"; // the arrow keys choose
      button.name = `quiz-${group}-${number}`;
      button.checked = model.get("chosen")[number] === position;
      button.addEventListener("change", () => choose(number, position));
      label.append(button, withCode(document.createElement("span"), choice.text));
      field.append(label);
    });
    field.append(reason);
    el.append(field);
    return reason;
  });
  el.append(score);

  function choose(number, position) {
    const chosen = [...model.get("chosen")];
    chosen[number] = position;
    model.set("chosen", chosen);
    model.set("passed", chosen.every((at, number) => questions[number].choices[at]?.right));
    model.save_changes();
    showReason(number);
    showScore();
  }

  function showReason(number) {
    const choice = questions[number].choices[model.get("chosen")[number]];
    if (!choice) return;
    const verdict = choice.right ? `✔ ${words.right}` : `✘ ${words.wrong}`;
    reasons[number].className = `annyeong-verdict annyeong-${choice.right ? "right" : "wrong"}`;
    reasons[number].replaceChildren();
    withCode(reasons[number], `${verdict} ${choice.because}`);
  }

  function showScore() {
    const right = questions.filter(({ choices }, i) => choices[model.get("chosen")[i]]?.right);
    score.textContent = words.score
      .replace("{right}", right.length)
      .replace("{all}", questions.length);
  }

  questions.forEach((_, number) => showReason(number));
  showScore();
  tellWhenAsleep(model, el);
}

export default { render };
