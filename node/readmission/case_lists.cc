#include "node/readmission/case_lists.h"

#include <cstdint>

#include "absl/strings/str_cat.h"
#include "node/base/error.h"
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
    const absl::StatusOr<CaseStore::Stored> stored = cases_.Load(row.case_id);
    if (absl::IsNotFound(stored.status())) continue;
    RETURN_IF_ERROR(stored.status());
    ASSIGN_OR_RETURN(const FoldedCase folded, cases_.FoldAt(stored->file, now));
    *response.add_cases() = ListedCase(folded);
  }
  response.set_next_page_token(page.next_page_token);
  return response;
}

}  // namespace tamga::readmission
