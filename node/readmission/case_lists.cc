#include "node/readmission/case_lists.h"

#include <cstdint>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "node/base/error.h"
#include "node/base/log.h"
#include "node/base/status_macros.h"
#include "node/domain/page_size.h"

namespace tamga::readmission {
namespace {

absl::StatusOr<store::CaseFilter> FilterOf(const v1::ListReadmissionCasesRequest& request,
                                           const std::string& own_agency, absl::Time now) {
  store::CaseFilter filter;
  filter.treaty_id = request.treaty_id();
  for (int i = 0; i < request.states_size(); ++i) {
    const v1::ReadmissionState state = request.states(i);
    if (state == v1::READMISSION_STATE_UNSPECIFIED || !v1::ReadmissionState_IsValid(state)) {
      return InvalidField(absl::StrCat("states[", i, "]"), "not a state of a case");
    }
    filter.states.push_back(state);
  }
  if (request.clock_agency() == own_agency) {
    filter.side = store::ClockSide::kOwn;
  } else if (!request.clock_agency().empty()) {
    filter.side = store::ClockSide::kPartner;
    filter.partner = request.clock_agency();
  }
  if (request.has_due_within_days()) filter.due_by = now + absl::Hours(24 * int64_t{request.due_within_days()});
  return filter;
}

// What is wrong with the one case, and not with the store.
bool IsOfCase(const absl::Status& status) {
  const std::string reason = ReasonOf(status);
  return reason == "TREATY_TEXT_MISSING" || (absl::IsDataLoss(status) && reason != "STORE_DAMAGED");
}

absl::StatusOr<v1::ReadmissionCase> ReadListedCase(const CaseStore& cases, const std::string& case_id, absl::Time now) {
  ASSIGN_OR_RETURN(const CaseStore::Stored stored, cases.Load(case_id));
  ASSIGN_OR_RETURN(const FoldedCase folded, cases.FoldAt(stored.file, now));
  return ListedCase(folded);
}

}  // namespace

v1::ReadmissionCase ListedCase(const FoldedCase& folded) {
  v1::ReadmissionCase listed = folded.record;
  listed.clear_application();
  for (v1::ReadmissionEvent& event : *listed.mutable_history()) {
    event.clear_refusal_code();
    event.clear_reasons();
    event.clear_step();
  }
  return listed;
}

absl::StatusOr<std::optional<v1::ReadmissionCase>> FindListedCase(const CaseStore& cases, const std::string& case_id,
                                                                  absl::Time now) {
  absl::StatusOr<v1::ReadmissionCase> listed = ReadListedCase(cases, case_id, now);
  if (listed.ok()) return std::optional<v1::ReadmissionCase>(*std::move(listed));
  if (absl::IsNotFound(listed.status())) return std::optional<v1::ReadmissionCase>();
  if (!IsOfCase(listed.status())) return listed.status();
  Log(Severity::kError, "readmission case not told to lists and watches",
      {{"case", case_id}, {"reason", ReasonOf(listed.status())}, {"detail", std::string(listed.status().message())}});
  return std::optional<v1::ReadmissionCase>();
}

absl::StatusOr<v1::ListReadmissionCasesResponse> CaseLists::List(const v1::ListReadmissionCasesRequest& request) const {
  const absl::Time now = clock_.Now();
  ASSIGN_OR_RETURN(const size_t page_size, domain::PageSize(request.page_size()));
  ASSIGN_OR_RETURN(const store::CaseFilter filter, FilterOf(request, cases_.own_agency(), now));
  store::CasePage page;
  {
    ASSIGN_OR_RETURN(store::ReadSession session, database_.Read());
    ASSIGN_OR_RETURN(page, session->ListCases(filter, page_size, request.page_token()));
  }
  v1::ListReadmissionCasesResponse response;
  for (const store::CaseRow& row : page.cases) {
    ASSIGN_OR_RETURN(std::optional<v1::ReadmissionCase> listed, FindListedCase(cases_, row.case_id, now));
    if (listed.has_value()) *response.add_cases() = *std::move(listed);
  }
  response.set_next_page_token(page.next_page_token);
  return response;
}

}  // namespace tamga::readmission
