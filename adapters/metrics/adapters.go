package metrics

import "github.com/prometheus/client_golang/prometheus"

// An Adapter is what is told of a channel adapter at a scrape.
type Adapter struct {
	Name   string
	Ready  bool // it does all that it is there for
	Counts []Count
}

// A Count is how often something happened since the start.
type Count struct {
	Source string // an endpoint's path, an account's name; empty: the adapter as a whole
	Event  string
	N      uint64
}

var (
	eventsDesc = describe("adapter_events_total", "What channel adapters met since they were started; docs/channels.md has the events.",
		"adapter", "source", "event")
	readyDesc = describe("adapter_ready", "1 while a channel adapter does all that it is there for.", "adapter")
)

// Adapters gives the metrics of channel adapters. It asks at each scrape, on the scrape's goroutine.
func Adapters(ask func() []Adapter) prometheus.Gatherer {
	registry := prometheus.NewRegistry()
	registry.MustRegister(adapters(ask))
	return registry
}

// adapters is a prometheus.Collector.
type adapters func() []Adapter

// Describe lists the metrics.
func (adapters) Describe(to chan<- *prometheus.Desc) {
	to <- eventsDesc
	to <- readyDesc
}

// Collect sends them.
func (ask adapters) Collect(to chan<- prometheus.Metric) {
	for _, a := range ask() {
		ready := 0.0
		if a.Ready {
			ready = 1
		}
		to <- gauge(readyDesc, ready, a.Name)
		for _, c := range a.Counts {
			to <- prometheus.MustNewConstMetric(eventsDesc, prometheus.CounterValue, float64(c.N), a.Name, c.Source, c.Event)
		}
	}
}
