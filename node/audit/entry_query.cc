#include "node/audit/entry_query.h"

#include <string>

#include "certs/principal.h"
#include "google/protobuf/util/time_util.h"
#include "node/base/clock.h"
#include "node/base/encoding.h"
#include "node/base/error.h"
#include "node/base/status_macros.h"
#include "node/base/text.h"
#include "node/base/uuid.h"

namespace tamga::audit {
namespace {

using google::protobuf::Timestamp;
using google::protobuf::util::TimeUtil;

absl::StatusOr<absl::Time> TimeOf(absl::string_view field, const Timestamp& timestamp) {
  const bool valid = timestamp.seconds() >= TimeUtil::kTimestampMinSeconds &&
                     timestamp.seconds() <= TimeUtil::kTimestampMaxSeconds && timestamp.nanos() >= 0 &&
                     timestamp.nanos() < 1'000'000'000;
  if (!valid)
    return InvalidField(field, "is no time; it must be in the years 1 to 9999, with nanos below 1,000,000,000");
  return FromProto(timestamp);
}

constexpr size_t kMostArticleBytes = 200;

template <typename Enum>
absl::Status CheckEnum(absl::string_view field, Enum value, bool (*is_valid)(int)) {
  if (is_valid(value)) return absl::OkStatus();
  return InvalidField(field, "is no value of this version");
}

std::string Indexed(const std::string& pseudonym) { return pseudonym.substr(0, store::kIndexedPseudonymBytes); }

absl::Status AddAsker(const v1::ListEntriesRequest& request, const exchange::Pseudonyms& pseudonyms,
                      store::EntryFilter* filter) {
  if (request.asker().empty()) {
    if (request.officer().empty()) return absl::OkStatus();
    return InvalidField("officer", "needs asker: the certificate through which the officer asked");
  }
  if (!certs::ParseSpiffeId(request.asker()).ok()) {
    return InvalidField("asker", "must be a SPIFFE id, such as spiffe://kaz.tamga/border-service/system/lane-7");
  }
  if (!request.officer().empty()) RETURN_IF_ERROR(CheckReference("officer", request.officer()));
  v1::Asker asker;
  asker.set_principal(request.asker());
  asker.set_officer(request.officer());
  filter->asker = Indexed(pseudonyms.OfAsker(asker));
  return absl::OkStatus();
}

absl::Status AddExchange(const v1::ListEntriesRequest& request, store::EntryFilter* filter) {
  if (request.exchange_id().empty()) return absl::OkStatus();
  const absl::StatusOr<std::string> exchange_id = ParseUuidV7(request.exchange_id());
  if (!exchange_id.ok()) return InvalidField("exchange_id", "must be a UUID of version 7 in text form, lower case");
  filter->exchange_id = *exchange_id;
  return absl::OkStatus();
}

// Entries are not found by it: whoever lists looks at each.
absl::Status CheckSealKey(const v1::ListEntriesRequest& request) {
  constexpr size_t kDigits = 64;
  if (request.seal_key_id().empty()) return absl::OkStatus();
  if (request.seal_key_id().size() == kDigits && HexDecode(request.seal_key_id()).ok()) return absl::OkStatus();
  return InvalidField("seal_key_id", "must be 64 lower-case hexadecimal digits, as tamga pki show has them");
}

// What can be asked of a list and of numbers.
template <typename Request>
absl::StatusOr<store::EntryFilter> CommonFilterOf(const Request& request) {
  ASSIGN_OR_RETURN(store::EntryFilter filter, PeriodOf(request));
  if (!request.partner().empty()) RETURN_IF_ERROR(CheckAgency("partner", request.partner()));
  if (!request.treaty_id().empty()) RETURN_IF_ERROR(CheckReference("treaty_id", request.treaty_id()));
  filter.partner = request.partner();
  filter.treaty_id = request.treaty_id();
  return filter;
}

}  // namespace

absl::StatusOr<store::EntryFilter> PeriodOf(const Timestamp* since, const Timestamp* until) {
  store::EntryFilter filter;
  if (since != nullptr) {
    ASSIGN_OR_RETURN(filter.since, TimeOf("since", *since));
  }
  if (until != nullptr) {
    ASSIGN_OR_RETURN(filter.until, TimeOf("until", *until));
  }
  if (filter.since && filter.until && *filter.until <= *filter.since) {
    return InvalidField("until", "must be after since");
  }
  return filter;
}

absl::StatusOr<store::EntryFilter> FilterOf(const v1::ListEntriesRequest& request,
                                            const exchange::Pseudonyms& pseudonyms) {
  ASSIGN_OR_RETURN(store::EntryFilter filter, CommonFilterOf(request));
  RETURN_IF_ERROR(CheckEnum("kind", request.kind(), v1::EntryKind_IsValid));
  RETURN_IF_ERROR(CheckEnum("outcome", request.outcome(), v1::EntryOutcome_IsValid));
  RETURN_IF_ERROR(CheckEnum("record_kind", request.record_kind(), v1::RecordKind_IsValid));
  RETURN_IF_ERROR(CheckEnum("operation", request.operation(), v1::Operation_IsValid));
  RETURN_IF_ERROR(CheckText("article", request.article(), kMostArticleBytes));
  RETURN_IF_ERROR(AddAsker(request, pseudonyms, &filter));
  RETURN_IF_ERROR(AddExchange(request, &filter));
  if (!request.case_reference().empty()) {
    RETURN_IF_ERROR(CheckReference("case_reference", request.case_reference()));
    filter.case_file = Indexed(pseudonyms.OfCase(request.case_reference()));
  }
  RETURN_IF_ERROR(CheckSealKey(request));
  filter.kind = request.kind();
  filter.outcome = request.outcome();
  filter.article = request.article();
  filter.record_kind = request.record_kind();
  filter.operation = request.operation();
  if (request.without_readings()) filter.without_kinds.push_back(v1::ENTRY_KIND_READ);
  return filter;
}

absl::StatusOr<store::EntryFilter> FilterOf(const v1::GetStatisticsRequest& request) { return CommonFilterOf(request); }

}  // namespace tamga::audit
