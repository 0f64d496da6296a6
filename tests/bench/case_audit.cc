#include "tests/bench/case_audit.h"

#include <map>
#include <optional>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "node/base/status_macros.h"
#include "node/base/text.h"
#include "node/exchange/grpc_status.h"
#include "tamga/v1/admin_service.grpc.pb.h"
#include "tamga/v1/audit_service.grpc.pb.h"
#include "tests/federation/case_steps.h"

namespace tamga::bench {
namespace {

using Differences = std::vector<std::string>;

std::unique_ptr<v1::AdminService::Stub> Operator(testing::Federation& federation, const std::string& agency) {
  return v1::AdminService::NewStub(federation.Connect({agency, certs::Role::kOperator, "audit"}, agency));
}

// What officers did; the receipt and what the clock did are no actions.
bool IsAction(const v1::ReadmissionEvent& event) {
  return event.has_step() || event.kind() == v1::READMISSION_STEP_KIND_SUBMIT;
}

Differences CompareActions(const WalkedCase& walked, const v1::ReadmissionCase& held) {
  std::map<std::string, int> found;
  int actions = 0;
  for (const v1::ReadmissionEvent& event : held.history()) {
    if (!IsAction(event)) continue;
    ++actions;
    ++found[absl::StrCat(v1::ReadmissionStepKind_Name(event.kind()), " of ", event.actor(), " in exchange ",
                         event.exchange_id())];
  }
  Differences differences;
  for (const Acknowledged& action : walked.actions) {
    const std::string name = absl::StrCat(v1::ReadmissionStepKind_Name(action.kind), " of ", action.agency,
                                          " in exchange ", action.exchange_id);
    const auto times = found.find(name);
    const int count = times == found.end() ? 0 : times->second;
    if (count != 1) differences.push_back(absl::StrCat(name, " was acknowledged and is there ", count, " times"));
  }
  if (actions != static_cast<int>(walked.actions.size())) {
    differences.push_back(
        absl::StrCat("it has ", actions, " actions, and ", walked.actions.size(), " were acknowledged"));
  }
  return differences;
}

Differences CompareCase(const DeskLines& lines, const WalkedCase& walked) {
  Differences differences;
  std::array<v1::ReadmissionCase, 2> views;
  for (size_t side = 0; side < lines.size(); ++side) {
    const std::string where = absl::StrCat(lines[side].agency, ", case ", walked.case_id, ": ");
    absl::StatusOr<std::optional<v1::ReadmissionCase>> held = FindCase(lines[side], walked.case_id);
    if (!held.ok() || !*held) {
      return {absl::StrCat(where, held.ok() ? "it does not know the case" : held.status().ToString())};
    }
    views[side] = **std::move(held);
    for (const std::string& one : CompareActions(walked, views[side])) differences.push_back(where + one);
  }
  for (const std::string& one : testing::DifferencesBetween(views[0], views[1])) {
    differences.push_back(absl::StrCat("case ", walked.case_id, ": ", one));
  }
  return differences;
}

absl::StatusOr<std::set<std::string>> ListCases(const DeskLine& line) {
  std::set<std::string> ids;
  v1::ListReadmissionCasesRequest request;
  request.set_page_size(500);
  while (true) {
    v1::ListReadmissionCasesResponse page;
    RETURN_IF_ERROR(
        Insist([&](grpc::ClientContext* context) { return line.desk->ListReadmissionCases(context, request, &page); },
               nullptr));
    for (const v1::ReadmissionCase& one : page.cases()) ids.insert(one.case_id());
    if (page.next_page_token().empty()) return ids;
    request.set_page_token(page.next_page_token());
  }
}

Differences CompareLists(const DeskLines& lines, const std::vector<WalkedCase>& cases) {
  Differences differences;
  for (const DeskLine& line : lines) {
    const absl::StatusOr<std::set<std::string>> held = ListCases(line);
    if (!held.ok()) {
      differences.push_back(absl::StrCat(line.agency, ": ", held.status().ToString()));
    } else if (held->size() != cases.size()) {
      differences.push_back(
          absl::StrCat(line.agency, " lists ", held->size(), " cases, and ", cases.size(), " were acknowledged"));
    }
  }
  return differences;
}

Differences FindDeadLetters(testing::Federation& federation, const std::string& agency) {
  const auto office = Operator(federation, agency);
  v1::ListDeadLettersResponse response;
  const absl::Status status =
      Insist([&](grpc::ClientContext* context) { return office->ListDeadLetters(context, {}, &response); }, nullptr);
  if (!status.ok()) return {absl::StrCat(agency, ": ", status.ToString())};
  Differences differences;
  for (const v1::DeadLetter& letter : response.letters()) {
    differences.push_back(absl::StrCat(agency, ": ", v1::Operation_Name(letter.operation()), " in exchange ",
                                       letter.exchange_id(), " came to nothing: ", letter.reason()));
  }
  return differences;
}

Differences VerifyLog(testing::Federation& federation, const std::string& agency) {
  const certs::Principal auditor{StateOf(agency) + "/prosecutor-general", certs::Role::kAuditor, "audit"};
  const auto stub = v1::AuditService::NewStub(federation.Connect(auditor, agency));
  grpc::ClientContext context;
  context.set_wait_for_ready(true);
  context.set_deadline(std::chrono::system_clock::now() + std::chrono::minutes(5));
  const auto stream = stub->VerifyLog(&context, v1::VerifyLogRequest());
  v1::VerifyLogResponse response;
  v1::VerifyVerdict verdict;
  while (stream->Read(&response)) {
    if (response.has_verdict()) verdict = response.verdict();
  }
  const absl::Status status = exchange::FromGrpc(stream->Finish());
  if (!status.ok()) return {absl::StrCat(agency, ": its log: ", status.ToString())};
  if (verdict.intact()) return {};
  return {absl::StrCat(agency, ": its log does not verify: ", verdict.ShortDebugString())};
}

void Append(Differences more, Differences* all) {
  for (std::string& one : more) all->push_back(std::move(one));
}

}  // namespace

absl::Status AwaitDelivery(testing::Federation& federation, const std::vector<std::string>& agencies,
                           absl::Duration patience) {
  const absl::Time end = absl::Now() + patience;
  for (const std::string& agency : agencies) {
    const auto office = Operator(federation, agency);
    while (true) {
      v1::ListOutboxResponse outbox;
      RETURN_IF_ERROR(
          Insist([&](grpc::ClientContext* context) { return office->ListOutbox(context, {}, &outbox); }, nullptr));
      if (outbox.items().empty()) break;
      if (absl::Now() >= end) {
        return absl::DeadlineExceededError(
            absl::StrCat(agency, " still has ", outbox.items_size(), " messages to deliver"));
      }
      absl::SleepFor(absl::Milliseconds(50));
    }
  }
  return absl::OkStatus();
}

std::vector<std::string> FindDifferences(testing::Federation& federation, const DeskLines& lines,
                                         const std::vector<WalkedCase>& cases) {
  Differences differences;
  for (const WalkedCase& walked : cases) Append(CompareCase(lines, walked), &differences);
  Append(CompareLists(lines, cases), &differences);
  for (const DeskLine& line : lines) {
    Append(FindDeadLetters(federation, line.agency), &differences);
    Append(VerifyLog(federation, line.agency), &differences);
  }
  return differences;
}

}  // namespace tamga::bench
