package measure

import "math/bits"

// marks is a set of whole numbers that moves upwards: a ring of bits, with a count for each block of blockWords words so that
// counting far back stays cheap. Memory follows the distance from the least to the greatest number in use.
type marks struct {
	words  []uint64 // a power of two of them, at least blockWords
	blocks []int32  // how many are set in each block
	total  int64
}

const blockWords = 64

func newMarks(words int) marks {
	return marks{words: make([]uint64, words), blocks: make([]int32, words/blockWords)}
}

func (m *marks) word(n int64) int64 { return n >> 6 & int64(len(m.words)-1) }

func (m *marks) set(n int64) {
	w := m.word(n)
	m.words[w] |= 1 << (n & 63)
	m.blocks[w/blockWords]++
	m.total++
}

func (m *marks) unset(n int64) {
	w := m.word(n)
	m.words[w] &^= 1 << (n & 63)
	m.blocks[w/blockWords]--
	m.total--
}

// count returns how many are set from the number from, a multiple of 64 below which none is, up to before n.
func (m *marks) count(from, n int64) (count int64) {
	w, last := from>>6, n>>6
	for w < last {
		i := w & int64(len(m.words)-1)
		if i%blockWords == 0 && w+blockWords <= last {
			count += int64(m.blocks[i/blockWords])
			w += blockWords
			continue
		}
		count += int64(bits.OnesCount64(m.words[i]))
		w++
	}
	return count + int64(bits.OnesCount64(m.words[m.word(n)]&(1<<(n&63)-1)))
}

// queue numbers tickets in order of arrival and knows who is still there, so that it can be said how many came before a ticket
// and are not gone yet.
type queue struct {
	base    int64 // nobody before it is here any more; a multiple of 64
	next    int64 // the number of the next ticket
	here    marks
	gone    marks // left without ever being started, from base on
	past    int64 // of those before base
	started int64
}

const queueWords = 4 * blockWords

func newQueue() queue { return queue{here: newMarks(queueWords), gone: newMarks(queueWords)} }

func (q *queue) reset() {
	clear(q.here.words)
	clear(q.here.blocks)
	clear(q.gone.words)
	clear(q.gone.blocks)
	*q = queue{here: marks{words: q.here.words, blocks: q.here.blocks}, gone: marks{words: q.gone.words, blocks: q.gone.blocks}}
}

// enter returns the rank in arrival of one more ticket.
func (q *queue) enter() int64 {
	n := q.next
	if n&63 == 0 {
		q.advance()
		if (n-q.base)>>6 >= int64(len(q.here.words)) {
			q.grow()
		}
	}
	q.next++
	q.here.set(n)
	return n
}

// advance moves base to the first word in which somebody is.
func (q *queue) advance() {
	for q.base < q.next && q.here.words[q.here.word(q.base)] == 0 {
		w := q.gone.word(q.base)
		n := int32(bits.OnesCount64(q.gone.words[w]))
		q.gone.words[w] = 0
		q.gone.blocks[w/blockWords] -= n
		q.gone.total -= int64(n)
		q.past += int64(n)
		q.base += 64
	}
}

func (q *queue) grow() {
	here, gone := newMarks(2*len(q.here.words)), newMarks(2*len(q.here.words))
	for n := q.base; n < q.next; n++ {
		if q.here.words[q.here.word(n)]>>(n&63)&1 != 0 {
			here.set(n)
		}
		if q.gone.words[q.gone.word(n)]>>(n&63)&1 != 0 {
			gone.set(n)
		}
	}
	q.here, q.gone = here, gone
}

// start returns how many later tickets were started before the ticket of rank n, less how many earlier ones still wait: its
// rank in order of start less that in order of arrival.
func (q *queue) start(n int64) int64 {
	before := q.past // earlier ones that left unserved
	if q.gone.total > 0 {
		before += q.gone.count(q.base, n)
	}
	shift := q.started - (n - before)
	q.started++
	return shift
}

// leave takes the ticket of rank n out and returns how many earlier ones are still there.
func (q *queue) leave(n int64, started bool) int64 {
	earlier := q.here.count(q.base, n)
	q.here.unset(n)
	if !started {
		q.gone.set(n)
	}
	return earlier
}
