// SPDX-License-Identifier: MIT
// What docs/node.md shows.
import { fileURLToPath } from 'node:url';
import { ScriptError, open } from 'fkvm';

const prices = { peach: 3, sword: 20 };

const vm = open({
  script: fileURLToPath(new URL('program.lua', import.meta.url)),
  callTimeout: 2000,
  methods: {
    price(card) {
      if (card in prices) return prices[card];
      throw new RangeError(`there is no card '${card}'`);
    },
  },
  output: (text, level) => console.log(`${level}: ${text}`),
});

const { sum, mean } = vm.call('total', ['peach', 'sword']);
console.log(`sum ${sum}, mean ${mean}`);
console.log((await vm.callAsync('total', ['peach', 'peach', 'peach'])).sum);

try {
  vm.call('total', ['peach', 'dragon']);
} catch (error) { // the VM lives and can be called again
  console.log(error instanceof ScriptError, error.vmAlive, error.cause.message);
}

vm.close();
