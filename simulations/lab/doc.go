// Package lab runs every experiment of the folder simulations/experiments in a short form, and holds each to what can be said of
// it sharply: what is equal to the last bit, what cannot happen, and what queueing theory knows.
package lab
