// SPDX-License-Identifier: MIT
// What docs/node.md shows.
import { fileURLToPath } from 'node:url';
import { open } from 'fkvm';

const vm = open({
  backend: 'process',
  command: [process.execPath, fileURLToPath(new URL('cards.mjs', import.meta.url))],
  methods: { price: (card) => card.length },
  output: (text, level) => console.log(`${level}: ${text}`),
});
console.log(vm.call('total', ['peach', 'sword']).sum);
vm.close();
