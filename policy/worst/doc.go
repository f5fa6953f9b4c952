// Package worst says for each class of a policy how often, and by whom, its tickets can be overtaken at worst.
//
// It is worked out from the compiled policy alone and holds for every history of arrivals, agents, offers and leavings.
// An answer is one of: proved none; bounded by a number of overtakings; bounded to those who came less than some time
// after it; bounded to those who came in the first part of its own wait; bounded to one in so many starts of its group;
// unbounded, when a history with any number of overtakings exists; undecided, when nothing of that was found.
// It never says bounded where it is not. An answer is about one contact: where contacts share a ticket, about each of
// them. Not counted, because no policy can help it: those that passed a ticket while an agent missed its offer, while that
// agent is not asked for it again, while it is held for its own agent, while an agent is kept free for others or has
// started enough of its class, and those that a person preferred by hand.
//
// How it is found. Let L be a waiting ticket of class c and T a later one of class w that is served before it, and let n
// be the lowest node above both. T is preferred at some place on the way up from n: by the order of n, or by a protection
// of n or of a node above it that forces T. The order of n compares T with what the member that holds L shows. By
// induction that is L, or somebody earlier, or somebody later by less than a time D, so the order lets T pass only when
// it came less than D + (the difference of their numbers) after L. A protection that forces by waiting lets T pass when
// L has the right later than T: less than the difference of the two times. On top of that overtaken_only_within cuts
// every window that it sees, and overtaken_at_most and first_after end what happens below them, as long as nothing can
// hide L from them: another protection that forbids L and not T. What is left without a window or a count is unbounded
// where the order is strict and no protection speaks for c against w, and undecided otherwise.
//
// Orders that move. Under accumulate, T of rate b passes whoever has rate a and waits u only if it waits more than a/b u
// itself; who is shown instead of L waits more than a part k of L's wait, less D, so T came in the first 1 - k a/b of L's
// wait, or D a/b later. A draw takes any member again and again, and so does last_in; a waiting_mix serves w before one of c
// while enough of w wait; a cost while w's slope is the greater, which a history can choose unless both have the same power; a
// share while others of c stand before L. Where w's tickets are never alone preferred, as where speeds or the flows of values
// decide, nothing is said. A budget puts nobody before an earlier ticket, and lets whatever is below it pass only
// once in so many starts. A min_share may put any ticket of a part before those that are not of it.
package worst
