#include "node/audit/entry_query.h"

#include "google/protobuf/util/time_util.h"
#include "node/base/clock.h"
#include "node/base/error.h"
#include "node/base/status_macros.h"
#include "node/base/text.h"

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

absl::StatusOr<store::EntryFilter> FilterOf(const v1::ListEntriesRequest& request) {
  ASSIGN_OR_RETURN(store::EntryFilter filter, PeriodOf(request));
  if (!request.partner().empty()) RETURN_IF_ERROR(CheckAgency("partner", request.partner()));
  if (!v1::EntryKind_IsValid(request.kind())) return InvalidField("kind", "is no EntryKind of this version");
  if (!v1::EntryOutcome_IsValid(request.outcome()))
    return InvalidField("outcome", "is no EntryOutcome of this version");
  filter.partner = request.partner();
  filter.kind = request.kind();
  filter.outcome = request.outcome();
  return filter;
}

}  // namespace tamga::audit
