//go:build ignore

// A stand-in for a Mastodon server, to try fairline with: go run docs/try/mastodon.go 127.0.0.1:24004. It has one account, ours, with
// the id 1. What is posted here comes out of its stream:
//
//	curl -d account=109302 -d followers=12 -d text='@acme it rings busy' http://127.0.0.1:24004/post
package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"strconv"
	"strings"
	"sync"
	"time"
)

var (
	mutex   sync.Mutex
	streams = map[chan string]bool{}
	posts   int
)

// post makes a post of a form, and sends it to who listens: as a notification where it names us.
func post(w http.ResponseWriter, r *http.Request) {
	mutex.Lock()
	defer mutex.Unlock()
	posts++
	text := r.FormValue("text")
	followers, _ := strconv.Atoi(r.FormValue("followers")) // none: 0
	status := map[string]any{"id": fmt.Sprint(1000 + posts), "created_at": time.Now().UTC().Format("2006-01-02T15:04:05.000Z"),
		"content": "<p>" + text + "</p>", "visibility": "public", "reblogs_count": 0,
		"account": map[string]any{"id": r.FormValue("account"), "followers_count": followers}}
	event, body := "update", any(status)
	if strings.Contains(text, "@acme") {
		status["mentions"] = []any{map[string]string{"id": "1"}}
		event, body = "notification", map[string]any{"id": fmt.Sprint(posts), "type": "mention", "status": status}
	}
	line, err := json.Marshal(body)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	for s := range streams {
		s <- fmt.Sprintf("event: %s\ndata: %s\n\n", event, line)
	}
	fmt.Fprintf(w, "posted, to %d listening\n", len(streams))
}

// stream is what Mastodon calls streaming: server-sent events until the listener goes.
func stream(w http.ResponseWriter, r *http.Request) {
	mine := make(chan string, 100)
	mutex.Lock()
	streams[mine] = true
	mutex.Unlock()
	defer func() {
		mutex.Lock()
		delete(streams, mine)
		mutex.Unlock()
	}()
	w.Header().Set("Content-Type", "text/event-stream")
	fmt.Fprint(w, ":)\n\n")
	for {
		w.(http.Flusher).Flush()
		select {
		case text := <-mine:
			fmt.Fprint(w, text)
		case <-r.Context().Done():
			return
		}
	}
}

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: go run docs/try/mastodon.go 127.0.0.1:PORT")
		os.Exit(2)
	}
	http.HandleFunc("POST /post", post)
	http.HandleFunc("GET /api/v1/streaming/", stream)
	http.HandleFunc("GET /api/v1/accounts/verify_credentials", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, `{"id":"1"}`) })
	http.HandleFunc("GET /api/v1/", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, "[]") })
	fmt.Fprintln(os.Stderr, http.ListenAndServe(os.Args[1], nil))
	os.Exit(1)
}
