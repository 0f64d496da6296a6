#include "node/safeguard/safeguard_gate.h"

#include <initializer_list>

#include "node/base/clock.h"
#include "node/base/error.h"

namespace tamga::safeguard {
namespace {

v1::Ternary Either(v1::Ternary said, v1::Ternary standing) { return standing == v1::TERNARY_YES ? standing : said; }

}  // namespace

v1::ReadmissionSafeguards Merge(const v1::ReadmissionSafeguards& said, const v1::ReadmissionSafeguards& standing) {
  v1::ReadmissionSafeguards merged;
  merged.set_asylum_claim_open(Either(said.asylum_claim_open(), standing.asylum_claim_open()));
  merged.set_trafficking_indicator(Either(said.trafficking_indicator(), standing.trafficking_indicator()));
  merged.set_unaccompanied_minor(Either(said.unaccompanied_minor(), standing.unaccompanied_minor()));
  merged.set_medical_hold(Either(said.medical_hold(), standing.medical_hold()));
  return merged;
}

bool AnythingStands(const v1::ReadmissionSafeguards& safeguards) {
  for (const v1::Ternary ground : {safeguards.asylum_claim_open(), safeguards.trafficking_indicator(),
                                   safeguards.unaccompanied_minor(), safeguards.medical_hold()}) {
    if (ground == v1::TERNARY_YES) return true;
  }
  return false;
}

absl::Status SafeguardStands() {
  return Error(absl::StatusCode::kFailedPrecondition, "SAFEGUARD_STANDS",
               "a check that the treaty demands is not done; ask the protection officer");
}

v1::ChecksDone MakeStatement(absl::Time at) {
  v1::ChecksDone statement;
  *statement.mutable_at() = ToProto(at);
  statement.set_nothing_stands_in_the_way(true);
  return statement;
}

}  // namespace tamga::safeguard
