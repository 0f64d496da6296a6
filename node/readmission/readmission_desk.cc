#include "node/readmission/readmission_desk.h"

#include <utility>

#include "node/base/status_macros.h"
#include "node/domain/record_id.h"
#include "node/readmission/forms/form_printer.h"
#include "node/readmission/partners_words.h"
#include "node/readmission/request_checks.h"

namespace tamga::readmission {

ReadmissionDesk::ReadmissionDesk(DeskParts parts)
    : parts_(std::move(parts)), keys_("readmission-key", parts_.records) {}

absl::StatusOr<v1::GetReadmissionCaseResponse> ReadmissionDesk::Get(const exchange::Call& call,
                                                                    const v1::GetReadmissionCaseRequest& request) {
  RETURN_IF_ERROR(domain::CheckRecordId("case_id", request.case_id()));
  ASSIGN_OR_RETURN(const CaseStore::Stored stored, parts_.cases.Load(request.case_id()));
  const bool is_bare = stored.origin && IsOwn(stored.file) && !request.has_context();
  if (stored.origin && !is_bare) RETURN_IF_ERROR(parts_.uses.CheckUse(call, request.context(), *stored.origin));
  v1::GetReadmissionCaseResponse response;
  ASSIGN_OR_RETURN(*response.mutable_case_(), View(stored.file));
  if (is_bare) HidePartnersWords(parts_.own_agency, response.mutable_case_());
  return response;
}

absl::StatusOr<v1::PrintReadmissionFormResponse> ReadmissionDesk::Print(
    const exchange::Call& call, const v1::PrintReadmissionFormRequest& request) {
  RETURN_IF_ERROR(CheckPrint(request));
  ASSIGN_OR_RETURN(const CaseStore::Stored stored, parts_.cases.Load(request.case_id()));
  if (stored.origin) RETURN_IF_ERROR(parts_.uses.CheckUse(call, request.context(), *stored.origin));
  ASSIGN_OR_RETURN(const CaseLaw law, LawOf(stored.file));
  ASSIGN_OR_RETURN(const v1::ReadmissionCase record, View(stored.file));
  v1::PrintReadmissionFormResponse response;
  ASSIGN_OR_RETURN(*response.mutable_document(),
                   PrintForm(record, *law.treaty, request.form(), request.language(), request.format()));
  response.set_media_type(MediaTypeOf(request.format()));
  return response;
}

absl::StatusOr<CaseLaw> ReadmissionDesk::LawOf(const v1::ReadmissionFile& file) const {
  return parts_.laws.Find(file.treaty_id(), file.treaty_sha256());
}

absl::StatusOr<v1::ReadmissionCase> ReadmissionDesk::View(const v1::ReadmissionFile& file) const {
  ASSIGN_OR_RETURN(FoldedCase folded, parts_.cases.Fold(file));
  return std::move(folded.record);
}

}  // namespace tamga::readmission
