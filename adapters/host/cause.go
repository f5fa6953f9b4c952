package host

import "fairline/engine"

// whys are the causes as the line says them.
var whys = map[engine.Cause]string{
	engine.ByDecline:    "declined",
	engine.ByExpiry:     "expired",
	engine.ByLeaving:    "left",
	engine.ByBreak:      "break",
	engine.BySignOut:    "sign-out",
	engine.ByChange:     "changed",
	engine.ByWish:       "wish",
	engine.ByMissing:    "missing",
	engine.ByHangUp:     "hang-up",
	engine.ByCallback:   "callback",
	engine.BySnooze:     "snooze",
	engine.ByCustomer:   "customer",
	engine.ByNoAnswer:   "no-answer",
	engine.ByHours:      "hours",
	engine.ByReturn:     "return",
	engine.ByEnd:        "end",
	engine.ByLoss:       "lost",
	engine.ByLink:       "linked",
	engine.ByPull:       "pull",
	engine.ByMove:       "move",
	engine.ByPreference: "preference",
	engine.ByDrain:      "drain",
	engine.ByLimit:      "limit",
	engine.ByRoom:       "room",
	engine.ByWait:       "wait",
	engine.ByInterrupt:  "interrupt",
	engine.BySkill:      "skill",
	engine.ByCoolOff:    "cool-off",
	engine.ByReserve:    "reserve",
	engine.ByCap:        "cap",
}

// Which of them a notice may have.
var (
	withdrawnWhys = []engine.Cause{engine.ByDecline, engine.ByExpiry, engine.ByLeaving, engine.ByBreak, engine.BySignOut,
		engine.ByChange, engine.ByWish, engine.ByLoss, engine.ByLink, engine.ByPull, engine.ByMove}
	heldWhys     = []engine.Cause{engine.ByHangUp, engine.ByCallback, engine.BySnooze, engine.ByCustomer, engine.ByNoAnswer}
	releasedWhys = []engine.Cause{engine.ByReturn, engine.ByEnd, engine.ByWish, engine.ByLink}
	callWhys     = []engine.Cause{engine.ByHours, engine.ByWait}
	idleWhys     = append([]engine.Cause{engine.ByHours, engine.ByWish, engine.BySkill, engine.ByPreference, engine.ByCoolOff,
		engine.ByMissing, engine.ByLoss, engine.ByReserve, engine.ByCap}, heldWhys...)
)

// unknownWhy stands where nothing is known to have caused something: agents who are idle beside a ticket. It must never happen.
const unknownWhy = "none"

// What an agent's offer or work is withdrawn for beside a cause: somebody held the ticket, or sent it on.
const (
	withdrawnHeld        = "held"
	withdrawnTransferred = "transferred"
)

// ends are the ends of a ticket as the line says them.
var ends = [...]string{"", engine.Served: "served", engine.Abandoned: "abandoned", engine.MovedAway: "moved",
	engine.ClosedBy: "closed", engine.Expired: "expired", engine.JoinedTo: "joined"}

// endName is an end as the line says it.
func endName(end engine.EndKind) string { return ends[end] }
