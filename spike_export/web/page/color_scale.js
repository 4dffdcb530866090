// Colormaps of 256 colors, and the bar that says what they mean.

// The bytes of a colormap.
export function colorsOf(data, name) {
  const text = data.colormaps[name];
  return Uint8Array.from({ length: 768 }, (_, i) => parseInt(text.slice(2 * i, 2 * i + 2), 16));
}

// A color at a place on the scale, as matplotlib finds it.
export function colorAt(colors, share) {
  const i = 3 * Math.min(Math.max(Math.floor(share * 256), 0), 255);
  return [colors[i], colors[i + 1], colors[i + 2]];
}

// Draw the bar: a row of pixels for each color, the highest on top.
export function drawScale(data, colors, write) {
  const canvas = document.getElementById("scale-colors");
  const pen = canvas.getContext("2d");
  const picture = pen.createImageData(1, 256);
  for (let row = 0; row < 256; row++) {
    picture.data.set([...colors.subarray(3 * (255 - row), 3 * (255 - row) + 3), 255], 4 * row);
  }
  pen.putImageData(picture, 0, 0);
  const [low, high] = data.limits;
  const ticks = document.getElementById("scale-ticks");
  ticks.replaceChildren();
  for (const value of tickValues(low, high, 5)) {
    const tick = document.createElement("li");
    tick.textContent = write(value);
    tick.style.bottom = `${high > low ? (100 * (value - low)) / (high - low) : 0}%`;
    ticks.append(tick);
  }
}

// Name the classes that values count, each beside its color.
export function drawClasses(data, colors, shown) {
  const [low, high] = data.limits;
  const rows = shown.map((number) => {
    const row = document.createElement("li");
    const dot = document.createElement("i");
    dot.style.background = `rgb(${colorAt(colors, high > low ? (number - low) / (high - low) : 0)})`;
    const name = document.createElement("bdi");
    name.textContent = name.title = data.classes[number];
    row.append(dot, name);
    return row;
  });
  document.getElementById("classes").replaceChildren(...rows);
}

// The classes that occur at any time, in the order of the file.
export function classesShown(data) {
  const found = new Set();
  for (let place = 0; place < data.codes.length; place++) {
    if (data.codes[place] !== 65535) found.add(Math.round(data.offset + data.step * data.codes[place]));
  }
  return [...found].filter((number) => number in data.classes).sort((a, b) => a - b);
}

// The two ends of a range, and round numbers between them that are not too close to these.
export function tickValues(low, high, most) {
  if (!(high > low)) return [low];
  const rough = (high - low) / most;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * [1, 2, 5, 10].find((one) => one * power >= rough);
  const between = [];
  for (let value = Math.ceil(low / step) * step; value < high; value += step) {
    if (value - low > 0.5 * step && high - value > 0.5 * step) between.push(Number(value.toPrecision(12)));
  }
  // What is nothing beside the range is written as that.
  const end = (value) => (Math.abs(value) < 1e-6 * (high - low) ? 0 : value);
  return [end(low), ...between, end(high)];
}
