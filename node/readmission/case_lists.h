// Lists of cases, as a desk wants them: by treaty, by state, by what is due and on whose side.
#pragma once

#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "node/base/clock.h"
#include "node/readmission/case_store.h"
#include "node/store/exchange_db.h"
#include "tamga/v1/readmission_service.pb.h"

namespace tamga::readmission {

// The case as lists and watches tell it: without what it says of the person, and without what the partner said beside
// the outcome.
v1::ReadmissionCase ListedCase(const FoldedCase& folded);

// The same of the case of that identifier, as it stands by `now`. Nothing if it was removed meanwhile, or if it cannot
// be read, since its record is damaged or its treaty's text is gone: the other cases are told all the same, and the log
// says which is not.
absl::StatusOr<std::optional<v1::ReadmissionCase>> FindListedCase(const CaseStore& cases, const std::string& case_id,
                                                                  absl::Time now);

// Thread-safe.
class CaseLists {
 public:
  // All references outlive this.
  CaseLists(store::ReadableDb& database, const CaseStore& cases, const Clock& clock)
      : database_(database), cases_(cases), clock_(clock) {}

  // Last changed first; with a filter on clocks, the next to pass first. INVALID_FIELD for a page size, token or state
  // that is not one. A case that is removed meanwhile, or that cannot be read, is left out; the page after follows all
  // the same.
  absl::StatusOr<v1::ListReadmissionCasesResponse> List(const v1::ListReadmissionCasesRequest& request) const;

 private:
  store::ReadableDb& database_;
  const CaseStore& cases_;
  const Clock& clock_;
};

}  // namespace tamga::readmission
