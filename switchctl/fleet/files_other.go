//go:build !unix

package fleet

func defaultOpenParallel() int { return DefaultOpenParallel }
