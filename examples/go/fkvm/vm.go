// SPDX-License-Identifier: MIT

// Package fkvm runs Lua in VMs, embedded in this process or in a child: FK_VM_BACKEND decides.
//
//	vm, err := fkvm.Open(fkvm.Options{Script: "game.lua"})
//	sum, err := fkvm.As[int64](vm.Call(ctx, "add", 1, 2))
//	err = vm.Close()
//
// # Values
//
// To Lua go nil, bool, all integers and floats, string, []byte, slices, arrays and maps with string
// keys. From Lua come nil, bool, int64, float64, string (any bytes), []any and map[string]any.
// Integers stay integers of 64 bits; 3.0 stays distinct from 3.
//
// # Goroutines
//
// Every method may be called from any goroutine. Calls of one VM wait for their turn until their
// context is done; VMs are independent. Host methods run on the goroutine that called, and may
// call their VM again. They must not wait for another goroutine that does, nor end theirs
// (runtime.Goexit, and so t.FailNow).
package fkvm

// #cgo pkg-config: fkvm
// #include "glue.h"
import "C"

import (
	"context"
	"runtime/cgo"
	"strings"
	"sync"
	"sync/atomic"
	"unsafe"
)

// VM is a Lua VM. It ends with Close.
type VM struct {
	turn      chan struct{} // held by the call at work
	closing   chan struct{} // closed by the first Close
	closeOnce sync.Once
	thread    atomic.Uintptr // of the host method at work, or 0

	alive sync.RWMutex // held while c is interrupted
	c     *C.fk_vm

	// What follows belongs to the turn.
	arena   arena
	base    mark // above it nothing is used while the VM runs
	ctx     context.Context
	methods []namedMethod
	output  func(Level, string)
	handle  cgo.Handle
	entries unsafe.Pointer
}

// Call calls a global Lua function and gives its first result. When ctx is done, the call is
// interrupted: errors.Is(err, ctx.Err()) is true then. Other failures are an *Error.
func (vm *VM) Call(ctx context.Context, method string, args ...any) (any, error) {
	return vm.run(ctx, work{callWork, method, args})
}

// Notify calls a global Lua function without waiting for it. That the function fails is a line of
// the output, not an error here.
func (vm *VM) Notify(ctx context.Context, method string, args ...any) error {
	_, err := vm.run(ctx, work{notifyWork, method, args})
	return err
}

// Poll does what is waiting, and lets an idle VM collect garbage. Call it every 50 to 200 ms while
// the VM is idle.
func (vm *VM) Poll(ctx context.Context) error {
	_, err := vm.run(ctx, work{kind: pollWork})
	return err
}

type work struct {
	kind   workKind
	method string
	args   []any
}

type workKind int

const (
	callWork workKind = iota
	notifyWork
	pollWork
)

// run does the work when its turn has come, and makes an interrupt by ctx an error of ctx.
func (vm *VM) run(ctx context.Context, w work) (result any, err error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	nested, err := vm.enter(ctx)
	if err != nil {
		return nil, err
	}
	defer vm.leave(nested)
	if vm.c == nil {
		return nil, vm.notNow(w.method)
	}
	outer := vm.ctx
	vm.ctx = ctx
	if ctx.Done() == nil {
		result, err = vm.cross(w)
	} else {
		stop := vm.watch(ctx)
		result, err = vm.cross(w)
		stop()
	}
	vm.ctx = outer
	if failed, ok := err.(*Error); ok && failed.Status == Interrupted {
		failed.cause = ctx.Err()
	}
	return result, err
}

// cross puts the work into C memory, and takes what C answers out of it.
func (vm *VM) cross(w work) (result any, err error) {
	before, base := vm.arena.at, vm.base
	defer func() {
		vm.arena.release(before)
		vm.base = base
	}()
	params, err := vm.params(w)
	if err != nil {
		return nil, err
	}
	name := vm.arena.text(w.method)
	answer := (*C.fkgo_answer)(vm.arena.take(C.sizeof_fkgo_answer))
	vm.base = vm.arena.at
	switch w.kind {
	case notifyWork:
		return nil, asError(C.fk_try_notify(vm.c, name, params))
	case pollWork:
		return nil, asError(C.fk_try_poll(vm.c))
	}
	C.fkgo_call(vm.c, name, params, answer)
	if answer.error != nil {
		return nil, taken(answer.error)
	}
	result = (*cell)(unsafe.Pointer(&answer.root)).get()
	if answer.block != nil {
		C.fk_value_free(answer.block)
	}
	return result, nil
}

// notNow: a host method called from within Open or Close.
func (vm *VM) notNow(method string) error {
	select {
	case <-vm.closing:
		return ErrClosed
	default:
		return problem(Busy, method, "the VM is not open yet: call it after Open")
	}
}

func asError(c *C.fk_error) error {
	if c == nil {
		return nil
	}
	return taken(c)
}

// params are the arguments as an array, or nil for none.
func (vm *VM) params(w work) (*C.fk_value, error) {
	if strings.IndexByte(w.method, 0) >= 0 {
		return nil, problem(Invalid, w.method, "the name of the method %q has a NUL", w.method)
	}
	if len(w.args) == 0 {
		return nil, nil
	}
	to := (*cell)(vm.arena.take(unsafe.Sizeof(cell{})))
	item := func(i int) any { return w.args[i] }
	if misfit := vm.arena.putItems(to, len(w.args), item, maxDepth); misfit != nil {
		return nil, problem(BadValue, w.method, "value cannot cross: %v", misfit.within("params"))
	}
	return (*C.fk_value)(unsafe.Pointer(to)), nil
}

// Interrupt ends what runs in the VM, at every level, from any goroutine. Where nothing runs it
// does nothing.
func (vm *VM) Interrupt() {
	vm.alive.RLock()
	defer vm.alive.RUnlock()
	if vm.c != nil {
		C.fk_vm_interrupt(vm.c)
	}
}

// Close interrupts what runs in the VM, waits for it, and closes. A host method cannot close its
// own VM: that is an Error of the status Busy. With any other result the VM is gone.
func (vm *VM) Close() error {
	if vm.isInside() {
		return problem(Busy, "", "a host method cannot close its own VM: close it after the call")
	}
	first := false
	vm.closeOnce.Do(func() {
		close(vm.closing)
		first = true
	})
	if !first {
		return ErrClosed
	}
	vm.takeLastTurn()
	vm.alive.Lock()
	c := vm.c
	vm.c = nil
	vm.alive.Unlock()
	vm.ctx = context.Background()
	err := asError(C.fk_try_close(c))
	vm.arena.free()
	return err
}

// takeLastTurn takes the turn for good.
func (vm *VM) takeLastTurn() {
	over := make(chan struct{})
	var interrupter sync.WaitGroup
	select {
	case vm.turn <- struct{}{}:
		return
	default:
	}
	interrupter.Add(1)
	go func() {
		defer interrupter.Done()
		vm.interruptUntil(over)
	}()
	vm.turn <- struct{}{}
	close(over)
	interrupter.Wait()
}
