// Package sheet reads YAML files that people write against a table of what may stand where. Every fault is reported at
// once, each at its word and with a way to mend it: what YAML reads differently from how it looks, keys that nobody
// knows, forms and units. The JSON Schema for editors is made from the same table.
//
// What is particular to a file, a policy or a scenario, is its table of shapes and what its own package reads from the
// nodes after that. Who reads takes what has the right form and is silent about the rest.
package sheet
