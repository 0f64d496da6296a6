// What an exchange brought into this node and what must be done in return, as values: when a duty is due, what ends it,
// what it allows. Pure; holdings.h keeps them.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "node/store/rows.h"
#include "policy/decision.h"
#include "tamga/v1/common.pb.h"
#include "tamga/v1/log_entry.pb.h"
#include "tamga/v1/obligation_service.pb.h"
#include "tamga/v1/sealed_message.pb.h"

namespace tamga::exchange {

// What the exchange with this request's header leaves with the asking side (`own_asked`) or the answering side;
// `decision` permits it, and `obligations` are those of all its decisions here. Nothing if they do not bind this side.
// FOUR_EYES, QUOTA and VOLUME are seen to before an exchange and leave nothing.
std::optional<v1::Holding> MakeHolding(const v1::MessageHeader& request, bool own_asked,
                                       const policy::Decision& decision, const policy::ObligationSet& obligations,
                                       absl::Time received_at);

// As it is stored, with the times by which it is found.
store::HoldingRow RowOf(const v1::Holding& holding);
// DataLoss (RECORD_DAMAGED) if the row does not hold one.
absl::StatusOr<v1::Holding> HoldingOf(const store::HoldingRow& row);
store::Origin OriginOf(const v1::Holding& holding);

// An entry about the holding, with all that it says of its exchange.
v1::LogEntry StartEntry(v1::EntryKind kind, const v1::Holding& holding, absl::string_view own, absl::Time now);

// Tells the caller of the exchange what it obliges to.
void Summarise(const v1::Holding& holding, v1::ExchangeSummary* summary);

// Nullptr if there is none of the type.
v1::HoldingDuty* FindDuty(v1::ObligationType type, v1::Holding* holding);
// OPEN or OVERDUE.
bool IsToBeDone(const v1::HoldingDuty& duty);

// The obligation that keeps what it brought from serving the purpose; nullptr if it may serve it.
const v1::Obligation* FindUseLimit(const v1::Holding& holding, v1::Purpose purpose);
// Whether what it brought must not go to `agency`. Back to the agency that it came from it may always go.
bool BarsPassingOn(const v1::Holding& holding, absl::string_view agency);

// Makes those that are open and whose time is over OVERDUE, and says which. Erasure is not among them: the node itself
// sees to it.
std::vector<v1::ObligationType> MarkOverdue(absl::Time now, v1::Holding* holding);

// Whether the time to erase what it brought has come.
bool IsToBeErased(const v1::Holding& holding, absl::Time now);
// What it brought is gone: what held while it was kept has ended, and so has a review that nothing is left for. Duties
// to tell the other side stay.
void MarkErased(absl::Time now, v1::Holding* holding);

}  // namespace tamga::exchange
