// SPDX-License-Identifier: MIT

package fkvm

import (
	"math"
	"reflect"
	"strings"
	"testing"
)

func call(t *testing.T, vm *VM, method string, args ...any) any {
	t.Helper()
	result, err := vm.Call(background, method, args...)
	if err != nil {
		t.Fatal(err)
	}
	return result
}

func same(t *testing.T, got, wanted any) {
	t.Helper()
	if !reflect.DeepEqual(got, wanted) {
		t.Fatalf("%#v came instead of %#v", got, wanted)
	}
}

func TestValuesCross(t *testing.T) {
	vm := open(t, Options{})
	for _, value := range []any{
		nil, true, false, int64(0), int64(math.MaxInt64), int64(math.MinInt64), 3.0, -1.5, math.Inf(-1),
		"", "text", "any \x00 bytes \xff", []any{}, map[string]any{},
		[]any{int64(1), nil, []any{"x"}, map[string]any{"hp": int64(3), "names": []any{"张飞"}}},
		strings.Repeat("long", 50_000),
	} {
		same(t, call(t, vm, "echo", value), value)
	}
	if minus := call(t, vm, "echo", math.Copysign(0, -1)).(float64); !math.Signbit(minus) {
		t.Error("-0.0 has lost its sign")
	}
	if nan := call(t, vm, "echo", math.NaN()).(float64); !math.IsNaN(nan) {
		t.Error(nan)
	}
}

func TestKindsOfGo(t *testing.T) {
	type seat uint8
	type names []string
	vm := open(t, Options{})
	for _, pair := range [][2]any{
		{int8(-3), int64(-3)}, {uint64(7), int64(7)}, {seat(2), int64(2)}, {float32(1.5), 1.5},
		{[]byte("raw\xfe"), "raw\xfe"}, {names{"a", "b"}, []any{"a", "b"}},
		{[2]int{1, 2}, []any{int64(1), int64(2)}},
		{map[string]int{"hp": 3}, map[string]any{"hp": int64(3)}}, {[]any{[]byte{}}, []any{""}},
	} {
		same(t, call(t, vm, "echo", pair[0]), pair[1])
	}
	same(t, call(t, vm, "kind", 3), "integer")
	same(t, call(t, vm, "kind", 3.0), "float")
	same(t, call(t, vm, "kind", nil), "nil")
}

func TestMisfits(t *testing.T) {
	vm := open(t, Options{})
	cycle := []any{1}
	cycle[0] = cycle
	for part, value := range map[string]any{
		"params[1].cards[1]: a Go chan int cannot cross": map[string][]any{"cards": {1, make(chan int)}},
		"params[1]: 18446744073709551615 is no integer":  uint64(math.MaxUint64),
		"128 arrays and objects":                         cycle,
		"a Go map[int]int cannot cross":                  map[int]int{1: 1},
		"params[1]":                                      map[string]any{"not\xffutf8": 1},
	} {
		_, err := vm.Call(background, "echo", 0, value)
		if failed := expect(t, err, BadValue, part); !failed.VMAlive || failed.Method != "echo" {
			t.Errorf("%+v", failed)
		}
	}
	_, err := As[string](vm.Call(background, "add", 1, 2))
	expect(t, err, BadValue, "the result is int64, not string")
	_, err = As[string](vm.Call(background, "fails", "why"))
	expect(t, err, ScriptError, "why")
}
