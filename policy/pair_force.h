// When a version of a treaty is law between two States, and when it no longer holds one of them.
#pragma once

#include <string>

#include "policy/fold.h"
#include "policy/law.h"

namespace tamga::policy {

// When the version is in force between the two, rivals and the versions that it amends taken into account. Within one
// State only a domestic agreement is.
Spans InForceBetween(const Version& version, const std::string& a, const std::string& b);

// When `state` is held to what the version forbids, limits and demands, in what it does with `other`.
Spans HeldTowards(const Version& version, const std::string& state, const std::string& other);

// When a version that amends this one is in force between the two.
Spans ReplacedBetween(const Version& version, const std::string& a, const std::string& b);

// From the day on which the version grants nothing any longer.
Spans ExpiredSpans(const Version& version);

}  // namespace tamga::policy
