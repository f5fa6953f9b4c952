package social

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
)

// begin makes the newest item of a feed the position where nothing was ever heard: what was before the program is not taken.
func (m *mastodon) begin(ctx context.Context, f feed) error {
	p := m.positions[f.kind]
	if p.Since != "" {
		return nil
	}
	page, err := m.page(ctx, f, "limit=1")
	if err != nil {
		return err
	}
	p.Since = "0"
	for _, it := range page {
		p.Since = it.id
	}
	m.save(true)
	return nil
}

// fill takes what a feed has behind the position, the oldest first.
func (m *mastodon) fill(ctx context.Context, f feed) error {
	p := m.positions[f.kind]
	items, whole, err := m.behind(ctx, f, p.Since)
	if err != nil {
		return err
	}
	if !whole {
		m.tally.Count(func(s *Stats) { s.Gaps++ })
		m.adapter.log.Error("a gap is too large to be filled: the oldest posts in it are lost", "account", m.name, "stream", m.stream.name, "posts", len(items))
	}
	for _, it := range items {
		if p.heard(it.id) {
			continue
		}
		m.tally.Count(func(s *Stats) { s.Filled++ })
		raw, err := json.Marshal(it.body)
		if err != nil {
			return err
		}
		if err := m.item(ctx, f, it.body, raw); err != nil {
			return err
		}
	}
	return nil
}

// An item is one of a feed, with its id.
type item struct {
	id   string
	body any
}

// behind are the items behind an id, the oldest first, and whether they are all. Pages come with the newest first; each next
// one ends where the one before began.
func (m *mastodon) behind(ctx context.Context, f feed, since string) (items []item, whole bool, err error) {
	query := "limit=40&since_id=" + since
	for range m.adapter.cfg.PagesMax {
		page, err := m.page(ctx, f, query)
		if err != nil {
			return nil, false, err
		}
		before := len(items)
		for _, it := range page {
			if compareIDs(it.id, since) > 0 && !slices.ContainsFunc(items, func(o item) bool { return o.id == it.id }) {
				items = append(items, it)
			}
		}
		slices.SortStableFunc(items, func(a, b item) int { return compareIDs(a.id, b.id) })
		if len(items) == before {
			return items, true, nil
		}
		query = fmt.Sprintf("limit=40&since_id=%s&max_id=%s", since, items[0].id)
	}
	return items, false, nil
}

// page asks for one page of a feed.
func (m *mastodon) page(ctx context.Context, f feed, query string) ([]item, error) {
	sign := "&"
	if strings.HasSuffix(f.path, "?") {
		sign = ""
	}
	body, err := m.ask(ctx, f.path+sign+query)
	if err != nil {
		return nil, err
	}
	list, ok := body.([]any)
	if !ok {
		return nil, fmt.Errorf("the server gives no list of %ss", f.kind)
	}
	var items []item
	for _, v := range list {
		if id := idOf(v, f.id); id != "" {
			items = append(items, item{id, v})
		}
	}
	return items, nil
}
