package csvfile

import (
	"bufio"
	"bytes"
	"fmt"
	"io"

	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"
)

// decode gives the text of r in UTF-8 without a byte order mark. Without a name, octets that are not
// UTF-8 pass: the loader knows which column they are in and says so.
func decode(r *bufio.Reader, encoding string) (io.Reader, error) {
	big, little := unicode.UTF16(unicode.BigEndian, unicode.UseBOM), unicode.UTF16(unicode.LittleEndian, unicode.UseBOM)
	if r == nil {
		r = bufio.NewReader(bytes.NewReader(nil)) // only the name is checked
	}
	switch encoding {
	case "", "utf-8":
	case "latin-1":
		// What calls itself Latin-1 has the quotes and the euro sign of Windows.
		return charmap.Windows1252.NewDecoder().Reader(r), nil
	case "utf-16", "utf-16le":
		return little.NewDecoder().Reader(r), nil
	case "utf-16be":
		return big.NewDecoder().Reader(r), nil
	default:
		return nil, fmt.Errorf("encoding %q is none of utf-8, utf-16, utf-16le, utf-16be, latin-1", encoding)
	}
	head, _ := r.Peek(4)
	switch {
	case bytes.HasPrefix(head, []byte{0xef, 0xbb, 0xbf}):
		_, err := r.Discard(3)
		return r, err
	case encoding == "utf-8":
	case bytes.HasPrefix(head, []byte{0xff, 0xfe}), len(head) == 4 && head[0] != 0 && head[1] == 0 && head[3] == 0:
		return little.NewDecoder().Reader(r), nil
	case bytes.HasPrefix(head, []byte{0xfe, 0xff}), len(head) == 4 && head[0] == 0 && head[1] != 0 && head[2] == 0:
		return big.NewDecoder().Reader(r), nil
	}
	return r, nil
}
