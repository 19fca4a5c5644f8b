package app

import (
	"context"
	"errors"
	"fmt"

	"phoneport/cmd/internal/config"
	"phoneport/inventory"
	"phoneport/inventory/source/csvfile"
)

// openSource makes a source of its configuration. It reads nothing.
func openSource(s config.Source) (inventory.Source, error) {
	switch s.Kind {
	case "csv":
		return csvfile.New(csvfile.Options{Name: s.Name, Path: s.Path, Columns: s.Columns, Delimiter: s.Delimiter, Site: s.Site})
	}
	return nil, fmt.Errorf("set up inventory %s: kind %q is not known", s.Name, s.Kind)
}

// load reads all sources and merges them, the first the most trusted. The error is ctx's only.
func (a *App) load(ctx context.Context, sources []inventory.Source) error {
	lists := make([]inventory.List, 0, len(sources))
	for _, s := range sources {
		phones, err := s.Load(ctx)
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		var le *inventory.LoadError
		switch {
		case err == nil:
		case errors.As(err, &le) && le.Partial:
			a.Problems = append(a.Problems, le.Problems...)
			if le.More > 0 {
				a.Problems = append(a.Problems, inventory.Problem{Place: s.Name(), Err: fmt.Errorf("%d more entries cannot be used", le.More)})
			}
		default:
			a.Unloaded = append(a.Unloaded, err)
			continue
		}
		lists = append(lists, inventory.List{Source: s.Name(), Phones: phones})
	}
	a.Directory, a.Conflicts = inventory.Merge(lists...)
	return nil
}
