// A readmission case that is taken through its life at two nodes, at random and with every step legal, while either may
// be killed: a call whose answer was lost is repeated under the same idempotency key until it is answered.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "grpcpp/client_context.h"
#include "tamga/v1/readmission_service.grpc.pb.h"
#include "tests/federation/federation.h"

namespace tamga::bench {

// A desk as one caller reaches it.
struct DeskLine {
  std::string agency;
  std::unique_ptr<v1::ReadmissionService::Stub> desk;
};

// Lines of one caller, `name`, to the desks of both sides: first the requesting, then the requested side's.
using DeskLines = std::array<DeskLine, 2>;
DeskLines ConnectDesks(testing::Federation& federation, const std::string& requesting, const std::string& requested,
                       const std::string& name);

// An action that a node has acknowledged.
struct Acknowledged {
  std::string agency;
  v1::ReadmissionStepKind kind = v1::READMISSION_STEP_KIND_UNSPECIFIED;
  std::string exchange_id;
};

struct WalkedCase {
  std::string case_id;
  std::vector<Acknowledged> actions;
};

// Of all walks together.
struct WalkFigures {
  std::atomic<long> actions = 0;    // acknowledged
  std::atomic<long> queued = 0;     // of them, by a node whose partner was away
  std::atomic<long> overtaken = 0;  // of them, so that the other side's step came first
  std::atomic<long> repeated = 0;   // calls made again because their answer was lost
  std::atomic<long> refused = 0;    // not legal any more when they came to be taken
};

// Makes `call` until it is answered by the node. What it says then; DeadlineExceeded if five minutes bring no answer.
// Counts calls made again in `repeated`, which may be null.
absl::Status Insist(const std::function<grpc::Status(grpc::ClientContext*)>& call, std::atomic<long>* repeated);

// The case as that side sees it; absent while it does not know it.
absl::StatusOr<std::optional<v1::ReadmissionCase>> FindCase(const DeskLine& line, const std::string& case_id);

class CaseWalk {
 public:
  // The walk is drawn from `seed` and the case's number. Lines and figures outlive this.
  CaseWalk(const DeskLines& lines, uint64_t seed, int number, WalkFigures& figures);

  // Ends where the case does, or after enough steps. An error says what the node should not have said.
  absl::StatusOr<WalkedCase> Walk();

 private:
  struct Planned {
    size_t side = 0;
    v1::ActOnReadmissionCaseRequest request;
  };

  uint64_t Draw(uint64_t below);
  absl::Status Submit();
  // One step of a side, or of both at the same time.
  absl::Status Round();
  // A step that this side may take, or none: it waits for the other.
  absl::StatusOr<std::optional<Planned>> Plan(size_t side);
  // Nothing: the step was refused because it was not legal any more.
  absl::StatusOr<std::optional<Acknowledged>> Take(const Planned& planned);

  const DeskLines& lines_;
  const int number_;
  WalkFigures& figures_;
  std::mt19937_64 dice_;
  int keys_ = 0;
  std::array<bool, 2> has_ended_ = {false, false};
  WalkedCase walked_;
};

}  // namespace tamga::bench
