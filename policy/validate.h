// Whether a document is complete and makes sense in itself. Each function adds every finding, not only the first, and
// says what the field must be and how to mend it. `root` is the place of the whole message.
#pragma once

#include <cstddef>
#include <cstdint>

#include "policy/findings.h"
#include "tamga/v1/instrument.pb.h"
#include "tamga/v1/treaty.pb.h"
#include "tamga/v1/treaty_suite.pb.h"

namespace tamga::policy {

// Of the rules of a treaty, and of those that one act or overlay of a State adds. What a text may cost those who hold
// it is bounded here: far more than any treaty needs, and little enough that nobody's text keeps others busy.
inline constexpr int kMostRules = 10'000;
inline constexpr int kMostInvariants = 100;
// Rules times places squared. Places are agencies, States (for their other agencies) and one for all others: what rules
// mean is proved for each pair of them. Of 250 States with two agencies each, more than a hundred rules.
inline constexpr uint64_t kMostRulePairs = 64'000'000;
// Different limits of numbers (at_least, at_most) in the conditions of all rules: they cut what is proved into parts.
inline constexpr size_t kMostLimits = 500;
// Rules times the record kinds, operations, purposes and askers that each lists: what deciding looks up.
inline constexpr uint64_t kMostLookups = 100'000;
// Limits of time, and each list of a treaty's terms of readmission: more than there are clocks, steps, groups or tiers.
inline constexpr int kMostOfTerms = 100;
// Kinds of evidence, of all tiers together, and crossing points.
inline constexpr int kMostNamesOfTerms = 1'000;
// Versions of a treaty, each amending the one before: whether one is in force follows from all before it.
inline constexpr uint32_t kMostVersions = 64;

// Fields that treaty.proto requires, forms of identifiers and dates, parties and their agencies, entry into force,
// articles and their citations, the rules, limits of time and terms of readmission. That the invariants follow from the
// rules is not looked at.
void ValidateTreaty(const v1::Treaty& treaty, const Place& root, Findings* findings);

void ValidateOverlay(const v1::Overlay& overlay, const Place& root, Findings* findings);

// What can be said without the treaty at hand.
void ValidateInstrument(const v1::Instrument& instrument, const Place& root, Findings* findings);

// What can be said of a reservation with the treaty at hand: that the articles exist, and that nothing is taken away
// from what the treaty forbids, limits or demands. `root` is the place of the reservation.
void ValidateReservation(const v1::Reserve& reservation, const v1::Treaty& treaty, const Place& root,
                         Findings* findings);

void ValidateSuite(const v1::TreatySuite& suite, const Place& root, Findings* findings);

void ValidateTreatyOffice(const v1::TreatyOffice& office, const Place& root, Findings* findings);

}  // namespace tamga::policy
