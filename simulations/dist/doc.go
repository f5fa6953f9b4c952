// Package dist has the laws of random numbers that a queue is made of: how long handling takes, how long a caller is patient,
// how large a batch is. None of the numbers is negative.
//
// Numbers are drawn by inversion and in no other way: one uniform number u makes one number Quantile(u), the same one each
// time. So a simulator that numbers its uniform draws keeps them in step when one law is exchanged for another (common random
// numbers), a larger u never makes a smaller number, and 1-u in the place of u makes the antithetic number. Methods of
// rejection have none of this: they use up now more, now fewer uniforms. See Devroye 1986, chapter II.2, for inversion, and
// Law 2015, chapter 11, for what it does for the comparison of systems.
//
// A law is never changed once it is made: many goroutines may share it. The same u makes the same number in each run on the
// same kind of processor; on another kind its last bits may differ.
package dist
