package render

import "io"

// List writes things that have one shape as data, and as a table with the cells that row gives.
func List[T any](w io.Writer, f Format, things []T, head []string, row func(T) []string, o Options) error {
	if f == JSON || f == YAML {
		if things == nil {
			things = []T{}
		}
		return Data(w, f, things)
	}
	g := newGrid(o, head...)
	for _, t := range things {
		var cells []any
		for _, c := range row(t) {
			cells = append(cells, dash(c))
		}
		g.row(cells...)
	}
	return g.write(w)
}
