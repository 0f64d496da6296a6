#include "node/safeguard/request_checks.h"

#include <algorithm>
#include <string>

#include "absl/strings/str_cat.h"
#include "adapters/partial_date.h"
#include "adapters/record_limits.h"
#include "node/base/error.h"
#include "node/base/status_macros.h"
#include "node/base/text.h"
#include "node/base/uuid.h"
#include "node/domain/record_id.h"
#include "node/exchange/call_context.h"
#include "node/safeguard/person_keys.h"

namespace tamga::safeguard {
namespace {

// Notes may have several lines.
absl::Status CheckNote(absl::string_view field, std::string note) {
  std::replace(note.begin(), note.end(), '\n', ' ');
  return CheckText(field, note, adapters::kMaxTextBytes);
}

absl::Status CheckPerson(const v1::ProtectedPerson& person) {
  if (const absl::Status limits = adapters::CheckRecordLimits(person); !limits.ok()) return Annotate(limits, "person");
  RETURN_IF_ERROR(adapters::CheckPartialDate("person.born_on", person.born_on()));
  if (person.names_size() > 0 && person.born_on().year() == 0) {
    return InvalidField("person.born_on", "must have a year where names are given: a name alone finds too many");
  }
  for (const v1::TravelDocument& document : person.documents()) {
    if (document.number().empty() || document.issuing_state().empty()) {
      return InvalidField("person.documents", "each must have its number and its issuing State");
    }
  }
  for (const std::string& case_id : person.case_ids()) {
    RETURN_IF_ERROR(domain::CheckRecordId("person.case_ids", case_id));
  }
  if (!FiledUnder(person).empty()) return absl::OkStatus();
  return InvalidField("person", "must have a document, a name with a date of birth, or a case");
}

}  // namespace

absl::Status CheckSet(const v1::SetSafeguardRequest& request) {
  RETURN_IF_ERROR(exchange::CheckContext(request.context()));
  if (request.ground() == v1::SAFEGUARD_GROUND_UNSPECIFIED || !v1::SafeguardGround_IsValid(request.ground())) {
    return InvalidField("ground", "is required");
  }
  RETURN_IF_ERROR(CheckNote("note", request.note()));
  return CheckPerson(request.person());
}

absl::Status CheckAskRelease(const v1::AskReleaseRequest& request) {
  RETURN_IF_ERROR(exchange::CheckContext(request.context()));
  RETURN_IF_ERROR(CheckSafeguardId(request.safeguard_id()));
  if (request.reason().empty()) return InvalidField("reason", "is required: say why the safeguard may be released");
  return CheckNote("reason", request.reason());
}

absl::Status CheckRelease(const v1::ReleaseSafeguardRequest& request) {
  RETURN_IF_ERROR(exchange::CheckContext(request.context()));
  return CheckSafeguardId(request.safeguard_id());
}

absl::Status CheckSafeguardId(const std::string& safeguard_id) {
  if (ParseUuidV7(safeguard_id).ok()) return absl::OkStatus();
  return InvalidField("safeguard_id", "must be the identifier that the node gave: a UUID of version 7, lower case");
}

}  // namespace tamga::safeguard
