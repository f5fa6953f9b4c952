// Package social follows public streams, Mastodon's and Bluesky's Jetstream, and hands to a line what concerns us: posts that
// answer or name us are direct; others are overheard, and become contacts only where the filter of the mapping takes them.
//
// # Nothing is lost and nothing doubled
//
// A position in each stream is kept in a file, and moves on only when the line has stored what stands before it. After a lost
// connection the gap is filled: at Mastodon over REST, with since_id a few posts before the position; at Jetstream by its
// cursor, a few seconds before. What comes twice is known by its id, or is a duplicate to the line. While the line cannot be
// reached the stream waits. What cannot be filled is a deletion during a gap, and more posts than PagesMax pages: that is
// counted and logged.
//
// A server that fails is asked again after a time that doubles, with a random part (Brooker, "Exponential backoff and jitter",
// 2015), or after the time that it names.
//
// # What leaves this package
//
// Contacts have no text and no name in them, and neither have logs and counts. What is overheard is never joined to another
// ticket of the same person: what somebody says in public changes nobody's place.
package social
