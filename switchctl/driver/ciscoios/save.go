package ciscoios

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"strconv"
	"time"

	"phoneport/switchctl"
	"phoneport/switchctl/driver/standard"
	"phoneport/switchctl/snmp"
)

// Times of a save. A stack with a large configuration takes half a minute.
const (
	saveTimeout  = 90 * time.Second
	savePoll     = 100 * time.Millisecond
	savePollMost = 4 * time.Second
	saveCleanup  = 5 * time.Second
)

// Values of CISCO-CONFIG-COPY-MIB.
const (
	startupConfig = 3 // ConfigFileType
	runningConfig = 4

	createAndGo = 4 // RowStatus (SNMPv2-TC)
	destroy     = 6

	copySuccessful = 3 // ConfigCopyState
	copyFailed     = 4
)

// copyCauses are the words for ConfigCopyFailCause.
var copyCauses = map[int64]string{
	1: "unknown cause", 2: "bad file name", 3: "timeout", 4: "no memory", 5: "no configuration", 6: "unsupported protocol",
	7: "some of the configuration could not be applied", 8: "system not ready", 9: "request aborted",
}

// saver saves the running configuration of a switch.
type saver struct {
	index func() uint32 // the number of the row to make
	wait  func(ctx context.Context, d time.Duration) error
}

// newSaver gives a saver by the clock. The row number is random, so that two managers do not meet.
func newSaver() saver {
	return saver{index: func() uint32 { return 1 + rand.Uint32N(1<<31-1) }, wait: wait}
}

// wait waits for d or until ctx ends.
func wait(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-t.C:
		return nil
	}
}

// save copies the running to the startup configuration by CISCO-CONFIG-COPY-MIB and waits for the end of
// the copy. Images that refuse to make the row are asked by writeMem of OLD-CISCO-SYS-MIB instead.
func (s saver) save(ctx context.Context, d *standard.Driver) error {
	ctx, cancel := context.WithTimeout(ctx, saveTimeout)
	defer cancel()
	row := s.index()
	err := d.Set(ctx,
		snmp.Var{OID: ccCopyEntry.Append(ccCopySourceFileType, row), Value: snmp.Integer(runningConfig)},
		snmp.Var{OID: ccCopyEntry.Append(ccCopyDestFileType, row), Value: snmp.Integer(startupConfig)},
		snmp.Var{OID: ccCopyEntry.Append(ccCopyEntryRowStatus, row), Value: snmp.Integer(createAndGo)},
	)
	switch {
	case err == nil:
		return s.follow(ctx, d, row)
	case errors.Is(err, switchctl.ErrUnreachable) || errors.Is(err, switchctl.ErrDenied):
		return err
	}
	old := d.Set(ctx, snmp.Var{OID: writeMem, Value: snmp.Integer(1)})
	if old == nil {
		return nil
	}
	if class := switchctl.ClassOf(old); errors.Is(class, switchctl.ErrUnreachable) || errors.Is(class, switchctl.ErrDenied) {
		return old
	}
	return &switchctl.Error{Class: switchctl.ErrUnsupported, Err: fmt.Errorf("the switch takes neither ccCopyTable (%w) nor writeMem (%w)", err, old)}
}

// follow asks for the state of the copy until it ends, and takes the row away.
func (s saver) follow(ctx context.Context, d *standard.Driver, row uint32) error {
	defer func() {
		// The row ages out by itself; taking it away is good manners and must not hide how the copy ended.
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), saveCleanup)
		defer cancel()
		if err := d.Set(ctx, snmp.Var{OID: ccCopyEntry.Append(ccCopyEntryRowStatus, row), Value: snmp.Integer(destroy)}); err != nil {
			d.Target().Log.Debug("take away ccCopyTable row", "switch", d.Target().ID, "err", err)
		}
	}()
	for pause := savePoll; ; pause = min(2*pause, savePollMost) {
		if err := s.wait(ctx, pause); err != nil {
			return &switchctl.Error{Class: switchctl.ErrUnverified, Err: fmt.Errorf("the copy to the startup configuration has not ended: %w", err)}
		}
		v, err := d.Session().Get(ctx, ccCopyEntry.Append(ccCopyState, row), ccCopyEntry.Append(ccCopyFailCause, row))
		if err != nil {
			if ctx.Err() == nil && errors.Is(err, switchctl.ErrUnreachable) {
				continue // agents are deaf while they write flash; the time limit ends this
			}
			return err
		}
		state, ok := v[0].Int()
		switch {
		case !ok:
			return &switchctl.Error{Class: switchctl.ErrUnverified, Err: errors.New("the row of the copy is gone before it told how it ended")}
		case state == copySuccessful:
			return nil
		case state == copyFailed:
			cause, _ := v[1].Int()
			word, ok := copyCauses[cause]
			if !ok {
				word = "cause " + strconv.FormatInt(cause, 10)
			}
			return &switchctl.Error{Class: switchctl.ErrRejected, Err: fmt.Errorf("the copy to the startup configuration failed: %s", word)}
		}
	}
}
