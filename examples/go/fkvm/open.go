// SPDX-License-Identifier: MIT

package fkvm

// #include <stdlib.h>
// #include <string.h>
// #include "glue.h"
import "C"

import (
	"context"
	"math"
	"runtime/cgo"
	"sort"
	"strings"
	"time"
	"unsafe"
)

// Sandbox says what scripts may reach.
type Sandbox int

// The levels of fk_vm.h.
const (
	Game    Sandbox = C.FK_SANDBOX_GAME
	Trusted Sandbox = C.FK_SANDBOX_TRUSTED
	Strict  Sandbox = C.FK_SANDBOX_STRICT
)

// Limits of an Options that are none.
const (
	NoTimeLimit = time.Duration(-1)
	NoLimit     = math.MaxUint32
	NoLimit64   = math.MaxUint64
)

// Options are those of fk_vm_options, which has the meaning and the default of each. Zero is the
// default.
type Options struct {
	Backend, Script, Directory string
	Command                    []string
	Environment, Preload       []string // "NAME=value", "name=module"
	Methods                    map[string]Method
	Output                     func(level Level, line string) // nil: standard output

	OpenTimeout, CallTimeout, CloseTimeout, HostTimeout time.Duration // in whole milliseconds

	MemoryLimit                                                uint64
	MaxMessage, MaxOutput, MaxNesting, MaxValues, MaxHostCalls uint32

	Sandbox     Sandbox
	NoTemplate  bool
	FollowLinks bool

	// InterruptSignal stops endless loops of embedded VMs. Go has a handler for every real-time
	// signal, so that the library finds none that is free: zero takes 63 away from Go.
	// Do not signal.Ignore it. NoSignal: a count hook does it, at 20 to 30 % of speed.
	InterruptSignal int
}

// NoSignal leaves all signals alone.
const NoSignal = C.FK_NO_SIGNAL

const defaultSignal = 63

// Open opens a VM and runs its script. It returns when the script is loaded.
func Open(options Options) (*VM, error) {
	if text := firstNUL(&options); text != "" {
		return nil, problem(Invalid, "", "%q in the options has a NUL", text)
	}
	vm := &VM{
		turn:    make(chan struct{}, 1),
		closing: make(chan struct{}),
		ctx:     context.Background(),
		output:  options.Output,
	}
	vm.turn <- struct{}{}
	defer vm.leave(false)
	c, err := vm.open(&options)
	if err != nil {
		vm.arena.free()
		return nil, err
	}
	vm.alive.Lock()
	vm.c = c
	vm.alive.Unlock()
	return vm, nil
}

func (vm *VM) open(options *Options) (*C.fk_vm, error) {
	c := (*C.fk_vm_options)(vm.arena.take(C.sizeof_fk_vm_options))
	vm.fill(c, options)
	vm.handle = cgo.NewHandle(vm)
	methods := vm.entriesOf(options.Methods)
	opened := (**C.fk_vm)(vm.arena.take(unsafe.Sizeof(uintptr(0))))
	vm.base = vm.arena.at
	failed := C.fkgo_open(c, C.uintptr_t(vm.handle), C.bool(vm.output != nil), methods,
		C.size_t(len(vm.methods)), opened)
	result := *opened
	vm.base = mark{}
	vm.arena.release(mark{})
	return result, asError(failed)
}

func (vm *VM) fill(c *C.fk_vm_options, options *Options) {
	C.memset(unsafe.Pointer(c), 0, C.sizeof_fk_vm_options)
	c.size = C.sizeof_fk_vm_options
	c.backend = vm.arena.textOrNil(options.Backend)
	c.script = vm.arena.textOrNil(options.Script)
	c.directory = vm.arena.textOrNil(options.Directory)
	c.command = vm.arena.list(options.Command)
	c.environment = vm.arena.list(options.Environment)
	c.preload = vm.arena.list(options.Preload)
	c.open_timeout = milliseconds(options.OpenTimeout)
	c.call_timeout = milliseconds(options.CallTimeout)
	c.close_timeout = milliseconds(options.CloseTimeout)
	c.host_timeout = milliseconds(options.HostTimeout)
	c.memory_limit = C.uint64_t(options.MemoryLimit)
	c.max_message = C.uint32_t(options.MaxMessage)
	c.max_output = C.uint32_t(options.MaxOutput)
	c.max_nesting = C.uint32_t(options.MaxNesting)
	c.max_values = C.uint32_t(options.MaxValues)
	c.max_host_calls = C.uint32_t(options.MaxHostCalls)
	c.sandbox = C.uint32_t(options.Sandbox)
	if options.NoTemplate {
		c.flags |= C.FK_OPEN_NO_TEMPLATE
	}
	if options.FollowLinks {
		c.flags |= C.FK_OPEN_FOLLOW_LINKS
	}
	c.interrupt_signal = C.int(options.InterruptSignal)
	if options.InterruptSignal == 0 {
		c.interrupt_signal = defaultSignal
	}
}

// milliseconds rounds up: a limit that is less than one must not become the default.
func milliseconds(limit time.Duration) C.uint32_t {
	rounded := (limit + time.Millisecond - 1) / time.Millisecond
	if limit < 0 || rounded >= math.MaxUint32 {
		return math.MaxUint32
	}
	return C.uint32_t(rounded)
}

// entriesOf lists the host methods for C. The entries live until the VM is gone, the list as long
// as fk_vm_open() reads it.
func (vm *VM) entriesOf(methods map[string]Method) *C.fk_method {
	for name, call := range methods {
		vm.methods = append(vm.methods, namedMethod{name, call})
	}
	sort.Slice(vm.methods, func(i, j int) bool { return vm.methods[i].name < vm.methods[j].name })
	n := uintptr(len(vm.methods))
	size := (n + 1) * C.sizeof_fk_method
	list := vm.arena.take(size)
	C.memset(list, 0, C.size_t(size))
	vm.entries = C.calloc(C.size_t(n+1), C.sizeof_fkgo_entry)
	entries := unsafe.Slice((*C.fkgo_entry)(vm.entries), n)
	made := unsafe.Slice((*C.fk_method)(list), n)
	for i := range made {
		entries[i] = C.fkgo_entry{C.uintptr_t(vm.handle), C.size_t(i)}
		made[i].name = vm.arena.text(vm.methods[i].name)
		made[i].user = unsafe.Pointer(&entries[i])
	}
	return (*C.fk_method)(list)
}

func firstNUL(options *Options) string {
	texts := []string{options.Backend, options.Script, options.Directory}
	texts = append(texts, options.Command...)
	texts = append(texts, options.Environment...)
	texts = append(texts, options.Preload...)
	for name := range options.Methods {
		texts = append(texts, name)
	}
	for _, text := range texts {
		if strings.IndexByte(text, 0) >= 0 {
			return text
		}
	}
	return ""
}
