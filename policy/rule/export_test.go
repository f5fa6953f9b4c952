package rule

import "cel.dev/cel-go/cel"

// CEL gives the tests cel-go's own environment.
func (e *Env) CEL() *cel.Env { return e.cel }
