#include "node/readmission/attachment_cases.h"

#include "node/base/status_macros.h"

namespace tamga::readmission {
namespace {

// Nothing more is said in it: what is attached now would serve nothing.
bool HasEnded(v1::ReadmissionState state) {
  switch (state) {
    case v1::READMISSION_STATE_UNSPECIFIED:
    case v1::READMISSION_STATE_REFUSED:
    case v1::READMISSION_STATE_NOT_DELIVERED:
    case v1::READMISSION_STATE_TAKEN_BACK:
    case v1::READMISSION_STATE_WITHDRAWN:
    case v1::READMISSION_STATE_LAPSED:
    case v1::READMISSION_STATE_CLOSED:
      return true;
    default:
      return false;
  }
}

}  // namespace

absl::StatusOr<attachment::CaseTerms> AttachmentCases::Find(const std::string& case_id) const {
  ASSIGN_OR_RETURN(const CaseStore::Stored stored, cases_.Load(case_id));
  const v1::ReadmissionFile& file = stored.file;
  attachment::CaseTerms terms;
  terms.partner = file.requesting_agency() == cases_.own_agency() ? file.requested_agency() : file.requesting_agency();
  terms.treaty_id = file.treaty_id();
  if (file.has_pinned_at()) terms.law_as_of = FromProto(file.pinned_at());
  terms.is_erased = file.closed() || file.has_erased_at();
  if (terms.is_erased) return terms;
  ASSIGN_OR_RETURN(const CaseLaw law, laws_.Find(file.treaty_id(), file.treaty_sha256()));
  const auto& rules = law.treaty->readmission().attachments();
  terms.rules.assign(rules.begin(), rules.end());
  ASSIGN_OR_RETURN(const FoldedCase folded, cases_.Fold(file));
  terms.is_open = !HasEnded(folded.record.state());
  terms.is_held = folded.record.state() == v1::READMISSION_STATE_ON_HOLD;
  return terms;
}

}  // namespace tamga::readmission
