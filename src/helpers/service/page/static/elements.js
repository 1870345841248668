// The few ways in which this page makes and changes its elements.
export const $ = (selector, within = document) => within.querySelector(selector);

/** Make an element with properties and children. */
export function make(tag, properties = {}, ...children) {
  const element = Object.assign(document.createElement(tag), properties);
  element.append(...children);
  return element;
}

/** Show a picture that is in memory, and let go of the one shown before. */
export function showPicture(image, blob) {
  if (image.src) URL.revokeObjectURL(image.src);
  image.src = URL.createObjectURL(blob);
  image.hidden = false;
  return image.decode();
}
