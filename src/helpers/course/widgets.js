// Controls above a picture that the kernel draws anew at every change.
function render({ model, el }) {
  el.classList.add("annyeong-explorer");
  const chosen = { ...model.get("chosen") };
  const picture = document.createElement("img");
  let sent = JSON.stringify(chosen);
  let waiting = false; // for the kernel's picture: a slow one must not pile up moves

  function send() {
    const wanted = JSON.stringify(chosen);
    if (waiting || wanted === sent) return;
    waiting = true;
    sent = wanted;
    model.set("chosen", JSON.parse(wanted));
    model.save_changes();
  }

  for (const { name, label: text, values, slider } of model.get("controls")) {
    const label = document.createElement("label");
    const control = document.createElement(slider ? "input" : "select");
    control.dataset.lmSuppressShortcuts = "true"; // the arrow keys move it
    const value = document.createElement("output");
    if (slider) {
      Object.assign(control, { type: "range", min: 0, max: values.length - 1 });
    } else {
      control.append(...values.map((text, position) => new Option(text, position)));
    }
    control.value = chosen[name];
    const showValue = () => (value.textContent = slider ? values[control.value] : "");
    control.addEventListener("input", () => {
      chosen[name] = Number(control.value);
      showValue();
      send();
    });
    showValue();
    label.append(text, control, value);
    el.append(label);
  }
  el.append(picture);

  function show() {
    URL.revokeObjectURL(picture.src);
    picture.src = URL.createObjectURL(new Blob([model.get("picture")], { type: "image/png" }));
    picture.alt = model.get("caption");
  }
  // The caption differs at every choice, even where the picture does not.
  model.on("change:caption", () => {
    show();
    waiting = false;
    send();
  });
  show();
}

export default { render };
