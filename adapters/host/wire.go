package host

import "slices"

// A verb is what a subject can ask for: its payload's fields, and what is done. Exactly one of act and
// answer is set.
type verb struct {
	door   string
	name   string
	fields []field
	most   int                                          // bytes of the payload; 0 stands for PayloadMax
	reads  bool                                         // its policy file is read before the turn, on another goroutine
	act    func(h *Host, r *request) (answer, *Refusal) // asks the engine; part of a turn
	answer func(h *Host, m *message) (any, *Refusal)    // reads what is stored; after a turn
	reply  any                                          // the zero value of what is answered
}

// verbs has a line for each subject that is answered. A question is added by a line here.
var verbs = []verb{
	{door: "in", name: "ticket", fields: envelope("ticket", ticketData()), act: (*Host).arrive, reply: publishAck{}},
	{door: "in", name: "change", fields: envelope("change", changeData()), act: (*Host).change, reply: publishAck{}},
	{door: "in", name: "leave", fields: envelope("leave", []field{reasonField}), act: (*Host).leave, reply: publishAck{}},

	{door: "agent", name: "sign-in", act: (*Host).signIn, reply: agentAck{}, fields: []field{
		{name: "skills", read: readSkills}, {name: "channels", read: readChannels}, leaseField}},
	{door: "agent", name: "renew", act: (*Host).renew, reply: agentAck{}},
	{door: "agent", name: "sign-out", act: (*Host).signOut, reply: agentAck{}},
	{door: "agent", name: "break", act: (*Host).takeBreak, reply: agentAck{}, fields: []field{
		{name: "code", read: text(TextLenMax, func(m *message) *string { return &m.reason })}}},
	{door: "agent", name: "ready", act: (*Host).ready, reply: agentAck{}},
	{door: "agent", name: "accept", act: (*Host).accept, reply: agentAck{}, fields: []field{offerField}},
	{door: "agent", name: "decline", act: (*Host).decline, reply: agentAck{}, fields: []field{offerField, reasonField}},
	{door: "agent", name: "finish", act: (*Host).finish, reply: agentAck{}, fields: []field{
		offerField, wrapField}},
	{door: "agent", name: "pull", act: (*Host).pull, reply: agentAck{}, fields: append([]field{whyField}, ticketFields...)},
	{door: "agent", name: "hold", act: (*Host).holdOffer, reply: agentAck{}, fields: append([]field{
		offerField, reasonField}, holdFields...)},
	{door: "agent", name: "transfer", act: (*Host).transfer, reply: agentAck{}, fields: []field{
		offerField, reasonField, {name: "needs", read: readNeeds}, toField, lineField}},

	{door: "desk", name: "move", act: (*Host).move, reply: moveAck{}, fields: append([]field{
		whyField, previewField}, ticketFields...)},
	{door: "desk", name: "hold", act: (*Host).holdTicket, reply: deskAck{}, fields: slices.Concat(
		[]field{whyField}, holdFields, ticketFields)},
	{door: "desk", name: "release", act: (*Host).release, reply: releaseAck{}, fields: []field{
		whyField, {name: "tickets", read: readTickets}, stuckField}},
	{door: "desk", name: "link", act: (*Host).link, reply: deskAck{}, fields: append([]field{
		whyField, otherField}, ticketFields...)},
	{door: "desk", name: "unlink", act: (*Host).unlink, reply: deskAck{}, fields: append([]field{whyField}, ticketFields...)},
	{door: "desk", name: "close", act: (*Host).shut, reply: deskAck{}, fields: append([]field{whyField}, ticketFields...)},
	{door: "desk", name: "open", act: (*Host).reopen, reply: deskAck{}, fields: []field{whyField}},
	{door: "desk", name: "adopt", act: (*Host).takePolicy, reads: true, reply: Adoption{}, most: AdoptMax, fields: []field{
		fileField, sourceField}},

	{door: "ask", name: "status", answer: (*Host).status, reply: statusAnswer{}},
	{door: "ask", name: "ticket", answer: (*Host).askTicket, reply: ticketAnswer{}, fields: ticketFields},
	{door: "ask", name: "agents", answer: (*Host).askAgents, reply: agentsAnswer{}, fields: []field{limitField}},
	{door: "ask", name: "explain", answer: (*Host).askExplain, reply: Explanation{}, fields: ticketFields},
	{door: "ask", name: "ledger", answer: (*Host).askLedger, reply: LedgerPage{}, fields: append([]field{
		fromField, limitField, pairsField}, ticketFields...)},
	{door: "ask", name: "waiting", answer: (*Host).askWaiting, reply: waitingAnswer{}, fields: []field{limitField}},
	{door: "ask", name: "held", answer: (*Host).askHeld, reply: unofferedAnswer{}, fields: []field{limitField}},
	{door: "ask", name: "unoffered", answer: (*Host).askUnoffered, reply: unofferedAnswer{}, fields: []field{limitField}},
	{door: "ask", name: "shares", answer: (*Host).askShares, reply: Shares{}},
	{door: "ask", name: "place", answer: (*Host).askPlace, reply: placeAnswer{}, fields: ticketFields},
	{door: "ask", name: "policy", answer: (*Host).askPolicy, reply: policyInForce{}},
}

// verbOf finds the line of a subject.
func verbOf(s subject) (*verb, *Refusal) {
	for i := range verbs {
		if v := &verbs[i]; v.door == s.door && v.name == s.verb {
			return v, nil
		}
	}
	if s.door == "ask" {
		return nil, refuse(Unknown, "subject: no question %s, want %s", shown(s.verb), verbNames(s.door))
	}
	return nil, refuse(Malformed, "subject: no verb %s, want %s", shown(s.verb), verbNames(s.door))
}
