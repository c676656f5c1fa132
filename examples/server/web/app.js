// SPDX-License-Identifier: MIT
// The page for operators: it hears the state of the server as events, shows it, and gives orders.
// All that comes from scripts and players is set as text.
import { Chart } from "./chart.js";
import { LiveTable, element, textOf } from "./table.js";

const SILENCE = 4000, AGAIN = 1000, RECORDS = 500, HISTORY = 300000;  // ms; ms; lines; ms
const FACTS = [
  ["rooms", "Rooms"], ["players", "Players"], ["clients", "Clients"], ["vms", "VMs"], ["threads", "Threads"],
  ["resident", "Server"], ["ended", "Rooms ended"], ["lost", "Rooms lost"], ["deaths", "Restarts"], ["uptime", "Up"], ["pool", "Pool"], ["version", "Version"],
];

const at = (id) => document.getElementById(id);
const byFirst = (row) => textOf(row[0]);

// ---- notices and questions ----------------------------------------------------------------------

function notice(text, bad = false) {
  const line = element("p", { textContent: text, className: bad ? "bad" : "" });
  at("notices").append(line);
  while (at("notices").children.length > 4) at("notices").firstElementChild.remove();
  setTimeout(() => line.remove(), bad ? 12000 : 6000);
}

function ask(question, yes) {
  const dialog = at("question");
  at("question-text").textContent = question;
  at("question-yes").textContent = yes;
  dialog.returnValue = "no";
  dialog.showModal();
  return new Promise((resolve) => dialog.addEventListener("close", () => resolve(dialog.returnValue === "yes"), { once: true }));
}

async function get(path) {
  const response = await fetch(path);
  if (response.status === 401) location.reload();
  if (!response.ok) throw new Error((await response.text()).trim());
  return response.json();
}

async function order(line, question, yes) {
  if (!await ask(question, yes)) return;
  try {
    const response = await fetch("/api/order", { method: "POST", body: line });
    if (response.status === 401) location.reload();
    notice((await response.text()).trim(), !response.ok);
  } catch {
    notice("The server does not answer", true);
  }
}

// ---- a report -----------------------------------------------------------------------------------

const shown = (value) => typeof value === "string" ? value : JSON.stringify(value);

function fact(title, value) {
  return element("div", {}, element("dt", { textContent: title }), element("dd", { textContent: value, title: value }));
}

function part(title, text) {
  return [element("h3", { textContent: title }), element("pre", { textContent: text, tabIndex: 0 })];
}

async function openReport(name) {
  try {
    const { report, messages } = await get(`/api/report/${name}`);
    const { error, stats } = report;
    at("report-title").textContent = name;
    at("report-body").replaceChildren(
      element("dl", { className: "facts" }, fact("Status", error.status), fact("Death", error.death), fact("Backend", report.backend),
        fact("Process", String(report.pid || "-")), fact("Calls", String(stats.calls)), fact("The VM", error.vm_alive ? "lives on" : "died")),
      ...part("What it says", shown(error.message)),
      ...(error.traceback ? part("Traceback", shown(error.traceback)) : []),
      ...part(`The last ${messages.length} messages`, messages.join("\n")));
    at("report").showModal();
    const last = at("report-body").lastElementChild;  // the newest message is below
    last.scrollTop = last.scrollHeight;
  } catch (problem) {
    notice(`The report ${name}: ${problem.message}`, true);
  }
}

// ---- the log ------------------------------------------------------------------------------------

class Log {
  constructor(place) {
    this.list = element("ol", { className: "log" });
    this.scroll = element("div", { className: "scroll", tabIndex: 0 }, this.list);
    this.place = place;
    this.filter = "";
    this.last = 0;
    place.append(this.scroll);
  }

  // Newest first. After a reconnect the server tells again what it knows.
  add(records) {
    for (const record of records) {
      if (record.number <= this.last) continue;
      this.last = record.number;
      const line = element("li", { className: record.level }, element("time", { textContent: record.time }),
        element("span", { className: "level", textContent: record.level }), record.text);
      line.hidden = !this.matches(line);
      this.list.prepend(line);
    }
    while (this.list.children.length > RECORDS) this.list.lastElementChild.remove();
  }

  matches(line) { return line.textContent.toLowerCase().includes(this.filter.toLowerCase()); }

  forget() {
    this.last = 0;
    this.list.replaceChildren();
  }

  render() {
    for (const line of this.list.children) line.hidden = !this.matches(line);
  }
}

// ---- tabs ---------------------------------------------------------------------------------------

const views = {};  // name: {tab, panel, count, view}

function addView(name, title, make) {
  const count = element("span", { className: "count" });
  const tab = element("button", { type: "button", id: `tab-${name}`, role: "tab", "aria-controls": `panel-${name}` }, title, count);
  const panel = element("div", { id: `panel-${name}`, role: "tabpanel", "aria-labelledby": `tab-${name}`, hidden: true });
  at("tabs").append(tab);
  at("panels").append(panel);
  views[name] = { tab, panel, count, view: make(panel) };
  tab.addEventListener("click", () => choose(name));
}

function choose(name) {
  for (const [other, { tab, panel, view }] of Object.entries(views)) {
    const chosen = other === name;
    tab.setAttribute("aria-selected", chosen);
    tab.tabIndex = chosen ? 0 : -1;
    panel.hidden = !chosen;
    if (!chosen) continue;
    view.filter = at("filter").value;
    view.render();
  }
}

function chosen() { return Object.keys(views).find((name) => !views[name].panel.hidden); }

at("tabs").addEventListener("keydown", (event) => {
  const names = Object.keys(views), now = names.indexOf(chosen());
  const next = { ArrowRight: now + 1, ArrowLeft: now - 1, Home: 0, End: names.length - 1 }[event.key];
  if (next === undefined) return;
  const name = names[(next + names.length) % names.length];
  choose(name);
  views[name].tab.focus();
  event.preventDefault();
});
at("filter").addEventListener("input", () => choose(chosen()));

addView("vms", "VMs", (panel) => new LiveTable(panel, {
  key: byFirst, empty: "No VM.", open: { column: "VM", run: openVm }, orders: [
    { title: "Interrupt", run: (row) => order(`interrupt ${textOf(row[0])}`, `End what the script of VM ${textOf(row[0])} does now? It gets an error there; the VM goes on.`, "Interrupt") },
    { title: "Kill", run: (row) => order(`end-vm ${textOf(row[0])}`, `Kill VM ${textOf(row[0])}? Its rooms are lost: ${textOf(row[2])}.`, "Kill the VM") },
  ],
}));
addView("rooms", "Rooms", (panel) => new LiveTable(panel, {
  key: byFirst, empty: "No room.", orders: [
    { title: "Close", run: (row) => order(`close-room ${textOf(row[0])}`, `Close room ${textOf(row[0])}? Its players go back to the lobby.`, "Close the room") },
    { title: "Kill VM", run: (row) => order(`kill-room ${textOf(row[0])}`, `Kill the VM of room ${textOf(row[0])}? All rooms of this VM are lost.`, "Kill the VM") },
  ],
}));
addView("players", "Players", (panel) => new LiveTable(panel, {
  key: byFirst, empty: "Nobody is here.",
  orders: [{ title: "Kick", run: (row) => order(`kick ${textOf(row[0])}`, `End the connection of ${textOf(row[1])}? The computer takes the seat.`, "Kick") }],
}));
addView("threads", "Threads", (panel) => new LiveTable(panel, { key: byFirst, empty: "No thread." }));
addView("deaths", "Deaths", (panel) => new LiveTable(panel, {
  key: (row) => row.map(textOf).join("|"), empty: "No VM has died.", look: "deaths", long: "cause", open: { column: "report", run: openReport },
}));
addView("log", "Log", (panel) => new Log(panel));
choose("vms");

// ---- the state ----------------------------------------------------------------------------------

const chart = new Chart(at("chart"), ["Lua of all VMs", "children, resident", "server, resident"], (point) => `: ${point[4]} VMs, ${point[5]} rooms`);
const chartOfVm = new Chart(at("vm-chart"), ["Lua", "resident"]);
const memory = new Map();  // of each VM, since the page was opened: [seconds, Lua, resident]
let shownVm = null;
const facts = new Map(FACTS.map(([name, title]) => {
  const made = fact(title, "");
  made.dataset.fact = name;
  at("facts").append(made);
  return [name, made];
}));
let knownDeaths = null;

function set(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

function showFacts(state) {
  const told = { ...state.facts, vms: String(state.vms.rows.length), threads: String(state.threads.rows.length) };
  for (const [name, place] of facts) {
    const text = textOf(told[name]);
    set(place.lastElementChild, text);
    place.classList.toggle("bad", name === "pool" ? text !== "running" : ["lost", "deaths"].includes(name) && text !== "0");
  }
  set(at("place"), `${textOf(told.place)}, fkvm ${state.server}`);
  set(at("budget"), textOf(told.budget ?? ""));
  set(at("problem"), textOf(told.problem ?? ""));
  at("problem").hidden = !told.problem;
}

function tellDeaths(sheet) {
  const { key } = views.deaths.view;
  const now = new Set(sheet.rows.map(key));
  if (knownDeaths) {
    for (const row of sheet.rows) {
      if (!knownDeaths.has(key(row)) && textOf(row[1]) !== "-") notice(`VM ${textOf(row[1])} died: ${textOf(row[5])}`, true);
    }
  }
  knownDeaths = now;
}

function keepMemory({ columns, rows }, seconds) {
  const place = Object.fromEntries(columns.map((column, i) => [column.title, i]));
  const gone = new Set(memory.keys());
  for (const row of rows) {
    const vm = textOf(row[place.VM]), points = memory.get(vm) ?? [];
    points.push([seconds, row[place.memory][1], row[place.resident][1]]);
    if (points.length > 600) points.shift();
    memory.set(vm, points);
    gone.delete(vm);
  }
  for (const vm of gone) if (vm !== shownVm) memory.delete(vm);
  if (shownVm) chartOfVm.draw();
}

function openVm(vm) {
  shownVm = vm;
  at("vm-title").textContent = `Memory of VM ${vm}`;
  at("vm").hidden = false;
  chartOfVm.begin({ latest: memory.get(vm) ?? [], all: [] });
  at("vm").scrollIntoView({ block: "nearest" });
}

at("vm-close").addEventListener("click", () => {
  shownVm = null;
  at("vm").hidden = true;
});

function show(state) {
  showFacts(state);
  chart.add(state.point);
  keepMemory(state.vms, state.point[0]);
  for (const name of ["vms", "rooms", "players", "threads", "deaths"]) {
    set(views[name].count, String(state[name].rows.length));
    views[name].view.update(state[name]);
  }
  tellDeaths(state.deaths);
}

for (const range of ["latest", "all"]) {
  at(range).addEventListener("click", () => {
    for (const other of ["latest", "all"]) at(other).setAttribute("aria-pressed", other === range);
    chart.show(range);
  });
}
at("drain").addEventListener("click", () => order("reload",
  "Open new VMs with the scripts of now for new rooms? The old VMs take no more rooms and end with their last one.", "Drain and reload"));

// ---- the connection -----------------------------------------------------------------------------

let source, silence, start;

function setLink(state, text) {
  if (at("link").dataset.state === state) return;
  at("link").dataset.state = state;
  at("link-text").textContent = text;
  document.body.classList.toggle("lost", state === "lost");
}

function lost() {
  clearTimeout(silence);
  source.close();
  setLink("lost", "connection lost, trying again");
  setTimeout(connect, AGAIN);
}

function heard() {
  clearTimeout(silence);
  silence = setTimeout(lost, SILENCE);
}

async function loadHistory() {
  chart.begin(await get("/api/history"));
}

// Another server has another start: what is known of the last one is forgotten.
function noticeStart(state) {
  const begun = Date.now() / 1000 - state.facts.uptime[1];
  if (start !== undefined && Math.abs(begun - start) > 5) {
    views.log.view.forget();
    memory.clear();
    shownVm = null;
    at("vm").hidden = true;
    knownDeaths = null;
  }
  start = begun;
}

async function connect() {
  try {
    await loadHistory();
  } catch {
    setLink("lost", "connection lost, trying again");
    setTimeout(connect, AGAIN);
    return;
  }
  source = new EventSource("/api/events");
  heard();
  source.addEventListener("error", lost, { once: true });
  source.addEventListener("state", (event) => {
    heard();
    const state = JSON.parse(event.data);
    noticeStart(state);
    show(state);
    setLink("live", "live");
  });
  source.addEventListener("log", (event) => views.log.view.add(JSON.parse(event.data)));
}

setInterval(() => loadHistory().catch(() => {}), HISTORY);
connect();
