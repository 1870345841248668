// A digit's network without Python: an ONNX file is read and computed here, in plain JavaScript.
//
// It knows the operators with which Keras exports networks like those of lesson 06. The shipped network
// has 24,538 parameters and 2 million multiplications: for it the 14 MB of onnxruntime-web's
// WebAssembly take longer to arrive than all digits that one draws take to be read.

/** An operator that is not known here; the message is its name. */
export class UnknownOperator extends Error {}

const SIDE = 28;
const LONGER = 20; // pixels of a digit's longer side, as in MNIST

/** Open the bytes of an ONNX file; throw an Error if they are none that reads 28x28 pixels. */
export function openNetwork(bytes) {
  const graph = readGraph(new Uint8Array(bytes));
  for (const { type } of graph.nodes) if (!OPERATORS[type]) throw new UnknownOperator(type);
  const read = (image) => run(graph, image);
  const { probabilities } = read(new Float32Array(SIDE * SIDE));
  if (probabilities.length !== 10) throw new Error(`${probabilities.length} answers`);
  return read;
}

function run({ nodes, weights, input, output }, image) {
  const values = new Map(weights);
  values.set(input, { shape: [1, SIDE, SIDE, 1], data: image });
  const layers = [];
  for (const { type, name, inputs, outputs, attributes } of nodes) {
    const result = OPERATORS[type](attributes, ...inputs.map((one) => values.get(one)));
    values.set(outputs[0], result);
    if (KINDS[type]) layers.push({ layer: layerOf(name, type), kind: KINDS[type], ...result });
  }
  return { probabilities: [...values.get(output).data], layers };
}

/** What is shown of a network: the layers after which its numbers mean something. */
const KINDS = {
  Relu: "relu",
  MaxPool: "pool",
  AveragePool: "average",
  GlobalMaxPool: "pool_all",
  GlobalAveragePool: "average_all",
  Sigmoid: "sigmoid",
  Tanh: "tanh",
  Softmax: "dense",
};

/** Give the name that a layer has in Keras: "digits_1/relu_1_1/Relu" is that of "relu_1". */
function layerOf(name, type) {
  const [, part = name || type] = name.match(/([^/]+)\/[^/]+$/) ?? [];
  return part.replace(/^(.*\d)_\d+$/, "$1");
}

// The operators. A tensor has a shape and data; pictures are (1, channels, height, width).

const tensor = (shape, data) => ({ shape, data });
const size = (shape) => shape.reduce((product, side) => product * side, 1);
const each = (of) => (_, x) => tensor(x.shape, x.data.map(of));

const OPERATORS = {
  Relu: each((value) => Math.max(value, 0)),
  Sigmoid: each((value) => 1 / (1 + Math.exp(-value))),
  Tanh: each(Math.tanh),
  Identity: (_, x) => x,
  Add: (_, x, y) => pairwise(x, y, (a, b) => a + b),
  Mul: (_, x, y) => pairwise(x, y, (a, b) => a * b),
  Reshape: (_, x, to) => tensor(fill(to.data, x), x.data),
  Flatten: (_, x) => tensor([x.shape[0], size(x.shape) / x.shape[0]], x.data),
  // Of a shape that is computed, as Keras does for Flatten, these find the sides.
  Shape: (_, x) => row(x.shape),
  Gather: (_, x, at) => row(at.data.map((i) => x.data.at(i))),
  Slice: (_, x, start, end) => row(x.data.slice(start.data[0], end.data[0])),
  Concat: (_, ...parts) => row(parts.flatMap(({ data }) => [...data])),
  Cast: (_, x) => x,
  Squeeze: (_, x, axes) => tensor(x.shape.filter((_, i) => !axes.data.includes(i)), x.data),
  Transpose: ({ perm }, x) => transpose(x, perm),
  Conv: convolve,
  MaxPool: (attributes, x) => pool(attributes, x, (window) => Math.max(...window)),
  AveragePool: (attributes, x) => pool(attributes, x, mean),
  GlobalMaxPool: (_, x) => poolAll(x, (map) => map.reduce((a, b) => Math.max(a, b))),
  GlobalAveragePool: (_, x) => poolAll(x, mean),
  MatMul: multiply,
  Softmax: (_, x) => softmax(x),
};

/** A row of numbers; only a shape is one, never the pictures. */
function row(numbers) {
  if (numbers.length > 8) throw new UnknownOperator("Gather, Slice, Concat");
  return tensor([numbers.length], numbers);
}

const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;

/** Fill in the sides that a shape leaves open: 0 is that of before, -1 what is left. */
function fill(shape, { shape: before, data }) {
  const sides = [...shape].map((side, i) => (side === 0 ? before[i] : side));
  const known = size(sides.filter((side) => side > 0));
  return sides.map((side) => (side < 0 ? data.length / known : side));
}

/** Combine two tensors number by number; a side of 1 goes for any, as in NumPy. */
function pairwise(x, y, combine) {
  const rank = Math.max(x.shape.length, y.shape.length);
  const [a, b] = [x, y].map(({ shape }) => [...Array(rank - shape.length).fill(1), ...shape]);
  const shape = a.map((side, i) => Math.max(side, b[i]));
  const [from, other] = [a, b].map((sides) => offsets(shape, strides(sides)));
  return tensor(shape, Float32Array.from(from, (at, i) => combine(x.data[at], y.data[other[i]])));
}

function transpose({ shape, data }, order) {
  const sides = order.map((axis) => shape[axis]);
  const steps = strides(shape);
  const from = offsets(sides, order.map((axis) => steps[axis]));
  return tensor(sides, Float32Array.from(from, (at) => data[at]));
}

/** Return how far apart the neighbours along each axis lie; 0 where there is only one. */
const strides = (shape) => shape.map((side, i) => (side === 1 ? 0 : size(shape.slice(i + 1))));

/** Return where the numbers of a tensor lie whose neighbours are so far apart. */
function offsets(shape, steps) {
  return shape.reduce(
    (found, side, i) =>
      found.flatMap((at) => Array.from({ length: side }, (_, n) => at + n * steps[i])),
    [0],
  );
}

/** Where the windows of a convolution or a pooling lie: a row is (output, kernel, input). */
function places(length, kernel, stride, [before, after]) {
  const num = Math.floor((length + before + after - kernel) / stride) + 1;
  return Array.from({ length: num }, (_, at) => {
    const start = at * stride - before;
    return [Math.max(0, -start), Math.min(kernel, length - start), start];
  });
}

function windows({ kernel_shape, strides = [1, 1], pads = [0, 0, 0, 0], ...rest }, shape) {
  const isPlain = (rest.group ?? 1) === 1 && (rest.dilations ?? []).every((one) => one === 1);
  if (!isPlain || (rest.auto_pad ?? "NOTSET") !== "NOTSET" || rest.ceil_mode)
    throw new UnknownOperator("Conv (group, dilations, ceil_mode)");
  return [0, 1].map((axis) =>
    places(shape[2 + axis], kernel_shape[axis], strides[axis], [pads[axis], pads[2 + axis]]),
  );
}

function convolve(attributes, { shape, data }, { shape: [filters, channels, kh, kw], data: weights }, bias) {
  const [rows, columns] = windows({ kernel_shape: [kh, kw], ...attributes }, shape);
  const [, , height, width] = shape;
  const result = new Float32Array(filters * rows.length * columns.length);
  let at = 0;
  for (let filter = 0; filter < filters; filter++)
    for (const [top, bottom, y] of rows)
      for (const [left, right, x] of columns) {
        let sum = bias ? bias.data[filter] : 0;
        for (let channel = 0; channel < channels; channel++)
          for (let i = top; i < bottom; i++) {
            const from = (channel * height + y + i) * width + x;
            const weight = ((filter * channels + channel) * kh + i) * kw;
            for (let j = left; j < right; j++) sum += data[from + j] * weights[weight + j];
          }
        result[at++] = sum;
      }
  return tensor([1, filters, rows.length, columns.length], result);
}

function pool(attributes, { shape, data }, reduce) {
  const [rows, columns] = windows(attributes, shape);
  const [, channels, height, width] = shape;
  const result = [];
  for (let channel = 0; channel < channels; channel++)
    for (const [top, bottom, y] of rows)
      for (const [left, right, x] of columns) {
        const window = [];
        for (let i = top; i < bottom; i++)
          for (let j = left; j < right; j++)
            window.push(data[(channel * height + y + i) * width + x + j]);
        result.push(reduce(window));
      }
  return tensor([1, channels, rows.length, columns.length], Float32Array.from(result));
}

function poolAll({ shape: [, channels, height, width], data }, reduce) {
  const maps = Array.from({ length: channels }, (_, n) =>
    reduce(data.subarray(n * height * width, (n + 1) * height * width)),
  );
  return tensor([1, channels, 1, 1], Float32Array.from(maps));
}

function multiply(_, { data }, { shape: [num, width], data: weights }) {
  const result = new Float32Array(width);
  for (let i = 0; i < num; i++)
    for (let j = 0; j < width; j++) result[j] += data[i] * weights[i * width + j];
  return tensor([1, width], result);
}

function softmax({ shape, data }) {
  const largest = Math.max(...data);
  const powers = data.map((value) => Math.exp(value - largest));
  const sum = powers.reduce((a, b) => a + b);
  return tensor(shape, powers.map((value) => value / sum));
}

// The file: Protocol Buffers, of which the messages of ONNX use these fields.

function readGraph(bytes) {
  const graph = read(only(read(bytes)[7]));
  const weights = new Map((graph[5] ?? []).map(readTensor));
  const inputs = (graph[11] ?? []).map(nameOf).filter((name) => !weights.has(name));
  const outputs = (graph[12] ?? []).map(nameOf);
  if (inputs.length !== 1 || outputs.length !== 1) throw new Error("not one input, one output");
  return { nodes: graph[1].map(readNode), weights, input: inputs[0], output: outputs[0] };
}

function readNode(bytes) {
  const fields = read(bytes);
  return {
    type: text(only(fields[4])),
    name: text(fields[3]?.[0] ?? new Uint8Array()),
    inputs: (fields[1] ?? []).map(text),
    outputs: fields[2].map(text),
    attributes: Object.fromEntries((fields[5] ?? []).map(readAttribute)),
  };
}

function readAttribute(bytes) {
  const fields = read(bytes);
  const value = fields[8] ? integers(fields[8]) : fields[4] ? text(fields[4][0]) : fields[3]?.[0];
  return [text(only(fields[1])), value];
}

const INT64 = 7;

function readTensor(bytes) {
  const fields = read(bytes);
  const shape = integers(fields[1] ?? []);
  const raw = fields[9]?.[0].slice().buffer;
  let data;
  if (only(fields[2]) === INT64)
    data = raw ? [...new BigInt64Array(raw)].map(Number) : integers(fields[7] ?? []);
  else data = new Float32Array(raw ?? only(fields[4]).slice().buffer);
  return [text(only(fields[8])), tensor(shape, data)];
}

const text = (bytes) => new TextDecoder().decode(bytes);
const nameOf = (bytes) => text(only(read(bytes)[1]));

function only(values) {
  if (values?.length !== 1) throw new Error("a field is missing");
  return values[0];
}

/** Return whole numbers, which stand one by one or many together. */
function integers(values) {
  return values.flatMap((value) => {
    if (typeof value === "number") return value;
    const many = [];
    for (let at = 0; at < value.length; ) {
      const [number, next] = varint(value, at);
      many.push(number);
      at = next;
    }
    return many;
  });
}

/** Return the fields of a message, a list of values for each number. */
function read(bytes) {
  const fields = {};
  for (let at = 0; at < bytes.length; ) {
    let key, value;
    [key, at] = varint(bytes, at);
    const kind = key & 7;
    if (kind === 0) [value, at] = varint(bytes, at);
    else {
      let length = { 1: 8, 5: 4 }[kind];
      if (kind === 2) [length, at] = varint(bytes, at);
      if (length === undefined || at + length > bytes.length) throw new Error("no message");
      value = bytes.subarray(at, at + length);
      at += length;
    }
    (fields[key >>> 3] ??= []).push(value);
  }
  return fields;
}

function varint(bytes, at) {
  let value = 0n;
  for (let shift = 0n; ; shift += 7n) {
    if (at >= bytes.length || shift > 63n) throw new Error("no number");
    const byte = bytes[at++];
    value |= BigInt(byte & 127) << shift;
    if (byte < 128) return [Number(BigInt.asIntN(64, value)), at];
  }
}

// The drawing: as `helpers.vision.photos.to_mnist` draws it, with OpenCV's way of shrinking.

/** Turn a drawing of `side` x `side` bytes, 255 where there is ink, into the network's image. */
export function toMnist(drawing, side) {
  const filled = Array.from({ length: side }, (_, i) => i);
  const rows = filled.filter((y) => drawing.subarray(y * side, (y + 1) * side).some(Boolean));
  const columns = filled.filter((x) => rows.some((y) => drawing[y * side + x]));
  if (!rows.length) return null;
  const [top, left] = [rows[0], columns[0]];
  const [tall, wide] = [rows.at(-1) + 1 - top, columns.at(-1) + 1 - left];
  const scale = LONGER / Math.max(tall, wide);
  const [height, width] = [tall, wide].map((length) => Math.max(1, round(scale * length)));
  const isSmaller = tall >= height && wide >= width;
  const down = shares(tall, height, isSmaller);
  const across = shares(wide, width, isSmaller);
  const small = down.map((sources) =>
    across.map((others) => {
      let sum = 0;
      for (const [y, share] of sources)
        for (const [x, other] of others)
          sum += (share * other * drawing[(top + y) * side + left + x]) / 255;
      return sum;
    }),
  );
  const ink = total(small.map(total));
  const centreY = total(small.map((row, y) => y * total(row))) / ink;
  const centreX = total(small.map((row) => total(row.map((value, x) => x * value)))) / ink;
  const [lower, right] = [centreY, centreX].map((centre) => round(SIDE / 2 - centre));
  const image = new Float32Array(SIDE * SIDE);
  small.forEach((row, y) =>
    row.forEach((value, x) => {
      const [i, j] = [y + lower, x + right];
      if (i >= 0 && i < SIDE && j >= 0 && j < SIDE) image[i * SIDE + j] = Math.min(value, 1);
    }),
  );
  return image;
}

const total = (values) => values.reduce((sum, value) => sum + value, 0);

/** Round as Python does: a half goes to the even number. */
function round(value) {
  const floor = Math.floor(value);
  if (value - floor !== 0.5) return Math.round(value);
  return floor % 2 ? floor + 1 : floor;
}

/** Say which of `from` pixels each of `to` pixels is made of, and by which share of each. */
function shares(from, to, isSmaller) {
  const growth = to / from;
  const scale = 1 / growth;
  return Array.from({ length: to }, (_, at) => {
    if (!isSmaller) return between(from, at, growth);
    const [start, end] = [at * scale, (at + 1) * scale];
    const parts = [];
    for (let source = Math.floor(start); source < Math.min(end, from); source++) {
      const share = Math.min(end, source + 1) - Math.max(start, source);
      if (share > 1e-3) parts.push([source, share / scale]);
    }
    return parts;
  });
}

/** OpenCV's area interpolation where a picture grows: a mixture only at the edges of pixels. */
function between(from, at, growth) {
  const source = Math.floor(at * (1 / growth));
  // Rounded as there: what is 1 or 0.9999999 decides between the pixel and its neighbour.
  const beyond = Math.fround(at + 1 - (source + 1) * growth);
  const share = beyond <= 0 ? 0 : beyond - Math.floor(beyond);
  const next = Math.min(source + 1, from - 1);
  return [[Math.min(source, from - 1), 1 - share], [next, share]];
}
