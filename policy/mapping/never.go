package mapping

import (
	"slices"
	"strings"

	"fairline/policy/sheet"
)

// audiences are the last steps of places where platforms count who listens, or grade who speaks.
var audiences = []string{"followers_count", "follower_count", "followers", "followersCount", "followsCount", "following_count", "friends_count",
	"favourites_count", "favorite_count", "favoriteCount", "like_count", "likeCount", "reblogs_count", "retweet_count", "repost_count", "repostCount",
	"quote_count", "quoteCount", "reply_count", "replies_count", "replyCount", "statuses_count", "postsCount", "listed_count", "view_count",
	"public_metrics", "verified_type", "is_blue_verified", "sentiment", "klout", "reach", "impressions"}

// contents are the last steps of places where somebody's words, names or addresses stand.
var contents = []string{"text", "body", "Body", "content", "message", "caption", "name", "first_name", "last_name", "username", "screen_name", "acct",
	"display_name", "displayName", "handle", "email", "phone", "phone_number", "From", "Caller", "ProfileName", "wa_id", "spoiler_text", "note", "bio"}

// checkSignals holds the outputs to the policy's `never`, and to what the file itself declares.
func (r *reader) checkSignals() {
	var forbidden, declared []signal
	for _, e := range r.m.events {
		for _, o := range e.outputs() {
			for _, p := range o.reads {
				if p.key {
					continue
				}
				for _, at := range p.in(e.each) {
					s := signal{o.name, at, o.source}
					if o.attribute {
						declared = append(declared, s)
					}
					if r.never(o.name) && (o.attribute || slices.Contains(builtin, o.name)) {
						forbidden = append(forbidden, s)
					}
				}
			}
		}
	}
	for _, e := range r.m.events {
		for _, o := range e.outputs() {
			r.checkOutput(e, o, forbidden, declared)
		}
	}
}

// A signal is a place of the body that an output is computed from.
type signal struct {
	name string
	at   []string
	from *source
}

// builtin are the outputs that a policy may forbid by their own names.
var builtin = []string{"origin", "due", "matter", "customer", "needs", "channel"}

// checkOutput reports the first reason for which an output must not be computed from what it reads.
func (r *reader) checkOutput(e *event, o read, forbidden, declared []signal) {
	for _, p := range o.reads {
		for _, at := range p.in(e.each) {
			if r.checkPlace(o, p, at, forbidden, declared) {
				return
			}
		}
	}
}

// checkPlace reports whether a place that an output reads is a reason, and which.
func (r *reader) checkPlace(o read, p path, at []string, forbidden, declared []signal) bool {
	i := slices.IndexFunc(forbidden, func(s signal) bool {
		return s.from != o.source && overlap(s.at, at) && !(o.attribute && r.never(o.name))
	})
	if i >= 0 {
		s := forbidden[i]
		r.Report(sheet.Fault{Severity: sheet.Error, Code: "FL0606", Span: r.SpanOf(o.node), Field: o.field,
			Message: "`" + o.name + "` is computed from a signal that the policy forbids",
			Label:   "`" + s.name + "` may neither buy nor cost a place", Help: "take it out here, or out of `never` in the policy",
			Also: &sheet.Related{Span: r.SpanOf(s.from.node), Label: "`" + s.name + "` is read here"}})
		return true
	}
	known := len(at) > 0 && slices.Contains(audiences, at[len(at)-1])
	if known && !o.attribute && !slices.ContainsFunc(declared, func(s signal) bool { return overlap(s.at, at) }) {
		r.Wrong("FL0607", o.node, o.field, "`"+at[len(at)-1]+"` is read and not declared", "a signal without a name: no `never` can forbid it",
			"declare it under `attributes` of the entry: reach: /"+strings.Join(p.steps, "/"))
		return true
	}
	return false
}

// never reports whether the policy forbids a name.
func (r *reader) never(name string) bool {
	return r.m.policy != nil && slices.Contains(r.m.policy.Never, name)
}

// noContent reports a pointer to what somebody wrote or is called, where it would be kept.
func (r *reader) noContent(s *source) {
	if n := len(s.pointer); n > 0 && slices.Contains(contents, s.pointer[n-1]) {
		r.Wrong("FL0608", s.node, s.field, "`"+s.pointer[n-1]+"` is what somebody wrote or is called", "no contact carries that",
			"ask something about it: 'event."+strings.Join(s.pointer, ".")+".contains(\"refund\")'")
	}
}

// A read is an output of an entry, as far as `never` asks.
type read struct {
	name string
	*source
	attribute bool
}

// outputs are everything that an entry computes. What a filter lets pass depends on what is overheard, so it reads that too.
func (e *event) outputs() []read {
	filter := e.filter
	if filter != nil && e.origin != nil {
		whole := *filter
		whole.reads = slices.Concat(filter.reads, e.origin.reads)
		filter = &whole
	}
	list := []read{{"when", e.when, false}, {"id", e.id, false}, {"customer", e.customer, false}, {"verified", e.verified, false},
		{"matter", e.matter.source, false}, {"ref", e.ref.source, false}, {"arrived", e.arrived.source, false}, {"due", e.due.source, false},
		{"origin", e.origin, false}, {"filter", filter, false}, {"line", e.line, false},
		{"reply_to", e.replyTo, false}}
	for _, o := range e.needs {
		list = append(list, read{"needs", o.source, false})
	}
	for _, o := range e.attrs {
		list = append(list, read{o.name, o.source, true})
	}
	return slices.DeleteFunc(list, func(o read) bool { return o.source == nil })
}
