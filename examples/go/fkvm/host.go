// SPDX-License-Identifier: MIT

package fkvm

// #include <stdlib.h>
// #include "glue.h"
import "C"

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"runtime/cgo"
	"strings"
	"unsafe"
)

// Method is a host method: a function of Go that Lua may call. An error becomes an error of the
// script, as does a panic. The name "*" in Options.Methods takes all calls that no other takes.
type Method func(*Request) (any, error)

// Request is one call of a host method.
type Request struct {
	VM             *VM
	Method         string
	Args           []any          // the positional parameters
	Named          map[string]any // the parameters if the script sent one table of names, else nil
	IsNotification bool           // nobody waits for the answer
	ctx            context.Context
}

// Context is that of the call, within which the script made this one.
func (r *Request) Context() context.Context { return r.ctx }

// Level says what kind of output a line or a record is. Records of Debug to Critical arrive whole, with
// their newlines.
type Level int

// The levels of fk_vm.h.
const (
	Print    Level = C.FK_LEVEL_PRINT
	Debug    Level = C.FK_LEVEL_DEBUG
	Info     Level = C.FK_LEVEL_INFO
	Warning  Level = C.FK_LEVEL_WARNING
	Critical Level = C.FK_LEVEL_CRITICAL
	Stdout   Level = C.FK_LEVEL_STDOUT
	Stderr   Level = C.FK_LEVEL_STDERR
)

type namedMethod struct {
	name string
	call Method
}

//export fkgoHost
func fkgoHost(handle C.uintptr_t, index C.size_t, thread C.uintptr_t, name *C.char,
	isNotification C.bool, params *C.fk_value, reply *C.fkgo_reply) {
	vm := cgo.Handle(handle).Value().(*VM)
	vm.arena.release(vm.base) // the reply before this one was copied
	outer := vm.thread.Swap(uintptr(thread))
	method := &vm.methods[index]
	request := &Request{VM: vm, Method: method.name, ctx: vm.ctx}
	request.IsNotification = bool(isNotification)
	if method.name == "*" {
		request.Method = C.GoString(name)
	}
	request.take((*cell)(unsafe.Pointer(params)))
	result, err := answer(method.call, request)
	vm.thread.Store(outer)
	vm.reply(reply, result, err)
}

func (r *Request) take(params *cell) {
	switch params.kind {
	case C.FK_ARRAY:
		r.Args = params.getItems()
	case C.FK_OBJECT:
		r.Named = params.getMembers()
	}
}

func answer(call Method, request *Request) (result any, err error) {
	defer func() {
		if panicked := recover(); panicked != nil {
			err = fmt.Errorf("the host method '%s' panicked: %v (%s)",
				request.Method, panicked, panicPlace())
		}
	}()
	return call(request)
}

// panicPlace is the file and line that panicked: the innermost that is not of Go's runtime.
func panicPlace() string {
	callers := make([]uintptr, 32)
	frames := runtime.CallersFrames(callers[:runtime.Callers(3, callers)])
	for {
		frame, more := frames.Next()
		if !strings.HasPrefix(frame.Function, "runtime.") || !more {
			return fmt.Sprintf("%s:%d", filepath.Base(frame.File), frame.Line)
		}
	}
}

func (vm *VM) reply(to *C.fkgo_reply, result any, err error) {
	if err == nil {
		problem := vm.arena.put((*cell)(unsafe.Pointer(&to.root)), result, maxDepth)
		if problem == nil {
			return
		}
		err = &Failure{C.FK_CODE_BAD_VALUE, "value cannot cross: " + problem.within("result").Error()}
	}
	to.code = C.FK_CODE_INTERNAL
	var failure *Failure
	if errors.As(err, &failure) {
		to.code = C.int32_t(failure.Code)
	}
	to.failure = vm.arena.text(err.Error())
}

//export fkgoOutput
func fkgoOutput(handle, thread C.uintptr_t, level C.int, text *C.char, size C.size_t) {
	vm := cgo.Handle(handle).Value().(*VM)
	outer := vm.thread.Swap(uintptr(thread))
	defer func() {
		vm.thread.Store(outer)
		if panicked := recover(); panicked != nil {
			fmt.Fprintf(os.Stderr, "fkvm: Options.Output panicked: %v (%s)\n", panicked, panicPlace())
		}
	}()
	vm.output(Level(level), string(unsafe.Slice((*byte)(unsafe.Pointer(text)), int(size))))
}

//export fkgoGone
func fkgoGone(handle C.uintptr_t) {
	vm := cgo.Handle(handle).Value().(*VM)
	C.free(vm.entries)
	cgo.Handle(handle).Delete()
}
