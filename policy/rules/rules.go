package rules

import "phoneport/policy"

// All gives every rule, in the order in which they are listed for people: VLANs, power, phones, upkeep.
func All() []policy.Rule {
	return []policy.Rule{
		voiceVLANAbsent,
		voiceVLANWrong,
		voiceVLANMissingOnSwitch,
		voiceVLANConflict,
		phoneInDataVLAN,
		phonePolicyDiffers,
		nativeVLANWrong,
		poeOff,
		poeDenied,
		poeFaulty,
		poePriorityWrong,
		poeLimitWrong,
		poeOverdeclared,
		powerForecastDenial,
		poweredSilent,
		linkWithoutPower,
		phoneUnknown,
		phoneMoved,
		phoneMissing,
		macDuplicate,
		voiceVLANIdle,
		portMapUnproven,
		exceptionExpired,
	}
}

// IDs gives the ids of All.
func IDs() []string {
	var ids []string
	for _, r := range All() {
		ids = append(ids, r.ID)
	}
	return ids
}

// ByID gives the rule with the id.
func ByID(id string) (policy.Rule, bool) {
	for _, r := range All() {
		if r.ID == id {
			return r, true
		}
	}
	return policy.Rule{}, false
}
