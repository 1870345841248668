// Controls above a picture that the kernel draws anew at every change, or that a page without one
// has kept; there the picture stands already.
function render({ model, el }) {
  el.classList.add("annyeong", "annyeong-explorer");
  const controls = document.createElement("div");
  controls.className = "annyeong-controls";
  const picture = el.querySelector("img") ?? document.createElement("img");
  el.append(controls, picture);

  const chosen = { ...model.get("chosen") };
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
    control.setAttribute("aria-label", text);
    function showValue() {
      if (!slider) return;
      value.textContent = values[control.value];
      control.setAttribute("aria-valuetext", values[control.value]);
    }
    control.addEventListener("input", () => {
      chosen[name] = Number(control.value);
      showValue();
      send();
    });
    showValue();
    label.append(text, control);
    if (slider) label.append(value);
    controls.append(label);
  }

  const show = () => showPicture(picture, model.get("picture"), model.get("caption"));
  // The caption differs at every choice, even where the picture does not.
  model.on("change:caption", () => {
    show();
    waiting = false;
    send();
  });
  show();
  tellWhenAsleep(model, el);
}

export default { render };
