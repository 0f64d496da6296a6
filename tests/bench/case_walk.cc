#include "tests/bench/case_walk.h"

#include <chrono>
#include <thread>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "node/base/error.h"
#include "node/base/status_macros.h"
#include "node/exchange/grpc_status.h"
#include "tests/federation/case_steps.h"

namespace tamga::bench {
namespace {

constexpr absl::Duration kPatience = absl::Minutes(5);
constexpr std::chrono::seconds kCallTime{30};
constexpr size_t kMostActions = 16;
constexpr int kMostRounds = 40;

// The way of most cases is taken most often; what ends a case or turns it aside, more rarely.
uint64_t WeightOf(v1::ReadmissionStepKind kind) {
  switch (kind) {
    case v1::READMISSION_STEP_KIND_HOLD:
    case v1::READMISSION_STEP_KIND_WITHDRAW:
      return 1;
    case v1::READMISSION_STEP_KIND_REFUSE:
    case v1::READMISSION_STEP_KIND_RETURN_INCOMPLETE:
    case v1::READMISSION_STEP_KIND_EXTEND_TRANSFER:
    case v1::READMISSION_STEP_KIND_CLAIM_ERROR:
      return 2;
    case v1::READMISSION_STEP_KIND_PROPOSE_TRANSFER:
    case v1::READMISSION_STEP_KIND_EXTEND:
      return 4;
    default:
      return 12;
  }
}
constexpr uint64_t kWeightOfWaiting = 8;

// Whether the node may have done it without the caller's learning of it, or asks him to try again. What a node says of
// itself has a reason; the rest is the connection's.
bool AnswerIsLost(const absl::Status& status) {
  const bool is_connections =
      ReasonOf(status).empty() && (absl::IsCancelled(status) || absl::IsInternal(status) || absl::IsUnknown(status));
  return is_connections || absl::IsUnavailable(status) || absl::IsDeadlineExceeded(status) || absl::IsAborted(status) ||
         absl::IsResourceExhausted(status);
}

// Between what the caller saw and what he did the other side's message came in.
bool CameTooLate(const absl::Status& status, v1::ReadmissionStepKind kind) {
  const std::string reason = ReasonOf(status);
  const bool repeats_other =
      kind == v1::READMISSION_STEP_KIND_AGREE_TRANSFER || kind == v1::READMISSION_STEP_KIND_EXTEND_TRANSFER;
  return reason == "ILLEGAL_TRANSITION" || (repeats_other && reason == "INVALID_FIELD");
}

}  // namespace

DeskLines ConnectDesks(testing::Federation& federation, const std::string& requesting, const std::string& requested,
                       const std::string& name) {
  const auto connect = [&](const std::string& agency) {
    const certs::Principal caller{agency, certs::Role::kSystem, name};
    return DeskLine{agency, v1::ReadmissionService::NewStub(federation.Connect(caller, agency))};
  };
  return {connect(requesting), connect(requested)};
}

absl::Status Insist(const std::function<grpc::Status(grpc::ClientContext*)>& call, std::atomic<long>* repeated) {
  const absl::Time patience = absl::Now() + kPatience;
  while (true) {
    grpc::ClientContext context;
    context.set_deadline(std::chrono::system_clock::now() + kCallTime);
    context.set_wait_for_ready(true);
    absl::Status status = exchange::FromGrpc(call(&context));
    if (!AnswerIsLost(status)) return status;
    if (absl::Now() >= patience) {
      return absl::DeadlineExceededError(absl::StrCat("no answer within five minutes, at last: ", status.ToString()));
    }
    if (repeated != nullptr) ++*repeated;
  }
}

absl::StatusOr<std::optional<v1::ReadmissionCase>> FindCase(const DeskLine& line, const std::string& case_id) {
  v1::GetReadmissionCaseRequest request;
  request.set_case_id(case_id);
  *request.mutable_context() = testing::CaseContext();
  v1::GetReadmissionCaseResponse response;
  const absl::Status status =
      Insist([&](grpc::ClientContext* context) { return line.desk->GetReadmissionCase(context, request, &response); },
             nullptr);
  if (absl::IsNotFound(status)) return std::nullopt;
  RETURN_IF_ERROR(status);
  return std::move(*response.mutable_case_());
}

CaseWalk::CaseWalk(const DeskLines& lines, uint64_t seed, int number, WalkFigures& figures)
    : lines_(lines), number_(number), figures_(figures) {
  std::seed_seq seeds{static_cast<uint32_t>(seed), static_cast<uint32_t>(seed >> 32), static_cast<uint32_t>(number)};
  dice_.seed(seeds);
}

uint64_t CaseWalk::Draw(uint64_t below) { return dice_() % below; }

absl::StatusOr<WalkedCase> CaseWalk::Walk() {
  RETURN_IF_ERROR(Submit());
  for (int i = 0; i < kMostRounds && walked_.actions.size() < kMostActions; ++i) {
    RETURN_IF_ERROR(Round());
    if (has_ended_[0] && has_ended_[1]) break;
  }
  return walked_;
}

absl::Status CaseWalk::Submit() {
  v1::SubmitReadmissionRequest request = testing::MakeSubmission(lines_[1].agency, number_);
  request.mutable_context()->set_idempotency_key(absl::StrCat("walk-", number_, "-", keys_++));
  v1::SubmitReadmissionResponse response;
  RETURN_IF_ERROR(Insist(
      [&](grpc::ClientContext* context) { return lines_[0].desk->SubmitReadmission(context, request, &response); },
      &figures_.repeated));
  walked_.case_id = response.case_().case_id();
  walked_.actions.push_back({lines_[0].agency, v1::READMISSION_STEP_KIND_SUBMIT, response.exchange().exchange_id()});
  ++figures_.actions;
  if (response.exchange().delivery_state() == v1::DELIVERY_STATE_QUEUED) ++figures_.queued;
  return absl::OkStatus();
}

absl::Status CaseWalk::Round() {
  const size_t side = Draw(2);
  const bool both_move = Draw(5) == 0;
  ASSIGN_OR_RETURN(const std::optional<Planned> one, Plan(side));
  std::optional<Planned> other;
  if (both_move) {
    ASSIGN_OR_RETURN(other, Plan(1 - side));
  }
  absl::StatusOr<std::optional<Acknowledged>> others = std::nullopt;
  std::thread meanwhile([&] {
    if (other) others = Take(*other);
  });
  absl::StatusOr<std::optional<Acknowledged>> ones = std::nullopt;
  if (one) ones = Take(*one);
  meanwhile.join();
  for (const auto& taken : {ones, others}) {
    RETURN_IF_ERROR(taken.status());
    if (*taken) walked_.actions.push_back(**taken);
  }
  return absl::OkStatus();
}

absl::StatusOr<std::optional<CaseWalk::Planned>> CaseWalk::Plan(size_t side) {
  ASSIGN_OR_RETURN(const std::optional<v1::ReadmissionCase> seen, FindCase(lines_[side], walked_.case_id));
  if (!seen) return std::nullopt;
  has_ended_[side] = seen->possible_steps().empty();
  std::vector<v1::ReadmissionStepKind> drawn_from;
  for (const int kind : seen->possible_steps()) {
    for (uint64_t i = 0; i < WeightOf(static_cast<v1::ReadmissionStepKind>(kind)); ++i) {
      drawn_from.push_back(static_cast<v1::ReadmissionStepKind>(kind));
    }
  }
  const uint64_t drawn = Draw(drawn_from.size() + kWeightOfWaiting);
  if (drawn >= drawn_from.size()) return std::nullopt;
  Planned planned{side, testing::MakeAct(drawn_from[drawn], *seen)};
  planned.request.mutable_context()->set_idempotency_key(absl::StrCat("walk-", number_, "-", keys_++));
  return planned;
}

absl::StatusOr<std::optional<Acknowledged>> CaseWalk::Take(const Planned& planned) {
  const DeskLine& line = lines_[planned.side];
  const v1::ReadmissionStepKind kind = planned.request.step().kind();
  v1::ActOnReadmissionCaseResponse response;
  const absl::Status status = Insist(
      [&](grpc::ClientContext* context) {
        return line.desk->ActOnReadmissionCase(context, planned.request, &response);
      },
      &figures_.repeated);
  if (!status.ok() && CameTooLate(status, kind)) {
    ++figures_.refused;
    return std::nullopt;
  }
  if (!status.ok()) return Annotate(status, v1::ReadmissionStepKind_Name(kind));
  ++figures_.actions;
  if (response.overtaken()) ++figures_.overtaken;
  if (response.exchange().delivery_state() == v1::DELIVERY_STATE_QUEUED) ++figures_.queued;
  return Acknowledged{line.agency, kind, response.exchange().exchange_id()};
}

}  // namespace tamga::bench
