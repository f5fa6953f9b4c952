// Package channel is what every channel adapter is made with: the contact that it hands to a line, what the line answers, and
// what the line says of its contacts afterwards.
//
// An adapter speaks its channel's own protocol on one side (SIP, IMAP, a webhook) and [Line] on the other. [Bus] is the Line of
// a daemon, over NATS; package channeltest has one for tests. A contact carries no text: what the customer said stays with the
// channel, and Ref says where.
package channel
