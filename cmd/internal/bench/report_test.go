//go:build linux

package bench

import (
	"fmt"
	"io"
	"text/tabwriter"
	"time"
)

// row is one program's result for the whole campus.
type row struct {
	name     string
	wall     time.Duration
	cpu      time.Duration // a switch
	requests float64       // a switch; 0 where nobody counts
	rss      int64         // 0 where it is not a process of its own
}

// target is one promise and how it came out.
type target struct {
	what string
	got  string
	ok   bool
}

// report prints the rows, each against the first, and the targets.
func report(w io.Writer, title string, rows []row, targets []target) {
	fmt.Fprintf(w, "\n%s\n\n", title)
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(t, "\twall\ttimes ours\tCPU/switch\ttimes ours\trequests/switch\tpeak RSS\t")
	for _, r := range rows {
		requests, rss := "", ""
		if r.requests > 0 {
			requests = fmt.Sprintf("%.1f", r.requests)
		}
		if r.rss > 0 {
			rss = fmt.Sprintf("%d MiB", r.rss>>20)
		}
		fmt.Fprintf(t, "%s\t%.2f s\t%.1f\t%.2f ms\t%.1f\t%s\t%s\t\n", r.name, r.wall.Seconds(), ratio(r.wall, rows[0].wall),
			ms(r.cpu), ratio(r.cpu, rows[0].cpu), requests, rss)
	}
	t.Flush()
	fmt.Fprintln(w)
	for _, g := range targets {
		word := "met   "
		if !g.ok {
			word = "MISSED"
		}
		fmt.Fprintf(w, "  %s  %s: %s\n", word, g.what, g.got)
	}
	fmt.Fprintln(w)
}

func ratio(a, b time.Duration) float64 {
	if b <= 0 {
		return 0
	}
	return float64(a) / float64(b)
}
