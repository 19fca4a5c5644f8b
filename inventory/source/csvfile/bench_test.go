package csvfile_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"testing"

	"phoneport/inventory"
	"phoneport/inventory/source/csvfile"
)

// BenchmarkLoad reads and merges lists as call servers export them. A list of a million phones is 80 MB.
func BenchmarkLoad(b *testing.B) {
	for _, n := range []int{24_000, 1_000_000} {
		path := filepath.Join(b.TempDir(), "phones.csv")
		text := make([]byte, 0, n*90)
		text = append(text, "Device Name,MAC Address,Directory Number 1,Device Type,Device Pool,Switch,Switch Port\n"...)
		for i := range n {
			text = fmt.Appendf(text, "SEP0021D8%06X,00:21:D8:%02X:%02X:%02X,%d,Cisco 8841,DP-%d,sw-%d,GigabitEthernet1/0/%d\n",
				i, i>>16, i>>8&0xff, i&0xff, 100000+i, i%40, i/48, i%48+1)
		}
		if err := os.WriteFile(path, text, 0o600); err != nil {
			b.Fatal(err)
		}
		size := int64(len(text))
		text = nil
		b.Run("load/phones="+strconv.Itoa(n), func(b *testing.B) {
			b.SetBytes(size)
			b.ReportAllocs()
			for b.Loop() {
				if got := load(b, path); len(got) != n {
					b.Fatalf("%d phones", len(got))
				}
			}
			b.ReportMetric(float64(n)*float64(b.N)/b.Elapsed().Seconds(), "rows/s")
		})
		phones := load(b, path)
		b.Run("directory/phones="+strconv.Itoa(n), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if d, conflicts := inventory.NewDirectory(phones); d.Len() != n || len(conflicts) != 0 {
					b.Fatalf("%d phones, %d conflicts", d.Len(), len(conflicts))
				}
			}
			b.ReportMetric(float64(n)*float64(b.N)/b.Elapsed().Seconds(), "rows/s")
		})
	}
}

func load(b *testing.B, path string) []inventory.Phone {
	b.Helper()
	s, err := csvfile.New(csvfile.Options{Path: path})
	if err != nil {
		b.Fatal(err)
	}
	phones, err := s.Load(b.Context())
	if err != nil {
		b.Fatal(err)
	}
	return phones
}
