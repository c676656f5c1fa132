// SPDX-License-Identifier: MIT
// What the types of bindings/node must take, and what they must refuse.
import { Float, FkvmError, ScriptError, open, openAsync, type Options, type Stats } from 'fkvm';
import { call, serve, signal } from 'fkvm/child';

const options: Options = {
  script: 'game.lua',
  callTimeout: Infinity,
  environment: { NAME: 'value' },
  methods: { add: (a: number, b: number) => a + b },
  output: (text, level) => { if (level === 'print') console.log(text.length); },
  died: (error) => { const status: string = error.status; },
};

{
  using vm = open(options);
  const sum: number = vm.call<number>('add', 1, new Float(2), 3n, Buffer.of(1), { a: [null] });
  const stats: Stats = vm.stats();
  const calls: number = stats.methods.add.calls;
}

const vm = await openAsync(options);
const text: string = await vm.ref().unref().callAsync<string>('name');
try {
  vm.notify('fail');
} catch (error) {
  if (error instanceof ScriptError) {
    const known: FkvmError = error;
    const traceback: string | undefined = known.traceback;
  }
}
await vm.closeAsync();

serve({ add: async (a: number) => call<number>('twice', a) }, { close() { signal()?.aborted; } });

// @ts-expect-error: no such option
open({ scrip: 'game.lua' });
// @ts-expect-error: a method is a string
vm.call(3);
// @ts-expect-error: no such status
if (new FkvmError().status === 'FAILED') open();
