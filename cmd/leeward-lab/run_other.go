//go:build !linux

package main

import (
	"context"
	"errors"
	"io"
)

var errLinux = errors.New("the laboratory is made of network namespaces: it wants Linux")

func listScenarios(io.Writer) error { return errLinux }

func clean(io.Writer) error { return errLinux }

func runScenarios(context.Context, settings, []string, io.Writer, io.Writer) error { return errLinux }
