// A button for a photo; the kernel answers with a sentence and a picture of the steps.
function render({ model, el }) {
  const words = model.get("words");
  el.classList.add("annyeong-photo");

  const label = document.createElement("label");
  const input = document.createElement("input");
  // With these two kinds a telephone offers its camera, and turns its own format into JPEG.
  Object.assign(input, { type: "file", accept: "image/jpeg,image/png" });
  label.append(words.choose, input);
  const answer = document.createElement("output");
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
    answer.textContent = picture.alt = model.get("answer");
    URL.revokeObjectURL(picture.src);
    const png = model.get("picture");
    picture.hidden = png.byteLength === 0;
    picture.src = URL.createObjectURL(new Blob([png], { type: "image/png" }));
  }
  model.on("change:num_shown", show);
  show();
}

export default { render };
