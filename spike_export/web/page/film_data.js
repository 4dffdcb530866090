// What the film holds, as typed arrays: the inverse of packed_values.py and round_pieces.py.

const MISSING = 65535;

// Everything in the file, by name; values are whole steps, frame by frame.
export function readData(parts) {
  const about = JSON.parse(new TextDecoder().decode(parts.about));
  const times = new Float64Array(parts.times);
  const segments = about.segmentCounts.reduce((sum, count) => sum + count, 0);
  const low = new Uint8Array(parts.low);
  const high = new Uint8Array(parts.high);
  const codes = new Uint16Array(times.length * segments);
  for (let i = 0; i < codes.length; i++) {
    // Sums are modulo 2^16, as the differences were.
    codes[i] = (low[i] | (high[i] << 8)) + (i >= segments ? codes[i - segments] : 0);
  }
  const section = new Uint32Array(segments);
  const first = [];
  for (let s = 0, at = 0; s < about.segmentCounts.length; s++) {
    first.push(at);
    section.fill(s, at, (at += about.segmentCounts[s]));
  }
  const cellSections = about.cells.map(() => 0);
  for (const cell of about.sectionCells) cellSections[cell]++;
  return {
    ...about,
    cellSections,
    times,
    codes,
    segments,
    section,
    first,
    counts: new Uint32Array(parts.counts),
    lineSections: new Uint32Array(parts.lines),
    points: new Float32Array(parts.points),
    places: new Uint32Array(parts.segments),
    weights: new Float32Array(parts.weights),
    connections: new Uint32Array(parts.connections || 0),
    layoutPoints: new Float32Array(parts.layouts || 0),
  };
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

// A segment's value at a time; NaN if it has none.
export function valueAt(data, segment, time) {
  const { a, b, way } = framesAt(data, time);
  const before = frameValue(data, segment, a);
  return way === 0 ? before : before * (1 - way) + frameValue(data, segment, b) * way;
}

// A segment's value in a frame; NaN if it has none.
export function frameValue(data, segment, frame) {
  const code = data.codes[frame * data.segments + segment];
  return code === MISSING ? NaN : data.offset + data.step * code;
}

// Fill an array with where all segments' values are on the color scale, 0 to 1; what has no value
// is far below.
export const NOWHERE = -1e9;
export function scaledValues(data, time, target) {
  const { a, b, way } = framesAt(data, time);
  const { codes, segments } = data;
  const [low, high] = data.limits;
  // Of equal limits, everything is at the lower end, as in matplotlib.
  const factor = high > low ? data.step / (high - low) : 0;
  const shift = high > low ? (data.offset - low) / (high - low) : 0;
  const first = a * segments;
  const second = b * segments;
  for (let i = 0; i < segments; i++) {
    const before = codes[first + i];
    const after = codes[second + i];
    target[i] =
      (before === MISSING && way < 1) || (after === MISSING && way > 0)
        ? NOWHERE
        : (before + (after - before) * way) * factor + shift;
  }
}

// How a place is called: its section, after its cell if there are several, and where it is.
export function placeName(data, segment) {
  const section = data.section[segment];
  const count = data.segmentCounts[section];
  const cell = data.cells[data.sectionCells[section]];
  const alone = data.cellSections[data.sectionCells[section]] === 1;
  if (alone && count === 1 && data.cells.length > 1) return cell;
  const where = Number(((segment - data.first[section] + 0.5) / count).toPrecision(3));
  const name = `${data.sections[section]}(${where})`;
  return data.cells.length > 1 ? `${cell}.${name}` : name;
}

// A number with the digits that it needs, and its unit.
export function withUnit(data, value, digits = 4) {
  if (Number.isNaN(value)) return "no value";
  return `${Number(value.toPrecision(digits))}${data.unit && ` ${data.unit}`}`.replace("-", "−");
}

// A time, as precise as the frames are apart.
export function timeText(data, time) {
  const step = (data.times[data.times.length - 1] - data.times[0]) / Math.max(data.times.length - 1, 1);
  const digits = Math.min(Math.max(-Math.floor(Math.log10(step || 1)), 0), 6);
  return data.timed ? time.toFixed(digits) : String(Math.round(time));
}
