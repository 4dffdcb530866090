// An array as a surface: one call that draws its grid, and its frame's outline on the ground. The
// inverse of surface_page.py.
//
// Two frames are on the graphics card as they are stored; there they are mixed, lifted and colored,
// so that between two frames nothing is computed here.

import * as THREE from 'three';
import { framesAt, MISSING } from './film_data.js';
import { COLORS } from './shaders.js';

const WIDEST_TEXTURE = 4096;
// The longer side, and from where it is seen.
const SIDE = 2;
const VIEW = [-0.55, -1, 0.75];
// Lines of the grid that Form shows along the longer side, about.
const LINES = 32;
// Parts of a cell by which a line of sight is followed.
const FINE = 3;

const HEIGHTS = `
precision highp usampler2D;
uniform usampler2D before, after;
uniform float way;
uniform ivec2 cells;     // columns, rows
// A cell's stored value; negative if it has none.
float codeAt(ivec2 cell) {
  int i = cell.y * cells.x + cell.x, width = textureSize(before, 0).x;
  ivec2 there = ivec2(i % width, i / width);
  float a = float(texelFetch(before, there, 0).r), b = float(texelFetch(after, there, 0).r);
  bool lacks = (a == ${MISSING}.0 && way < 1.0) || (b == ${MISSING}.0 && way > 0.0);
  return lacks ? -1.0 : a + (b - a) * way;
}`;

const VERTEX = `
precision highp float;
${HEIGHTS}
uniform vec2 extent;
uniform float ground0, lift;   // a height is ground0 + lift * stored value
out vec2 grid;
out vec3 slope;
out vec3 place;
float heightAt(ivec2 cell, float otherwise) {
  float code = codeAt(clamp(cell, ivec2(0), cells - 1));
  return code < 0.0 ? otherwise : ground0 + lift * code;
}
void main() {
  // A row of squares is drawn once for each two rows.
  ivec2 cell = ivec2(int(position.x), gl_InstanceID + int(position.y));
  float here = heightAt(cell, ground0);
  vec2 size = extent / vec2(cells - 1);
  vec2 rise = vec2(
    heightAt(cell + ivec2(1, 0), here) - heightAt(cell - ivec2(1, 0), here),
    heightAt(cell + ivec2(0, 1), here) - heightAt(cell - ivec2(0, 1), here));
  // At an edge, there is a neighbor on one side only.
  vec2 apart = vec2(min(cell + 1, cells - 1) - max(cell - 1, ivec2(0)));
  slope = normalMatrix * normalize(vec3(-rise / (apart * size), 1.0));
  grid = vec2(cell);
  vec4 seen = modelViewMatrix * vec4((grid / vec2(cells - 1) - 0.5) * extent, here, 1.0);
  place = seen.xyz;
  gl_Position = projectionMatrix * seen;
}`;

const FRAGMENT = `
precision highp float;
${HEIGHTS}
${COLORS}
uniform float factor, shift;   // on the color scale, a stored value is at factor * it + shift
uniform float form;
uniform float ground;          // 1 on black, 0 on white
uniform float spacing;         // of the lines, in cells
in vec2 grid;
in vec3 slope;
in vec3 place;
out vec4 color;
void main() {
  // Bilinear between the four values around; where one of them is missing, there is a hole.
  ivec2 cell = clamp(ivec2(floor(grid)), ivec2(0), cells - 2);
  vec2 within = grid - vec2(cell);
  float a = codeAt(cell), b = codeAt(cell + ivec2(1, 0));
  float c = codeAt(cell + ivec2(0, 1)), d = codeAt(cell + ivec2(1, 1));
  if (min(min(a, b), min(c, d)) < 0.0) discard;
  float code = mix(mix(a, b, within.x), mix(c, d, within.x), within.y);
  vec3 exact = colorAt(max(code * factor + shift, -1.0));
  vec3 eye = -normalize(place), n = normalize(slope);
  // What is seen from below is lit from there.
  bool below = dot(n, eye) < 0.0;
  if (below) n = -n;
  vec3 lamp = normalize(vec3(-0.45, 0.75, 0.65));
  float lit = max(dot(n, lamp), 0.0), facing = max(dot(n, eye), 0.0);
  float light = min(0.36 + 0.3 * facing + 0.44 * lit, 1.0);
  vec2 far = abs(fract(grid / spacing - 0.5) - 0.5) * spacing / max(fwidth(grid), 1e-6);
  float line = 1.0 - smoothstep(0.6, 1.6, min(far.x, far.y));
  light *= 1.0 - 0.3 * line;
  float shine = below ? 0.0 : pow(max(dot(n, normalize(lamp + eye)), 0.0), 60.0) * 0.3;
  // So that black is seen on black.
  vec3 rim = ground * 0.2 * (1.0 - smoothstep(0.0, 0.6, facing)) * vec3(0.85, 0.9, 1.0);
  color = vec4(mix(exact, exact * light + shine + rim, form), 1.0);
}`;

const OUTLINE_VERTEX = `
void main() { gl_Position = projectionMatrix * modelViewMatrix * vec4(position, 1.0); }`;
const OUTLINE_FRAGMENT = `
precision highp float;
uniform float ground;
out vec4 color;
void main() { color = vec4(vec3(ground > 0.5 ? 0.3 : 0.72), 1.0); }`;

export class Surface {
  constructor(data, parts, shared) {
    this.data = data;
    this.view = VIEW;
    this.canGlow = false;
    const { rows, columns } = data;
    const longer = Math.max(rows, columns) - 1;
    this.extent = [(SIDE * (columns - 1)) / longer, (SIDE * (rows - 1)) / longer];
    this.frames = [-1, -1];
    this.asks = data.x ? "Trace a place: x, y" : "Trace a place: row, column";
    this.makeUniforms(shared);
    this.objects = [this.makeGrid(), this.makeOutline()];
    this.setHeight(data.height);
  }

  get what() {
    const { rows, columns } = this.data;
    return `a surface of ${rows} rows and ${columns} columns`;
  }

  get told() {
    const { rows, columns } = this.data;
    return `${rows.toLocaleString("en")} rows and ${columns.toLocaleString("en")} columns`;
  }

  makeUniforms(shared) {
    const { count, rows, columns, limits, step, offset } = this.data;
    const width = Math.min(count, WIDEST_TEXTURE);
    this.textures = [0, 1].map(() => {
      const codes = new Uint16Array(width * Math.ceil(count / width));
      const texture = new THREE.DataTexture(
        codes, width, codes.length / width, THREE.RedIntegerFormat, THREE.UnsignedShortType,
      );
      texture.internalFormat = "R16UI";
      return texture;
    });
    const [low, high] = limits;
    // Of equal limits, everything is at the lower end, as in matplotlib.
    const span = high > low ? high - low : Infinity;
    this.uniforms = Object.assign(shared, {
      before: { value: this.textures[0] },
      after: { value: this.textures[1] },
      way: { value: 0 },
      cells: { value: [columns, rows] },
      extent: { value: new THREE.Vector2(...this.extent) },
      ground0: { value: 0 },
      lift: { value: 0 },
      factor: { value: step / span },
      shift: { value: (offset - low) / span },
      spacing: { value: Math.max(Math.round((Math.max(rows, columns) - 1) / LINES), 1) },
    });
  }

  makeGrid() {
    const { rows, columns } = this.data;
    const geometry = new THREE.InstancedBufferGeometry();
    geometry.instanceCount = rows - 1;
    const corners = new Float32Array(6 * columns);
    for (let i = 0; i < 2 * columns; i++) corners.set([i >> 1, i & 1, 0], 3 * i);
    geometry.setAttribute("position", new THREE.BufferAttribute(corners, 3));
    const squares = new Uint32Array(6 * (columns - 1));
    for (let i = 0; i < columns - 1; i++) {
      squares.set([0, 2, 1, 1, 2, 3].map((one) => one + 2 * i), 6 * i);
    }
    geometry.setIndex(new THREE.BufferAttribute(squares, 1));
    const material = new THREE.ShaderMaterial({
      uniforms: this.uniforms,
      vertexShader: VERTEX,
      fragmentShader: FRAGMENT,
      glslVersion: THREE.GLSL3,
      side: THREE.DoubleSide,
    });
    this.grid = new THREE.Mesh(geometry, material);
    this.grid.frustumCulled = false;
    return this.grid;
  }

  // Where the surface would be if all of it were as low as its lowest value.
  makeOutline() {
    const [x, y] = this.extent.map((one) => one / 2);
    const geometry = new THREE.BufferGeometry();
    const corners = Float32Array.from([-x, -y, 0, x, -y, 0, x, y, 0, -x, y, 0]);
    geometry.setAttribute("position", new THREE.BufferAttribute(corners, 3));
    const material = new THREE.ShaderMaterial({
      uniforms: this.uniforms,
      vertexShader: OUTLINE_VERTEX,
      fragmentShader: OUTLINE_FRAGMENT,
      glslVersion: THREE.GLSL3,
    });
    const outline = new THREE.LineLoop(geometry, material);
    outline.frustumCulled = false;
    return outline;
  }

  // From the lowest value to the highest, relative to the longer side.
  setHeight(height) {
    const { ends, step, offset } = this.data;
    const span = ends[1] - ends[0];
    const perUnit = span > 0 ? (height * SIDE) / span : 0;
    this.height = height;
    this.uniforms.lift.value = step * perUnit;
    this.uniforms.ground0.value = (offset - ends[0]) * perUnit;
  }

  setTime(time) {
    const { a, b, way } = framesAt(this.data, time);
    this.uniforms.way.value = this.way = way;
    const { count, codes } = this.data;
    [a, b].forEach((frame, i) => {
      if (this.frames[i] === frame) return;
      this.frames[i] = frame;
      this.textures[i].image.data.set(codes.subarray(frame * count, (frame + 1) * count));
      this.textures[i].needsUpdate = true;
    });
  }

  setGround() {}

  setRatio() {}

  bounds() {
    const [x, y] = this.extent.map((one) => one / 2);
    return { low: [-x, -y, 0], high: [x, y, Math.max(this.height * SIDE, 1e-3)] };
  }

  // A cell's height now; NaN in a hole.
  heightOf(place) {
    const { codes, count } = this.data;
    const [before, after] = this.frames.map((frame) => codes[frame * count + place]);
    if ((before === MISSING && this.way < 1) || (after === MISSING && this.way > 0)) return NaN;
    const code = before + (after - before) * this.way;
    return this.uniforms.ground0.value + this.uniforms.lift.value * code;
  }

  pointOf(place) {
    return place;
  }

  // Where a cell is now; null in a hole.
  position(place) {
    const { rows, columns } = this.data;
    const z = this.heightOf(place);
    if (Number.isNaN(z)) return null;
    const row = Math.floor(place / columns);
    return [
      ((place % columns) / (columns - 1) - 0.5) * this.extent[0],
      (row / (rows - 1) - 0.5) * this.extent[1],
      z,
    ];
  }

  // The height between four cells; NaN in a hole.
  heightAt(column, row) {
    const { rows, columns } = this.data;
    const c = Math.min(Math.max(Math.floor(column), 0), columns - 2);
    const r = Math.min(Math.max(Math.floor(row), 0), rows - 2);
    const [x, y] = [column - c, row - r];
    const first = r * columns + c;
    const [p, q, s, t] = [0, 1, columns, columns + 1].map((one) => this.heightOf(first + one));
    return (p * (1 - x) + q * x) * (1 - y) + (s * (1 - x) + t * x) * y;
  }

  // The cell that is seen there, or, at the surface's own edge, close by.
  placeAt(x, y, tolerance, stage) {
    for (const [right, down] of [[0, 0], [0, 1], [-1, 0], [1, 0], [0, -1]]) {
      const found = this.cellAt(x + right * tolerance, y + down * tolerance, stage);
      if (found >= 0) return found;
    }
    return -1;
  }

  // A line of sight is followed until it goes through the surface.
  cellAt(x, y, { camera, canvas }) {
    const { rows, columns } = this.data;
    const seen = [(2 * x) / canvas.clientWidth - 1, 1 - (2 * y) / canvas.clientHeight];
    const scale = [columns - 1, rows - 1];
    // In columns, rows and height.
    const toGrid = (p) => [
      ...[0, 1].map((k) => (p[k] / this.extent[k] + 0.5) * scale[k]), p[2],
    ];
    const from = toGrid(camera.position.toArray());
    const to = toGrid(new THREE.Vector3(...seen, 0.5).unproject(camera).toArray());
    const way = to.map((one, k) => one - from[k]);
    const { low, high } = this.bounds();
    const slack = 1e-6 + 1e-3 * (high[2] - low[2]);
    const box = [[0, scale[0]], [0, scale[1]], [low[2] - slack, high[2] + slack]];
    let [begin, end] = [0, Infinity];
    box.forEach(([least, most], k) => {
      const sides = [least, most].map((one) => (one - from[k]) / way[k]).sort((p, q) => p - q);
      if (way[k] === 0) {
        if (from[k] < least || from[k] > most) end = -1;
      } else {
        begin = Math.max(begin, sides[0]);
        end = Math.min(end, sides[1]);
      }
    });
    if (!(begin <= end)) return -1;
    const point = (t) => from.map((one, k) => one + t * way[k]);
    const above = (t) => {
      const [column, row, z] = point(t);
      return z - this.heightAt(column, row);
    };
    const steps = Math.ceil(FINE * Math.max(...[0, 1].map((k) => Math.abs(way[k]) * (end - begin)))) + 1;
    let last = above(begin);
    for (let i = 1; i <= steps; i++) {
      let t = begin + ((end - begin) * i) / steps;
      const now = above(t);
      // NaN, in a hole, is on neither side.
      if (last * now <= 0) {
        let before = begin + ((end - begin) * (i - 1)) / steps;
        for (let halving = 0; halving < 20; halving++) {
          const middle = (before + t) / 2;
          if (above(middle) * last <= 0) t = middle;
          else before = middle;
        }
        const [column, row] = point(t).map(Math.round);
        return Math.min(Math.max(row, 0), rows - 1) * columns + Math.min(Math.max(column, 0), columns - 1);
      }
      last = now;
    }
    return -1;
  }

  // How rows are counted, from the front.
  countedRow(row) {
    return this.data.firstRowBehind ? this.data.rows - 1 - row : row;
  }

  placeName(place) {
    const { columns, rows, x, y } = this.data;
    const row = Math.floor(place / columns);
    const column = place % columns;
    if (!x) return `row ${this.countedRow(row)}, column ${column}`;
    const at = ([first, last], share) =>
      String(Number((first + (last - first) * share).toPrecision(5))).replace("-", "−");
    return `x ${at(x, column / (columns - 1))}, y ${at(y, row / (rows - 1))}`;
  }

  names() {
    return [];
  }

  // The cell of a row and a column, or closest to an x and a y.
  placeNamed(name) {
    const found = name.replaceAll("−", "-").match(/-?\d+(\.\d+)?(e[-+]?\d+)?/gi);
    if (found?.length !== 2) return -1;
    const { rows, columns, x, y } = this.data;
    const [p, q] = found.map(Number);
    const share = (value, [first, last], count) => ((value - first) / (last - first)) * (count - 1);
    const column = x ? Math.round(share(p, x, columns)) : q;
    const row = x ? Math.round(share(q, y, rows)) : this.countedRow(p);
    const is = [column, row].every(Number.isInteger) && column >= 0 && column < columns && row >= 0 && row < rows;
    return is ? row * columns + column : -1;
  }

  noPlace() {
    const { rows, columns, x, y } = this.data;
    return x
      ? `Type an x from ${Math.min(...x)} to ${Math.max(...x)} and a y from ${Math.min(...y)} to ${Math.max(...y)}.`
      : `Type a row from 0 to ${rows - 1} and a column from 0 to ${columns - 1}.`;
  }
}
