#include "node/readmission/two_desks.h"

#include <algorithm>
#include <tuple>
#include <utility>

#include "absl/strings/str_cat.h"
#include "node/base/clock.h"
#include "node/base/error.h"
#include "node/base/status_macros.h"
#include "node/readmission/case_fixture.h"

namespace tamga::readmission {
namespace {

const char* AgencyOf(bool requesting) { return requesting ? kRequestingAgency : kRequestedAgency; }

// What does not bear on the case is put into one form, so that equal cases are equal in bytes.
void PutInOrder(v1::ReadmissionFile* file) {
  file->mutable_first()->clear_filed_at();
  for (v1::FiledStep& filed : *file->mutable_steps()) filed.clear_filed_at();
  std::stable_sort(file->mutable_steps()->begin(), file->mutable_steps()->end(), [](const auto& a, const auto& b) {
    return std::make_tuple(a.by_requesting(), a.step().number()) <
           std::make_tuple(b.by_requesting(), b.step().number());
  });
}

}  // namespace

TwoDesks::TwoDesks(const CaseLaw& law, v1::ReadmissionProcedure procedure, absl::Time start)
    : now(start), law_(&law), files_{MakeEmptyFile(procedure), MakeEmptyFile(procedure)} {}

std::string TwoDesks::NextExchange(bool requesting) const {
  int own = 0;
  for (const v1::FiledStep& filed : files_[requesting].steps()) own += filed.by_requesting() == requesting ? 1 : 0;
  return absl::StrCat(requesting ? "requesting-" : "requested-", own);
}

absl::Status TwoDesks::Begin() {
  const bool is_notice = files_[1].procedure() == v1::READMISSION_PROCEDURE_NOTICE;
  const auto kind = is_notice ? v1::READMISSION_STEP_KIND_NOTIFY : v1::READMISSION_STEP_KIND_SUBMIT;
  ASSIGN_OR_RETURN(files_[1], AddFirstStep(files_[1], *law_, kind, {"first", now, {}}, now));
  PutInOrder(&files_[1]);
  return absl::OkStatus();
}

absl::Status TwoDesks::Take(bool requesting, const v1::ReadmissionStep& step) {
  v1::ReadmissionFile& file = files_[requesting];
  ASSIGN_OR_RETURN(file, AddOwnStep(file, *law_, AgencyOf(requesting), step, {NextExchange(requesting), now, {}}, now));
  PutInOrder(&file);
  return absl::OkStatus();
}

const v1::FiledStep* TwoDesks::Oldest(bool requesting) const {
  const v1::ReadmissionFile& file = files_[requesting];
  const auto is_open = [](const v1::FiledStep& filed) {
    return !filed.failed() && filed.delivery() == v1::DELIVERY_STATE_QUEUED;
  };
  if (requesting && file.has_first() && is_open(file.first())) return &file.first();
  for (const v1::FiledStep& filed : file.steps()) {
    if (filed.by_requesting() == requesting && is_open(filed)) return &filed;
  }
  return nullptr;
}

bool TwoDesks::HasArrived(bool requesting) const {
  const v1::FiledStep* oldest = Oldest(requesting);
  if (oldest == nullptr) return false;
  const v1::ReadmissionFile& other = files_[!requesting];
  if (oldest == &files_[1].first()) return other.has_first();
  return std::any_of(other.steps().begin(), other.steps().end(),
                     [&](const v1::FiledStep& filed) { return filed.exchange_id() == oldest->exchange_id(); });
}

absl::Status TwoDesks::SendFirst(Line line) {
  const v1::FiledStep first = files_[1].first();
  if (!files_[0].has_first()) {
    const absl::Time at = FromProto(first.step().at());
    ASSIGN_OR_RETURN(files_[0], OpenFile(files_[0], *law_, first.step().kind(), at, {"first", now, {}}, now));
    PutInOrder(&files_[0]);
  }
  if (line == Line::kAnswerLost) return absl::OkStatus();
  v1::ReadmissionReceived received;
  received.set_case_id(kCaseId);
  *received.mutable_received_at() = files_[0].received_at();
  if (files_[0].has_told_reply_due_at()) *received.mutable_reply_due_at() = files_[0].told_reply_due_at();
  SettleFirst(received, &files_[1]);
  return absl::OkStatus();
}

absl::StatusOr<Filed> TwoDesks::Arrive(bool requesting, const v1::FiledStep& sent) const {
  return FileStep(files_[!requesting], *law_, AgencyOf(!requesting), sent.step(),
                  {sent.exchange_id(), FromProto(sent.step().at()), {}}, now);
}

absl::Status TwoDesks::Send(bool requesting, Line line) {
  const v1::FiledStep* oldest = Oldest(requesting);
  if (oldest == nullptr) return absl::NotFoundError("nothing is queued");
  if (oldest == &files_[1].first()) return SendFirst(line);
  const v1::FiledStep sent = *oldest;
  v1::ReadmissionFile& own = files_[requesting];
  const absl::StatusOr<Filed> filed = Arrive(requesting, sent);
  if (!filed.ok()) {
    FailStep(AgencyOf(requesting), sent.exchange_id(), v1::DELIVERY_STATE_REFUSED, ReasonOf(filed.status()), &own);
    return filed.status();
  }
  files_[!requesting] = filed->file;
  PutInOrder(&files_[!requesting]);
  if (line == Line::kAnswerLost) return absl::OkStatus();
  SettleStep(*law_, AgencyOf(requesting), sent.exchange_id(), filed->recorded, now, &own);
  return absl::OkStatus();
}

bool TwoDesks::Fail(bool requesting, v1::DeliveryState delivery) {
  const v1::FiledStep* oldest = Oldest(requesting);
  if (oldest == nullptr) return false;
  const std::string reason = delivery == v1::DELIVERY_STATE_EXPIRED ? "EXPIRED" : "PROHIBITED";
  const std::string exchange_id = oldest->exchange_id();
  return FailStep(AgencyOf(requesting), exchange_id, delivery, reason, &files_[requesting]);
}

void TwoDesks::Drain() {
  while (Oldest(true) != nullptr || Oldest(false) != nullptr) {
    for (const bool requesting : {true, false}) {
      // A refusal is an outcome, too: the step fails.
      if (Oldest(requesting) != nullptr) Send(requesting).IgnoreError();
    }
  }
}

FoldedCase TwoDesks::Fold(bool requesting) const {
  return FoldCase(files_[requesting], *law_, AgencyOf(requesting), now);
}

v1::ReadmissionState TwoDesks::StateOf(bool requesting) const { return Fold(requesting).record.state(); }

}  // namespace tamga::readmission
