// SPDX-License-Identifier: MIT

package fkvm

// #include "glue.h"
import "C"

import (
	"context"
	"sync"
	"time"
)

// A VM runs one call at a time. Goroutines wait for their turn here, not in C: they keep no thread,
// and a context that is done interrupts only the call that it was given to.

// enter waits for the turn. A call from within a host method of this VM has it already: C calls a
// host method on the goroutine and thread of the outer call, which nobody else can use meanwhile.
func (vm *VM) enter(ctx context.Context) (nested bool, err error) {
	select {
	case <-vm.closing:
		if !vm.isInside() {
			return false, ErrClosed
		}
		return true, nil
	case vm.turn <- struct{}{}:
		return false, nil
	default:
	}
	if vm.isInside() {
		return true, nil
	}
	select {
	case vm.turn <- struct{}{}:
		return false, nil
	case <-vm.closing:
		return false, ErrClosed
	case <-ctx.Done():
		return false, ctx.Err()
	}
}

func (vm *VM) leave(nested bool) {
	if !nested {
		<-vm.turn
	}
}

func (vm *VM) isInside() bool {
	thread := vm.thread.Load()
	return thread != 0 && thread == uintptr(C.fkgo_thread())
}

// watch interrupts what runs in the VM once ctx is done, and again until it has ended: an interrupt
// that comes before the call has begun ends nothing. The function returned waits for the last one,
// so that none meets the next call.
func (vm *VM) watch(ctx context.Context) (stop func()) {
	over := make(chan struct{})
	var watcher sync.WaitGroup
	watcher.Add(1)
	go func() {
		defer watcher.Done()
		select {
		case <-ctx.Done():
			vm.interruptUntil(over)
		case <-over:
		}
	}()
	return func() {
		close(over)
		watcher.Wait()
	}
}

func (vm *VM) interruptUntil(over <-chan struct{}) {
	again := time.NewTicker(5 * time.Millisecond)
	defer again.Stop()
	for {
		vm.Interrupt()
		select {
		case <-over:
			return
		case <-again.C:
		}
	}
}
