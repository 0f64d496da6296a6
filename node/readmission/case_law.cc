#include "node/readmission/case_law.h"

#include <memory>

#include "absl/strings/str_cat.h"
#include "node/base/error.h"
#include "policy/treaty_document.h"

namespace tamga::readmission {
namespace {

const v1::Treaty& NoTreaty() {
  static const auto& none = *new v1::Treaty;
  return none;
}

}  // namespace

absl::StatusOr<CaseLaw> LawBook::Find(const std::string& treaty_id, const std::string& sha256) const {
  const std::shared_ptr<const treaty::TreatyLibrary> library = treaties_.Get();
  const policy::Calendars& calendars = library->standing->calendars();
  if (treaty_id.empty()) return CaseLaw{library, &NoTreaty(), &calendars};
  for (const policy::TreatyDocument* document : library->set->documents()) {
    if (document->treaty.id() == treaty_id && document->sha256 == sha256) {
      return CaseLaw{library, &document->treaty, &calendars};
    }
  }
  return Error(absl::StatusCode::kInternal, "TREATY_TEXT_MISSING",
               absl::StrCat("the text of ", treaty_id, " by which the case is worked is not in the treaties folder; ",
                            "the operator must put it back"));
}

}  // namespace tamga::readmission
