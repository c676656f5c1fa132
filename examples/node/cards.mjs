// SPDX-License-Identifier: MIT
// What docs/node.md shows.
import { call, serve } from 'fkvm/child';

serve({
  async total(cards) {
    let sum = 0;
    for (const card of cards) sum += await call('price', card);
    console.log(`${cards.length} cards`);
    return { sum, mean: sum / cards.length };
  },
});
