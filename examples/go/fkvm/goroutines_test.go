// SPDX-License-Identifier: MIT

package fkvm

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"sync"
	"testing"
	"time"
)

// Half of 4,000 calls fail, each with words of its own, and goroutines change threads meanwhile.
func TestNoGoroutineSeesTheErrorOfAnother(t *testing.T) {
	vms := []*VM{open(t, Options{}), open(t, Options{})}
	var all sync.WaitGroup
	for i := 0; i < 4000; i++ {
		all.Add(1)
		go func(i int) {
			defer all.Done()
			wanted := fmt.Sprint("words of ", i)
			method := []string{"echo", "fails"}[i%2]
			result, err := vms[i/2%2].Call(background, method, wanted)
			runtime.Gosched()
			if i%2 == 0 && (err != nil || result != wanted) {
				t.Errorf("call %d gave %v, %v", i, result, err)
			}
			if i%2 == 1 && (err == nil || err.Error() != wanted || !errors.Is(err, ScriptError)) {
				t.Errorf("call %d failed with %v", i, err)
			}
		}(i)
	}
	all.Wait()
}

func spinner(t *testing.T) (vm *VM, started chan bool) {
	started = make(chan bool, 1)
	return open(t, methods("started", func(*Request) (any, error) {
		started <- true
		return nil, nil
	})), started
}

func alive(t *testing.T, vm *VM) {
	t.Helper()
	if sum, err := vm.Call(background, "add", 1, 2); sum != int64(3) {
		t.Fatal(sum, err)
	}
}

func TestAContextEndsItsCall(t *testing.T) {
	vm, started := spinner(t)
	ctx, cancel := context.WithCancel(background)
	go func() {
		<-started
		cancel()
	}()
	_, err := vm.Call(ctx, "starts_to_spin")
	expect(t, err, Interrupted)
	if !errors.Is(err, context.Canceled) {
		t.Fatal(err)
	}
	alive(t, vm)
	if _, err := vm.Call(ctx, "echo"); err != context.Canceled {
		t.Fatal(err)
	}
}

func TestADeadlineEndsItsCall(t *testing.T) {
	vm := open(t, Options{})
	ctx, cancel := context.WithTimeout(background, time.Millisecond)
	defer cancel()
	_, err := vm.Call(ctx, "spins")
	if !errors.Is(err, context.DeadlineExceeded) {
		t.Fatal(err)
	}
	alive(t, vm)
}

func TestALimitEndsACall(t *testing.T) {
	vm := open(t, Options{CallTimeout: 20 * time.Millisecond})
	_, err := vm.Call(background, "spins")
	expect(t, err, Timeout, "20 ms (call_timeout)")
	alive(t, vm)
}

// The context of a call that waits for its turn must not end the call at work.
func TestAContextEndsNoOtherCall(t *testing.T) {
	entered, release := make(chan bool), make(chan bool)
	vm := open(t, methods("wait", func(*Request) (any, error) {
		entered <- true
		<-release
		return "undisturbed", nil
	}))
	done := make(chan error)
	go func() {
		result, err := vm.Call(background, "ask", "wait")
		if err == nil && result != "undisturbed" {
			err = fmt.Errorf("%v came", result)
		}
		done <- err
	}()
	<-entered
	ctx, cancel := context.WithTimeout(background, time.Millisecond)
	defer cancel()
	if _, err := vm.Call(ctx, "echo"); err != context.DeadlineExceeded {
		t.Fatal(err)
	}
	close(release)
	if err := <-done; err != nil {
		t.Fatal(err)
	}
}

// Contexts that end while their call does: no interrupt may meet the call behind it.
func TestALateContextEndsNoLaterCall(t *testing.T) {
	vm := open(t, Options{})
	for i := 0; i < 500; i++ {
		ctx, cancel := context.WithCancel(background)
		go cancel()
		if _, err := vm.Call(ctx, "echo"); err != nil && !errors.Is(err, context.Canceled) {
			t.Fatal(err)
		}
		alive(t, vm)
	}
}

func TestInterrupt(t *testing.T) {
	vm, started := spinner(t)
	go func() {
		<-started
		vm.Interrupt()
	}()
	_, err := vm.Call(background, "starts_to_spin")
	if failed := expect(t, err, Interrupted); failed.Unwrap() != nil {
		t.Fatal(failed.Unwrap())
	}
	alive(t, vm)
}

func TestCloseEndsCalls(t *testing.T) {
	vm, started := spinner(t)
	waiting := make(chan error)
	go func() {
		_, err := vm.Call(background, "starts_to_spin")
		waiting <- err
	}()
	<-started
	for i := 0; i < 3; i++ {
		go func() {
			_, err := vm.Call(background, "spins")
			waiting <- err
		}()
	}
	if err := vm.Close(); err != nil {
		t.Fatal(err)
	}
	for i := 0; i < 4; i++ {
		if err := <-waiting; err != ErrClosed && !errors.Is(err, Interrupted) {
			t.Error(err)
		}
	}
}
