#include "node/exchange/call_places.h"

#include "absl/strings/str_cat.h"
#include "node/base/error.h"
#include "node/base/text.h"

namespace tamga::exchange {
namespace {

absl::Status TooMany(absl::string_view whose) {
  return Error(absl::StatusCode::kResourceExhausted, "TOO_MANY_CALLS",
               absl::StrCat("as many calls ", whose, " are under way as the node serves at once; ask again when one ",
                            "has ended"));
}

}  // namespace

absl::StatusOr<CallPlaces::Place> CallPlaces::Take(const std::string& agency) {
  const bool is_foreign = IsForeign(agency);
  MutexLock lock(mutex_);
  const auto found = taken_.find(agency);
  const size_t taken = found == taken_.end() ? 0 : found->second;
  if (taken >= (is_foreign ? limits_.of_foreign_agency : limits_.of_own_agency)) return TooMany("of your agency");
  if (is_foreign && foreign_ >= limits_.of_all_foreign) return TooMany("of other States");
  ++taken_[agency];
  if (is_foreign) ++foreign_;
  return Place(nullptr, [this, agency](void*) { GiveBack(agency); });
}

void CallPlaces::GiveBack(const std::string& agency) {
  const bool is_foreign = IsForeign(agency);
  MutexLock lock(mutex_);
  if (--taken_[agency] == 0) taken_.erase(agency);
  if (is_foreign) --foreign_;
}

bool CallPlaces::IsForeign(const std::string& agency) const { return StateOf(agency) != own_state_; }

}  // namespace tamga::exchange
