package run

// A table finds the slot of a number, by linear probing. Numbers are never 0, and slots never negative.
type table struct {
	keys  []uint64
	slots []int32
	used  int
}

func (t *table) clear() {
	clear(t.keys)
	t.used = 0
}

// get returns the slot of a number, -1 where there is none.
func (t *table) get(key uint64) int32 {
	if len(t.keys) == 0 {
		return -1
	}
	mask := uint64(len(t.keys) - 1)
	for i := key & mask; ; i = (i + 1) & mask {
		switch t.keys[i] {
		case 0: // also where key is 0: it stands for no ticket
			return -1
		case key:
			return t.slots[i]
		}
	}
}

// put enters a number that is not there.
func (t *table) put(key uint64, slot int32) {
	if 2*t.used >= len(t.keys) {
		t.grow()
	}
	t.used++
	mask := uint64(len(t.keys) - 1)
	i := key & mask
	for t.keys[i] != 0 {
		i = (i + 1) & mask
	}
	t.keys[i], t.slots[i] = key, slot
}

func (t *table) grow() {
	keys, slots := t.keys, t.slots
	n := max(64, 2*len(keys))
	t.keys, t.slots, t.used = make([]uint64, n), make([]int32, n), 0
	for i, k := range keys {
		if k != 0 {
			t.put(k, slots[i])
		}
	}
}

// drop takes a number out, and closes the gap.
func (t *table) drop(key uint64) {
	mask := uint64(len(t.keys) - 1)
	i := key & mask
	for t.keys[i] != key {
		if t.keys[i] == 0 {
			return
		}
		i = (i + 1) & mask
	}
	t.used--
	for j := i; ; {
		j = (j + 1) & mask
		if t.keys[j] == 0 {
			break
		}
		if home := t.keys[j] & mask; (j-home)&mask >= (j-i)&mask {
			t.keys[i], t.slots[i] = t.keys[j], t.slots[j]
			i = j
		}
	}
	t.keys[i] = 0
}
