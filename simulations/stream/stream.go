// Package stream makes random numbers that belong to somebody: the number of a seed, a replication, a name, a purpose and an
// index is the same whoever asks, when and how often. So customers bring the same chance to every policy (common random
// numbers), and another source, class or policy shifts nobody else's.
//
// It is SplitMix64 (Steele, Lea, Flood 2014) as a counter-based generator: the state of a stream at an index is its base plus
// the index times the odd constant of the method, and the number is the mixed state. Bases are mixed from all parts of the
// name, so that streams start anywhere in the one cycle of length 2^64; that two streams of a billion numbers each overlap has
// the probability 10^-10.
package stream

// Name is the generator's name in a manifest, with the scheme by which streams are named.
const Name = "splitmix64; base = mix(seed, replication, name, purpose); u = (52 bits of mix(base + index*golden) + 1/2) / 2^52"

const golden = 0x9E3779B97F4A7C15

// A Base is a stream. Streams with different bases are independent as far as the generator goes.
type Base uint64

// Of returns the stream of a purpose of somebody with a name, in a replication.
func Of(seed, replication uint64, name string, purpose uint64) Base {
	h := mix(seed + golden)
	h = mix(h ^ (replication+1)*0xD1342543DE82EF95)
	for i := range len(name) {
		h = mix(h ^ uint64(name[i]) ^ uint64(i)<<8)
	}
	return Base(mix(h + (purpose+1)*0xA24BAED4963EE407))
}

// At returns the number of an index: strictly between 0 and 1, a multiple of 2^-52 plus 2^-53, so that 1 - u is exact too.
func (b Base) At(index uint64) float64 {
	return (float64(mix(uint64(b)+index*golden)>>12) + 0.5) * (1.0 / (1 << 52))
}

// Bits returns 64 random bits of an index.
func (b Base) Bits(index uint64) uint64 { return mix(uint64(b) + index*golden) }

// Sub returns a stream that belongs to this one: of a customer's second attempt, say. Sub(0) is the stream itself.
func (b Base) Sub(n uint64) Base {
	if n == 0 {
		return b
	}
	return Base(mix(uint64(b) ^ n*0xD6E8FEB86659FD93))
}

// mix is the finalizer of SplitMix64: a bijection of 64 bits.
func mix(z uint64) uint64 {
	z = (z ^ z>>30) * 0xBF58476D1CE4E5B9
	z = (z ^ z>>27) * 0x94D049BB133111EB
	return z ^ z>>31
}
