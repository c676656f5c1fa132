// SPDX-License-Identifier: MIT
// Values, both ways.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BadValueError, Float } from 'fkvm';
import { opened, thrown } from './support.mjs';

const same = {
  null: null,
  booleans: [true, false],
  integers: [0, 1, -1, 2 ** 53 - 1, -(2 ** 53 - 1)],
  bigintegers: [2n ** 53n, -(2n ** 53n), 2n ** 63n - 1n, -(2n ** 63n)],
  floats: [0.1, -0, 5e-324, 1.7976931348623157e308, 2 ** 53, 1e21, Infinity, -Infinity, NaN],
  texts: ['', 'abc', '"\\\n\u2028', '关羽', '😀', '$int', '{"$int":"1"}'],
  bytes: [Buffer.from([255, 0]), Buffer.from([0]), Buffer.from([0x80])],
  arrays: [[], [[]], [1, [2, [3]]], [null, 1]],
  objects: [{}, { a: { b: {} } }, { '': 1 }, { $int: '5' }, { $bytes: 1, x: 2 }, { $object: {} }],
};

for (const [name, value] of Object.entries(same)) {
  test(`${name} come back as they were`, (t) => {
    const vm = opened(t);
    assert.deepStrictEqual(vm.call('echo', value), value);
    const host = opened(t, { methods: { swap: (given) => given } });
    assert.deepStrictEqual(host.call('ask', 'swap', value), value);
  });
}

test('a number is an integer or a float as it looks, a Float is a float', (t) => {
  const vm = opened(t);
  for (const value of [3, 3n, -5, 2n ** 63n - 1n])
    assert.equal(vm.call('kind', value), 'integer');
  for (const value of [3.5, new Float(3), -0, NaN, Infinity, 2 ** 53, 1e21])
    assert.equal(vm.call('kind', value), 'float');
  assert.equal(vm.call('kind', true), 'boolean');
});

test('a small bigint comes back as a number', (t) => {
  assert.equal(opened(t).call('echo', 7n), 7);
});

test('exactFloats tells 3.0 from 3', (t) => {
  const whole = (options) => opened(t, options).call('whole');
  assert.deepStrictEqual(whole({}), [3, 3, -0, 1e300, '3.0', { $float: '3.0' }]);
  assert.deepStrictEqual(whole({ exactFloats: true }),
    [3, new Float(3), new Float(-0), new Float(1e300), '3.0', { $float: '3.0' }]);
  const vm = opened(t, { exactFloats: true });
  assert.equal(vm.call('kind', vm.call('echo', new Float(3))), 'float');
  assert.deepStrictEqual(vm.call('echo', { 'a"1.0': ['\\', 2.5, 'x"\\"1.0'], n: 1 }),
                         { 'a"1.0': ['\\', 2.5, 'x"\\"1.0'], n: 1 });
});

test('undefined is null among parameters, and no member', (t) => {
  const vm = opened(t);
  assert.equal(vm.call('count', 1, undefined, null), 3);
  assert.deepStrictEqual(vm.call('echo', { a: undefined, b: [undefined] }), { b: [null] });
  assert.equal(vm.call('echo'), null);
});

test('bytes are taken from any view of bytes, and a text with NUL comes as bytes', (t) => {
  const vm = opened(t);
  const bytes = Uint8Array.of(9, 255, 0, 9);
  assert.deepStrictEqual(vm.call('echo', bytes.subarray(1, 3)), Buffer.from([255, 0]));
  assert.deepStrictEqual(vm.call('echo', bytes.buffer), Buffer.from(bytes));
  assert.equal(vm.call('echo', Buffer.from('text')), 'text');
  assert.deepStrictEqual(vm.call('echo', 'a\0b'), Buffer.from('a\0b'));
  assert.deepStrictEqual(vm.call('bytes'), Buffer.from([255, 0]));
});

test('__proto__ is a name like any other', (t) => {
  const value = JSON.parse('{"__proto__": {"$int": "9223372036854775807"}, "x": [{"$x": 1}]}');
  const back = opened(t).call('echo', JSON.parse('{"__proto__": [1], "x": [{"$x": 1}]}'));
  assert.deepStrictEqual(Object.keys(back).sort(), Object.keys(value));
  assert.equal(Object.getPrototypeOf(back), Object.prototype);
});

const refused = [
  [() => {}, 'params[0]: a function cannot cross'],
  [Symbol('s'), 'params[0]: a symbol cannot cross'],
  [{ cards: [1, { of: new Map() }] }, 'params[0].cards[1].of: a Map cannot cross'],
  [new Date(), 'params[0]: a Date cannot cross'],
  [new Float64Array(1), 'params[0]: a Float64Array cannot cross'],
  [[Promise.resolve()], 'params[0][0]: a Promise cannot cross'],
  [[2n ** 63n], 'params[0][0]: the integer 9223372036854775808 has more than 64 bits'],
  ['\ud83d', 'params[0]: the string has half a surrogate pair'],
];
for (const [value, why] of refused) {
  test(`refused: ${why}`, (t) => {
    const error = thrown(() => opened(t).call('echo', value));
    assert.ok(error instanceof BadValueError && error.vmAlive);
    assert.equal(error.message.slice(0, why.length), why);
  });
}

test('a value that contains itself is refused', (t) => {
  const value = [];
  value.push(value);
  assert.match(thrown(() => opened(t).call('echo', value)).message, /deeper than 128/);
});

test('long strings', (t) => {
  const vm = opened(t, { exactFloats: true });
  const text = 'x"\\'.repeat(1 << 20);
  assert.equal(vm.call('echo', text), text);
});
