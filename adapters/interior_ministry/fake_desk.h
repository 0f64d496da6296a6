// A desk for tests: it keeps cases in memory, knows idempotency keys, and can be made to fail.
#pragma once

#include <functional>
#include <iterator>
#include <map>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "adapters/interior_ministry/desk.h"
#include "node/base/error.h"

namespace tamga::adapters {

class FakeDesk final : public MinistryDesk {
 public:
  // Called before each call; an error is what the call returns, without effect.
  std::function<absl::Status(const std::string& call)> before = [](const std::string&) { return absl::OkStatus(); };
  // Every effect, in order: "submit NUMBER" and "act CASE KIND".
  std::vector<std::string> effects;
  // Contexts that calls came with, in order.
  std::vector<v1::CallContext> contexts;
  // What a watch tells, in order; a cursor is the count of changes.
  std::vector<v1::ReadmissionCase> changes;
  // Watches from cursors before this one are refused.
  size_t oldest_cursor = 0;
  std::map<std::string, v1::ReadmissionCase> cases;

  static std::string CaseId(size_t number) { return absl::StrFormat("018f3c2e-7b1a-7c3d-9e4f-%012d", number); }

  // A case that changes, with the news of it.
  void Change(const std::string& case_id, v1::ReadmissionState state) {
    v1::ReadmissionCase& record = cases[case_id];
    record.set_case_id(case_id);
    record.set_state(state);
    record.set_version(record.version() + 1);
    changes.push_back(record);
  }

  absl::StatusOr<v1::SubmitReadmissionResponse> Submit(const v1::SubmitReadmissionRequest& request) override {
    const absl::Status status = before("submit");
    if (!status.ok()) return status;
    contexts.push_back(request.context());
    std::string& case_id = keys_[request.context().idempotency_key()];
    if (case_id.empty()) {
      case_id = CaseId(cases.size() + 1);
      effects.push_back("submit " + request.context().case_reference());
      Change(case_id, v1::READMISSION_STATE_SUBMITTED);
    }
    v1::SubmitReadmissionResponse response;
    *response.mutable_case_() = cases[case_id];
    response.mutable_exchange()->set_delivery_state(v1::DELIVERY_STATE_QUEUED);
    return response;
  }

  absl::StatusOr<v1::ActOnReadmissionCaseResponse> Act(const v1::ActOnReadmissionCaseRequest& request) override {
    const absl::Status status = before("act");
    if (!status.ok()) return status;
    contexts.push_back(request.context());
    const std::string& case_id = request.step().case_id();
    if (cases.count(case_id) == 0) return Error(absl::StatusCode::kNotFound, "CASE_UNKNOWN", "case_id: is not known");
    std::string& known = keys_[request.context().idempotency_key()];
    if (known.empty()) {
      known = case_id;
      effects.push_back(absl::StrCat("act ", case_id, " ", v1::ReadmissionStepKind_Name(request.step().kind())));
    }
    v1::ActOnReadmissionCaseResponse response;
    *response.mutable_case_() = cases[case_id];
    response.mutable_exchange()->set_delivery_state(v1::DELIVERY_STATE_DELIVERED);
    return response;
  }

  absl::StatusOr<v1::GetReadmissionCaseResponse> Get(const v1::GetReadmissionCaseRequest& request) override {
    const absl::Status status = before("get");
    if (!status.ok()) return status;
    v1::GetReadmissionCaseResponse response;
    *response.mutable_case_() = cases[request.case_id()];
    response.mutable_case_()->mutable_application()->set_sex("X");  // a list does not tell it
    return response;
  }

  absl::StatusOr<v1::ListReadmissionCasesResponse> List(const v1::ListReadmissionCasesRequest& request) override {
    const absl::Status status = before("list");
    if (!status.ok()) return status;
    // One case on a page.
    v1::ListReadmissionCasesResponse response;
    const auto found = cases.upper_bound(request.page_token());
    if (found == cases.end()) return response;
    *response.add_cases() = found->second;
    if (std::next(found) != cases.end()) response.set_next_page_token(found->first);
    return response;
  }

  absl::Status Watch(const v1::WatchReadmissionCasesRequest& request, const Take& take) override {
    const absl::Status status = before("watch");
    if (!status.ok()) return status;
    size_t place = request.cursor().empty() ? changes.size() : std::stoul(request.cursor());
    if (place < oldest_cursor || place > changes.size()) {
      return Error(absl::StatusCode::kOutOfRange, "CURSOR_TOO_OLD", "cursor: is too old");
    }
    v1::WatchReadmissionCasesResponse response;
    while (place < changes.size()) {
      *response.mutable_case_() = changes[place];
      response.set_cursor(absl::StrCat(++place));
      if (!take(response)) return absl::OkStatus();
    }
    response.clear_case_();
    response.set_cursor(absl::StrCat(place));
    if (!take(response)) return absl::OkStatus();
    return absl::UnavailableError("the watch ended");
  }

 private:
  std::map<std::string, std::string> keys_;
};

}  // namespace tamga::adapters
