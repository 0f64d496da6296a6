// Whether a document is complete and makes sense in itself. Each function adds every finding, not only the first, and
// says what the field must be and how to mend it. `root` is the place of the whole message.
#pragma once

#include "policy/findings.h"
#include "tamga/v1/instrument.pb.h"
#include "tamga/v1/treaty.pb.h"
#include "tamga/v1/treaty_suite.pb.h"

namespace tamga::policy {

// Fields that treaty.proto requires, forms of identifiers and dates, parties and their agencies, entry into force,
// articles and their citations, and the rules. That the invariants follow from the rules is not looked at.
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
