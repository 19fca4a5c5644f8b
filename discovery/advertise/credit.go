package advertise

import "time"

// credits limit how many frames of one protocol are sent (txCredit of IEEE 802.1AB clause 9.2.5): each frame takes one, and one is
// earned each second. They are computed from the time that has passed, so that a port at rest needs no tick.
type credits struct {
	have, max int
	at        time.Time // since when the next one is being earned
}

const creditEvery = time.Second

// fill gives all that there can be.
func (c *credits) fill(now time.Time) { c.have, c.at = c.max, now }

// earn adds what time has brought.
func (c *credits) earn(now time.Time) {
	if c.have < c.max {
		n := now.Sub(c.at) / creditEvery
		if n < time.Duration(c.max-c.have) {
			if n > 0 {
				c.have += int(n)
				c.at = c.at.Add(n * creditEvery)
			}
			return
		}
		c.have = c.max
	}
	c.at = now // a full purse earns nothing
}

// take spends one where more than keep are left.
func (c *credits) take(keep int, now time.Time) bool {
	c.earn(now)
	if c.have <= keep {
		return false
	}
	c.have--
	return true
}

// ready is when take will succeed.
func (c *credits) ready(keep int) time.Time {
	return c.at.Add(time.Duration(keep+1-c.have) * creditEvery)
}
