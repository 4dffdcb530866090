// The values of chosen places over time, in step with the film.

import { frameValue, valueAt, withUnit } from './film_data.js';
import { tickValues } from './color_scale.js';

export const MOST_TRACES = 8;
const ON_BLACK = ["#f5f5f7", "#5ec8ff", "#ffb02e", "#7ee081", "#ff7aa8", "#b79bff", "#ffe066", "#4fe0d0"];
const ON_WHITE = ["#17171c", "#0072b2", "#d55e00", "#009e73", "#c2185b", "#6a4fc4", "#8a6d00", "#00838f"];
const EDGES = { left: 44, right: 8, top: 8, bottom: 22 };

export class Traces {
  constructor(data, body, canvas, legend, changed) {
    Object.assign(this, { data, body, canvas, legend, changed });
    this.shown = [];
    this.light = false;
  }

  color(slot) {
    return (this.light ? ON_WHITE : ON_BLACK)[slot];
  }

  // Show a place's trace, or no longer; tells what was done.
  toggle(place) {
    if (this.shown.some((one) => one.place === place)) return this.remove(place);
    if (this.shown.length >= MOST_TRACES) return `There are ${MOST_TRACES} traces; remove one first.`;
    const used = this.shown.map((one) => one.slot);
    const slot = ON_BLACK.findIndex((_, i) => !used.includes(i));
    this.shown.push({ place, slot, name: this.body.placeName(place) });
    this.list();
    return `${this.body.placeName(place)} is traced.`;
  }

  remove(place) {
    this.shown = this.shown.filter((one) => one.place !== place);
    this.list();
    return `${this.body.placeName(place)} is no longer traced.`;
  }

  list() {
    this.legend.replaceChildren(
      ...this.shown.map((one) => {
        const item = document.createElement("li");
        const dot = document.createElement("i");
        dot.style.background = this.color(one.slot);
        const name = document.createElement("bdi");
        name.textContent = name.title = one.name;
        one.output = document.createElement("output");
        // It changes all the time; the slider says what time it is.
        one.output.setAttribute("aria-live", "off");
        const button = document.createElement("button");
        button.type = "button";
        button.textContent = "×";
        button.setAttribute("aria-label", `Remove the trace of ${one.name}`);
        button.addEventListener("click", () => this.remove(one.place));
        item.append(dot, name, one.output, button);
        return item;
      }),
    );
    const names = this.shown.map((one) => one.name).join(", ");
    this.canvas.setAttribute("role", "img");
    this.canvas.setAttribute("aria-label", names ? `Traces of ${names}` : "No traces");
    // It may show, or no longer show, the drawing.
    this.changed();
    this.layOut();
  }

  // Find the limits and the lines, which do not depend on the time that is shown.
  layOut() {
    const { data, canvas, shown } = this;
    const ratio = Math.min(window.devicePixelRatio || 1, 2);
    canvas.width = Math.max(Math.round(canvas.clientWidth * ratio), 1);
    canvas.height = Math.max(Math.round(canvas.clientHeight * ratio), 1);
    const wide = Math.max(canvas.clientWidth - EDGES.left - EDGES.right, 1);
    const tall = Math.max(canvas.clientHeight - EDGES.top - EDGES.bottom, 1);
    let [low, high] = [Infinity, -Infinity];
    for (const { place } of shown) {
      for (let f = 0; f < data.frames; f++) {
        const value = frameValue(data, place, f);
        if (value < low) low = value;
        if (value > high) high = value;
      }
    }
    if (!(low <= high)) [low, high] = data.limits;
    if (!(low < high)) [low, high] = [low - 0.5, high + 0.5];
    const [begin, end] = [data.times[0], data.times[data.times.length - 1]];
    const span = end - begin || 1;
    const x = (time) => EDGES.left + (wide * (time - begin)) / span;
    const y = (value) => EDGES.top + (tall * (high - value)) / (high - low);
    Object.assign(this, { ratio, wide, tall, x, y, begin, span });
    this.valueTicks = tickValues(low, high, Math.max(Math.floor(tall / 45), 1));
    this.timeTicks = tickValues(begin, end, Math.max(Math.floor(wide / 80), 1));
    for (const one of shown) one.path = this.pathOf(one.place);
  }

  // The line of a trace: of many frames in one pixel the lowest and the highest.
  pathOf(place) {
    const { data, x, y } = this;
    const path = new Path2D();
    const each = Math.max(Math.floor(data.frames / (2 * this.wide)), 1);
    let pen = false;
    for (let first = 0; first < data.frames; first += each) {
      let [low, high] = [first, first];
      for (let f = first; f < Math.min(first + each, data.frames); f++) {
        if (frameValue(data, place, f) < frameValue(data, place, low)) low = f;
        if (frameValue(data, place, f) > frameValue(data, place, high)) high = f;
      }
      for (const f of low === high ? [low] : [Math.min(low, high), Math.max(low, high)]) {
        const value = frameValue(data, place, f);
        if (Number.isNaN(value)) pen = false;
        else if (pen) path.lineTo(x(data.times[f]), y(value));
        else {
          path.moveTo(x(data.times[f]), y(value));
          pen = true;
        }
      }
    }
    return path;
  }

  draw(time) {
    for (const one of this.shown) {
      const text = withUnit(this.data, valueAt(this.data, one.place, time));
      if (one.output.textContent !== text) one.output.textContent = text;
    }
    if (!this.canvas.clientWidth || !this.x) return;
    const { data, ratio, wide, tall, x, y } = this;
    const style = getComputedStyle(this.canvas);
    const [quiet, line] = ["--quiet", "--line"].map((one) => style.getPropertyValue(one));
    const pen = this.canvas.getContext("2d");
    pen.setTransform(ratio, 0, 0, ratio, 0, 0);
    pen.clearRect(0, 0, this.canvas.width, this.canvas.height);
    pen.font = `11px ${style.fontFamily}`;
    pen.lineWidth = 1;
    pen.textBaseline = "middle";
    pen.textAlign = "right";
    for (const value of this.valueTicks) {
      pen.fillStyle = line;
      pen.fillRect(EDGES.left, Math.round(y(value)), wide, 1);
      pen.fillStyle = quiet;
      pen.fillText(String(Number(value.toPrecision(3))).replace("-", "−"), EDGES.left - 7, y(value));
    }
    pen.textBaseline = "bottom";
    this.timeTicks.forEach((value, i) => {
      pen.textAlign = i === 0 ? "left" : i === this.timeTicks.length - 1 ? "right" : "center";
      const unit = data.timed && i === this.timeTicks.length - 1 ? " ms" : "";
      pen.fillText(`${Number(value.toPrecision(4))}${unit}`, x(value), EDGES.top + tall + EDGES.bottom);
    });
    pen.lineJoin = "round";
    // What has been is bright, what comes is dim.
    for (const [alpha, from, to] of [[0.3, x(time), EDGES.left + wide + 2], [1, EDGES.left - 2, x(time)]]) {
      pen.save();
      pen.beginPath();
      pen.rect(from, 0, to - from, EDGES.top + tall + 3);
      pen.clip();
      pen.globalAlpha = alpha;
      pen.lineWidth = 1.6;
      for (const one of this.shown) {
        pen.strokeStyle = this.color(one.slot);
        pen.stroke(one.path);
      }
      pen.restore();
    }
    pen.fillStyle = quiet;
    pen.fillRect(x(time) - 0.5, EDGES.top, 1, tall);
    for (const one of this.shown) {
      const value = valueAt(data, one.place, time);
      if (!Number.isNaN(value)) {
        pen.fillStyle = this.color(one.slot);
        pen.beginPath();
        pen.arc(x(time), y(value), 3.5, 0, 2 * Math.PI);
        pen.fill();
      }
    }
  }

  // The time at a place in the drawing.
  timeAt(left) {
    return this.begin + (this.span * Math.min(Math.max(left - EDGES.left, 0), this.wide)) / this.wide;
  }
}
