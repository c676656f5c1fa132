// SPDX-License-Identifier: MIT
// What bindings/node costs over the C API: add(1, 2) through both, round by round in turn, on the
// backend that FK_VM_BACKEND names. Then the time until an idle server knows of a child's
// notification, and of its death.
//
// usage: node bench_node.mjs LIBRARY_OF_BENCH_NODE_C [ROUNDS] [MOST]
// Fails if the median of the ratios is above MOST.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { backends, open } from 'fkvm';
import koffi from 'koffi';

const [library, rounds = 50, most = Infinity] = process.argv.slice(2);
const callsOfRound = 2000;
const folder = mkdtempSync(join(tmpdir(), 'fkvm-bench-'));
const script = join(folder, 'bench.lua');
writeFileSync(script, 'function add(a, b) return a + b end\n' +
                      'function tell() fk.notify("told") end\n');

const lib = koffi.load(library);
const addInC = lib.func('int bench_add(int)');
if (lib.func('int bench_open(str)')(script)) throw new Error('the VM of the C half did not open');

const median = (numbers) => [...numbers].sort((a, b) => a - b)[numbers.length >> 1];

// Nanoseconds of the processor, all threads together: others may use the machine too.
function cost(body) {
  const from = process.cpuUsage();
  body();
  const { user, system } = process.cpuUsage(from);
  return (1000 * (user + system)) / callsOfRound;
}

function compareCalls() {
  const vm = open({ script });
  const inNode = () => { for (let i = 0; i < callsOfRound; i++) vm.call('add', 1, 2); };
  const inC = () => { if (addInC(callsOfRound)) throw new Error('a call failed'); };
  const times = [];
  for (let i = 0; i < Number(rounds); i++) times.push({ c: cost(inC), node: cost(inNode) });
  const { backend } = vm.stats();
  vm.close();
  const ratio = median(times.map(({ c, node }) => node / c));
  const typical = (side) => Math.round(median(times.map((time) => time[side])));
  console.log(`add(1, 2), ${backend}: C ${typical('c')} ns, Node ${typical('node')} ns of CPU, ` +
              `median of the ratios ${ratio.toFixed(1)}`);
  return ratio;
}

// Milliseconds from notify() until the child's own notification has come, with nobody polling.
async function compareWatch() {
  let told, died;
  const death = new Promise((resolve) => { died = resolve; });
  const vm = open({ script, backend: 'process', methods: { told: () => told() }, died });
  vm.ref();
  const times = [];
  for (let i = 0; i < 200; i++) {
    const from = performance.now();
    await new Promise((resolve) => {
      told = resolve;
      vm.notify('tell');
    });
    times.push(performance.now() - from);
  }
  const from = performance.now();
  process.kill(vm.stats().pid, 'SIGKILL');
  await death;
  console.log(`a child's notification: median ${(median(times) * 1000).toFixed(0)} us there and ` +
              `back; its death is seen after ${((performance.now() - from) * 1000).toFixed(0)} us`);
  try { vm.close(); } catch { /* it died */ }
}

try {
  const ratio = compareCalls();
  if (backends().some(({ name, available }) => name === 'process' && available))
    await compareWatch();
  if (ratio > Number(most)) {
    console.error(`a call takes ${ratio.toFixed(1)} times that of C, more than ${most}`);
    process.exitCode = 1;
  }
} finally {
  rmSync(folder, { recursive: true });
}
