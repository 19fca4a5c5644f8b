package wire

// What the tests of the package from outside look at.
var (
	Heard      = heard
	FilterBody = body
)
