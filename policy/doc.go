// Package policy reads policy files: YAML with expressions in CEL, one file for one line.
//
// Parse reports every fault of a file at once, each at its word and with a way to mend it, and compiles a file without
// an error into an engine.Policy. It does so in passes that each look at one thing and are silent about what another
// has said: traps (what YAML reads differently from how it looks), form (keys and units, by one table of keys that the
// schema for editors is made from too), names and places, rules (package rule), what may overtake, and lints.
//
// What the checks promise is exact. Lints about classes try one ticket for each combination of values that the rules
// can tell apart, and say nothing where the rules compare more than fields with constants, or where there are more than
// CellsMax combinations. FL0201 lists the pairs of classes of which one may pass the other under the discipline of a
// group; what a protection lets pass carries the protection itself as its reason and is left out.
//
// Rules become closures when the file is read, and Classify runs them anew for each ticket: nine classes in 40 to 70 ns,
// without allocating (BenchmarkClassify). A memo of what the rules read would have to hash as many fields, and to lock a
// Policy that lines share, so there is none.
//
// Hours are worked out when the file is read, into spans of time: an instant is open when the clock on the wall shows a
// time of the hours, minute by minute the same as a walk with package time, which a test does. Local time comes from a
// table of whole numbers (Zone), made from the archive of timezones in this folder and not from the machine's, so that
// a journal can carry it and a replay needs no archive (ParseWith).
//
// The package reaches nothing: it reads no clock and no network, and a file only in Read and Load.
package policy
