// What all films hold: values over time. The inverse of packed_values.py.

export const MISSING = 65535;
// Where what has no value is on the color scale.
export const NOWHERE = -1e9;

// Everything in the file, by name; values are whole steps, frame by frame.
export function readData(parts) {
  const about = JSON.parse(new TextDecoder().decode(parts.about));
  const times = parts.times
    ? new Float64Array(parts.times)
    : Float64Array.from({ length: about.frames }, (_, frame) => frame);
  const low = new Uint8Array(parts.low || 0);
  const high = new Uint8Array(parts.high || 0);
  const codes = new Uint16Array(low.length);
  // Of one frame.
  const count = codes.length / times.length;
  for (let i = 0; i < codes.length; i++) {
    // Sums are modulo 2^16, as the differences were.
    codes[i] = (low[i] | (high[i] << 8)) + (i >= count ? codes[i - count] : 0);
  }
  return { ...about, times, codes, count };
}

// The frames before and after a time, and how far it is between them.
export function framesAt(data, time) {
  const { times } = data;
  let low = 0;
  let high = times.length - 1;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (times[middle] <= time) low = middle;
    else high = middle;
  }
  if (high <= low) return { a: low, b: low, way: 0 };
  const way = (time - times[low]) / (times[high] - times[low]);
  return { a: low, b: high, way: Math.min(Math.max(way, 0), 1) };
}

// A place's value at a time; NaN if it has none.
export function valueAt(data, place, time) {
  const { a, b, way } = framesAt(data, time);
  const before = frameValue(data, place, a);
  const after = frameValue(data, place, b);
  // What is missing in the other frame does not matter.
  return way === 0 ? before : way === 1 ? after : before * (1 - way) + after * way;
}

// A place's value in a frame; NaN if it has none.
export function frameValue(data, place, frame) {
  const code = data.codes[frame * data.count + place];
  return code === MISSING ? NaN : data.offset + data.step * code;
}

// A number with the digits that it needs, and its unit.
export function withUnit(data, value, digits = 4) {
  if (Number.isNaN(value)) return "no value";
  if (data.classes?.length) return data.classes[Math.round(value)] ?? "no class";
  return `${Number(value.toPrecision(digits))}${data.unit && ` ${data.unit}`}`.replace("-", "−");
}

// A time, as precise as the frames are apart.
export function timeText(data, time) {
  const step = (data.times[data.times.length - 1] - data.times[0]) / Math.max(data.times.length - 1, 1);
  const digits = Math.min(Math.max(-Math.floor(Math.log10(step || 1)), 0), 6);
  return data.timed ? time.toFixed(digits) : String(Math.round(time));
}
