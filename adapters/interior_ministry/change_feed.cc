#include "adapters/interior_ministry/change_feed.h"

#include "absl/strings/string_view.h"
#include "adapters/interior_ministry/command_runner.h"
#include "node/base/error.h"
#include "node/base/log.h"
#include "node/base/status_macros.h"

namespace tamga::adapters {
namespace {

constexpr uint32_t kCasesOnAPage = 100;

}  // namespace

absl::Status ChangeFeed::Run() {
  heard_ = false;
  ASSIGN_OR_RETURN(place_, sink_.Resume());
  if (place_.cursor.empty()) RETURN_IF_ERROR(Relist(false));
  const absl::Status followed = Follow();
  if (ReasonOf(followed) != "CURSOR_TOO_OLD") return followed;
  Log(Severity::kWarning, "changes forgotten", {{"reason", "CURSOR_TOO_OLD"}});
  RETURN_IF_ERROR(Relist(true));
  return Follow();
}

absl::Status ChangeFeed::Follow() {
  absl::Status handed_over;
  v1::WatchReadmissionCasesRequest request;
  request.set_cursor(place_.cursor);
  const absl::Status watched = desk_.Watch(request, [&](const v1::WatchReadmissionCasesResponse& change) {
    heard_ = true;
    handed_over = change.has_case_() ? Tell(change.case_(), false, change.cursor()) : sink_.MoveTo(change.cursor());
    if (handed_over.ok()) place_.cursor = change.cursor();
    return handed_over.ok();
  });
  return handed_over.ok() ? watched : handed_over;
}

// Where to go on is asked before cases are listed: what changes meanwhile is told again, and nothing is left out. A
// kill in between leaves the old cursor, so that all of it is done anew.
absl::Status ChangeFeed::Relist(bool gap) {
  std::string begin;
  const absl::Status begun = desk_.Watch({}, [&](const v1::WatchReadmissionCasesResponse& first) {
    begin = first.cursor();
    return false;
  });
  RETURN_IF_ERROR(begun);
  if (begin.empty()) return absl::UnavailableError("the node told no cursor to begin from");
  heard_ = true;
  if (gap) {
    v1::MinistryChange notice;
    notice.set_number(place_.next_number);
    notice.set_gap(true);
    RETURN_IF_ERROR(sink_.Put(notice, place_.cursor));
    ++place_.next_number;
  }
  v1::ListReadmissionCasesRequest request;
  request.set_page_size(kCasesOnAPage);
  do {
    ASSIGN_OR_RETURN(const v1::ListReadmissionCasesResponse page, desk_.List(request));
    for (const v1::ReadmissionCase& listed : page.cases()) RETURN_IF_ERROR(Tell(listed, true, place_.cursor));
    request.set_page_token(page.next_page_token());
  } while (!request.page_token().empty());
  RETURN_IF_ERROR(sink_.MoveTo(begin));
  place_.cursor = begin;
  return absl::OkStatus();
}

absl::Status ChangeFeed::Tell(const v1::ReadmissionCase& listed, bool relisted, const std::string& cursor) {
  v1::GetReadmissionCaseRequest request;
  request.set_case_id(listed.case_id());
  request.mutable_context()->set_purpose(v1::PURPOSE_READMISSION);
  request.mutable_context()->set_case_reference(listed.case_id());
  const absl::StatusOr<v1::GetReadmissionCaseResponse> whole = desk_.Get(request);
  v1::MinistryChange change;
  change.set_number(place_.next_number);
  change.set_relisted(relisted);
  if (whole.ok()) {
    *change.mutable_case_() = whole->case_();
  } else if (TroubleOf(whole.status()) == Trouble::kOfCommand) {
    // A treaty may bind its use, or it was erased meanwhile: the ministry learns that there is a change all the same.
    *change.mutable_case_() = listed;
    const std::string reason = ReasonOf(whole.status());
    change.set_withheld_reason(reason.empty() ? absl::StatusCodeToString(whole.status().code()) : reason);
  } else {
    return whole.status();
  }
  RETURN_IF_ERROR(sink_.Put(change, cursor));
  ++place_.next_number;
  return absl::OkStatus();
}

}  // namespace tamga::adapters
