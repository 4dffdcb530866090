// What is shown in space, by whatever knows how: the view of it, its colors and the camera.

import * as THREE from 'three';
import { OrbitControls } from './orbit_controls.js';
import { NOWHERE } from './film_data.js';

const FIELD_OF_VIEW = 30;
// Twice as fine as the screen, as long as that is not too many pixels: thin branches stay smooth.
const FINENESS = 2;
const MOST_PIXELS = 1e7;
// The picture is so many times as large as what is shown; of what is wide, the title stays clear.
const MARGIN = 1.12;
const TITLE = 150;

export class Stage {
  // `make` makes what is shown, the body, from uniforms that all shaders have.
  constructor(data, canvas, make) {
    if (!document.createElement("canvas").getContext("webgl2")) {
      throw Object.assign(
        new Error("This browser cannot draw in space here: it has no WebGL 2, or it is switched off."),
        { isPlain: true },
      );
    }
    this.data = data;
    this.canvas = canvas;
    this.fineness = FINENESS;
    this.renderer = new THREE.WebGLRenderer({ canvas, antialias: true });
    // Colors are shown as they are: the table holds the screen's own bytes.
    this.renderer.toneMapping = THREE.NoToneMapping;
    this.scene = new THREE.Scene();
    this.camera = new THREE.PerspectiveCamera(FIELD_OF_VIEW);
    this.camera.up.set(...(data.upright ? [0, 0, 1] : [0, 1, 0]));
    this.controls = new OrbitControls(this.camera, canvas);
    this.controls.zoomToCursor = true;
    this.controls.dampingFactor = 0.12;
    this.colors = new THREE.DataTexture(new Uint8Array(4 * 256), 256, 1);
    this.uniforms = {
      colors: { value: this.colors },
      nowhere: { value: NOWHERE },
      size: { value: new THREE.Vector2(1, 1) },
      pixel: { value: 1 },
      near: { value: 1 },
      form: { value: 1 },
      ground: { value: 1 },
    };
    this.body = make(this.uniforms);
    this.scene.add(...this.body.objects);
  }

  // On white, nothing glows.
  setGlow(on) {
    this.glows = on;
    this.glowing = on && this.body.canGlow && this.uniforms.ground.value > 0;
    this.body.setGlow?.(this.glowing);
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
    this.body.setGround(light);
  }

  resize() {
    const { clientWidth: width, clientHeight: height } = this.canvas;
    if (!width || !height) return;
    const ratio = Math.max(window.devicePixelRatio || 1, this.fineness);
    const fits = Math.sqrt(MOST_PIXELS / (width * height));
    this.renderer.setPixelRatio(Math.min(ratio, fits));
    this.body.setRatio(this.renderer.getPixelRatio());
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

  // Look at all of it from where it is seen best.
  fit() {
    const { low, high } = this.body.bounds();
    const size = low.map((one, k) => high[k] - one);
    this.center = new THREE.Vector3(...low.map((one, k) => (one + high[k]) / 2));
    this.radius = Math.hypot(...size) / 2;
    const toCamera = new THREE.Vector3(...this.body.view).normalize();
    const right = new THREE.Vector3().crossVectors(this.camera.up, toCamera).normalize();
    const up = new THREE.Vector3().crossVectors(toCamera, right);
    // Where its outermost points are for the camera: those of the box, unless the body knows better.
    const box = Array.from({ length: 8 }, (_, i) => low.map((one, k) => (i & (1 << k) ? high[k] : one)));
    const corners = (this.body.outermost?.() || box).map((one) => {
      const corner = new THREE.Vector3(...one).sub(this.center);
      return [right, up, toCamera].map((axis) => corner.dot(axis));
    });
    const [wide, tall] = [0, 1].map((k) => 2 * Math.max(...corners.map((one) => Math.abs(one[k]))));
    const half = Math.tan((FIELD_OF_VIEW / 360) * Math.PI);
    const { clientHeight: height } = this.canvas;
    const clear = wide > 0.5 * this.camera.aspect * tall && height > 2 * TITLE;
    const margin = clear ? Math.max(MARGIN, height / (height - TITLE)) : MARGIN;
    const distance = Math.max(
      ...corners.map(([x, y, z]) => z + Math.max(margin * Math.abs(y), (MARGIN * Math.abs(x)) / this.camera.aspect) / half),
    );
    this.camera.position.copy(this.center).addScaledVector(toCamera, distance);
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

  draw(time) {
    this.body.setTime(time);
    const distance = this.camera.position.distanceTo(this.center);
    this.camera.near = Math.max(distance - 1.2 * this.radius, this.radius * 1e-3);
    this.camera.far = distance + 1.2 * this.radius;
    this.camera.updateProjectionMatrix();
    this.uniforms.near.value = this.camera.near;
    this.renderer.render(this.scene, this.camera);
  }

  // Where a point of the body is in the view, in CSS pixels; null behind the camera.
  seenAt(point) {
    const position = this.body.position(point);
    return position && this.projected(position);
  }

  // Where a position in space is in the view.
  projected(position) {
    const p = new THREE.Vector3(...position);
    p.project(this.camera);
    if (p.z > 1) return null;
    return {
      x: ((p.x + 1) / 2) * this.canvas.clientWidth,
      y: ((1 - p.y) / 2) * this.canvas.clientHeight,
    };
  }

  // The place that is seen there in the view, or within a few pixels of it; -1 if none is.
  placeAt(x, y, tolerance = 4) {
    return this.body.placeAt(x, y, tolerance, this);
  }
}
