//go:build !linux

package main

import (
	"context"
	"errors"
	"io"
)

var errLinux = errors.New("processors, processes and sockets are handled as Linux has them: it wants Linux")

func listRows(io.Writer) error { return errLinux }

func runRows(context.Context, settings, []string, io.Writer, io.Writer) error { return errLinux }
