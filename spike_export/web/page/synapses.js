// Synapses on the dendrites: balls that flash at their events. The inverse of synapse_flashes.py.
//
// All events are on the graphics card; each ball finds its own latest ones there, so that time is all
// that is told to it.

import * as THREE from 'three';

const WIDEST_TEXTURE = 4096;
const LEAST_RADIUS = 1.5;
const GROWTH = 0.6;
// The part that a single event takes a synapse from rest; several add up, to 1.
const SHARE = 0.7;
const FRAMES_PER_S = 24;
// Of more, halos would take too long to draw.
const MOST_GLOWING = 20000;

const VERTEX = `
precision highp float;
uniform sampler2D events;
uniform float now, rise, decay;
uniform float thickness;
uniform float ballRadius;
uniform float leastBall;       // in pixels
uniform float pixel, near;
uniform vec2 size;
uniform vec3 kinds[8];
uniform float kindShown[8];
uniform int markedKind;
in vec3 axis, away;
in vec4 what;                  // size by weight, kind, first event, events
flat out vec3 center, own;
flat out float radius, flash, marked;

float eventAt(int i) {
  int width = textureSize(events, 0).x;
  return texelFetch(events, ivec2(i % width, i / width), 0).r;
}

float flashNow() {
  int first = int(what.z), low = 0, high = int(what.w);
  // How many events there have been.
  for (int i = 0; i < 25 && low < high; i++) {
    int middle = (low + high) / 2;
    if (eventAt(first + middle) <= now) low = middle + 1;
    else high = middle;
  }
  float sum = 0.0;
  for (int back = 1; back <= 8; back++) {
    if (back > low) break;
    float age = now - eventAt(first + low - back);
    sum += age < rise ? pow(age / rise, 32.0) : exp(-(age - rise) / decay);
  }
  return min(${SHARE} * sum, 1.0);
}

void main() {
  gl_Position = vec4(2.0, 2.0, 2.0, 1.0);
  int kind = int(what.y);
  if (kindShown[kind] < 0.5) return;
  flash = flashNow();
#ifdef GLOWS
  if (flash < 0.01) return;
#endif
  center = (modelViewMatrix * vec4(axis + away * thickness, 1.0)).xyz;
  if (center.z > -near) return;
  own = kinds[kind];
  marked = kind == markedKind ? 1.0 : 0.0;
  radius = max(ballRadius * what.x * (1.0 + ${GROWTH} * flash), leastBall * pixel * -center.z);
  float seen = 1.15 * radius / (max(-center.z - radius, near) * pixel) + 2.0;
#ifdef GLOWS
  seen *= 4.0;
#endif
  vec2 middle = center.xy / (-center.z * pixel);
  gl_Position = vec4((middle + position.xy * seen) / (0.5 * size), 0.0, 1.0);
}`;

const FRAGMENT = `
precision highp float;
uniform vec2 size;
uniform float pixel;
uniform float form;
uniform float ground;          // 1 on black, 0 on white
uniform mat4 projectionMatrix;
flat in vec3 center, own;
flat in float radius, flash, marked;
out vec4 color;
void main() {
  vec3 sight = normalize(vec3((gl_FragCoord.xy - 0.5 * size) * pixel, -1.0));
  float off = length(center - dot(center, sight) * sight);
  float facing = sqrt(max(1.0 - off * off / (radius * radius), 0.0));
#ifdef GLOWS
  float glow = max(1.0 - off / (3.5 * radius), 0.0);
  color = vec4(own * flash * 0.55 * glow * glow, 1.0);
  float depth = -sight.z * dot(center, sight);
#else
  float cover = clamp((radius - off) / (pixel * -center.z) + 0.5, 0.0, 1.0);
  if (cover <= 0.0) discard;
  float depth = -sight.z * (dot(center, sight) - radius * facing);
  float light = mix(1.0, mix(0.45 + 0.55 * facing, 0.7 + 0.3 * facing, flash), form);
  vec3 body = own * mix(0.62, 1.0, flash) * light;
  // The middle of a flash is the hottest on black; on white, a dim one would be lost.
  float hot = 0.45 * flash * mix(1.0, facing * facing, form) * ground;
  color = vec4(mix(mix(body, vec3(1.0), hot), vec3(1.0), 0.3 * marked), cover);
#endif
  float clip = (projectionMatrix[2][2] * -depth + projectionMatrix[3][2]) / depth;
  gl_FragDepth = clamp(0.5 * clip + 0.5, 0.0, 1.0);
}`;

export class Synapses {
  // `shared` are the uniforms of the cells that they are on.
  constructor(about, parts, shared) {
    this.about = about;
    const counts = new Uint32Array(parts.eventCounts);
    const times = new Float32Array(parts.events);
    const width = Math.min(Math.max(times.length, 1), WIDEST_TEXTURE);
    const table = new Float32Array(width * Math.max(Math.ceil(times.length / width), 1));
    table.set(times);
    const events = new THREE.DataTexture(table, width, table.length / width, THREE.RedFormat, THREE.FloatType);
    events.needsUpdate = true;
    const colors = Array.from({ length: 8 }, (_, i) => new THREE.Color().setHex(
      parseInt((about.kinds[i]?.color ?? "#888888").slice(1), 16), THREE.LinearSRGBColorSpace,
    ));
    this.uniforms = Object.assign(shared, {
      events: { value: events },
      now: { value: 0 },
      rise: { value: Math.max(about.rise, 1e-4) },
      decay: { value: about.decay },
      ballRadius: { value: about.radius },
      leastBall: { value: LEAST_RADIUS },
      kinds: { value: colors },
      kindShown: { value: Array(8).fill(1) },
      markedKind: { value: -1 },
    });
    const geometry = new THREE.InstancedBufferGeometry();
    geometry.instanceCount = counts.length;
    const corners = new Float32Array([-1, -1, 0, 1, -1, 0, -1, 1, 0, 1, 1, 0]);
    geometry.setAttribute("position", new THREE.BufferAttribute(corners, 3));
    geometry.setIndex([0, 1, 2, 2, 1, 3]);
    const set = (name, array, width) => geometry.setAttribute(name, new THREE.InstancedBufferAttribute(array, width));
    set("axis", new Float32Array(parts.synapseAxes), 3);
    set("away", new Float32Array(parts.synapseAways), 3);
    const sizes = new Float32Array(parts.synapseSizes);
    const kinds = new Uint8Array(parts.synapseKinds);
    const what = new Float32Array(4 * counts.length);
    for (let i = 0, first = 0; i < counts.length; first += counts[i++]) {
      what.set([sizes[i], kinds[i], first, counts[i]], 4 * i);
    }
    set("what", what, 4);
    const made = (order, more) => {
      const material = new THREE.ShaderMaterial({
        uniforms: shared, vertexShader: VERTEX, fragmentShader: FRAGMENT, glslVersion: THREE.GLSL3, ...more,
      });
      const mesh = new THREE.Mesh(geometry, material);
      mesh.frustumCulled = false;
      mesh.renderOrder = order;
      return mesh;
    };
    this.balls = made(0, { alphaToCoverage: true });
    this.halos = made(2, {
      defines: { GLOWS: 1 }, transparent: true, depthWrite: false, blending: THREE.AdditiveBlending,
    });
    this.objects = [this.balls, this.halos];
  }

  get things() {
    return this.about.kinds.map(({ name, color, count }) => ({
      name, short: count.toLocaleString("en"), color, count,
    }));
  }

  colorOf(kind) {
    return this.about.kinds[kind].color;
  }

  setShown(kind, on) {
    this.uniforms.kindShown.value[kind] = on ? 1 : 0;
  }

  mark(kind) {
    this.uniforms.markedKind.value = kind;
  }

  // A flash lasts at least for a 24th of a second, so that none is missed.
  setPace(pace) {
    this.uniforms.decay.value = Math.max(this.about.decay, pace / FRAMES_PER_S);
  }

  setTime(sinceBegin) {
    this.uniforms.now.value = sinceBegin;
  }

  setGlow(on) {
    this.halos.visible = on && this.balls.geometry.instanceCount <= MOST_GLOWING;
  }

  setRatio(ratio) {
    this.uniforms.leastBall.value = LEAST_RADIUS * ratio;
  }
}
