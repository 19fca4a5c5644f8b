// Package policy is the vocabulary of what should hold on a port, what is wrong and what to do about it:
// profiles and intents, rules and findings, plans and holds. Evaluate and Decide are pure: no clock, no
// socket, no logger.
//
// The rules are in policy/rules, carrying a plan out is the work of policy/enforce.
package policy
