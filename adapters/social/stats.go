package social

import "fairline/adapters/channel/mapped"

// Stats are what came from an account, counted since the adapter was made. Each only grows.
type Stats struct {
	Connects  uint64 // connections to a stream
	Failures  uint64 // connections and requests that failed
	Events    uint64 // that came, from the stream or a gap
	Filled    uint64 // of them from a gap
	Gaps      uint64 // gaps that were too large to be filled
	Repeats   uint64 // events that had come before
	Malformed uint64 // events that could not be read
	TooLarge  uint64 // events that were larger than EventMax
	Retries   uint64 // tries after the line, or who keeps people apart, could not be asked
	mapped.Stats
}
