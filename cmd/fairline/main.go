// Command fairline keeps one fair line across phone, e-mail and social channels, and writes down every overtaking with
// its reason. Results go to the standard output, narration to the standard error.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"
)

// Exit codes of all commands.
const (
	exitFine      = 0
	exitFindings  = 1 // a check found something; a request was refused
	exitUsage     = 2 // usage, input, or something that cannot be reached
	exitChanges   = 3 // changes are present
	exitUndecided = 4 // time or a bound was reached
)

func main() { os.Exit(run(os.Args[1:], os.Stdin, os.Stdout, os.Stderr)) }

// run runs the program and returns its exit code. The first signal to end is a wish, the second ends the process.
func run(args []string, in io.Reader, out, narration io.Writer) int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	context.AfterFunc(ctx, stop)
	root := rootCommand()
	root.SetArgs(args)
	root.SetIn(in)
	root.SetOut(out)
	root.SetErr(narration)
	return exitCode(root.ExecuteContext(ctx), narration)
}

// exitError ends the program with a code. Without an err what there was to say has been written.
type exitError struct {
	code int
	err  error
}

// Error is what is written before the program ends.
func (e exitError) Error() string {
	if e.err == nil {
		return fmt.Sprintf("exit status %d", e.code)
	}
	return e.err.Error()
}

// Unwrap gives the cause, which may be nil.
func (e exitError) Unwrap() error { return e.err }

// exitCode writes an error that was not written yet, and gives the code to end with.
func exitCode(err error, narration io.Writer) int {
	if err == nil {
		return exitFine
	}
	code, silent := exitUsage, false
	if e, ok := errors.AsType[exitError](err); ok {
		code, silent = e.code, e.err == nil
	}
	if !silent {
		fmt.Fprintf(narration, "fairline: %v\n", err)
	}
	return code
}
