#include "node/cli/log_audit.h"

#include <algorithm>
#include <cstring>
#include <set>
#include <vector>

#include "absl/strings/str_cat.h"
#include "node/base/error.h"
#include "node/base/status_macros.h"
#include "node/base/text.h"
#include "node/base/uuid.h"
#include "node/cli/exit_code.h"
#include "node/cli/progress.h"
#include "tamga/v1/audit_service.grpc.pb.h"

namespace tamga::cli {
namespace {

using Stub = v1::AuditService::Stub;

constexpr uint32_t kLargestPage = 500;

// An entry to be proven; the exchange is known where the entry was listed.
struct Sampled {
  uint64_t index;
  std::string exchange_id;
  bool operator<(const Sampled& other) const { return index < other.index; }
};

uint64_t RandomBelow(uint64_t bound, Rng& rng) {
  uint64_t number = 0;
  const std::string bytes = rng.Bytes(sizeof(number));
  std::memcpy(&number, bytes.data(), sizeof(number));
  return number % bound;
}

class Auditing {
 public:
  Auditing(Session& session, const LogCheck& check, Environment& environment)
      : session_(session), check_(check), environment_(environment) {}

  absl::StatusOr<LogAudit> Run(const std::string& earlier_checkpoint, uint64_t sample) {
    RETURN_IF_ERROR(AskNode());
    ASSIGN_OR_RETURN(const auto newest, session_.Call(&Stub::GetCheckpoint, v1::GetCheckpointRequest()));
    audit_.checkpoint = newest.checkpoint();
    const absl::StatusOr<ledger::Checkpoint> checkpoint = check_.Open(newest.checkpoint());
    if (!checkpoint.ok()) {
      AddFault(checkpoint.status());
      return std::move(audit_);
    }
    CompareWithVerdict(*checkpoint);
    if (!earlier_checkpoint.empty()) RETURN_IF_ERROR(CheckGrowth(earlier_checkpoint, *checkpoint));
    RETURN_IF_ERROR(CheckSample(checkpoint->size, sample));
    return std::move(audit_);
  }

 private:
  absl::Status AskNode() {
    Progress progress(environment_, "The node hashes its log");
    bool concluded = false;
    RETURN_IF_ERROR(session_.Receive(&Stub::VerifyLog, v1::VerifyLogRequest(), [&](const v1::VerifyLogResponse& step) {
      progress.Show(step.entries_checked(), step.entries_total());
      if (!step.has_verdict()) return;
      concluded = true;
      audit_.verdict = step.verdict();
    }));
    if (!concluded) AddFault(LogFaultError("the node ended the verification without a verdict"));
    return absl::OkStatus();
  }

  void CompareWithVerdict(const ledger::Checkpoint& checkpoint) {
    if (audit_.verdict.checkpoint_size() == checkpoint.size && audit_.verdict.root() != checkpoint.root.bytes()) {
      AddFault(LogFaultError("the node verified against another root than the one it signs"));
    }
  }

  absl::Status CheckGrowth(const std::string& earlier_checkpoint, const ledger::Checkpoint& newest) {
    const absl::StatusOr<ledger::Checkpoint> earlier = check_.Open(earlier_checkpoint);
    if (!earlier.ok()) return Annotate(earlier.status(), "remembered");
    if (earlier->size == 0) return absl::OkStatus();
    if (earlier->size > newest.size) {
      AddFault(LogFaultError(absl::StrCat("the log has shrunk: it signed ", EntriesText(earlier->size),
                                          " before and has ", EntriesText(newest.size), " now")));
      return absl::OkStatus();
    }
    v1::ProveConsistencyRequest request;
    request.set_old_size(earlier->size);
    const auto response = session_.Call(&Stub::ProveConsistency, request);
    if (!response.ok()) return FaultUnlessUnreachable(response.status());
    const absl::StatusOr<ledger::Checkpoint> grown = check_.CheckGrowth(*earlier, *response);
    if (!grown.ok()) {
      AddFault(grown.status());
      return absl::OkStatus();
    }
    audit_.checkpoint = response->checkpoint();
    audit_.consistent_since = earlier->size;
    return absl::OkStatus();
  }

  absl::Status CheckSample(uint64_t size, uint64_t sample) {
    ASSIGN_OR_RETURN(const std::set<Sampled> entries, ChooseEntries(size, sample));
    Progress progress(environment_, "Proving entries");
    for (const Sampled& entry : entries) {
      RETURN_IF_ERROR(CheckEntry(entry));
      progress.Show(audit_.entries_proven, entries.size());
    }
    return absl::OkStatus();
  }

  absl::Status CheckEntry(const Sampled& sampled) {
    v1::ProveInclusionRequest request;
    request.set_index(sampled.index);
    const auto response = session_.Call(&Stub::ProveInclusion, request);
    if (!response.ok()) return FaultUnlessUnreachable(response.status(), &sampled);
    const auto proven = check_.CheckInclusion(sampled.index, response->proof(), response->entry_bytes());
    if (!proven.ok()) {
      AddFault(proven.status(), &sampled);
    } else {
      ++audit_.entries_proven;
    }
    return absl::OkStatus();
  }

  // An auditor of the node's own State may ask for every entry; to one of another State only some are shown, and he
  // chooses among the newest of these.
  absl::StatusOr<std::set<Sampled>> ChooseEntries(uint64_t size, uint64_t sample) {
    std::vector<Sampled> candidates;
    if (session_.caller().State() != StateOf(session_.node_agency())) {
      v1::ListEntriesRequest request;
      request.set_page_size(kLargestPage);
      ASSIGN_OR_RETURN(const auto response, session_.Call(&Stub::ListEntries, request));
      for (const v1::IndexedEntry& entry : response.entries()) {
        candidates.push_back({entry.position().index(), FormatUuid(entry.entry().exchange_id())});
      }
      size = candidates.size();
    }
    std::set<Sampled> chosen;
    const auto candidate = [&](uint64_t i) { return candidates.empty() ? Sampled{i, ""} : candidates[i]; };
    if (size <= sample) {
      for (uint64_t i = 0; i < size; ++i) chosen.insert(candidate(i));
    }
    while (chosen.size() < std::min(size, sample)) chosen.insert(candidate(RandomBelow(size, environment_.rng)));
    return chosen;
  }

  // What the node was asked for it must be able to prove: a refusal is a fault of the log. Silence is none.
  absl::Status FaultUnlessUnreachable(const absl::Status& status, const Sampled* entry = nullptr) {
    if (ExitCodeOf(status) == kUnreachable) return status;
    AddFault(Annotate(status, "the node cannot prove it"), entry);
    return absl::OkStatus();
  }

  void AddFault(const absl::Status& status, const Sampled* entry = nullptr) {
    audit_.verdict.set_intact(false);
    v1::LogFault& fault = *audit_.verdict.add_faults();
    fault.set_detail(std::string(status.message()));
    if (entry == nullptr) return;
    fault.set_has_index(true);
    fault.set_index(entry->index);
    fault.set_exchange_id(entry->exchange_id);
  }

  Session& session_;
  const LogCheck& check_;
  Environment& environment_;
  LogAudit audit_;
};

}  // namespace

absl::StatusOr<LogAudit> AuditLog(Session& session, const LogCheck& check, const std::string& earlier_checkpoint,
                                  uint64_t sample, Environment& environment) {
  return Auditing(session, check, environment).Run(earlier_checkpoint, sample);
}

}  // namespace tamga::cli
