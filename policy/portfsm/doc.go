// Package portfsm is the remediation state machine of one port: what is done next about a port that an event
// hinted at or that a reading found wrong, and when it is better to wait or to call a person.
//
// It is pure: Step takes a State, an Input and the time, and gives the next State and the Effects that the
// caller carries out. It has no clock, no log, no socket, and keeps nothing.
//
//	quiet        nothing is to be done: not read yet, or what is wrong is for people
//	suspect      something was heard; the port is about to be read
//	planned      a repair is known and waits: for approval, for the end of a pause, for a limit or a change window
//	applied      a repair is in the hands of the engine
//	settling     the repair was seen on the switch; the phone gets time to start
//	good         the last reading found nothing wrong
//	cooling      the repair did not help; the next one waits, each time longer
//	quarantined  nothing is written to the port until a person has looked
//
// What holds whatever is put in:
//
//   - Apply follows a reading (Observed) and nothing else. A hint, authentic or not, an approval, a timer, a restart of this
//     process: each leads to a reading at most. After a restart in applied the port is read, never written to again
//     without.
//   - Two readings are Options.ReadGap apart, and those that unauthentic hints ask for Options.HintGap, however many hints come.
//   - Power and link are cut no more often than CutsPerHour and CutsPerDay in any hour and any day, counted when the cut is handed
//     out, so that a crash does not forget one; neither a reset nor the end of a quarantine resets them.
//   - Without inputs from outside each port comes to rest: quiet, good or quarantined.
//   - A pause (Input.Paused) stops Apply, not reading.
//   - Quarantine ends by an operator's Reset, by a changed configuration (Configured), or after Options.Quarantine. Each leads to a
//     reading first.
//
// What it does not decide: whether a change is safe here and now. That are the guards and limits of policy.Decide,
// which the engine asks after Apply; where they hold everything it answers with Held.
//
// A new input or effect is a constant in input.go or effect.go and a case in step.go; the tests walk all of them, and
// testdata/transitions.mmd shows the new arrows.
package portfsm
