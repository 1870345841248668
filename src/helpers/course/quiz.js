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
  const right = new Set();
  const score = document.createElement("p");
  score.className = "quiz-score";

  function showScore() {
    score.textContent = words.score
      .replace("{right}", right.size)
      .replace("{all}", questions.length);
    if (right.size === questions.length && !model.get("passed")) {
      model.set("passed", true);
      model.save_changes();
    }
  }

  function choose(number, choice, reason) {
    choice.right ? right.add(number) : right.delete(number);
    reason.className = choice.right ? "quiz-reason quiz-right" : "quiz-reason quiz-wrong";
    reason.replaceChildren();
    withCode(reason, `${choice.right ? "✔ " + words.right : "✘ " + words.wrong} ${choice.because}`);
    showScore();
  }

  const group = crypto.getRandomValues(new Uint32Array(1))[0];
  questions.forEach((question, number) => {
    const field = document.createElement("fieldset");
    const reason = document.createElement("p");
    reason.setAttribute("role", "status");
    field.append(withCode(document.createElement("legend"), `${number + 1}. ${question.text}`));
    for (const choice of question.choices) {
      const label = document.createElement("label");
      const button = document.createElement("input");
      button.type = "radio";
      button.dataset.lmSuppressShortcuts = "true"; // the arrow keys choose
      button.name = `quiz-${group}-${number}`;
      button.addEventListener("change", () => choose(number, choice, reason));
      label.append(button, withCode(document.createElement("span"), choice.text));
      field.append(label);
    }
    field.append(reason);
    el.append(field);
  });
  el.classList.add("quiz");
  el.append(score);
  showScore();
}

export default { render };
