// A button for a photo; the kernel answers with a sentence and a picture of the steps.
function render({ model, el }) {
  const words = model.get("words");
  el.classList.add("annyeong", "annyeong-photo");

  const label = document.createElement("label");
  const input = document.createElement("input");
  // With these two kinds a telephone offers its camera, and turns its own format into JPEG.
  Object.assign(input, { type: "file", accept: "image/jpeg,image/png" });
  label.append(words.choose, input);
  const answer = document.createElement("output");
  answer.className = "annyeong-answer";
  const picture = document.createElement("img");
  el.append(label, answer, picture);

  input.addEventListener("change", async () => {
    const [file] = input.files;
    if (!file) return;
    if (file.size > model.get("max_bytes")) {
      answer.textContent = words.large;
      return;
    }
    answer.textContent = words.reading;
    model.send({ name: file.name }, undefined, [await file.arrayBuffer()]);
  });

  function show() {
    answer.textContent = model.get("answer");
    showPicture(picture, model.get("picture"), model.get("answer"));
  }
  model.on("change:num_shown", show);
  show();
  tellWhenAsleep(model, el);
}

export default { render };
