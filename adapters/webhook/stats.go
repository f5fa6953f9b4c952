package webhook

import "fairline/adapters/channel/mapped"

// Stats are what came to an endpoint, counted since the adapter was made. Each only grows.
type Stats struct {
	Requests   uint64 // of every kind
	Challenges uint64 // answered
	Unverified uint64 // without a signature, or with a wrong one: 401 and 403
	Stale      uint64 // signed at another time: 401
	TooLarge   uint64 // 413
	Malformed  uint64 // 400 and 415
	Limited    uint64 // over the endpoint's rate, or too many at once: 429 and 503
	Old        uint64 // contacts older than Oldest: replays
	Unreached  uint64 // the line, or who keeps people apart, could not be asked: 503
	mapped.Stats

	Replies       uint64 // customers who were told something
	RepliesOver   uint64 // not told: over MinuteMax, or too many at once
	RepliesFailed uint64 // not told: the platform refused, or did not answer
}
