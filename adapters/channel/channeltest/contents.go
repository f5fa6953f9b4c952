package channeltest

import (
	"context"
	"strings"
	"sync"
)

// Contents keep what they are given. The zero value is ready; they may be used by any goroutine.
type Contents struct {
	mutex sync.Mutex
	kept  map[string]string // "": forgotten
}

// Keep keeps a content.
func (c *Contents) Keep(_ context.Context, customer, id string, content []byte) error {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	if c.kept == nil {
		c.kept = map[string]string{}
	}
	if _, there := c.kept[id]; !there {
		c.kept[id] = customer + " " + string(content)
	}
	return nil
}

// Content returns one, without the customer's key.
func (c *Contents) Content(_ context.Context, id string) ([]byte, error) {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	_, text, there := strings.Cut(c.kept[id], " ")
	if !there {
		return nil, nil
	}
	return []byte(text), nil
}

// Forget removes one for good.
func (c *Contents) Forget(_ context.Context, id string) error {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	if _, there := c.kept[id]; there {
		c.kept[id] = ""
	}
	return nil
}

// Drop removes one.
func (c *Contents) Drop(_ context.Context, id string) error {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	delete(c.kept, id)
	return nil
}

// Of is the customer's key and the content of a contact, with a space between.
func (c *Contents) Of(id string) string {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	return c.kept[id]
}

// Len is how many are kept.
func (c *Contents) Len() int {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	n := 0
	for _, text := range c.kept {
		if text != "" {
			n++
		}
	}
	return n
}
