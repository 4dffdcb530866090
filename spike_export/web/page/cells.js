// Neurons or a network: three draw calls at most, for glow, all pieces, and connections. The inverse
// of film_page.py and round_pieces.py.

import * as THREE from 'three';
import { framesAt, MISSING, NOWHERE } from './film_data.js';
import { Synapses } from './synapses.js';
import { LINE_FRAGMENT, LINE_VERTEX, PIECE_FRAGMENT, PIECE_VERTEX } from './shaders.js';

const WIDEST_TEXTURE = 4096;
const LEAST_RADIUS = 0.8;
// How far it glows, in CSS pixels; of more pieces, glow would take too long to draw.
const HALO = 15;
const MOST_GLOWING = 20000;
const MOST_NAMES = 5000;

export class Cells {
  constructor(data, parts, shared) {
    this.data = Object.assign(data, cellArrays(data, parts));
    this.points = data.points.slice();
    this.view = data.upright ? [0, -1, 0] : [0, 0, 1];
    this.asks = "Trace a section …";
    this.makeUniforms(shared);
    this.findPieces();
    this.objects = [this.makePieces(), (this.glow = this.makeGlow())];
    if (data.connections.length) this.objects.push((this.lines = this.makeLines()));
    if (data.synapses) {
      this.synapses = new Synapses(data.synapses, parts, this.uniforms);
      this.objects.push(...this.synapses.objects);
      this.title = "Synapses";
    }
    this.placePieces();
  }

  // --- synapses, if there are any: their kinds can be hidden ---

  get things() {
    return this.synapses?.things;
  }

  colorOf(kind) {
    return this.synapses.colorOf(kind);
  }

  setShown(kind, on) {
    this.synapses.setShown(kind, on);
  }

  mark(kind) {
    this.synapses.mark(kind);
  }

  // How fast the film's time passes, per second.
  setPace(pace) {
    this.synapses?.setPace(pace);
  }

  // What is shown, in words.
  get what() {
    const { cells, count } = this.data;
    const of = `${count} segments of ${cells.length === 1 ? "a cell" : `${cells.length} cells`}`;
    const all = this.things?.reduce((sum, one) => sum + one.count, 0);
    return all ? `${of} with ${all} synapses` : of;
  }

  get told() {
    return `${this.data.count.toLocaleString("en")} segments`;
  }

  makeUniforms(shared) {
    const { count } = this.data;
    const width = Math.min(count, WIDEST_TEXTURE);
    this.scaled = new Float32Array(width * Math.ceil(count / width));
    this.values = new THREE.DataTexture(
      this.scaled, width, this.scaled.length / width, THREE.RedFormat, THREE.FloatType,
    );
    this.uniforms = Object.assign(shared, {
      values: { value: this.values },
      least: { value: LEAST_RADIUS },
      thickness: { value: this.data.thickness },
      halo: { value: HALO },
      strength: { value: 1 },
    });
  }

  // Between which two points each piece is; a sphere is a piece from a point to itself.
  findPieces() {
    const { counts } = this.data;
    const begins = [];
    const ends = [];
    const lines = [];
    for (let line = 0, at = 0; line < counts.length; at += counts[line++]) {
      for (let i = 0; i < Math.max(counts[line] - 1, 1); i++) {
        begins.push(at + i);
        ends.push(at + Math.min(i + 1, counts[line] - 1));
        lines.push(line);
      }
    }
    this.begins = Uint32Array.from(begins);
    this.ends = Uint32Array.from(ends);
    this.pieceLines = Uint32Array.from(lines);
  }

  makePieces() {
    const count = this.begins.length;
    const geometry = new THREE.InstancedBufferGeometry();
    geometry.instanceCount = count;
    const corners = new Float32Array([-1, -1, 0, 1, -1, 0, -1, 1, 0, 1, 1, 0]);
    geometry.setAttribute("position", new THREE.BufferAttribute(corners, 3));
    geometry.setIndex([0, 1, 2, 2, 1, 3]);
    for (const name of ["start", "end"]) {
      const where = new THREE.InstancedBufferAttribute(new Float32Array(4 * count), 4);
      geometry.setAttribute(name, where);
      const place = new Float32Array(3 * count);
      const index = name === "start" ? this.begins : this.ends;
      for (let i = 0; i < count; i++) {
        const p = index[i];
        place.set([this.data.places[2 * p], this.data.places[2 * p + 1], this.data.weights[p]], 3 * i);
      }
      geometry.setAttribute(`${name}Place`, new THREE.InstancedBufferAttribute(place, 3));
    }
    const material = new THREE.ShaderMaterial({
      uniforms: this.uniforms,
      vertexShader: PIECE_VERTEX,
      fragmentShader: PIECE_FRAGMENT,
      glslVersion: THREE.GLSL3,
      side: THREE.DoubleSide,
      // Soft edges, in any order of drawing.
      alphaToCoverage: true,
    });
    this.pieces = new THREE.Mesh(geometry, material);
    this.pieces.frustumCulled = false;
    return this.pieces;
  }

  // The same pieces, each with a soft halo, which is only seen on the ground: what is solid is drawn
  // over it.
  makeGlow() {
    const material = this.pieces.material.clone();
    Object.assign(material, {
      uniforms: this.uniforms,
      defines: { GLOWS: 1 },
      alphaToCoverage: false,
      depthTest: false,
      depthWrite: false,
      blending: THREE.CustomBlending,
      blendEquation: THREE.MaxEquation,
      blendSrc: THREE.OneFactor,
      blendDst: THREE.OneFactor,
    });
    const glow = new THREE.Mesh(this.pieces.geometry, material);
    glow.frustumCulled = false;
    glow.renderOrder = -1;
    return glow;
  }

  // Whether it can glow at all.
  get canGlow() {
    return this.begins.length <= MOST_GLOWING;
  }

  setGlow(on) {
    this.glow.visible = on;
    this.synapses?.setGlow(on);
  }

  // Connections, each in the color of the cell that it comes from.
  makeLines() {
    const { connections, places } = this.data;
    const geometry = new THREE.BufferGeometry();
    geometry.setAttribute(
      "position", new THREE.BufferAttribute(new Float32Array(3 * connections.length), 3),
    );
    const segment = Float32Array.from(connections, (_, i) => places[2 * connections[i & ~1]]);
    geometry.setAttribute("segment", new THREE.BufferAttribute(segment, 1));
    const material = new THREE.ShaderMaterial({
      uniforms: this.uniforms,
      vertexShader: LINE_VERTEX,
      fragmentShader: LINE_FRAGMENT,
      glslVersion: THREE.GLSL3,
      transparent: true,
      depthWrite: false,
    });
    const lines = new THREE.LineSegments(geometry, material);
    lines.frustumCulled = false;
    lines.renderOrder = 1;
    return lines;
  }

  // Write where the points are to what is drawn.
  placePieces() {
    const { points } = this;
    for (const [name, index] of [["start", this.begins], ["end", this.ends]]) {
      const attribute = this.pieces.geometry.getAttribute(name);
      for (let i = 0; i < index.length; i++) {
        for (let k = 0; k < 4; k++) attribute.array[4 * i + k] = points[4 * index[i] + k];
      }
      attribute.needsUpdate = true;
    }
    if (this.lines) {
      const attribute = this.lines.geometry.getAttribute("position");
      this.data.connections.forEach((p, i) => {
        for (let k = 0; k < 3; k++) attribute.array[3 * i + k] = points[4 * p + k];
      });
      attribute.needsUpdate = true;
    }
  }

  // Where the cells are in a layout; 0 is as recorded.
  layoutPoints(number) {
    if (!number) return this.data.points;
    const target = this.data.points.slice();
    const count = target.length / 4;
    for (let i = 0; i < count; i++) {
      for (let k = 0; k < 3; k++) {
        target[4 * i + k] = this.data.layoutPoints[3 * ((number - 1) * count + i) + k];
      }
    }
    return target;
  }

  // Move all points to a place between two layouts.
  mixLayouts(before, after, way) {
    for (let i = 0; i < this.points.length; i++) this.points[i] = before[i] + (after[i] - before[i]) * way;
    this.placePieces();
  }

  setTime(time) {
    scaledValues(this.data, time, this.scaled);
    this.values.needsUpdate = true;
    this.synapses?.setTime(time - this.data.times[0]);
  }

  setGround(light) {
    // What cannot glow as a whole still has flashes that do.
    if (!this.canGlow) this.synapses?.setGlow(!light);
    if (!this.lines) return;
    // On black, light adds up; on white, ink covers.
    const { material } = this.lines;
    material.blending = light ? THREE.NormalBlending : THREE.AdditiveBlending;
    const count = this.data.connections.length / 2;
    this.uniforms.strength.value = Math.min(0.5, 15 / Math.sqrt(count));
  }

  setRatio(ratio) {
    this.uniforms.least.value = LEAST_RADIUS * ratio;
    this.uniforms.halo.value = HALO * ratio;
    this.synapses?.setRatio(ratio);
  }

  // The corners of the box in which all of it is.
  bounds() {
    const low = [Infinity, Infinity, Infinity];
    const high = low.map((one) => -one);
    let widest = 0;
    for (let i = 0; i < this.points.length; i += 4) {
      for (let k = 0; k < 3; k++) {
        low[k] = Math.min(low[k], this.points[i + k]);
        high[k] = Math.max(high[k], this.points[i + k]);
      }
      widest = Math.max(widest, this.points[i + 3]);
    }
    return { low: low.map((one) => one - widest), high: high.map((one) => one + widest) };
  }

  // Where a point is.
  position(point) {
    return this.points.subarray(4 * point, 4 * point + 3);
  }

  // The point that shows a segment best: its center.
  pointOf(segment) {
    const { counts, lineSections, section } = this.data;
    let best = 0;
    let least = Infinity;
    for (let line = 0, at = 0; line < counts.length; at += counts[line++]) {
      if (lineSections[line] !== section[segment]) continue;
      // A soma's sphere has all of its segments.
      if (counts[line] === 1) return at;
      for (let p = at; p < at + counts[line]; p++) {
        const off = Math.abs(this.along(p, line) - segment);
        if (off < least) {
          best = p;
          least = off;
        }
      }
    }
    return best;
  }

  // Where a point is among the segments of its own section: 3.5 is between the centers of 3 and 4.
  along(point, line) {
    const { places, weights, section, lineSections } = this.data;
    const a = places[2 * point];
    const b = places[2 * point + 1];
    return section[a] === lineSections[line] ? a + (b - a) * weights[point] : b;
  }

  // The segment that is seen at a place in the view, or within a few pixels of it; -1 if none is.
  placeAt(x, y, tolerance, { camera, canvas }) {
    const { clientWidth: width, clientHeight: height } = canvas;
    const matrix = new THREE.Matrix4()
      .multiplyMatrices(camera.projectionMatrix, camera.matrixWorldInverse).elements;
    const scale = (height / 2) * camera.projectionMatrix.elements[5];
    const count = this.points.length / 4;
    const seen = (this.seen ??= new Float32Array(3 * count));
    for (let i = 0; i < count; i++) {
      const px = this.points[4 * i];
      const py = this.points[4 * i + 1];
      const pz = this.points[4 * i + 2];
      const w = matrix[3] * px + matrix[7] * py + matrix[11] * pz + matrix[15];
      seen[3 * i] = (0.5 + (matrix[0] * px + matrix[4] * py + matrix[8] * pz + matrix[12]) / w / 2) * width;
      seen[3 * i + 1] =
        (0.5 - (matrix[1] * px + matrix[5] * py + matrix[9] * pz + matrix[13]) / w / 2) * height;
      seen[3 * i + 2] = w;
    }
    let best = -1;
    let score = Infinity;
    let at = 0;
    for (let piece = 0; piece < this.begins.length; piece++) {
      const p = 3 * this.begins[piece];
      const q = 3 * this.ends[piece];
      if (seen[p + 2] <= 0 || seen[q + 2] <= 0) continue;
      const ux = seen[q] - seen[p];
      const uy = seen[q + 1] - seen[p + 1];
      const vx = x - seen[p];
      const vy = y - seen[p + 1];
      const way = Math.min(Math.max((vx * ux + vy * uy) / (ux * ux + uy * uy || 1), 0), 1);
      const depth = seen[p + 2] + (seen[q + 2] - seen[p + 2]) * way;
      const r = this.points[4 * this.begins[piece] + 3];
      const radius = r + (this.points[4 * this.ends[piece] + 3] - r) * way;
      const seenRadius = Math.max((radius * this.data.thickness * scale) / depth, LEAST_RADIUS);
      const off = Math.hypot(vx - ux * way, vy - uy * way) - seenRadius;
      if (off > tolerance) continue;
      // What is hit comes before what is only close; of these, what is in front.
      const rank = off > 0 ? 1e9 * (1 + off) : depth - radius;
      if (rank < score) {
        best = piece;
        score = rank;
        at = way;
      }
    }
    if (best < 0) return -1;
    const line = this.pieceLines[best];
    const [from, to] = [this.along(this.begins[best], line), this.along(this.ends[best], line)];
    const section = this.data.lineSections[line];
    const first = this.data.first[section];
    const last = first + this.data.segmentCounts[section] - 1;
    return Math.min(Math.max(Math.round(from + (to - from) * at), first), last);
  }

  // How a place is called: its section, after its cell if there are several, and where it is.
  placeName(segment) {
    const { data } = this;
    const section = data.section[segment];
    const count = data.segmentCounts[section];
    const cell = data.cells[data.sectionCells[section]];
    const alone = data.cellSections[data.sectionCells[section]] === 1;
    if (alone && count === 1 && data.cells.length > 1) return cell;
    const where = Number(((segment - data.first[section] + 0.5) / count).toPrecision(3));
    const name = `${data.sections[section]}(${where})`;
    return data.cells.length > 1 ? `${cell}.${name}` : name;
  }

  // By name, for those who do not point: each section's middle.
  get middles() {
    if (this.found) return this.found;
    const { data } = this;
    this.found = new Map();
    data.first.forEach((first, section) => {
      const middle = first + (data.segmentCounts[section] >> 1);
      const name = this.placeName(middle);
      if (!this.found.has(name)) this.found.set(name, middle);
      // Without its place, or if this is all: by its own name.
      const own = data.sections[section];
      if (data.cells.length === 1 && !this.found.has(own)) this.found.set(own, middle);
    });
    return this.found;
  }

  // Names to choose from.
  names() {
    return [...this.middles.keys()].slice(0, MOST_NAMES);
  }

  // A section, or a place on it in brackets; -1 if there is none.
  placeNamed(name) {
    if (this.middles.has(name)) return this.middles.get(name);
    for (let segment = 0; segment < this.data.count; segment++) {
      if (this.placeName(segment) === name) return segment;
    }
    return -1;
  }

  noPlace(name) {
    return `There is no section ${name}.`;
  }
}

// What is known of cells, as typed arrays.
function cellArrays(data, parts) {
  const section = new Uint32Array(data.count);
  const first = [];
  for (let s = 0, at = 0; s < data.segmentCounts.length; s++) {
    first.push(at);
    section.fill(s, at, (at += data.segmentCounts[s]));
  }
  const cellSections = data.cells.map(() => 0);
  for (const cell of data.sectionCells) cellSections[cell]++;
  return {
    cellSections,
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

// Fill an array with where all count' values are on the color scale, 0 to 1; what has no value
// is far below.
function scaledValues(data, time, target) {
  const { a, b, way } = framesAt(data, time);
  const { codes, count } = data;
  const [low, high] = data.limits;
  // Of equal limits, everything is at the lower end, as in matplotlib.
  const factor = high > low ? data.step / (high - low) : 0;
  const shift = high > low ? (data.offset - low) / (high - low) : 0;
  const first = a * count;
  const second = b * count;
  for (let i = 0; i < count; i++) {
    const before = codes[first + i];
    const after = codes[second + i];
    target[i] =
      (before === MISSING && way < 1) || (after === MISSING && way > 0)
        ? NOWHERE
        : (before + (after - before) * way) * factor + shift;
  }
}
