// Package scenario reads the two files of the simulator. A scenario is a model of a line: who comes, what for, how long they
// wait, and who serves. An experiment says which policies meet which scenarios, how often, and what is looked at.
//
// Both are YAML, checked like a policy file: every fault is reported at once, with file, line and column and the way to mend
// it, and a JSON Schema for editors is made from the same table of keys.
package scenario
