// SPDX-License-Identifier: MIT

package fkvm

// #include <stdlib.h>
import "C"

import "unsafe"

const (
	firstChunk = 4 << 10
	keptBytes  = 256 << 10
)

// arena is C memory that is given back in the order it was taken, as a stack is. It may point to
// itself, which Go's memory may not where C reads it.
type arena struct {
	chunks []chunk
	at     mark
}

type chunk struct {
	start unsafe.Pointer
	size  uintptr
}

type mark struct {
	chunk int
	used  uintptr
}

func (a *arena) take(size uintptr) unsafe.Pointer {
	size = (size + 7) &^ 7
	for a.at.chunk < len(a.chunks) {
		if c := a.chunks[a.at.chunk]; c.size-a.at.used >= size {
			place := unsafe.Add(c.start, a.at.used)
			a.at.used += size
			return place
		}
		a.at = mark{chunk: a.at.chunk + 1}
	}
	a.grow(size)
	return a.take(size)
}

func (a *arena) grow(least uintptr) {
	size := uintptr(firstChunk) << len(a.chunks)
	if size > keptBytes {
		size = keptBytes
	}
	if size < least {
		size = least
	}
	a.chunks = append(a.chunks, chunk{C.malloc(C.size_t(size)), size}) // never nil: cgo sees to it
}

func (a *arena) release(to mark) {
	a.at = to
	if to.chunk == 0 && to.used == 0 && len(a.chunks) > 1 && a.held() > keptBytes {
		a.free()
	}
}

func (a *arena) held() (sum uintptr) {
	for _, c := range a.chunks {
		sum += c.size
	}
	return sum
}

func (a *arena) free() {
	for _, c := range a.chunks {
		C.free(c.start)
	}
	*a = arena{}
}

// text is a terminated copy; what stands behind a NUL does not arrive.
func (a *arena) text(s string) *C.char {
	place := a.take(uintptr(len(s)) + 1)
	bytes := unsafe.Slice((*byte)(place), len(s)+1)
	copy(bytes, s)
	bytes[len(s)] = 0
	return (*C.char)(place)
}

func (a *arena) textOrNil(s string) *C.char {
	if s == "" {
		return nil
	}
	return a.text(s)
}

// list is a list of texts that ends with nil, or nil for none.
func (a *arena) list(texts []string) **C.char {
	if texts == nil {
		return nil
	}
	place := (**C.char)(a.take(uintptr(len(texts)+1) * unsafe.Sizeof(uintptr(0))))
	pointers := unsafe.Slice(place, len(texts)+1)
	for i, text := range texts {
		pointers[i] = a.text(text)
	}
	pointers[len(texts)] = nil
	return place
}
