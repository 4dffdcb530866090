// Regions of a brain: a surface each, one call that draws it; some are of glass. The inverse of
// region_page.py.

import * as THREE from 'three';
import { valueAt, withUnit } from './film_data.js';
import { colorAt } from './color_scale.js';

const VERTEX = `
out vec3 slope;
out vec3 place;
void main() {
  vec4 seen = modelViewMatrix * vec4(position, 1.0);
  slope = normalMatrix * normal;
  place = seen.xyz;
  gl_Position = projectionMatrix * seen;
}`;

const SOLID = `
precision highp float;
uniform vec3 own;
uniform float form;
uniform float ground;    // 1 on black, 0 on white
uniform float marked;    // 1 if it is pointed out
in vec3 slope;
in vec3 place;
out vec4 color;
void main() {
  vec3 eye = -normalize(place), n = normalize(slope);
  if (dot(n, eye) < 0.0) n = -n;
  vec3 lamp = normalize(vec3(-0.45, 0.75, 0.65));
  float facing = max(dot(n, eye), 0.0);
  float light = min(0.4 + 0.34 * facing + 0.36 * max(dot(n, lamp), 0.0), 1.0);
  float shine = pow(max(dot(n, normalize(lamp + eye)), 0.0), 40.0) * 0.2;
  vec3 rim = ground * 0.2 * (1.0 - smoothstep(0.0, 0.6, facing)) * vec3(0.85, 0.9, 1.0);
  color = vec4(mix(mix(own, own * light + shine + rim, form), vec3(1.0), 0.35 * marked), 1.0);
}`;

// Light adds up, and ink multiplies: in whatever order its walls are drawn, glass looks the same.
const GLASS = `
precision highp float;
uniform float ground;
uniform float marked;
in vec3 slope;
in vec3 place;
out vec4 color;
void main() {
  float facing = abs(dot(normalize(slope), normalize(place)));
  float wall = 0.025 + 0.5 * pow(1.0 - facing, 3.0) + 0.12 * marked;
  color = vec4(mix(vec3(1.0) - wall * vec3(0.75, 0.65, 0.5), wall * vec3(0.78, 0.88, 1.0), ground), 1.0);
}`;

// Its number, by which a region is found.
const NUMBER = `
precision highp float;
uniform float number;
out vec4 color;
void main() {
  float n = number + 1.0;
  color = vec4(mod(n, 256.0), floor(n / 256.0), 0.0, 255.0) / 255.0;
}`;

export class Regions {
  constructor(data, parts, shared) {
    this.data = data;
    this.view = data.view;
    this.canGlow = false;
    this.colored = data.count > 0;
    this.timed = data.times.length > 1;
    this.title = "Regions";
    this.findsThings = true;
    this.asks = "Trace a region …";
    this.uniforms = shared;
    this.clicks = this.timed ? "trace that region" : "find that region in the list";
    this.hint = `Drag to turn it, click to ${this.clicks}`;
    this.makeSurfaces(parts);
    this.objects = this.surfaces;
  }

  get what() {
    return `${this.data.regions.length} regions`;
  }

  get told() {
    return `${this.data.regions.length.toLocaleString("en")} regions`;
  }

  makeSurfaces(parts) {
    const { regions, low, pointStep } = this.data;
    const points = decodedPoints(new Uint8Array(parts.points), low, pointStep);
    const corners = decodedCorners(new Uint8Array(parts.triangles));
    let [point, corner] = [0, 0];
    this.pickable = new THREE.Scene();
    this.twins = [];
    this.surfaces = regions.map((region, number) => {
      const geometry = new THREE.BufferGeometry();
      const there = points.subarray(3 * point, 3 * (point += region.points));
      geometry.setAttribute("position", new THREE.BufferAttribute(there, 3));
      const used = corners.subarray(corner, (corner += 3 * region.triangles));
      geometry.setIndex(new THREE.BufferAttribute(used, 1));
      geometry.computeVertexNormals();
      geometry.computeBoundingBox();
      const uniforms = {
        ...this.uniforms,
        own: { value: new THREE.Vector3(...region.color).divideScalar(255) },
        marked: { value: 0 },
        number: { value: number },
      };
      const made = (fragmentShader, more) => new THREE.ShaderMaterial({
        uniforms, vertexShader: VERTEX, fragmentShader, glslVersion: THREE.GLSL3, side: THREE.DoubleSide, ...more,
      });
      const mesh = new THREE.Mesh(
        geometry, region.glass ? made(GLASS, { transparent: true, depthWrite: false }) : made(SOLID),
      );
      // Solid ones of the same place as glass are drawn before it.
      mesh.renderOrder = region.glass ? 1 : 0;
      const twin = new THREE.Mesh(geometry, made(NUMBER));
      this.twins.push(twin);
      if (!region.glass) this.pickable.add(twin);
      return mesh;
    });
  }

  // --- what can be hidden ---

  get things() {
    return this.data.regions.map(({ name, acronym, color, glass }) => ({
      name, short: acronym === name ? "" : acronym, color: glass ? null : `rgb(${color})`,
    }));
  }

  setShown(number, on) {
    this.surfaces[number].visible = this.twins[number].visible = on;
  }

  mark(number) {
    this.surfaces.forEach((mesh, i) => {
      mesh.material.uniforms.marked.value = i === number ? 1 : 0;
    });
  }

  // The color of a region's dot in the list; nothing for glass.
  colorOf(number) {
    if (this.data.regions[number].glass) return "";
    const { x, y, z } = this.surfaces[number].material.uniforms.own.value;
    return `rgb(${[x, y, z].map((one) => Math.round(255 * one))})`;
  }

  // --- as of everything that is shown ---

  setColors(colors) {
    this.colors = colors;
  }

  setTime(time) {
    this.time = time;
    if (!this.colored || !this.colors) return;
    const [low, high] = this.data.limits;
    this.surfaces.forEach((mesh, number) => {
      const value = valueAt(this.data, number, time);
      // Of equal limits, everything is at the lower end, as in matplotlib; what has no value is gray.
      const share = high > low ? (value - low) / (high - low) : 0;
      const color = Number.isNaN(value) ? [127.5, 127.5, 127.5] : colorAt(this.colors, share);
      mesh.material.uniforms.own.value.set(...color).divideScalar(255);
    });
  }

  setGround(light) {
    for (const { material } of this.surfaces.filter((_, i) => this.data.regions[i].glass)) {
      material.blending = THREE.CustomBlending;
      material.blendSrc = light ? THREE.ZeroFactor : THREE.OneFactor;
      material.blendDst = light ? THREE.SrcColorFactor : THREE.OneFactor;
    }
  }

  setRatio() {}

  bounds() {
    const box = new THREE.Box3();
    for (const { geometry } of this.surfaces) box.union(geometry.boundingBox);
    return { low: box.min.toArray(), high: box.max.toArray() };
  }

  // Some of all points, as many as do not take long.
  outermost() {
    return this.surfaces.flatMap(({ geometry }) => {
      const { array, count } = geometry.getAttribute("position");
      const each = Math.max(Math.floor(count / 500), 1);
      return Array.from({ length: Math.floor(count / each) }, (_, i) => [...array.subarray(3 * each * i, 3 * each * i + 3)]);
    });
  }

  pointOf(place) {
    return place;
  }

  position(place) {
    return this.surfaces[place].geometry.boundingBox.getCenter(new THREE.Vector3()).toArray();
  }

  // The region that is seen there: one pixel is drawn, in which each has its number.
  placeAt(x, y, tolerance, { renderer, camera, canvas }) {
    this.pixel ??= new THREE.WebGLRenderTarget(1, 1);
    camera.setViewOffset(canvas.clientWidth, canvas.clientHeight, x, y, 1, 1);
    const clear = renderer.getClearColor(new THREE.Color());
    renderer.setClearColor(0x000000);
    renderer.setRenderTarget(this.pixel);
    renderer.render(this.pickable, camera);
    this.read ??= new Uint8Array(4);
    renderer.readRenderTargetPixels(this.pixel, 0, 0, 1, 1, this.read);
    renderer.setRenderTarget(null);
    renderer.setClearColor(clear);
    camera.clearViewOffset();
    return this.read[0] + 256 * this.read[1] - 1;
  }

  placeName(place) {
    return this.data.regions[place].name;
  }

  // What else is said where the pointer is.
  tip(place) {
    const { acronym, name } = this.data.regions[place];
    const value = this.colored ? withUnit(this.data, valueAt(this.data, place, this.time)) : "";
    return [acronym === name ? "" : acronym, value].filter(Boolean).join(" · ");
  }

  names() {
    return this.data.regions.map(({ name }) => name);
  }

  placeNamed(name) {
    const { regions } = this.data;
    return regions.findIndex((one) => one.acronym === name || one.name === name);
  }

  noPlace(name) {
    return `There is no region ${name}.`;
  }
}

// Points of all regions: steps of 16 bit, the differences of which are stored axis by axis.
function decodedPoints(bytes, low, step) {
  const count = bytes.length / 6;
  const points = new Float32Array(3 * count);
  for (let axis = 0; axis < 3; axis++) {
    let code = 0;
    for (let i = 0; i < count; i++) {
      const at = axis * count + i;
      code = (code + (bytes[at] | (bytes[3 * count + at] << 8))) & 0xffff;
      points[3 * i + axis] = low[axis] + step * code;
    }
  }
  return points;
}

// Corners of all triangles: differences whose sign is the lowest bit.
function decodedCorners(bytes) {
  const count = bytes.length / 4;
  const corners = new Uint32Array(count);
  let corner = 0;
  for (let i = 0; i < count; i++) {
    const code = bytes[i] + 256 * bytes[count + i] + 65536 * bytes[2 * count + i] + 16777216 * bytes[3 * count + i];
    corner += code % 2 ? -(code + 1) / 2 : code / 2;
    corners[i] = corner;
  }
  return corners;
}
