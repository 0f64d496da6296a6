// What attachments need to know of the cases that they belong to.
#pragma once

#include <string>

#include "node/attachment/case_lookup.h"
#include "node/readmission/case_law.h"
#include "node/readmission/case_store.h"

namespace tamga::readmission {

// Thread-safe.
class AttachmentCases final : public attachment::CaseLookup {
 public:
  // Both outlive this.
  AttachmentCases(const CaseStore& cases, const LawBook& laws) : cases_(cases), laws_(laws) {}

  absl::StatusOr<attachment::CaseTerms> Find(const std::string& case_id) const override;

 private:
  const CaseStore& cases_;
  const LawBook& laws_;
};

}  // namespace tamga::readmission
