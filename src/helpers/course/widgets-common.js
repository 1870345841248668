// What all widgets share; it stands before the code of each.

/** Without its kernel a widget shows what it last showed, and a line says how to go on. */
function tellWhenAsleep(model, el) {
  const note = document.createElement("p");
  note.className = "annyeong-asleep";
  note.setAttribute("role", "status");
  el.prepend(note);
  function fallAsleep() {
    el.dataset.asleep = "true";
    note.textContent = model.get("words").asleep;
    for (const control of el.querySelectorAll("button, input, select")) control.disabled = true;
  }
  // Made by an earlier kernel; or its kernel ends, after which it never comes back to life.
  if (el.classList.contains("jupyter-widgets-disconnected")) fallAsleep();
  model.on("comm_live_update", fallAsleep);
}

/** Show the picture of a model in an image: its bytes, a PNG or a BMP, or its address. */
function showPicture(image, picture, text) {
  URL.revokeObjectURL(image.src);
  image.hidden = picture.byteLength === 0;
  image.src = typeof picture === "string" ? picture : URL.createObjectURL(new Blob([picture]));
  image.alt = text;
}

