// Package phone is the channel adapter of the telephone: a SIP user agent (RFC 3261) in front of a line.
//
// A caller's INVITE is a contact. While it waits the caller hears 182 Queued, with the place and the expected wait in the reason
// phrase; when the line offers the contact to an agent the adapter brings the two together in one of four ways:
//
//   - bridge: it calls the agent with the caller's session description, and answers the caller with the agent's. The adapter
//     stays in the signalling of both and does not touch what they say (a back-to-back user agent).
//   - redirect: it answers 302 with the agent's address.
//   - park: it has answered the caller at once and played music, and now refers the caller to the agent (RFC 3515).
//   - early: it has played music before answering (183), and now answers 302.
//
// With bridge an agent who does not answer costs the caller nothing: the offer goes back, and the caller never left; and a caller
// whom the line takes from an agent while they talk waits with music until the next agent picks up. The other three give the caller
// out of our hands.
//
// Whoever is told that an agent calls back hangs up, and the ticket keeps its place. When it is offered we call the agent and then the
// customer, and join the two as a bridge; or the agent calls by hand.
//
// Each call is one goroutine, the handler of its INVITE, with a mailbox of what the line said last of it. The SIP transactions
// are sipgo's; the dialogs are our own, because both legs of a bridge are one state.
//
// No number, name or address of a person is in a contact, a log line or a count.
package phone
