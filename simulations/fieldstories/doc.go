// Package fieldstories holds what users of other routers suffered at length: days of a thousand tickets, played on the real
// engine under policy files, with the figures in testdata. Reports that a few lines tell are scripts of package engine.
//
// Nothing is drawn but by whole numbers from a fixed seed, so that a day is the same on every machine. Nobody hangs up and
// agents take what they are offered at once: the waits are those of the order alone.
package fieldstories
