// SPDX-License-Identifier: MIT
// Memory over time as lines. A point is a list: seconds since the server's start, then bytes.
import { element } from "./table.js";

const SVG = "http://www.w3.org/2000/svg";
const LOOKS = ["one", "two", "three"];
const LEFT = 64, RIGHT = 12, TOP = 10, BOTTOM = 22, HEIGHT = 190, KEPT = 600;

// As the server writes them.
export function bytes(number) {
  if (number < 1000) return `${number} B`;
  if (number < 1e6) return `${(number / 1e3).toFixed(1)} kB`;
  if (number < 1e9) return `${(number / 1e6).toFixed(1)} MB`;
  return `${(number / 1e9).toFixed(2)} GB`;
}

function ago(seconds) {
  if (seconds < 0.5) return "now";
  if (seconds < 120) return `${Math.round(seconds)} s ago`;
  if (seconds < 7200) return `${Math.round(seconds / 60)} min ago`;
  if (seconds < 172800) return `${Math.round(seconds / 3600)} h ago`;
  return `${Math.round(seconds / 86400)} d ago`;
}

// 1, 2 or 5 times a power of ten, so that three or four of them reach the top.
function stepFor(most) {
  const rough = most / 3, power = 10 ** Math.floor(Math.log10(rough));
  return [1, 2, 5, 10].map((n) => n * power).find((step) => step >= rough);
}

function shape(name, attributes, text = "") {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.textContent = text;
  return made;
}

export class Chart {
  // names: of the lines, in the order of a point; more(point): what else the legend says of it.
  constructor(place, names, more = () => "") {
    this.lines = names.map((name, i) => ({ name, of: i + 1, look: LOOKS[i] }));
    this.more = more;
    this.series = { latest: [], all: [] };
    this.range = "latest";
    this.at = null;  // where the pointer is, of the width
    this.svg = shape("svg", { role: "img" });
    this.grid = shape("g", {});
    this.paths = this.lines.map(({ look }) => shape("path", { class: look }));
    this.cross = shape("line", { class: "cross", visibility: "hidden" });
    this.svg.append(this.grid, ...this.paths, this.cross);
    this.values = this.lines.map(() => element("b"));
    this.when = element("li");
    const legend = element("ul", { className: "legend" }, ...this.lines.map(({ name, look }, i) => {
      const mark = shape("svg", { "aria-hidden": "true" });
      mark.append(shape("line", { class: look, x1: 0, x2: 16, y1: 2, y2: 2 }));
      return element("li", {}, mark, `${name} `, this.values[i]);
    }), this.when);
    place.append(this.svg, legend);
    this.svg.addEventListener("pointermove", (event) => this.point(event.offsetX));
    this.svg.addEventListener("pointerleave", () => this.point(null));
    new ResizeObserver(() => this.draw()).observe(place);
  }

  begin(history) {
    this.series = history;
    this.draw();
  }

  add(point) {
    for (const points of Object.values(this.series)) points.push(point);
    if (this.series.latest.length > KEPT) this.series.latest.shift();
    this.draw();
  }

  show(range) {
    this.range = range;
    this.draw();
  }

  point(x) {
    this.at = x;
    this.draw();
  }

  draw() {
    const points = this.series[this.range], width = this.svg.clientWidth;
    if (points.length < 2 || !width) return;
    const first = points[0][0], last = points.at(-1)[0];
    const most = Math.max(1, ...points.map((point) => Math.max(...this.lines.map(({ of }) => point[of]))));
    const step = stepFor(most), top = step * Math.ceil(most / step);
    const x = (seconds) => LEFT + (width - LEFT - RIGHT) * (seconds - first) / (last - first || 1);
    const y = (value) => TOP + (HEIGHT - TOP - BOTTOM) * (1 - value / top);
    this.svg.setAttribute("viewBox", `0 0 ${width} ${HEIGHT}`);
    this.drawGrid(step, top, first, last, x, y);
    this.lines.forEach(({ of }, i) => {
      const line = points.map((point) => `${x(point[0]).toFixed(1)} ${y(point[of]).toFixed(1)}`);
      this.paths[i].setAttribute("d", `M${line.join("L")}`);
    });
    this.tell(points, first, last, width, x);
  }

  drawGrid(step, top, first, last, x, y) {
    const key = [step, top, Math.round(last - first), this.svg.clientWidth].join();
    if (key === this.gridKey) return;
    this.gridKey = key;
    const marks = [];
    for (let value = 0; value <= top; value += step) {
      marks.push(shape("line", { class: "grid", x1: LEFT, x2: x(last), y1: y(value), y2: y(value) }));
      marks.push(shape("text", { x: LEFT - 8, y: y(value) + 4, "text-anchor": "end" }, bytes(value)));
    }
    for (const part of [0, 0.5, 1]) {
      const seconds = first + (last - first) * part, anchor = ["start", "middle", "end"][part * 2];
      marks.push(shape("text", { x: x(seconds), y: HEIGHT - 5, "text-anchor": anchor }, ago(last - seconds)));
    }
    this.grid.replaceChildren(...marks);
  }

  // What the legend says: of now, or of where the pointer is.
  tell(points, first, last, width, x) {
    const part = this.at === null ? 1 : (this.at - LEFT) / (width - LEFT - RIGHT);
    const wanted = first + Math.min(1, Math.max(0, part)) * (last - first);
    const point = points.reduce((best, one) => Math.abs(one[0] - wanted) < Math.abs(best[0] - wanted) ? one : best);
    this.lines.forEach(({ of }, i) => { this.values[i].textContent = bytes(point[of]); });
    this.when.textContent = this.at === null ? "" : `${ago(last - point[0])}${this.more(point)}`;
    this.cross.setAttribute("visibility", this.at === null ? "hidden" : "visible");
    for (const [name, value] of Object.entries({ x1: x(point[0]), x2: x(point[0]), y1: TOP, y2: HEIGHT - BOTTOM })) this.cross.setAttribute(name, value);
    this.svg.setAttribute("aria-label", this.lines.map(({ name, of }) => `${name}: ${bytes(point[of])}`).join(", "));
  }
}
