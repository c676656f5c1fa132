// SPDX-License-Identifier: MIT
// Leaves a VM open: the process ends by itself. With `ref` it waits for a notification first, and
// for a timer that keeps nothing alive. With `tidy` it waits until the VM is tidy, and longer.
import { open } from 'fkvm';
import { script } from './support.mjs';

const vm = open({ script, methods: { told: () => {
  console.log('told');
  vm.unref();
} } });
console.log('open');
if (process.argv[2] === 'ref') {
  vm.ref();
  setTimeout(() => vm.notify('tell'), 20).unref();
}
if (process.argv[2] === 'tidy') {
  vm.ref();
  const look = () => {
    if (vm.stats().wantsPoll) setTimeout(look, 5).unref();
    else setTimeout(() => { console.log('tidy'); vm.unref(); }, 300).unref();
  };
  look();
}
