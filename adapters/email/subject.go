package email

import (
	"io"
	"mime"
	"strings"
	"unicode"
)

// Programs that follow no standard are known by how their subjects begin. Only words that nobody begins a mail with are here: an
// answer to such a mail begins with Re.
var (
	autoSubjects = []string{
		"automatic reply:", "automatic reply from", "auto reply:", "autoreply:", "auto-reply:", "out of office:", "out of office autoreply:", "out-of-office:",
		"automatische antwort:", "abwesenheitsnotiz", "abwesenheitsassistent", "automatische abwesenheitsmeldung",
		"réponse automatique", "absence du bureau", "absent du bureau",
		"respuesta automática", "fuera de la oficina:", "fuera de oficina:", "resposta automática", "resposta automàtica",
		"risposta automatica", "fuori sede:", "automatisch antwoord", "afwezigheidsmelding",
		"automatiskt svar", "automatisk svar", "autosvar:", "automaattinen vastaus",
		"odpowiedź automatyczna", "automatyczna odpowiedź", "automatická odpověď", "automatická odpoveď", "automatikus válasz", "răspuns automat",
		"автоматический ответ", "автоответ", "автоматична відповідь", "otomatik yanıt", "αυτόματη απάντηση",
		"自動返信", "自動応答", "自动答复", "自动回复", "自動回覆", "자동 회신",
	}
	// awayWords stand in subjects that people write too, so they count only in what answers a mail, or is said to be automatic.
	awayWords      = []string{"out of the office", "out of office", "nicht im büro", "nicht im buero", "nicht im haus", "absent(e) du bureau", "fuori ufficio"}
	bounceSubjects = []string{
		"undeliverable", "undelivered mail", "undelivered:", "mail delivery failed", "mail delivery failure", "mail delivery system", "mail system error",
		"delivery status notification", "delivery failure", "delivery failed", "delivery has failed", "returned mail", "failure notice", "warning: could not send message",
		"unzustellbar", "nicht zugestellt", "non remis", "échec de la remise", "non recapitabile", "mancato recapito", "no se puede entregar", "no entregado",
		"não entregue", "não é possível entregar", "onbestelbaar", "niet bestelbaar", "doručení selhalo", "nie można dostarczyć", "недоставленное сообщение", "配信不能", "配信できません",
	}
)

// subject is what the field says, decoded, in lower case and with single spaces. Nobody is told of it.
func (h head) subject() string {
	v, _ := h.first("Subject")
	decoder := mime.WordDecoder{CharsetReader: anySubject}
	if text, err := decoder.DecodeHeader(v); err == nil {
		v = text
	}
	return strings.Join(strings.FieldsFunc(strings.ToLower(v), unicode.IsSpace), " ")
}

// anySubject reads the charsets of Western Europe as if they were Latin-1, which is right for all letters that are looked for, and
// others as they stand.
func anySubject(charset string, r io.Reader) (io.Reader, error) {
	switch strings.ToLower(charset) {
	case "windows-1252", "cp1252", "iso-8859-15", "iso-8859-9", "windows-1254":
	default:
		return r, nil
	}
	raw, err := io.ReadAll(r)
	var b strings.Builder
	for _, c := range raw {
		b.WriteRune(rune(c))
	}
	return strings.NewReader(b.String()), err
}

func beginsWith(text string, list []string) bool {
	for _, prefix := range list {
		if strings.HasPrefix(text, prefix) {
			return true
		}
	}
	return false
}

// away says that the subject is one of a program that answers in somebody's absence.
func away(h head) bool {
	subject := h.subject()
	if beginsWith(subject, autoSubjects) {
		return true
	}
	if !strings.HasPrefix(subject, "auto:") && len(h.idsOf("In-Reply-To")) == 0 && len(h.idsOf("References")) == 0 ||
		strings.HasPrefix(subject, "re:") {
		return false
	}
	for _, words := range awayWords {
		if strings.Contains(subject, words) {
			return true
		}
	}
	return false
}
