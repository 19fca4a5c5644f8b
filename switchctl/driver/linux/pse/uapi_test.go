package pse

import (
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// numbers are the constants of this package by their names in the kernel's headers.
var numbers = map[string]int{
	"ETHTOOL_MSG_PSE_GET": msgPSEGet, "ETHTOOL_MSG_PSE_SET": msgPSESet, "ETHTOOL_MSG_PSE_GET_REPLY": msgPSEGetReply, "ETHTOOL_MSG_PSE_NTF": msgPSENtf,
	"ETHTOOL_A_HEADER_DEV_INDEX": attrHeaderDevIndex, "ETHTOOL_A_HEADER_DEV_NAME": attrHeaderDevName,
	"ETHTOOL_A_PSE_HEADER":           attrPSEHeader,
	"ETHTOOL_A_PODL_PSE_ADMIN_STATE": attrPoDLAdminState, "ETHTOOL_A_PODL_PSE_ADMIN_CONTROL": attrPoDLAdminControl, "ETHTOOL_A_PODL_PSE_PW_D_STATUS": attrPoDLStatus,
	"ETHTOOL_A_C33_PSE_ADMIN_STATE": attrC33AdminState, "ETHTOOL_A_C33_PSE_ADMIN_CONTROL": attrC33AdminControl, "ETHTOOL_A_C33_PSE_PW_D_STATUS": attrC33Status,
	"ETHTOOL_A_C33_PSE_PW_CLASS": attrC33Class, "ETHTOOL_A_C33_PSE_ACTUAL_PW": attrC33ActualPower, "ETHTOOL_A_C33_PSE_EXT_STATE": attrC33ExtState,
	"ETHTOOL_A_C33_PSE_EXT_SUBSTATE": attrC33ExtSubstate, "ETHTOOL_A_C33_PSE_AVAIL_PW_LIMIT": attrC33AvailLimit, "ETHTOOL_A_C33_PSE_PW_LIMIT_RANGES": attrC33LimitRanges,
	"ETHTOOL_A_PSE_PW_D_ID": attrPowerDomain, "ETHTOOL_A_PSE_PRIO_MAX": attrPriorityMax, "ETHTOOL_A_PSE_PRIO": attrPriority,
	"ETHTOOL_A_C33_PSE_PW_LIMIT_MIN": attrRangeMin, "ETHTOOL_A_C33_PSE_PW_LIMIT_MAX": attrRangeMax,
	"ETHTOOL_A_PSE_NTF_HEADER": attrNtfHeader, "ETHTOOL_A_PSE_NTF_EVENTS": attrNtfEvents,
	"ETHTOOL_PODL_PSE_ADMIN_STATE_UNKNOWN": adminUnknown, "ETHTOOL_PODL_PSE_ADMIN_STATE_DISABLED": adminDisabled, "ETHTOOL_PODL_PSE_ADMIN_STATE_ENABLED": adminEnabled,
	"ETHTOOL_C33_PSE_ADMIN_STATE_UNKNOWN": adminUnknown, "ETHTOOL_C33_PSE_ADMIN_STATE_DISABLED": adminDisabled, "ETHTOOL_C33_PSE_ADMIN_STATE_ENABLED": adminEnabled,
	"ETHTOOL_C33_PSE_PW_D_STATUS_UNKNOWN": c33Unknown, "ETHTOOL_C33_PSE_PW_D_STATUS_DISABLED": c33Disabled, "ETHTOOL_C33_PSE_PW_D_STATUS_SEARCHING": c33Searching,
	"ETHTOOL_C33_PSE_PW_D_STATUS_DELIVERING": c33Delivering, "ETHTOOL_C33_PSE_PW_D_STATUS_TEST": c33Test, "ETHTOOL_C33_PSE_PW_D_STATUS_FAULT": c33Fault,
	"ETHTOOL_C33_PSE_PW_D_STATUS_OTHERFAULT": c33OtherFault,
	"ETHTOOL_PODL_PSE_PW_D_STATUS_UNKNOWN":   podlUnknown, "ETHTOOL_PODL_PSE_PW_D_STATUS_DISABLED": podlDisabled, "ETHTOOL_PODL_PSE_PW_D_STATUS_SEARCHING": podlSearching,
	"ETHTOOL_PODL_PSE_PW_D_STATUS_DELIVERING": podlDelivering, "ETHTOOL_PODL_PSE_PW_D_STATUS_SLEEP": podlSleep, "ETHTOOL_PODL_PSE_PW_D_STATUS_IDLE": podlIdle,
	"ETHTOOL_PODL_PSE_PW_D_STATUS_ERROR":        podlError,
	"ETHTOOL_C33_PSE_EXT_STATE_ERROR_CONDITION": extErrorCondition, "ETHTOOL_C33_PSE_EXT_STATE_MR_MPS_VALID": extMPSValid, "ETHTOOL_C33_PSE_EXT_STATE_MR_PSE_ENABLE": extPSEEnable,
	"ETHTOOL_C33_PSE_EXT_STATE_OPTION_DETECT_TED": extDetectTed, "ETHTOOL_C33_PSE_EXT_STATE_OPTION_VPORT_LIM": extVportLim, "ETHTOOL_C33_PSE_EXT_STATE_OVLD_DETECTED": extOverload,
	"ETHTOOL_C33_PSE_EXT_STATE_PD_DLL_POWER_TYPE": extDLLPowerType, "ETHTOOL_C33_PSE_EXT_STATE_POWER_NOT_AVAILABLE": extPowerNotAvailable, "ETHTOOL_C33_PSE_EXT_STATE_SHORT_DETECTED": extShort,
}

// TestNumbers holds the constants to the order of names in Linux 6.17.
func TestNumbers(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("testdata/uapi.txt")
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]int{}
	next := 0
	for line := range strings.Lines(string(text)) {
		words := strings.Fields(line)
		switch {
		case len(words) == 0 || words[0] == "#":
		case words[0] == "enum":
			if next, err = strconv.Atoi(words[2]); err != nil {
				t.Fatal(err)
			}
		default:
			for _, w := range words {
				got[w], next = next, next+1
			}
		}
	}
	for name, want := range numbers {
		if n, ok := got[name]; !ok || n != want {
			t.Errorf("%s is %d here, %d in the list (there: %t)", name, want, n, ok)
		}
	}
}

// TestNumbersOfHeaders holds the constants to the headers that this machine has for C programs. They may be
// older and lack some; what they have must be the same.
func TestNumbersOfHeaders(t *testing.T) {
	t.Parallel()
	got := map[string]int{}
	for _, file := range []string{"ethtool.h", "ethtool_netlink.h", "ethtool_netlink_generated.h"} {
		text, err := os.ReadFile("/usr/include/linux/" + file)
		if err == nil {
			enums(string(text), got)
		}
	}
	if len(got) == 0 {
		t.Skip("SKIPPED: missing /usr/include/linux/ethtool_netlink.h (Debian package linux-libc-dev); not tested: numbers against the kernel's headers")
	}
	found := 0
	for name, want := range numbers {
		n, ok := got[name]
		if !ok {
			continue
		}
		found++
		if n != want {
			t.Errorf("%s is %d here, %d in the header", name, want, n)
		}
	}
	if found < 10 {
		t.Errorf("the headers have %d of the numbers; they were not read right", found)
	}
	t.Logf("%d of %d numbers are in the headers", found, len(numbers))
}

var (
	enumBody   = regexp.MustCompile(`(?s)\benum\b[^{};]*\{(.*?)\}`)
	enumMember = regexp.MustCompile(`^(\w+)(?:\s*=\s*(\d+))?$`)
	cComment   = regexp.MustCompile(`(?s)/\*.*?\*/`)
)

// enums reads the enumerations of a C header whose values are counted, or plain numbers.
func enums(text string, into map[string]int) {
	for _, body := range enumBody.FindAllStringSubmatch(cComment.ReplaceAllString(text, ""), -1) {
		next := 0
		for member := range strings.SplitSeq(body[1], ",") {
			m := enumMember.FindStringSubmatch(strings.TrimSpace(member))
			if m == nil {
				break // a computed one; what follows is none of ours
			}
			if m[2] != "" {
				next, _ = strconv.Atoi(m[2])
			}
			into[m[1]], next = next, next+1
		}
	}
}

func TestWords(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		state, substate uint32
		want            string
	}{
		{0, 0, ""},
		{extOverload, 1, "over current: the device draws more than it may"},
		{extShort, 1, "short circuit"},
		{extPowerNotAvailable, 1, "power is not available: the budget is used up"},
		{extPowerNotAvailable, 77, "power is not available (substate 77)"},
		{99, 3, "state 99, substate 3 of the controller"},
	} {
		if got := reason(tt.state, tt.substate); got != tt.want {
			t.Errorf("reason(%d, %d) is %q, want %q", tt.state, tt.substate, got, tt.want)
		}
	}
	for _, tt := range []struct {
		e    Events
		want string
	}{
		{0, "none"},
		{1, "over-current"},
		{OverTemp | Disconnection, "over-temperature,disconnection"},
		{Classification | Detection, "detection,classification"},
		{OverBudget, "over-budget"},
		{64 | 1<<63, "software-control-error,bit-63"},
	} {
		if got := tt.e.String(); got != tt.want {
			t.Errorf("events %#x are %q, want %q", uint64(tt.e), got, tt.want)
		}
	}
}
