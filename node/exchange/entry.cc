#include "node/exchange/entry.h"

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "node/base/clock.h"
#include "node/base/encoding.h"

namespace tamga::exchange {
namespace {

constexpr absl::string_view kSeparator("\0", 1);

}  // namespace

std::string Pseudonyms::Of(absl::string_view kind, absl::string_view value) const {
  return HmacSha256(key_, absl::StrCat(kind, kSeparator, value));
}

std::string Pseudonyms::OfAsker(const v1::Asker& asker) const {
  return Of("asker", absl::StrCat(asker.principal(), kSeparator, asker.officer()));
}

std::string Pseudonyms::OfCase(absl::string_view case_reference) const { return Of("case", case_reference); }

std::string Pseudonyms::OfContent(absl::string_view content) const { return Of("content", content); }

std::string Pseudonyms::OfApproval(absl::string_view request) const { return Of("approval", request); }

v1::LogEntry StartEntry(v1::EntryKind kind, const v1::MessageHeader& request, absl::string_view own,
                        absl::string_view partner, const Pseudonyms& pseudonyms, absl::Time now) {
  v1::LogEntry entry;
  entry.set_version(1);
  entry.set_kind(kind);
  entry.set_exchange_id(request.exchange_id());
  entry.set_own(std::string(own));
  entry.set_partner(std::string(partner));
  *entry.mutable_logged_at() = ToProto(now);
  entry.set_treaty_id(request.treaty().id());
  entry.set_treaty_sha256(request.treaty().document_sha256());
  entry.set_purpose(request.purpose());
  entry.set_operation(request.operation());
  entry.set_record_kind(request.record_kind());
  entry.set_request_commitment(request.commitment());
  entry.set_asker_pseudonym(pseudonyms.OfAsker(request.asker()));
  entry.set_case_pseudonym(pseudonyms.OfCase(request.asker().case_reference()));
  return entry;
}

void AddDecision(const policy::Decision& decision, v1::LogEntry* entry) {
  entry->set_outcome(decision.permitted ? v1::ENTRY_OUTCOME_PERMITTED : v1::ENTRY_OUTCOME_DENIED);
  if (!decision.permitted) entry->set_reason(decision.reason);
  entry->clear_articles();
  for (const std::string& article : decision.articles) entry->add_articles(article);
}

void AddOutcome(const v1::Refusal* refusal, v1::LogEntry* entry) {
  if (refusal == nullptr) {
    entry->set_outcome(v1::ENTRY_OUTCOME_PERMITTED);
    return;
  }
  const bool denied = refusal->grpc_code() == static_cast<uint32_t>(absl::StatusCode::kPermissionDenied);
  entry->set_outcome(denied ? v1::ENTRY_OUTCOME_DENIED : v1::ENTRY_OUTCOME_FAILED);
  entry->set_reason(refusal->reason());
}

}  // namespace tamga::exchange
