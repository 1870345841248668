// What the page says, in the language it is written in.
export const lang = document.documentElement.lang;
const words = await (await fetch(new URL(`${lang}.json`, import.meta.url))).json();
const percent = new Intl.NumberFormat(lang, { style: "percent", maximumFractionDigits: 1 });

/** Say a sentence of en.json or ko.json, its {names} filled in. */
export function say(key, values = {}) {
  return words[key].replace(/\{(\w+)\}/g, (_, name) => values[name]);
}

/** Write a probability; only what is certain is 100 %. */
export function confidence(probability) {
  return percent.format(probability < 1 ? Math.min(probability, 0.999) : 1);
}
