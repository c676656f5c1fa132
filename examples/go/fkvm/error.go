// SPDX-License-Identifier: MIT

package fkvm

// #include "glue.h"
import "C"

import (
	"errors"
	"fmt"
)

// Status says what kind of failure an Error is: errors.Is(err, fkvm.ScriptError).
type Status int

// The statuses of fk_value.h, which says for each what to do.
const (
	Invalid     Status = C.FK_INVALID
	NoMemory    Status = C.FK_NO_MEMORY
	NoBackend   Status = C.FK_NO_BACKEND
	OpenFailed  Status = C.FK_OPEN_FAILED
	NoMethod    Status = C.FK_NO_METHOD
	ScriptError Status = C.FK_SCRIPT_ERROR
	BadValue    Status = C.FK_BAD_VALUE
	Timeout     Status = C.FK_TIMEOUT
	MemoryLimit Status = C.FK_MEMORY_LIMIT
	Interrupted Status = C.FK_INTERRUPTED
	VMDied      Status = C.FK_VM_DIED
	Protocol    Status = C.FK_PROTOCOL
	Busy        Status = C.FK_BUSY
	Unstoppable Status = C.FK_UNSTOPPABLE
)

// String is the status as a word, e.g. "SCRIPT_ERROR".
func (s Status) String() string { return C.GoString(C.fk_status_name(C.fk_status(s))) }

func (s Status) Error() string { return s.String() }

// ErrClosed is what a VM says that is closed or being closed.
var ErrClosed = errors.New("fkvm: the VM is closed: open another")

// Error is a failure that the library reported.
type Error struct {
	Status     Status
	Message    string
	Traceback  string // from where the script failed; "" if it is not known
	Method     string // the function called; "" if there is none
	Code       int    // the JSON-RPC code that the other side sent, or 0
	ExitStatus int    // of a dead child: its exit code, or minus the signal
	Death      string // why a dead VM died, e.g. "OUT_OF_MEMORY"; "" for one that lives
	VMAlive    bool   // the VM can be called again
	cause      error
}

func (e *Error) Error() string { return e.Message }

// Is makes errors.Is(err, fkvm.Timeout) true for an Error of that status.
func (e *Error) Is(target error) bool {
	status, ok := target.(Status)
	return ok && status == e.Status
}

// Unwrap gives the error of the context that interrupted the call.
func (e *Error) Unwrap() error { return e.cause }

// taken makes C's error one of Go, and frees it.
func taken(c *C.fk_error) *Error {
	defer C.fk_error_free(c)
	made := &Error{
		Status:     Status(c.status),
		Message:    C.GoString(c.message),
		Traceback:  C.GoString(c.traceback),
		Method:     C.GoString(c.method),
		Code:       int(c.code),
		ExitStatus: int(c.exit_status),
		VMAlive:    bool(c.vm_alive),
	}
	if c.death != C.FK_DEATH_NONE {
		made.Death = C.GoString(C.fk_death_name(c.death))
	}
	return made
}

// problem is an error that this package found; the VM lives.
func problem(status Status, method, format string, values ...any) *Error {
	message := fmt.Sprintf(format, values...)
	return &Error{Status: status, Message: message, Method: method, VMAlive: true}
}

// Failure is an error of a host method with a code of its own, in -32099..-32000.
type Failure struct {
	Code    int
	Message string
}

func (f *Failure) Error() string { return f.Message }

// As gives a result the type that it must have; another type is an Error of the status BadValue.
//
//	sum, err := fkvm.As[int64](vm.Call(ctx, "add", 1, 2))
func As[T any](result any, err error) (T, error) {
	typed, ok := result.(T)
	if err == nil && !ok {
		err = problem(BadValue, "", "the result is %T, not %T", result, typed)
	}
	return typed, err
}
