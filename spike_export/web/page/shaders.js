// Round pieces, drawn as what they cover: each is a rectangle on the screen, and each of its pixels
// finds how close its line of sight passes by the piece's axis. So they are round from everywhere,
// have no corners, and are two triangles each.

const VALUES = `
uniform sampler2D values;
uniform float nowhere;
float valueOf(float segment) {
  int i = int(segment), width = textureSize(values, 0).x;
  return texelFetch(values, ivec2(i % width, i / width), 0).r;
}
// Of a place between two segments.
float valueAt(vec3 place) {
  float a = valueOf(place.x), b = valueOf(place.y);
  return min(a, b) <= 0.5 * nowhere ? nowhere : mix(a, b, place.z);
}`;

export const COLORS = `
uniform sampler2D colors;
uniform float nowhere;
// Without filtering, as matplotlib does; gray where there is no value.
vec3 colorAt(float share) {
  if (share <= 0.5 * nowhere) return vec3(0.5);
  return texelFetch(colors, ivec2(clamp(int(floor(share * 256.0)), 0, 255), 0), 0).rgb;
}`;

export const PIECE_VERTEX = `
precision highp float;
${VALUES}
uniform vec2 size;       // of the picture, in pixels
uniform float pixel;     // size of a pixel at distance 1
uniform float least;     // radius in pixels that everything has
uniform float thickness;
uniform float near;
uniform float halo;      // how far it glows, in pixels
in vec4 start, end;
in vec3 startPlace, endPlace;
flat out vec3 axisStart, axisEnd;
flat out vec2 radii, ends;

void main() {
  vec3 p = (modelViewMatrix * vec4(start.xyz, 1.0)).xyz;
  vec3 q = (modelViewMatrix * vec4(end.xyz, 1.0)).xyz;
  vec2 r = max(vec2(start.w, end.w) * thickness, least * pixel * max(-vec2(p.z, q.z), near));
  vec2 v = vec2(valueAt(startPlace), valueAt(endPlace));
  if (min(v.x, v.y) <= 0.5 * nowhere) v = vec2(nowhere);
  gl_Position = vec4(2.0, 2.0, 2.0, 1.0);
  if (p.z > -near && q.z > -near) return;
  // What is behind the camera is cut off.
  if (p.z > -near || q.z > -near) {
    float way = (-near - p.z) / (q.z - p.z);
    vec3 cut = mix(p, q, way);
    if (p.z > -near) { p = cut; r.x = mix(r.x, r.y, way); v.x = mix(v.x, v.y, way); }
    else { q = cut; r.y = mix(r.x, r.y, way); v.y = mix(v.x, v.y, way); }
  }
  axisStart = p; axisEnd = q; radii = r; ends = v;
  vec2 a = p.xy / (-p.z * pixel), b = q.xy / (-q.z * pixel);
  // A sphere that is close appears larger than its radius.
  vec2 seen = 1.15 * r / (max(-vec2(p.z, q.z) - r, vec2(near)) * pixel) + 2.0;
#ifdef GLOWS
  seen += halo;
#endif
  float wide = max(seen.x, seen.y);
  vec2 along = length(b - a) > 1e-3 ? normalize(b - a) : vec2(1.0, 0.0);
  vec2 across = vec2(-along.y, along.x);
  vec2 corner = (position.x < 0.0 ? a - along * seen.x : b + along * seen.y) + across * wide * position.y;
  gl_Position = vec4(corner / (0.5 * size), 0.0, 1.0);
}`;

export const PIECE_FRAGMENT = `
precision highp float;
${COLORS}
uniform vec2 size;
uniform float pixel;
uniform float form;
uniform float halo;
uniform float ground;    // 1 on black, 0 on white
uniform mat4 projectionMatrix;
flat in vec3 axisStart, axisEnd;
flat in vec2 radii, ends;
out vec4 color;

void main() {
  vec3 sight = normalize(vec3((gl_FragCoord.xy - 0.5 * size) * pixel, -1.0));
  vec3 axis = axisEnd - axisStart;
  // What is across the line of sight.
  vec3 p = axisStart - dot(axisStart, sight) * sight;
  vec3 u = axis - dot(axis, sight) * sight;
  float uu = dot(u, u);
  float way = uu > 1e-12 * max(dot(axis, axis), 1e-30) ? clamp(-dot(p, u) / uu, 0.0, 1.0)
    : (dot(axis, sight) > 0.0 ? 0.0 : 1.0);
  float radius = mix(radii.x, radii.y, way);
  float off = length(p + way * u);
  vec3 near = axisStart + way * axis;
#ifdef GLOWS
  // Of all that glow here, the brightest counts; what is solid covers it.
  float away = max(off - radius, 0.0) / (pixel * -near.z);
  float glow = max(1.0 - away / halo, 0.0);
  color = vec4(colorAt(mix(ends.x, ends.y, way)) * 0.4 * glow * glow * glow, 1.0);
  gl_FragDepth = 1.0;
  return;
#endif
  float cover = clamp((radius - off) / (pixel * -near.z) + 0.5, 0.0, 1.0);
  if (cover <= 0.0) discard;
  float facing = sqrt(max(1.0 - off * off / (radius * radius), 0.0));
  float depth = -sight.z * (dot(near, sight) - radius * facing);
  float clip = (projectionMatrix[2][2] * -depth + projectionMatrix[3][2]) / depth;
  gl_FragDepth = clamp(0.5 * clip + 0.5, 0.0, 1.0);
  // The middle has the exact color, with form and without.
  float light = mix(1.0, 0.4 + 0.6 * smoothstep(0.0, 0.9, facing), form);
  // So that black cells are seen on black.
  vec3 rim = form * ground * 0.22 * (1.0 - smoothstep(0.0, 0.75, facing)) * vec3(0.85, 0.9, 1.0);
  color = vec4(colorAt(mix(ends.x, ends.y, way)) * light + rim, cover);
}`;

export const LINE_VERTEX = `
precision highp float;
${VALUES}
in float segment;
out float value;
void main() {
  value = valueOf(segment);
  gl_Position = projectionMatrix * modelViewMatrix * vec4(position, 1.0);
}`;

export const LINE_FRAGMENT = `
precision highp float;
${COLORS}
uniform float strength;
uniform float ground;
in float value;
out vec4 color;
// On black, those of silent cells are faint instead of invisible.
void main() { color = vec4(max(colorAt(value), ground * vec3(0.15, 0.15, 0.18)), strength); }`;
