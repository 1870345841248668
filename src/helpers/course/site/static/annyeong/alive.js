// The widgets of the notebooks on a page without a kernel: the same code, with a model of its own.
import quiz from "./quiz.js";

/** In place of the kernel's model: what the widget sets is heard by those who listen, here. */
class PageModel {
  #listeners = new Map();

  constructor(values) {
    this.values = values;
  }

  get(name) {
    return this.values[name];
  }

  set(name, value) {
    this.values[name] = value;
    for (const listener of this.#listeners.get(`change:${name}`) ?? []) listener();
  }

  on(event, listener) {
    this.#listeners.set(event, [...(this.#listeners.get(event) ?? []), listener]);
  }

  save_changes() {}
}

/** Show a quiz with the answers that this browser keeps. */
function mountQuiz(el) {
  const { name, ...values } = JSON.parse(el.dataset.quiz);
  const key = `annyeong/${name}`;
  const fits = (chosen) => chosen?.length === values.questions.length;
  let chosen = values.questions.map(() => -1);
  try {
    const kept = JSON.parse(localStorage.getItem(key));
    if (fits(kept)) chosen = kept;
  } catch {} // a browser that keeps nothing, or something else that was kept
  const model = new PageModel({ ...values, chosen });
  model.on("change:chosen", () => {
    try {
      localStorage.setItem(key, JSON.stringify(model.get("chosen")));
    } catch {}
  });
  el.replaceChildren();
  quiz.render({ model, el });
}

document.querySelectorAll(".annyeong-quiz[data-quiz]").forEach(mountQuiz);
