// SPDX-License-Identifier: MIT
// A table that is told its rows again and again: it touches only what has changed, sorts by any
// column and filters. A cell is a text, or [text, number].

export const textOf = (figure) => Array.isArray(figure) ? figure[0] : figure;
const numberOf = (figure) => Array.isArray(figure) ? figure[1] : null;

// Numbers before texts.
function compare(a, b) {
  const one = numberOf(a), other = numberOf(b);
  if (one !== null && other !== null) return one - other;
  if (one !== null || other !== null) return one !== null ? -1 : 1;
  return textOf(a).localeCompare(textOf(b));
}

export function element(name, properties = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(properties)) {
    if (key in made) made[key] = value;
    else made.setAttribute(key, value);
  }
  made.append(...children);
  return made;
}

export class LiveTable {
  // key: of a row; orders: [{title, run(row)}], a button of each row; open: {column, run(text)},
  // whose cells are buttons; long: the column whose text may take several lines; look: a class.
  constructor(place, { key, empty, orders = [], open = {}, long = "", look = "" }) {
    Object.assign(this, { key, orders, open, long });
    this.head = element("tr");
    this.body = element("tbody");
    this.table = element("table", { className: look }, element("thead", {}, this.head), this.body);
    this.scroll = element("div", { className: "scroll", tabIndex: 0 }, this.table);
    this.empty = element("p", { className: "empty", textContent: empty });
    place.append(this.scroll, this.empty);
    this.place = place;
    this.rows = new Map();
    this.filter = "";
    this.sort = null;  // {column, down}
  }

  update(sheet) {
    this.sheet = sheet;
    this.render();
  }

  // Nobody sees what is hidden: it is made when it is shown.
  render() {
    if (!this.sheet || this.place.hidden) return;
    this.renderHead();
    const rows = this.chosen();
    this.scroll.hidden = rows.length === 0;
    this.empty.hidden = rows.length > 0;
    const focused = document.activeElement;
    this.renderRows(rows);
    if (focused !== document.activeElement && this.body.contains(focused)) focused.focus();
  }

  chosen() {
    const words = this.filter.toLowerCase();
    const rows = this.sheet.rows.filter((row) => !words || row.some((figure) => textOf(figure).toLowerCase().includes(words)));
    if (this.sort) {
      const { column, down } = this.sort;
      rows.sort((a, b) => down ? compare(b[column], a[column]) : compare(a[column], b[column]));
    }
    return rows;
  }

  renderHead() {
    const titles = this.sheet.columns.map((column) => column.title).join("|");
    if (titles !== this.titles) {
      this.titles = titles;
      this.head.replaceChildren(...this.sheet.columns.map((column, i) => this.title(column, i)));
      if (this.orders.length) this.head.append(element("th", { scope: "col", className: "orders-cell" }, element("span", { className: "unseen", textContent: "Orders" })));
      this.rows.clear();
      this.body.replaceChildren();
    }
    this.sheet.columns.forEach((column, i) => {
      const how = this.sort?.column !== i ? "none" : this.sort.down ? "descending" : "ascending";
      if (this.head.children[i].getAttribute("aria-sort") !== how) this.head.children[i].setAttribute("aria-sort", how);
    });
  }

  title(column, i) {
    const button = element("button", { type: "button", textContent: column.title });
    button.addEventListener("click", () => {
      const same = this.sort?.column === i;
      this.sort = same && this.sort.down !== column.right ? null : { column: i, down: same ? !this.sort.down : column.right };
      this.render();
    });
    return element("th", { scope: "col", className: this.classOf(column) }, button);
  }

  classOf(column) {
    return column.right ? "right" : column.title === this.long ? "long" : "";
  }

  renderRows(rows) {
    const wanted = new Map(rows.map((row) => [this.key(row), row]));
    for (const [key, { line }] of this.rows) {
      if (wanted.has(key)) continue;
      line.remove();
      this.rows.delete(key);
    }
    let next = this.body.firstElementChild;
    for (const [key, row] of wanted) {
      const known = this.rows.get(key) ?? this.newRow(key, row);
      known.row = row;
      row.forEach((figure, i) => this.fill(known.cells[i], textOf(figure)));
      if (known.line === next) next = next.nextElementSibling;
      else this.body.insertBefore(known.line, next);
    }
  }

  newRow(key, row) {
    const known = { row, line: element("tr"), cells: [] };
    for (const column of this.sheet.columns) {
      const cell = element("td", { className: this.classOf(column) });
      known.cells.push(cell);
      known.line.append(cell);
      if (column.title === this.open.column) known.opens = cell;
    }
    if (this.orders.length) known.line.append(this.buttons(known));
    this.rows.set(key, known);
    return known;
  }

  buttons(known) {
    const cell = element("td", { className: "orders-cell" });
    for (const { title, run } of this.orders) {
      const name = `${title} ${this.sheet.columns[0].title} ${textOf(known.row[0])}`;
      const button = element("button", { type: "button", textContent: title, "aria-label": name });
      button.addEventListener("click", () => run(known.row));
      cell.append(button);
    }
    return cell;
  }

  fill(cell, text) {
    if (cell.shown === text) return;
    cell.shown = text;
    const column = this.sheet.columns[cell.cellIndex];
    if (column.title === this.open.column && text !== "-") {
      const button = element("button", { type: "button", className: "name", textContent: text });
      button.addEventListener("click", () => this.open.run(text));
      cell.replaceChildren(button);
      return;
    }
    cell.textContent = text;
    if (!column.right) cell.title = text;
  }
}
