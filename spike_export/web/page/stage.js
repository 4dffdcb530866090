// The neuron or the network in space: three draw calls at most, for glow, all pieces, and connections.

import * as THREE from 'three';
import { OrbitControls } from './orbit_controls.js';
import { scaledValues, NOWHERE } from './film_data.js';
import { LINE_FRAGMENT, LINE_VERTEX, PIECE_FRAGMENT, PIECE_VERTEX } from './shaders.js';

const FIELD_OF_VIEW = 30;
const WIDEST_TEXTURE = 4096;
// Twice as fine as the screen, as long as that is not too many pixels: thin branches stay smooth.
const FINENESS = 2;
const MOST_PIXELS = 1e7;
const LEAST_RADIUS = 0.8;
// How far it glows, in CSS pixels; of more pieces, glow would take too long to draw.
const HALO = 15;
const MOST_GLOWING = 20000;
// The picture is so many times as large as what is shown; of what is wide, the title stays clear.
const MARGIN = 1.12;
const TITLE = 150;

export class Stage {
  constructor(data, canvas) {
    if (!document.createElement("canvas").getContext("webgl2")) {
      throw Object.assign(
        new Error("This browser cannot draw in space here: it has no WebGL 2, or it is switched off."),
        { isPlain: true },
      );
    }
    this.data = data;
    this.canvas = canvas;
    this.fineness = FINENESS;
    this.points = data.points.slice();
    this.renderer = new THREE.WebGLRenderer({ canvas, antialias: true });
    // Colors are shown as they are: the table holds the screen's own bytes.
    this.renderer.toneMapping = THREE.NoToneMapping;
    this.scene = new THREE.Scene();
    this.camera = new THREE.PerspectiveCamera(FIELD_OF_VIEW);
    this.camera.up.set(...(data.upright ? [0, 0, 1] : [0, 1, 0]));
    this.controls = new OrbitControls(this.camera, canvas);
    this.controls.zoomToCursor = true;
    this.controls.dampingFactor = 0.12;
    this.makeUniforms();
    this.findPieces();
    this.scene.add(this.makePieces());
    this.scene.add((this.glow = this.makeGlow()));
    if (data.connections.length) this.scene.add((this.lines = this.makeLines()));
    this.placePieces();
  }

  makeUniforms() {
    const { segments } = this.data;
    const width = Math.min(segments, WIDEST_TEXTURE);
    this.scaled = new Float32Array(width * Math.ceil(segments / width));
    this.values = new THREE.DataTexture(
      this.scaled, width, this.scaled.length / width, THREE.RedFormat, THREE.FloatType,
    );
    this.colors = new THREE.DataTexture(new Uint8Array(4 * 256), 256, 1);
    this.uniforms = {
      values: { value: this.values },
      colors: { value: this.colors },
      nowhere: { value: NOWHERE },
      size: { value: new THREE.Vector2(1, 1) },
      pixel: { value: 1 },
      least: { value: LEAST_RADIUS },
      thickness: { value: this.data.thickness },
      near: { value: 1 },
      halo: { value: HALO },
      form: { value: 1 },
      ground: { value: 1 },
      strength: { value: 1 },
    };
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

  // On white, nothing glows.
  setGlow(on) {
    this.glows = on;
    this.glow.visible = on && this.canGlow && this.uniforms.ground.value > 0;
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
  }

  setColors(colors) {
    for (let i = 0; i < 256; i++) {
      this.colors.image.data.set([...colors.subarray(3 * i, 3 * i + 3), 255], 4 * i);
    }
    this.colors.needsUpdate = true;
  }

  setGround(light) {
    this.renderer.setClearColor(light ? 0xffffff : 0x000000);
    this.uniforms.ground.value = light ? 0 : 1;
    this.setGlow(this.glows);
    if (!this.lines) return;
    // On black, light adds up; on white, ink covers.
    const { material } = this.lines;
    material.blending = light ? THREE.NormalBlending : THREE.AdditiveBlending;
    const count = this.data.connections.length / 2;
    this.uniforms.strength.value = Math.min(0.5, 15 / Math.sqrt(count));
  }

  resize() {
    const { clientWidth: width, clientHeight: height } = this.canvas;
    if (!width || !height) return;
    const ratio = Math.max(window.devicePixelRatio || 1, this.fineness);
    const fits = Math.sqrt(MOST_PIXELS / (width * height));
    this.renderer.setPixelRatio(Math.min(ratio, fits));
    this.uniforms.least.value = LEAST_RADIUS * this.renderer.getPixelRatio();
    this.uniforms.halo.value = HALO * this.renderer.getPixelRatio();
    this.renderer.setSize(width, height, false);
    this.renderer.getDrawingBufferSize(this.uniforms.size.value);
    this.camera.aspect = width / height;
    this.uniforms.pixel.value =
      (2 * Math.tan((FIELD_OF_VIEW / 360) * Math.PI)) / this.uniforms.size.value.y;
  }

  // From now on, as fine as the screen, but no finer.
  coarsen() {
    if (this.fineness === 1) return;
    this.fineness = 1;
    this.resize();
  }

  // Look at all of it: from where its projection was drawn, or with a network's layers upright.
  fit() {
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
    const size = low.map((one, k) => high[k] - one + 2 * widest);
    this.center = new THREE.Vector3(...low.map((one, k) => (one + high[k]) / 2));
    this.radius = Math.hypot(...size) / 2;
    const [wide, tall, deep] = this.data.upright ? [size[0], size[2], size[1]] : size;
    const half = Math.tan((FIELD_OF_VIEW / 360) * Math.PI);
    const { clientHeight: height } = this.canvas;
    const clear = wide > 0.5 * this.camera.aspect * tall && height > 2 * TITLE;
    const margin = clear ? Math.max(MARGIN, height / (height - TITLE)) : MARGIN;
    const distance = Math.max(margin * tall, (MARGIN * wide) / this.camera.aspect) / 2 / half + deep / 2;
    const offset = this.data.upright ? [0, -distance, 0] : [0, 0, distance];
    this.camera.position.copy(this.center).add(new THREE.Vector3(...offset));
    this.controls.target.copy(this.center);
    this.controls.minDistance = this.radius * 1e-3;
    this.controls.maxDistance = this.radius * 20;
    this.controls.update();
  }

  // Turn by angles around what is looked at, as dragging does.
  turn(right, up) {
    const turned = new THREE.Quaternion().setFromUnitVectors(this.camera.up, new THREE.Vector3(0, 1, 0));
    const offset = this.camera.position.clone().sub(this.controls.target).applyQuaternion(turned);
    const angles = new THREE.Spherical().setFromVector3(offset);
    angles.theta += right;
    angles.phi += up;
    offset.setFromSpherical(angles.makeSafe()).applyQuaternion(turned.invert());
    this.camera.position.copy(this.controls.target).add(offset);
    this.controls.update();
  }

  draw() {
    const distance = this.camera.position.distanceTo(this.center);
    this.camera.near = Math.max(distance - 1.2 * this.radius, this.radius * 1e-3);
    this.camera.far = distance + 1.2 * this.radius;
    this.camera.updateProjectionMatrix();
    this.uniforms.near.value = this.camera.near;
    this.renderer.render(this.scene, this.camera);
  }

  // Where a point is in the view, in CSS pixels; null behind the camera.
  seenAt(point) {
    const p = new THREE.Vector3(...this.points.subarray(4 * point, 4 * point + 3));
    p.project(this.camera);
    if (p.z > 1) return null;
    return {
      x: ((p.x + 1) / 2) * this.canvas.clientWidth,
      y: ((1 - p.y) / 2) * this.canvas.clientHeight,
    };
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
  segmentAt(x, y, tolerance = 4) {
    const { clientWidth: width, clientHeight: height } = this.canvas;
    const matrix = new THREE.Matrix4()
      .multiplyMatrices(this.camera.projectionMatrix, this.camera.matrixWorldInverse).elements;
    const scale = height / 2 / Math.tan((FIELD_OF_VIEW / 360) * Math.PI);
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
}
