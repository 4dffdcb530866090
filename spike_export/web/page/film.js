// The film: what is pressed and what follows from it.

import { classesShown, colorsOf, drawClasses, drawScale } from './color_scale.js';
import { Clock } from './clock.js';
import { Cells } from './cells.js';
import { framesAt, readData, timeText, valueAt, withUnit } from './film_data.js';
import { Regions } from './regions.js';
import { ShownList } from './shown_list.js';
import { Stage } from './stage.js';
import { Surface } from './surface.js';
import { Traces } from './traces.js';

const SPEEDS = [0.1, 0.25, 0.5, 1, 2, 4, 10];
const KINDS = { cells: Cells, surface: Surface, regions: Regions };
const LAYOUT_S = 1.2;
// Frames that take longer, and how many more of these than of others there may be.
const SLOW_S = 0.05;
const MOST_SLOW = 24;
const TURN = Math.PI / 24;

const get = (id) => document.getElementById(id);

export function play(parts) {
  const data = readData(parts);
  const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
  const clock = new Clock(data.times[0], data.times[data.times.length - 1], data.pace);
  const stage = new Stage(data, get("view"), (shared) => new KINDS[data.kind](data, parts, shared));
  const { body } = stage;
  // Milliseconds that drawing took on the processor, the last ones.
  const costs = [];
  let asked = false;
  let last = 0;
  let pointer = null;
  // The place below the pointer; sought again when either has moved.
  let below = -1;
  let sought = true;

  const traces = new Traces(data, body, get("lines"), get("legend"), () => {
    get("traces").classList.toggle("empty", !traces.shown.length);
    makeMarks();
    ask();
  });

  const things = body.things && new ShownList(get("things"), body, () => {
    sought = false;
    ask();
  });
  get("traces").classList.toggle("listed", Boolean(body.findsThings));

  // --- drawing, only when something has changed ---

  function ask() {
    if (!asked) {
      asked = true;
      requestAnimationFrame(tick);
    }
  }

  // Where there is no graphics card, it plays without what takes long.
  let slow = 0;
  function keepUp(seconds) {
    slow = seconds > SLOW_S ? slow + 1 : Math.max(slow - 1, 0);
    if (slow < MOST_SLOW) return;
    slow = 0;
    if (stage.glowing) get("glow").click();
    else stage.coarsen();
  }

  function tick(now) {
    asked = false;
    if (clock.playing && last) keepUp((now - last) / 1000);
    const seconds = last ? Math.min((now - last) / 1000, 0.25) : 0;
    if (clock.playing) clock.pass(seconds);
    const turned = stage.controls.update(seconds || undefined);
    draw();
    last = clock.playing || turned ? now : 0;
    if (last) ask();
  }

  function draw() {
    const begin = performance.now();
    const { time } = clock;
    body.setPace?.(data.pace * clock.speed);
    stage.draw(time);
    traces.draw(time);
    moveMarks();
    things?.draw();
    tellTime(time);
    showTip();
    costs.push(performance.now() - begin);
    if (costs.length > 240) costs.shift();
  }

  function tellTime(time) {
    const text = timeText(data, time);
    const now = get("now");
    if (now.dataset.text !== text) {
      now.dataset.text = text;
      now.replaceChildren(data.timed ? text : `Frame ${text}`);
      if (data.timed) now.append(Object.assign(document.createElement("small"), { textContent: "ms" }));
    }
    const slider = get("time");
    slider.value = time;
    const spoken = data.timed ? `${text} ms` : `Frame ${text}`;
    if (slider.getAttribute("aria-valuetext") !== spoken) slider.setAttribute("aria-valuetext", spoken);
    const button = get("play");
    if (button.classList.contains("playing") !== clock.playing) {
      button.classList.toggle("playing", clock.playing);
      button.setAttribute("aria-label", clock.playing ? "Pause" : "Play");
    }
  }

  // --- time ---

  function toggle() {
    if (clock.playing) clock.playing = false;
    else clock.play();
    ask();
  }

  function seek(time) {
    clock.playing = false;
    clock.seek(time);
    ask();
  }

  // To the next frame of the file, or the one before.
  function step(direction) {
    const { a, b, way } = framesAt(data, clock.time);
    if (direction > 0) seek(data.times[way >= 1 - 1e-9 ? Math.min(b + 1, data.frames - 1) : b]);
    else seek(data.times[way > 1e-9 ? a : Math.max(a - 1, 0)]);
  }

  function setSpeed(speed) {
    clock.speed = speed;
    get("speed").value = String(speed);
  }

  function faster(by) {
    const at = SPEEDS.indexOf(clock.speed) + by;
    setSpeed(SPEEDS[Math.min(Math.max(at, 0), SPEEDS.length - 1)]);
  }

  get("play").addEventListener("click", toggle);
  const slider = get("time");
  Object.assign(slider, { min: clock.begin, max: clock.end, step: "any" });
  slider.addEventListener("input", () => seek(slider.valueAsNumber));
  for (const speed of SPEEDS) {
    const pace = Number((speed * data.pace).toPrecision(2));
    get("speed").append(new Option(`${speed}× · ${pace}${data.timed ? " ms" : ""}/s`, String(speed)));
  }
  setSpeed(1);
  get("speed").addEventListener("change", (event) => {
    clock.speed = Number(event.target.value);
    ask();
  });
  pressed("loop", true, (on) => {
    clock.loop = on;
  });

  function pressed(id, on, change) {
    const button = get(id);
    button.setAttribute("aria-pressed", String(on));
    change(on);
    button.addEventListener("click", () => {
      const now = button.getAttribute("aria-pressed") !== "true";
      button.setAttribute("aria-pressed", String(now));
      change(now);
      ask();
    });
  }

  // --- colors ---

  const classes = data.classes?.length ? classesShown(data) : null;
  function setColormap(name) {
    const colors = colorsOf(data, name);
    stage.setColors(colors);
    body.setColors?.(colors);
    if (classes) drawClasses(data, colors, classes);
    drawScale(data, colors, (value) => String(Number(value.toPrecision(3))).replace("-", "−"));
    ask();
  }

  const named = data.unit ? `${data.quantity} (${data.unit})` : data.quantity;
  for (const name of Object.keys(data.colormaps)) get("colormap").append(new Option(name, name));
  get("colormap").value = data.colormap;
  get("colormap").addEventListener("change", (event) => setColormap(event.target.value));
  get("scale-name").textContent = named;
  const [low, high] = data.limits;
  get("scale").setAttribute("role", "img");
  get("scale").setAttribute(
    "aria-label", `Color scale of ${named}: ${withUnit(data, low)} to ${withUnit(data, high)}`,
  );
  pressed("theme", data.light, (on) => {
    document.documentElement.dataset.theme = on ? "light" : "dark";
    traces.light = on;
    stage.setGround(on);
    traces.list();
  });
  get("glow").hidden = !body.canGlow;
  pressed("glow", true, (on) => stage.setGlow(on));
  pressed("form", true, (on) => {
    stage.uniforms.form.value = on ? 1 : 0;
  });

  // --- view ---

  const canvas = get("view");
  stage.controls.enableDamping = !calm;
  stage.controls.addEventListener("change", () => {
    sought = false;
    ask();
  });
  stage.controls.addEventListener("start", () => canvas.classList.add("turning"));
  stage.controls.addEventListener("end", () => canvas.classList.remove("turning"));
  get("reset").addEventListener("click", () => {
    stage.fit();
    ask();
  });
  const layouts = data.layouts || [];
  for (const [i, name] of ["as recorded", ...layouts].entries()) get("layout").append(new Option(name, i));
  get("layout-choice").hidden = !layouts.length;
  get("layout").addEventListener("change", (event) => fly(Number(event.target.value)));

  if (body.setHeight) {
    get("height-choice").hidden = false;
    get("height").addEventListener("input", (event) => {
      body.setHeight(data.height * event.target.valueAsNumber);
      sought = false;
      ask();
    });
  }

  // Let the cells go to where they are in another layout.
  function fly(number) {
    const before = body.points.slice();
    const after = body.layoutPoints(number);
    const begin = performance.now();
    const move = () => {
      const share = calm ? 1 : Math.min((performance.now() - begin) / 1000 / LAYOUT_S, 1);
      body.mixLayouts(before, after, share * share * (3 - 2 * share));
      sought = false;
      ask();
      if (share < 1) requestAnimationFrame(move);
    };
    move();
  }

  // --- traces ---

  function trace(place) {
    get("chosen").textContent = traces.toggle(place);
    get("hint").classList.add("gone");
  }

  function makeMarks() {
    get("marks").replaceChildren(
      ...traces.shown.map((one) => {
        one.mark = document.createElement("i");
        one.mark.style.color = traces.color(one.slot);
        one.point = body.pointOf(one.place);
        return one.mark;
      }),
    );
  }

  function moveMarks() {
    for (const { mark, point } of traces.shown) {
      const seen = stage.seenAt(point);
      mark.hidden = !seen;
      if (seen) mark.style.transform = `translate(${seen.x}px, ${seen.y}px)`;
    }
  }

  // What the pointer is on, and its value.
  function showTip() {
    const tip = get("tip");
    if (!sought) below = pointer ? stage.placeAt(pointer.x, pointer.y) : -1;
    sought = true;
    const place = below;
    canvas.classList.toggle("over", place >= 0);
    tip.hidden = place < 0;
    if (place < 0) return;
    tip.firstElementChild.textContent = body.placeName(place);
    tip.lastElementChild.textContent =
      body.tip?.(place) ?? withUnit(data, valueAt(data, place, clock.time));
    const left = Math.min(pointer.x + 14, canvas.clientWidth - tip.offsetWidth - 8);
    const top = Math.min(pointer.y + 14, canvas.clientHeight - tip.offsetHeight - 8);
    tip.style.transform = `translate(${Math.max(left, 8)}px, ${Math.max(top, 8)}px)`;
  }

  let pressedAt = null;
  const inView = (event) => {
    const box = canvas.getBoundingClientRect();
    return { x: event.clientX - box.left, y: event.clientY - box.top };
  };
  canvas.addEventListener("pointermove", (event) => {
    // There is no tip under a finger, nor while it is turned.
    pointer = event.pointerType === "mouse" && !event.buttons ? inView(event) : null;
    sought = false;
    ask();
  });
  canvas.addEventListener("pointerleave", () => {
    pointer = null;
    sought = false;
    ask();
  });
  canvas.addEventListener("pointerdown", (event) => {
    pressedAt = inView(event);
  });
  canvas.addEventListener("pointerup", (event) => {
    const at = inView(event);
    const still = pressedAt && Math.hypot(at.x - pressedAt.x, at.y - pressedAt.y) < 5;
    pressedAt = null;
    if (!still || event.button) return;
    const place = stage.placeAt(at.x, at.y, event.pointerType === "mouse" ? 4 : 14);
    if (place < 0) return;
    // Of one moment, a list has more to say than a trace.
    if (body.findsThings && data.times.length === 1) things.find(place);
    else trace(place);
  });
  const scrub = (event) => {
    if (event.buttons) seek(traces.timeAt(event.offsetX));
  };
  get("lines").addEventListener("pointerdown", scrub);
  get("lines").addEventListener("pointermove", scrub);

  get("place").placeholder = body.asks;
  for (const name of body.names()) get("places").append(new Option("", name));
  get("choose").addEventListener("submit", (event) => {
    event.preventDefault();
    const name = get("place").value.trim();
    const place = body.placeNamed(name);
    if (place < 0) get("chosen").textContent = body.noPlace(name);
    else {
      trace(place);
      get("place").value = "";
    }
  });

  // --- keys ---

  const KEYS = {
    " ": toggle,
    ArrowRight: () => step(1),
    ArrowLeft: () => step(-1),
    Home: () => seek(clock.begin),
    End: () => seek(clock.end),
    "+": () => faster(1),
    "=": () => faster(1),
    "-": () => faster(-1),
    "−": () => faster(-1),
  };
  const TURNS = { ArrowLeft: [-TURN, 0], ArrowRight: [TURN, 0], ArrowUp: [0, -TURN], ArrowDown: [0, TURN] };
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || get("keys").open) return;
    const { target } = event;
    if (target.matches("select, input:not(#time)")) return;
    // A button is pressed by the space bar itself.
    if (event.key === " " && target.matches("button")) return;
    const turn = event.shiftKey && TURNS[event.key];
    if (!turn && !KEYS[event.key]) return;
    event.preventDefault();
    if (turn) stage.turn(...turn);
    else KEYS[event.key]();
    ask();
  });
  get("help").addEventListener("click", () => get("keys").showModal());

  // --- the beginning ---

  get("page").classList.toggle("still", data.times.length === 1);
  get("title").textContent = document.title = data.title;
  get("title").title = data.title;
  get("stage").setAttribute(
    "aria-label", `${data.title}: ${body.what}${named && `, colored by ${named}`}`,
  );
  get("told").textContent = [
    `${body.told} in ${data.frames.toLocaleString("en")} frame${data.frames === 1 ? "" : "s"}.`,
    ...data.notes,
  ].join("\n");
  get("hint").textContent = body.hint || "Drag to turn it, click to trace a place";
  if (body.clicks) get("click-does").textContent = body.clicks;
  if (things) get("things").querySelector("legend").textContent = body.title;
  if (body.findsThings && data.times.length === 1) get("traces").setAttribute("aria-label", body.title);
  setTimeout(() => get("hint").classList.add("gone"), 8000);
  for (const place of data.traces) traces.toggle(place);
  if (data.colormap) setColormap(data.colormap);
  get("colormap-choice").hidden = !data.colormap;
  get("scale").hidden = !data.colormap || Boolean(classes);
  get("class-scale").hidden = !classes;
  get("class-scale").querySelector("figcaption").textContent = named;
  if (classes) {
    get("class-scale").setAttribute("role", "img");
    const listed = classes.map((number) => data.classes[number]).join(", ");
    get("class-scale").setAttribute("aria-label", `Colors of ${named}: ${listed}`);
  }
  stage.resize();
  stage.fit();
  new ResizeObserver(() => {
    const framed = stage.framed;
    stage.resize();
    traces.layOut();
    // Until it is moved, all of it stays in view.
    if (!framed) stage.fit();
    draw();
  }).observe(get("stage"));
  stage.controls.addEventListener("start", () => {
    stage.framed = true;
  });
  // film.html#2.9 begins at that time, and stands still.
  const moment = location.hash.length > 1 ? Number(location.hash.slice(1)) : NaN;
  if (Number.isFinite(moment)) clock.seek(moment);
  else if (!calm) clock.play();
  ask();
  return { data, clock, stage, traces, costs, seek, draw, trace };
}
