package main

import (
	"fmt"
	"runtime"
	"runtime/debug"

	"github.com/spf13/cobra"

	"phoneport/cmd/internal/render"
)

// build is `phoneport version -o json`.
type build struct {
	Version  string `json:"version"`
	Revision string `json:"revision,omitempty"`
	Time     string `json:"time,omitempty"`
	Modified bool   `json:"modified,omitempty"`
	Go       string `json:"go"`
	Platform string `json:"platform"`
}

// thisBuild tells what the linker and the module system know of this binary.
func thisBuild() build {
	b := build{Version: "(devel)", Go: runtime.Version(), Platform: runtime.GOOS + "/" + runtime.GOARCH}
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return b
	}
	if v := info.Main.Version; v != "" {
		b.Version = v
	}
	for _, s := range info.Settings {
		switch s.Key {
		case "vcs.revision":
			b.Revision = s.Value
		case "vcs.time":
			b.Time = s.Value
		case "vcs.modified":
			b.Modified = s.Value == "true"
		}
	}
	return b
}

func (c *cli) versionCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "version",
		Short: "Say which phoneport this is",
		Long:  "Say which version of phoneport this is, and of what it was built.",
		Example: `  phoneport version
  phoneport version -o json`,
		Args:              cobra.NoArgs,
		ValidArgsFunction: cobra.NoFileCompletions,
	}
	f := output(cmd, render.Table, render.JSON, render.YAML)
	cmd.RunE = func(*cobra.Command, []string) error {
		b := thisBuild()
		if f.value != render.Table {
			return render.Data(c.out, f.value, b)
		}
		rev := ""
		if b.Revision != "" {
			rev = " " + b.Revision
		}
		_, err := fmt.Fprintf(c.out, "phoneport %s%s %s %s\n", b.Version, rev, b.Go, b.Platform)
		return err
	}
	return cmd
}
