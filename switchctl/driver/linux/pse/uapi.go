package pse

import (
	"fmt"
	"strings"
)

// The names and numbers of include/uapi/linux/ethtool_netlink_generated.h and ethtool.h (Linux 6.17); their
// numbers never change.
const (
	familyName  = "ethtool"
	monitorName = "monitor" // ETHTOOL_MCGRP_MONITOR_NAME

	msgPSEGet      = 36 // ETHTOOL_MSG_PSE_GET, to the kernel
	msgPSESet      = 37 // ETHTOOL_MSG_PSE_SET
	msgPSEGetReply = 37 // ETHTOOL_MSG_PSE_GET_REPLY, from the kernel: the two directions count apart
	msgPSENtf      = 49 // ETHTOOL_MSG_PSE_NTF

	attrHeaderDevIndex = 1 // ETHTOOL_A_HEADER_DEV_INDEX, u32
	attrHeaderDevName  = 2 // ETHTOOL_A_HEADER_DEV_NAME, string

	attrPSEHeader        = 1  // ETHTOOL_A_PSE_HEADER, nest
	attrPoDLAdminState   = 2  // ETHTOOL_A_PODL_PSE_ADMIN_STATE, u32
	attrPoDLAdminControl = 3  // ETHTOOL_A_PODL_PSE_ADMIN_CONTROL, u32
	attrPoDLStatus       = 4  // ETHTOOL_A_PODL_PSE_PW_D_STATUS, u32
	attrC33AdminState    = 5  // ETHTOOL_A_C33_PSE_ADMIN_STATE, u32
	attrC33AdminControl  = 6  // ETHTOOL_A_C33_PSE_ADMIN_CONTROL, u32
	attrC33Status        = 7  // ETHTOOL_A_C33_PSE_PW_D_STATUS, u32
	attrC33Class         = 8  // ETHTOOL_A_C33_PSE_PW_CLASS, u32
	attrC33ActualPower   = 9  // ETHTOOL_A_C33_PSE_ACTUAL_PW, u32, mW
	attrC33ExtState      = 10 // ETHTOOL_A_C33_PSE_EXT_STATE, u32
	attrC33ExtSubstate   = 11 // ETHTOOL_A_C33_PSE_EXT_SUBSTATE, u32
	attrC33AvailLimit    = 12 // ETHTOOL_A_C33_PSE_AVAIL_PW_LIMIT, u32, mW
	attrC33LimitRanges   = 13 // ETHTOOL_A_C33_PSE_PW_LIMIT_RANGES, nest, repeated
	attrPowerDomain      = 14 // ETHTOOL_A_PSE_PW_D_ID, u32
	attrPriorityMax      = 15 // ETHTOOL_A_PSE_PRIO_MAX, u32
	attrPriority         = 16 // ETHTOOL_A_PSE_PRIO, u32

	attrRangeMin = 1 // ETHTOOL_A_C33_PSE_PW_LIMIT_MIN, u32, mW
	attrRangeMax = 2 // ETHTOOL_A_C33_PSE_PW_LIMIT_MAX, u32, mW

	attrNtfHeader = 1 // ETHTOOL_A_PSE_NTF_HEADER, nest
	attrNtfEvents = 2 // ETHTOOL_A_PSE_NTF_EVENTS, uint (4 or 8 octets)

	// enum ethtool_c33_pse_admin_state, ethtool_podl_pse_admin_state
	adminUnknown  = 1
	adminDisabled = 2
	adminEnabled  = 3

	// enum ethtool_c33_pse_pw_d_status (IEEE 802.3 aPSEPowerDetectionStatus)
	c33Unknown    = 1
	c33Disabled   = 2
	c33Searching  = 3
	c33Delivering = 4
	c33Test       = 5
	c33Fault      = 6
	c33OtherFault = 7

	// enum ethtool_podl_pse_pw_d_status (IEEE 802.3 aPoDLPSEPowerDetectionStatus)
	podlUnknown    = 1
	podlDisabled   = 2
	podlSearching  = 3
	podlDelivering = 4
	podlSleep      = 5
	podlIdle       = 6
	podlError      = 7

	// enum ethtool_c33_pse_ext_state (variables of IEEE 802.3 33.2.4.4)
	extErrorCondition    = 1
	extMPSValid          = 2
	extPSEEnable         = 3
	extDetectTed         = 4
	extVportLim          = 5
	extOverload          = 6
	extDLLPowerType      = 7
	extPowerNotAvailable = 8
	extShort             = 9
)

// extWords say why a port is in the state that it is in, by ext state and substate; substate 0 is the state
// without one, and stands in for substates that are not known here.
var extWords = map[[2]uint32]string{
	{extErrorCondition, 0}:    "error of the controller",
	{extErrorCondition, 1}:    "the controller has no such port",
	{extErrorCondition, 2}:    "the port is not defined in the controller",
	{extErrorCondition, 3}:    "fault of the controller's hardware",
	{extErrorCondition, 4}:    "no communication with the port after it was forced on",
	{extErrorCondition, 5}:    "the controller does not know the port's status",
	{extErrorCondition, 6}:    "turned off because the host crashed",
	{extErrorCondition, 7}:    "shut down by force because the host crashed",
	{extErrorCondition, 8}:    "turned off by a change of configuration",
	{extErrorCondition, 9}:    "over temperature",
	{extMPSValid, 0}:          "the device does not keep up its power signature",
	{extMPSValid, 1}:          "the device draws too little to be seen",
	{extMPSValid, 2}:          "nothing is connected",
	{extPSEEnable, 0}:         "power is disabled",
	{extPSEEnable, 1}:         "power is disabled by a pin of the controller",
	{extDetectTed, 0}:         "detection is not done",
	{extDetectTed, 1}:         "detection is in progress",
	{extDetectTed, 2}:         "the connection check failed",
	{extVportLim, 0}:          "the supply's voltage is out of its limits",
	{extVportLim, 1}:          "the supply's voltage is too high",
	{extVportLim, 2}:          "the supply's voltage is too low",
	{extVportLim, 3}:          "voltage is put in from outside",
	{extOverload, 0}:          "over current: the device draws more than it may",
	{extOverload, 1}:          "over current: the device draws more than it may",
	{extDLLPowerType, 0}:      "the type of the device, told by LLDP, does not fit",
	{extPowerNotAvailable, 0}: "power is not available",
	{extPowerNotAvailable, 1}: "power is not available: the budget is used up",
	{extPowerNotAvailable, 2}: "power is not available: the port's limit is more than the controller's budget",
	{extPowerNotAvailable, 3}: "power is not available: the device asks for more than the port's limit",
	{extPowerNotAvailable, 4}: "power is not available: the hardware gives no more",
	{extShort, 0}:             "short circuit",
	{extShort, 1}:             "short circuit",
}

// reason gives the words for an ext state; "" for none.
func reason(state, substate uint32) string {
	if state == 0 {
		return ""
	}
	if w, ok := extWords[[2]uint32{state, substate}]; ok {
		return w
	}
	if w, ok := extWords[[2]uint32{state, 0}]; ok {
		return fmt.Sprintf("%s (substate %d)", w, substate)
	}
	return fmt.Sprintf("state %d, substate %d of the controller", state, substate)
}

// Events is what a notification tells, a set (enum ethtool_pse_event).
type Events uint64

// The events. A port that loses power tells OverCurrent, OverTemp or OverBudget; one where a device comes or
// goes tells Detection, Classification or Disconnection.
const (
	OverCurrent          Events = 1 << iota // output current too high
	OverTemp                                // the controller is too hot
	Detection                               // detection took place (30.9.1.1.5)
	Classification                          // classification took place (30.9.1.1.8)
	Disconnection                           // the device is gone (MPS absent, 30.9.1.1.20)
	OverBudget                              // turned off to stay in the budget
	SoftwareControlError                    // the kernel failed to manage the port's power
)

var eventWords = []string{"over-current", "over-temperature", "detection", "classification", "disconnection", "over-budget", "software-control-error"}

// String gives the words of all events, and bits that have none as numbers.
func (e Events) String() string {
	if e == 0 {
		return "none"
	}
	var words []string
	for i := range 64 {
		if e>>i&1 == 0 {
			continue
		}
		if i < len(eventWords) {
			words = append(words, eventWords[i])
		} else {
			words = append(words, fmt.Sprintf("bit-%d", i))
		}
	}
	return strings.Join(words, ",")
}
