package host

import "strings"

// TokenLenMax bounds the names of lines, adapters and agents, which are tokens of subjects.
const TokenLenMax = 64

// A subject is a request's address, taken apart: fl.in.LINE.ADAPTER.VERB, fl.agent.LINE.AGENT.VERB,
// fl.desk.LINE.SUPERVISOR.VERB, or fl.ask.LINE.WHAT.
type subject struct {
	door string // in, agent, desk or ask
	line string
	who  string // the adapter, the agent or the supervisor; empty for ask
	verb string
}

// parseSubject takes a subject apart. Who sends it stands in it, so each token is checked.
func parseSubject(text string) (subject, *Refusal) {
	parts := strings.Split(text, ".")
	var s subject
	switch {
	case len(parts) == 5 && parts[0] == "fl" && (parts[1] == "in" || parts[1] == "agent" || parts[1] == "desk"):
		s = subject{door: parts[1], line: parts[2], who: parts[3], verb: parts[4]}
		if !isToken(s.who) {
			return s, refuse(Malformed, "subject: %s is no name, want 1 to %d of a-z A-Z 0-9 _ -", shown(s.who), TokenLenMax)
		}
	case len(parts) == 4 && parts[0] == "fl" && parts[1] == "ask":
		s = subject{door: parts[1], line: parts[2], verb: parts[3]}
	default:
		return s, refuse(Malformed, "subject: %s, want fl.in.LINE.ADAPTER.VERB, fl.agent.LINE.AGENT.VERB, "+
			"fl.desk.LINE.SUPERVISOR.VERB or fl.ask.LINE.WHAT", shown(text))
	}
	if !isToken(s.line) {
		return s, refuse(Malformed, "subject: %s is no line, want 1 to %d of a-z A-Z 0-9 _ -", shown(s.line), TokenLenMax)
	}
	return s, nil
}

// isToken reports whether a text may be a line, an adapter or an agent.
func isToken(text string) bool {
	if text == "" || len(text) > TokenLenMax {
		return false
	}
	for _, c := range []byte(text) {
		switch {
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9', c == '_', c == '-':
		default:
			return false
		}
	}
	return true
}
