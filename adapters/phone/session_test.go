package phone

import (
	"slices"
	"strings"
	"testing"
)

func TestASessionHasOneOrigin(t *testing.T) {
	t.Parallel()
	body := func(origin, port string) string {
		return "v=0\r\no=" + origin + "\r\ns=-\r\nc=IN IP4 192.0.2.1\r\nt=0 0\r\nm=audio " + port + " RTP/AVP 0\r\n"
	}
	s := session{}
	for i, c := range []struct{ said, want string }{
		{"", ""},
		{body("ana 7 18446744073709551614 IN IP4 192.0.2.1", "4000"), body("ana 7 18446744073709551614 IN IP4 192.0.2.1", "4000")},
		{body("ana 7 18446744073709551614 IN IP4 192.0.2.1", "4000"), body("ana 7 18446744073709551614 IN IP4 192.0.2.1", "4000")},
		{body("- 9 1 IN IP6 2001:db8::1", "5000"), body("ana 7 18446744073709551615 IN IP4 192.0.2.1", "5000")},
		{body("- 9 1 IN IP6 2001:db8::1", "5000"), body("ana 7 18446744073709551615 IN IP4 192.0.2.1", "5000")},
		{"v=0\r\nm=audio 1 RTP/AVP 0\r\n", "v=0\r\nm=audio 1 RTP/AVP 0\r\n"},
		{body("x", "6000"), body("x", "6000")},
		{body("x y -1 IN IP4 z", "6000"), body("x y -1 IN IP4 z", "6000")},
	} {
		if got := string(s.say([]byte(c.said))); got != c.want {
			t.Errorf("%d: said %q, want %q", i, got, c.want)
		}
	}
}

func TestSilence(t *testing.T) {
	t.Parallel()
	const sdp = "v=0\r\nc=IN IP4 192.0.2.1\r\na=sendrecv\r\nm=audio 4000 RTP/AVP 0\r\na=sendonly\r\nm=video 0 RTP/AVP 96\r\n"
	const want = "v=0\r\nc=IN IP4 192.0.2.1\r\na=inactive\r\nm=audio 4000 RTP/AVP 0\r\nm=video 0 RTP/AVP 96\r\n"
	if got := string(silenced([]byte(sdp))); got != want {
		t.Errorf("%q", got)
	}
}

func TestDestinations(t *testing.T) {
	t.Parallel()
	for sdp, want := range map[string]string{
		"c=IN IP4 192.0.2.1\r\nm=audio 4000 RTP/AVP 0\r\nm=video 0 RTP/AVP 96\r\nc=IN IP4 192.0.2.2\r\n": "4000 IP4 192.0.2.1|",
		"c=IN IP4 192.0.2.1\r\nm=audio 4000 RTP/AVP 0\r\nc=IN IP4 192.0.2.2\r\nm=video 4002 RTP/AVP 96":  "4000 IP4 192.0.2.2|4002 IP4 192.0.2.1",
		"m=audio\r\nc=": "", "c=\r\nm=": "", "": "",
	} {
		if got := strings.Join(destinations([]byte(sdp)), "|"); got != want {
			t.Errorf("%q: %q, want %q", sdp, got, want)
		}
	}
	if !slices.Equal(destinations([]byte(sdpOfCaller)), []string{"40000 IP4 127.0.0.1"}) {
		t.Errorf("%q", destinations([]byte(sdpOfCaller)))
	}
}
