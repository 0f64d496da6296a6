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
#include "node/ledger/tlog_proof.h"
#include "tamga/v1/audit_service.grpc.pb.h"
#include "tamga/v1/witness_service.grpc.pb.h"

namespace tamga::cli {
namespace {

using Stub = v1::AuditService::Stub;

constexpr uint32_t kLargestPage = 500;
constexpr char kRolledBack[] = "LOG_ROLLED_BACK";

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

  absl::StatusOr<LogAudit> Run(const AuditPlan& plan) {
    absl::StatusOr<SignedCheckpoint> newest = GetNewest(session_, check_);
    if (ReasonOf(newest.status()) == "LOG_FAULT") {
      AddFault(newest.status());
      return std::move(audit_);
    }
    RETURN_IF_ERROR(newest.status());
    audit_.checkpoint = *std::move(newest);
    RETURN_IF_ERROR(AskNode());
    RETURN_IF_ERROR(CheckVerdict());
    if (!plan.earlier_checkpoint.empty()) RETURN_IF_ERROR(CheckGrowth(plan.earlier_checkpoint));
    RETURN_IF_ERROR(CheckSample(plan.sample));
    RETURN_IF_ERROR(CheckReport());
    if (plan.policy.has_value()) RETURN_IF_ERROR(CheckWitnesses(*plan.policy));
    return std::move(audit_);
  }

 private:
  const ledger::Checkpoint& checkpoint() const { return audit_.checkpoint.checkpoint; }

  absl::Status AskNode() {
    Progress progress(environment_, "The node hashes its log");
    bool concluded = false;
    RETURN_IF_ERROR(session_.Receive(&Stub::VerifyLog, v1::VerifyLogRequest(), [&](const v1::VerifyLogResponse& step) {
      progress.Show(step.entries_checked(), step.entries_total());
      if (!step.has_verdict()) return;
      concluded = true;
      audit_.verdict = step.verdict();
    }));
    if (!concluded) {
      AddFault(LogFaultError("the node ended the verification without a verdict"));
    } else if (audit_.verdict.intact() != audit_.verdict.faults().empty()) {
      AddFault(LogFaultError("the node's verdict contradicts the faults that it names"));
    }
    return absl::OkStatus();
  }

  // The node's verdict must be about this log; one that finds faults need not be.
  absl::Status CheckVerdict() {
    if (!audit_.verdict.intact()) return absl::OkStatus();
    if (audit_.verdict.checkpoint_size() < checkpoint().size) {
      AddFault(LogFaultError(absl::StrCat("the node's verdict is about ", EntriesText(audit_.verdict.checkpoint_size()),
                                          ", but it signed a checkpoint over ", checkpoint().size)));
      return absl::OkStatus();
    }
    if (checkpoint().size == 0) return absl::OkStatus();
    const absl::StatusOr<ledger::Hash> root = ledger::Hash::FromBytes(audit_.verdict.root());
    if (!root.ok()) {
      AddFault(LogFaultError("the node's verdict names no root"));
      return absl::OkStatus();
    }
    if (audit_.verdict.checkpoint_size() == checkpoint().size) {
      if (*root != checkpoint().root) AddFault(LogFaultError("the node verified against another root than it signs"));
      return absl::OkStatus();
    }
    const SignedCheckpoint verified{"", {checkpoint().origin, audit_.verdict.checkpoint_size(), *root}};
    const absl::Status same = ProveGrowth(session_, check_, audit_.checkpoint, verified, &audit_.contradicting);
    return same.ok() ? same : FaultUnlessUnreachable(Annotate(same, "the node verified another log than it signs"));
  }

  absl::Status CheckGrowth(const std::string& note) {
    SignedCheckpoint earlier{note, {}};
    absl::StatusOr<ledger::Checkpoint> opened = check_.Open(note);
    if (!opened.ok()) return Annotate(opened.status(), "remembered");
    earlier.checkpoint = *std::move(opened);
    if (earlier.checkpoint.size == 0) return absl::OkStatus();
    const absl::Status grown = ProveGrowth(session_, check_, earlier, audit_.checkpoint, &audit_.contradicting);
    if (!grown.ok()) return FaultUnlessUnreachable(grown);
    audit_.consistent_since = earlier.checkpoint.size;
    return absl::OkStatus();
  }

  absl::Status CheckSample(uint64_t sample) {
    ASSIGN_OR_RETURN(const std::set<Sampled> entries, ChooseEntries(checkpoint().size, sample));
    Progress progress(environment_, "Proving entries");
    for (const Sampled& entry : entries) {
      RETURN_IF_ERROR(CheckEntry(entry));
      if (audit_.is_rolled_back) break;  // it proves none
      progress.Show(audit_.entries_proven, entries.size());
    }
    return absl::OkStatus();
  }

  absl::Status CheckEntry(const Sampled& sampled) {
    v1::ProveInclusionRequest request;
    request.set_index(sampled.index);
    request.set_tree_size(checkpoint().size);
    const auto response = session_.Call(&Stub::ProveInclusion, request);
    if (!response.ok()) return FaultUnlessUnreachable(response.status(), &sampled);
    const auto proven = check_.CheckInclusion(sampled.index, response->proof(), response->entry_bytes());
    if (!proven.ok()) {
      AddFault(proven.status(), &sampled);
    } else if (*proven != checkpoint()) {
      AddFault(
          LogFaultError(absl::StrCat("the node was asked for a proof in its log of ", EntriesText(checkpoint().size),
                                     " and proves it in another one, of ", EntriesText(proven->size))),
          &sampled);
      const absl::StatusOr<ledger::TlogProof> proof = ledger::ParseTlogProof(response->proof());
      if (proof.ok()) {
        audit_.contradicting.insert(audit_.contradicting.end(), {audit_.checkpoint.note, proof->checkpoint});
      }
    } else {
      ++audit_.entries_proven;
    }
    return absl::OkStatus();
  }

  // A node that says nothing of its witnesses is not worse for that than one that has none: the policy decides.
  absl::Status CheckReport() {
    const auto response = session_.Call(&v1::WitnessService::Stub::GetWitnessing, v1::GetWitnessingRequest());
    if (!response.ok()) return absl::OkStatus();
    const absl::Status found = CheckOwnReport(*response);
    if (found.ok() || audit_.is_rolled_back) return absl::OkStatus();
    audit_.is_rolled_back = ReasonOf(found) == kRolledBack;
    AddFault(found);
    return absl::OkStatus();
  }

  absl::Status CheckWitnesses(const ledger::TlogPolicy& policy) {
    const absl::StatusOr<Witnessed> witnessed =
        CheckWitnessed(session_, check_, policy, audit_.checkpoint, &audit_.contradicting);
    if (!witnessed.ok()) return FaultUnlessUnreachable(witnessed.status());
    audit_.witnessed = *witnessed;
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
        if (entry.position().index() >= size) continue;  // logged since
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
    if (ReasonOf(status) == kRolledBack) {
      audit_.is_rolled_back = true;
      AddFault(status);
    } else if (ReasonOf(status) == "LOG_FAULT") {
      AddFault(status, entry);
    } else {
      AddFault(Annotate(status, "the node cannot prove it"), entry);
    }
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

absl::StatusOr<LogAudit> AuditLog(Session& session, const LogCheck& check, const AuditPlan& plan,
                                  Environment& environment) {
  return Auditing(session, check, environment).Run(plan);
}

}  // namespace tamga::cli
