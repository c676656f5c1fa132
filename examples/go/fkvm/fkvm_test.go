// SPDX-License-Identifier: MIT

package fkvm

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"
)

var background = context.Background()

func open(t testing.TB, options Options) *VM {
	t.Helper()
	options.Script = "testdata/test.lua"
	vm, err := Open(options)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := vm.Close(); err != nil && err != ErrClosed {
			t.Error(err)
		}
	})
	return vm
}

func methods(name string, call Method) Options {
	return Options{Methods: map[string]Method{name: call}}
}

func expect(t *testing.T, err error, status Status, parts ...string) *Error {
	t.Helper()
	var failed *Error
	if !errors.As(err, &failed) || !errors.Is(err, status) {
		t.Fatalf("%v came instead of %v", err, status)
	}
	for _, part := range parts {
		if !strings.Contains(failed.Message, part) {
			t.Fatalf("expected %q in: %s", part, failed.Message)
		}
	}
	return failed
}

func TestOpensOnTheBackendChosen(t *testing.T) {
	stats, err := open(t, Options{}).Stats()
	if wanted := os.Getenv("FK_VM_BACKEND"); err != nil || wanted != "" && stats.Backend != wanted {
		t.Fatalf("%q came instead of %q: %v", stats.Backend, wanted, err)
	}
	if !stats.Alive || stats.Backend == "embedded" && stats.LimitedBy != "signal 63" {
		t.Fatalf("%+v", stats)
	}
}

func TestOpenFails(t *testing.T) {
	vm, err := Open(Options{Script: "testdata/nowhere.lua"})
	expect(t, err, OpenFailed, "nowhere.lua")
	if vm != nil {
		t.Fatal("a VM came with the error")
	}
	_, err = Open(Options{Script: "testdata/test.lua", Backend: "nowhere"})
	expect(t, err, NoBackend, "nowhere")
	_, err = Open(Options{Script: "a\x00b"})
	expect(t, err, Invalid, "NUL")
}

func TestAnErrorHasItsTraceback(t *testing.T) {
	vm := open(t, Options{})
	_, err := vm.Call(background, "digs")
	failed := expect(t, err, ScriptError, "test.lua:", "nil value")
	if failed.Method != "digs" || !failed.VMAlive ||
		!strings.Contains(failed.Traceback, "in function 'digs'") {
		t.Fatalf("%+v", failed)
	}
	_, err = vm.Call(background, "nowhere")
	expect(t, err, NoMethod, "nowhere")
	_, err = vm.Call(background, "a\x00b")
	expect(t, err, Invalid, "NUL")
	if sum, err := As[int64](vm.Call(background, "add", 1, 2)); err != nil || sum != 3 {
		t.Fatal(sum, err)
	}
}

func TestHostMethods(t *testing.T) {
	var seen *Request
	options := methods("draw", func(r *Request) (any, error) {
		seen = r
		return []string{"slash", "peach"}, nil
	})
	options.Methods["*"] = func(r *Request) (any, error) { return r.Method, nil }
	vm := open(t, options)
	same(t, call(t, vm, "ask", "draw", 2, nil, "x"), []any{"slash", "peach"})
	same(t, seen.Args, []any{int64(2), nil, "x"})
	if seen.Method != "draw" || seen.IsNotification || seen.VM != vm {
		t.Fatalf("%+v", seen)
	}
	same(t, call(t, vm, "ask", "anything"), "anything")
	if err := vm.Notify(background, "tell", "draw", 7); err != nil {
		t.Fatal(err)
	}
	call(t, vm, "echo") // behind the notification
	same(t, seen.Args, []any{int64(7)})
	same(t, seen.IsNotification, true)
}

func TestHostMethodsFail(t *testing.T) {
	options := methods("refuses", func(*Request) (any, error) {
		return nil, errors.New("no\x00t now")
	})
	options.Methods["own"] = func(*Request) (any, error) {
		return nil, fmt.Errorf("wrapped: %w", &Failure{-32042, "own code"})
	}
	options.Methods["panics"] = func(r *Request) (any, error) { return r.Args[3], nil }
	options.Methods["unfit"] = func(*Request) (any, error) {
		return map[string]any{"a": []any{1, func() {}}}, nil
	}
	vm := open(t, options)
	for method, wanted := range map[string]string{
		"refuses": "no", "own": "wrapped: own code (-32042)",
		"panics": "'panics' panicked: runtime error: index",
		"unfit":  "result.a[1]: a Go func() cannot cross",
	} {
		if said := call(t, vm, "try", method).(string); !strings.Contains(said, wanted) {
			t.Errorf("%s: expected %q in: %s", method, wanted, said)
		}
		_, err := vm.Call(background, "ask", method)
		expect(t, err, ScriptError)
	}
	if said := call(t, vm, "try", "panics").(string); !strings.Contains(said, "fkvm_test.go:") {
		t.Error(said)
	}
}

func TestHostMethodsCallTheirVM(t *testing.T) {
	deepest := 0
	vm := open(t, methods("down", func(r *Request) (any, error) {
		level := int(r.Args[0].(int64))
		if level == 0 {
			return "bottom", nil
		}
		deepest++
		below, err := As[string](r.VM.Call(r.Context(), "ask", "down", level-1))
		return fmt.Sprint(level, " ", below), err
	}))
	same(t, call(t, vm, "ask", "down", 5), "5 4 3 2 1 bottom")
	same(t, deepest, 5)
	_, err := vm.Call(background, "ask", "down", 1000)
	expect(t, err, ScriptError, "max_nesting")
}

func TestHostMethodCannotClose(t *testing.T) {
	vm := open(t, methods("close", func(r *Request) (any, error) { return nil, r.VM.Close() }))
	_, err := vm.Call(background, "ask", "close")
	expect(t, err, ScriptError, "cannot close its own VM")
	call(t, vm, "echo")
}

func TestOutput(t *testing.T) {
	var lines []string
	vm := open(t, Options{Output: func(level Level, line string) {
		if line == "panic" {
			panic("in output")
		}
		lines = append(lines, fmt.Sprint(int(level), line))
	}})
	call(t, vm, "say", "one\x00 \xff")
	call(t, vm, "say", "panic")
	call(t, vm, "say", "two")
	same(t, lines, []string{"0one\x00 \xff", "0two"})
}

func TestManyAnswersOfOneCall(t *testing.T) {
	big := strings.Repeat("x", 100_000)
	vm := open(t, methods("big", func(*Request) (any, error) { return big, nil }))
	for i := 0; i < 20; i++ {
		same(t, call(t, vm, "ask", "big"), big)
	}
	if held := vm.arena.held(); held > 2*keptBytes {
		t.Fatalf("the arena holds %d bytes", held)
	}
}

func TestClosed(t *testing.T) {
	vm := open(t, Options{})
	if err := vm.Close(); err != nil {
		t.Fatal(err)
	}
	_, err := vm.Call(background, "echo")
	_, statsErr := vm.Stats()
	polled, notified := vm.Poll(background), vm.Notify(background, "echo")
	for _, err := range []error{err, statsErr, polled, notified, vm.Close()} {
		if err != ErrClosed {
			t.Errorf("%v came instead of ErrClosed", err)
		}
	}
	vm.Interrupt()
}
