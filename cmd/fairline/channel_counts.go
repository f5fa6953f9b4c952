package main

import (
	"fmt"
	"maps"
	"reflect"
	"slices"

	"fairline/adapters/email"
	"fairline/adapters/metrics"
	"fairline/adapters/phone"
	"fairline/adapters/social"
	"fairline/adapters/webhook"
)

// measured tells what an adapter met, for a scrape.
func measured(name string, a adapter) metrics.Adapter {
	m := metrics.Adapter{Name: name, Ready: a.Ready() == nil}
	switch a := a.(type) {
	case *phone.Adapter:
		m.Counts = countsOf("", a.Stats())
	case *email.Adapter:
		m.Counts = countsOf("", a.Stats())
	case *webhook.Adapter:
		m.Counts = countsOfAll(a.Stats())
	case *social.Adapter:
		m.Counts = countsOfAll(a.Stats())
	default:
		panic(fmt.Sprintf("nobody counts for %T", a))
	}
	return m
}

func countsOfAll[S any](all map[string]S) (list []metrics.Count) {
	for _, source := range slices.Sorted(maps.Keys(all)) {
		list = append(list, countsOf(source, all[source])...)
	}
	return list
}

// countsOf gives the fields of a struct of counts, by their names as the settings would write them; of a table by code with the
// code behind.
func countsOf(source string, stats any) (list []metrics.Count) {
	v := reflect.ValueOf(stats)
	for i := range v.NumField() {
		if v.Type().Field(i).Anonymous { // counts that adapters have in common
			list = append(list, countsOf(source, v.Field(i).Interface())...)
			continue
		}
		event := snake(v.Type().Field(i).Name)
		switch n := v.Field(i).Interface().(type) {
		case uint64:
			list = append(list, metrics.Count{Source: source, Event: event, N: n})
		case map[int]uint64:
			for _, code := range slices.Sorted(maps.Keys(n)) {
				list = append(list, metrics.Count{Source: source, Event: fmt.Sprintf("%s_%d", event, code), N: n[code]})
			}
		default:
			panic(fmt.Sprintf("%T.%s is no count", stats, event))
		}
	}
	return list
}

// measureAdapters tells what the adapters in this process met, and what stands between the line and all adapters.
func (d *daemon) measureAdapters() (list []metrics.Adapter) {
	for i, name := range d.channels.names() {
		if i < len(d.running) {
			list = append(list, measured(name, d.running[i]))
		}
	}
	if d.intake != nil {
		list = append(list, metrics.Adapter{Name: "bus", Ready: true,
			Counts: append(countsOf("in", d.intake.Stats()), countsOf("out", d.publish.Stats())...)})
	}
	return list
}
