// What the layers of a network make of a digit: a row of small pictures for each layer.
const MAP_WORDS = {
  en: {
    maps_of: "{layer}: {count} feature maps of {height} × {width}",
    values_of: "{layer}: {count} numbers",
    images: "the digit as the network gets it",
    conv: "convolution: each filter looks for its own small pattern",
    bn: "batch normalisation: every map on the same scale",
    relu: "ReLU: what is below zero becomes zero",
    pool: "max pooling: the strongest answer of each neighbourhood",
    pool_all: "global max pooling: the strongest answer of each map",
    dense: "dense layer: one probability for each digit, 0 to 9",
  },
  ko: {
    maps_of: "{layer}: {height} × {width} 특징 맵 {count}개",
    values_of: "{layer}: 수 {count}개",
    images: "신경망이 받는 숫자 이미지",
    conv: "합성곱: 필터마다 자기만의 작은 무늬를 찾습니다",
    bn: "배치 정규화: 특징 맵의 눈금을 고르게 맞춥니다",
    relu: "ReLU: 0보다 작은 값을 0으로 만듭니다",
    pool: "최대 풀링: 이웃 가운데 가장 큰 값만 남깁니다",
    pool_all: "전역 최대 풀링: 특징 맵마다 가장 큰 값 하나만 남깁니다",
    dense: "밀집층: 0부터 9까지 숫자마다 확률을 하나씩 냅니다",
  },
};

/**
 * Show in `place` what each layer gives: its name, its shape and a picture, an address, for each
 * map. Its kind, if it is not the first part of the name, says what is written beside it.
 */
export function showLayers(place, layers, lang) {
  const words = MAP_WORDS[lang];
  layers.forEach((layer, n) => {
    const { pictures } = layer;
    const key = `${layer.layer} ${layer.shape}`;
    if (place.children[n]?.dataset.layer !== key) {
      const row = toRow(layer, words);
      row.dataset.layer = key;
      if (place.children[n]) place.children[n].replaceWith(row);
      else place.append(row);
    }
    const images = place.children[n].querySelectorAll("img");
    pictures.forEach((picture, i) => (images[i].src = picture));
  });
  while (place.children.length > layers.length) place.lastChild.remove();
}

function toRow({ layer, kind = kindOf(layer), shape, pictures }, words) {
  const row = element("div", { role: "img", ariaLabel: describe(layer, shape, words) });
  row.append(...pictures.map(() => element("img", { alt: "" })));
  const caption = element("figcaption", {}, element("b", {}, layer), ` ${shape.join(" × ")} `);
  const isGlobal = kind === "pool" && shape.length === 1;
  caption.append(element("span", {}, words[isGlobal ? "pool_all" : kind] ?? ""));
  const figure = element("figure", {}, caption, row);
  if (shape.length === 1) figure.className = "numbers"; // one picture, a pixel for each
  if (shape[0] === 10) {
    const each = [..."0123456789"].map((digit) => element("span", {}, digit));
    figure.append(element("p", { ariaHidden: "true" }, ...each));
  }
  return figure;
}

const kindOf = (layer) => layer.split("_")[0];

function describe(layer, [height, width, count], words) {
  const [text, values] = count
    ? [words.maps_of, { layer, height, width, count }]
    : [words.values_of, { layer, count: height }];
  return text.replace(/\{(\w+)\}/g, (_, name) => values[name]);
}

function element(tag, properties, ...children) {
  const made = Object.assign(document.createElement(tag), properties);
  made.append(...children);
  return made;
}
