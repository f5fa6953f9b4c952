package engine

const pageLen = 1024

// A directory maps numbers that are given out in rising order to slots. A page whose numbers are all gone is dropped,
// so it costs about four bytes a live number as long as few of them grow old.
type directory struct {
	first uint64 // number of the first page
	pages []*page
	spare *page // one that was dropped, all zero

	last uint64 // number that was put or asked for last, which has slot at; 0: none
	at   uint32
}

type page struct {
	live  int
	slots [pageLen]uint32 // 0: gone
}

// put maps n, which is greater than every number put before, to slot, which is not 0.
func (d *directory) put(n uint64, slot uint32) {
	if len(d.pages) == 0 {
		d.first = n / pageLen
	}
	for n/pageLen >= d.first+uint64(len(d.pages)) {
		d.pages = append(d.pages, d.page())
	}
	p := d.pages[n/pageLen-d.first]
	p.slots[n%pageLen] = slot
	p.live++
	d.last, d.at = n, slot
}

// page returns an empty page.
func (d *directory) page() *page {
	p := d.spare
	if p == nil {
		return new(page)
	}
	d.spare = nil
	return p
}

// get returns the slot of n, or 0.
func (d *directory) get(n uint64) uint32 {
	if n == d.last && n != 0 {
		return d.at
	}
	return d.look(n)
}

func (d *directory) look(n uint64) uint32 {
	i := n/pageLen - d.first // wraps to a huge number below the first page
	if i >= uint64(len(d.pages)) || d.pages[i] == nil {
		return 0
	}
	slot := d.pages[i].slots[n%pageLen]
	if slot != 0 {
		d.last, d.at = n, slot
	}
	return slot
}

// drop forgets n. The last page stays, because its later numbers are still to come.
func (d *directory) drop(n uint64) {
	i := n/pageLen - d.first
	p := d.pages[i]
	p.slots[n%pageLen] = 0
	if d.last == n {
		d.last = 0
	}
	if p.live--; p.live == 0 && i+1 != uint64(len(d.pages)) {
		d.dropPage(i, p)
	}
}

func (d *directory) dropPage(i uint64, p *page) {
	d.pages[i], d.spare = nil, p
	k := 0
	for k+1 < len(d.pages) && d.gone(k) {
		k++
	}
	d.first += uint64(k)
	d.pages = d.pages[:copy(d.pages, d.pages[k:])]
}

func (d *directory) gone(k int) bool { return d.pages[k] == nil || d.pages[k].live == 0 }
