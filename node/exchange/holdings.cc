#include "node/exchange/holdings.h"

#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "node/base/error.h"
#include "node/base/status_macros.h"
#include "node/base/uuid.h"
#include "node/exchange/call_context.h"
#include "node/exchange/holding.h"
#include "node/exchange/refusal.h"
#include "node/store/transaction.h"
#include "policy/words.h"

namespace tamga::exchange {
namespace {

// What the log says of an exchange that left no holding.
absl::StatusOr<v1::Holding> FromLog(store::Reader& reader, const store::Origin& origin) {
  ASSIGN_OR_RETURN(const std::vector<store::EntryRow> rows, reader.EntriesOfExchange(origin.exchange_id));
  const v1::EntryKind kind = origin.own_asked ? v1::ENTRY_KIND_DELIVERED : v1::ENTRY_KIND_ANSWERED;
  for (const store::EntryRow& row : rows) {
    v1::LogEntry entry;
    if (row.partner != origin.partner || row.kind != kind || !entry.ParseFromString(row.body)) continue;
    if (!entry.obligations().empty()) break;
    v1::Holding holding;
    holding.set_exchange_id(origin.exchange_id);
    holding.set_partner(origin.partner);
    holding.set_own_asked(origin.own_asked);
    holding.set_record_kind(entry.record_kind());
    holding.set_operation(entry.operation());
    holding.set_purpose(entry.purpose());
    holding.set_treaty_id(entry.treaty_id());
    holding.set_treaty_sha256(entry.treaty_sha256());
    *holding.mutable_articles() = entry.articles();
    *holding.mutable_received_at() = entry.logged_at();
    return holding;
  }
  return Error(absl::StatusCode::kDataLoss, "HOLDING_MISSING",
               absl::StrCat("what exchange ", FormatUuid(origin.exchange_id),
                            " obliges to is not on record; keep a copy of exchange.db as evidence and restore the "
                            "last good backup"));
}

policy::Decision Denial(const v1::Holding& holding, absl::string_view reason, absl::string_view why) {
  policy::Decision denial;
  denial.reason = std::string(reason);
  denial.treaty_id = holding.treaty_id();
  denial.treaty_sha256 = holding.treaty_sha256();
  denial.articles.assign(holding.articles().begin(), holding.articles().end());
  denial.may_be_told = false;
  denial.explanation =
      absl::StrCat("this came from ", holding.partner(), " under ",
                   denial.articles.empty() ? denial.treaty_id : absl::StrJoin(denial.articles, "; "), ": ", why);
  return denial;
}

policy::Decision UseDenial(const v1::Holding& holding, const v1::Obligation& limit) {
  return Denial(holding, "USE_NOT_PERMITTED", policy::InWords(limit));
}

}  // namespace

store::Effects Book(const v1::Holding& holding, v1::LogEntry* entry) {
  for (const v1::HoldingDuty& duty : holding.duties()) entry->add_obligations(duty.obligation().type());
  store::Effects effects;
  effects.writes.push_back(
      [row = RowOf(holding)](store::Transaction& transaction) { return transaction.AddHolding(row); });
  return effects;
}

absl::StatusOr<v1::Holding> FindHolding(store::ExchangeDb& database, const store::Origin& origin) {
  ASSIGN_OR_RETURN(store::ReadSession session, database.Read());
  const absl::StatusOr<store::HoldingRow> row = session->GetHolding(origin);
  if (absl::IsNotFound(row.status())) return FromLog(*session, origin);
  RETURN_IF_ERROR(row.status());
  return HoldingOf(*row);
}

absl::StatusOr<PassingOn> JudgePassingOn(store::ExchangeDb& database, const std::optional<store::Origin>& origin,
                                         const std::string& to, v1::Purpose purpose) {
  PassingOn passing_on;
  if (!origin) return passing_on;
  ASSIGN_OR_RETURN(const v1::Holding holding, FindHolding(database, *origin));
  if (BarsPassingOn(holding, to)) {
    passing_on.barred = v1::TERNARY_YES;
    passing_on.denial =
        Denial(holding, "ONWARD_TRANSFER_BARRED", absl::StrCat("it is not passed on, so not to ", to, " either"));
    return passing_on;
  }
  passing_on.barred = v1::TERNARY_NO;
  if (const v1::Obligation* limit = FindUseLimit(holding, purpose); limit != nullptr) {
    passing_on.denial = UseDenial(holding, *limit);
  }
  return passing_on;
}

absl::Status Uses::CheckUse(const Call& call, const v1::CallContext& context, const store::Origin& origin) {
  RETURN_IF_ERROR(CheckContext(context));
  ASSIGN_OR_RETURN(const v1::Holding holding, FindHolding(parts_.database, origin));
  const v1::Obligation* limit = FindUseLimit(holding, context.purpose());
  v1::LogEntry entry = StartEntry(v1::ENTRY_KIND_USED, holding, parts_.own_agency, parts_.clock.Now());
  v1::Asker asker;
  asker.set_principal(call.caller.SpiffeId());
  asker.set_officer(context.officer());
  entry.set_purpose(context.purpose());
  entry.set_asker_pseudonym(parts_.pseudonyms.OfAsker(asker));
  entry.set_case_pseudonym(parts_.pseudonyms.OfCase(context.case_reference()));
  entry.set_outcome(limit == nullptr ? v1::ENTRY_OUTCOME_PERMITTED : v1::ENTRY_OUTCOME_DENIED);
  if (limit != nullptr) entry.set_reason("USE_NOT_PERMITTED");
  ledger::Submission submission;
  submission.entry = entry.SerializeAsString();
  RETURN_IF_ERROR(parts_.sequencer.Append(std::move(submission)).status());
  return limit == nullptr ? absl::OkStatus() : DenialToCaller(UseDenial(holding, *limit));
}

}  // namespace tamga::exchange
