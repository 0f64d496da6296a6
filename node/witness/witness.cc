#include "node/witness/witness.h"

#include <optional>

#include "absl/strings/str_cat.h"
#include "node/base/error.h"
#include "node/base/log.h"
#include "node/base/status_macros.h"
#include "node/ledger/cosignature.h"
#include "node/ledger/merkle_verify.h"

namespace tamga::witness {
namespace {

constexpr char kText[] = "text/plain; charset=utf-8";

WitnessAnswer Refusal(int status, absl::string_view why) { return {status, kText, absl::StrCat(why, "\n"), ""}; }

WitnessAnswer Conflict(const std::optional<store::SeenRow>& seen) {
  return {409, ledger::kSizeContentType, absl::StrCat(seen ? seen->size : 0, "\n"), seen ? seen->note : ""};
}

// OK if the request proves that the log has only grown since.
absl::Status CheckProof(const ledger::AddCheckpoint& request, const ledger::Checkpoint& checkpoint,
                        const std::optional<store::SeenRow>& seen) {
  if (request.old_size == 0 || request.old_size == checkpoint.size) {
    if (!request.proof.empty()) return absl::InvalidArgumentError("there is nothing to prove; leave the proof out");
  }
  if (checkpoint.size == 0 && checkpoint.root != ledger::EmptyRoot()) {
    return absl::InvalidArgumentError("the root is not that of an empty log");
  }
  if (!seen || seen->size == 0) return absl::OkStatus();
  ASSIGN_OR_RETURN(const ledger::Hash root, ledger::Hash::FromBytes(seen->root));
  return ledger::VerifyConsistency(seen->size, root, checkpoint.size, checkpoint.root, request.proof);
}

}  // namespace

absl::StatusOr<WitnessAnswer> Witness::AddCheckpoint(absl::string_view body, const std::string& from) {
  const absl::StatusOr<ledger::AddCheckpoint> request = ledger::ParseAddCheckpoint(body);
  if (!request.ok()) return Refusal(400, request.status().message());
  const absl::StatusOr<PartnerCheckpoint> partner = logs_.OpenNote(request->checkpoint);
  if (absl::IsNotFound(partner.status())) return Refusal(404, partner.status().message());
  if (absl::IsPermissionDenied(partner.status())) return Refusal(403, partner.status().message());
  if (!partner.ok()) return Refusal(400, partner.status().message());
  if (request->old_size > partner->checkpoint.size) return Refusal(400, "the old size is above the checkpoint's");
  return Judge(*request, *partner, from);
}

absl::StatusOr<WitnessAnswer> Witness::Judge(const ledger::AddCheckpoint& request, const PartnerCheckpoint& partner,
                                             const std::string& from) {
  ASSIGN_OR_RETURN(const std::optional<store::SeenRow> seen, logs_.Seen(partner.checkpoint.origin));
  if (seen && seen->size == partner.checkpoint.size && seen->root != partner.checkpoint.root.bytes()) {
    RETURN_IF_ERROR(logs_.Contradict(partner, kFork, seen->note));
  }
  if (request.old_size != (seen ? seen->size : 0)) {
    // Whether it is smaller now, or only an old request came late, its node will show.
    if (seen && partner.checkpoint.size < seen->size) watch_.Suspect(partner.agency);
    return Conflict(seen);
  }
  if (const absl::Status proven = CheckProof(request, partner.checkpoint, seen); !proven.ok()) {
    if (seen && seen->size > 0 && from == partner.agency) {
      RETURN_IF_ERROR(logs_.Contradict(partner, kInconsistent, seen->note));
    }
    WitnessAnswer answer = Refusal(422, proven.message());
    if (seen) answer.seen_checkpoint = seen->note;
    return answer;
  }
  if (const absl::Status memory = check_memory_(); !memory.ok()) {
    // Two histories must not get the same witness's cosignature.
    WitnessAnswer answer = Refusal(503, absl::StrCat("nothing is cosigned here for now: ", ReasonOf(memory)));
    if (seen) answer.seen_checkpoint = seen->note;
    return answer;
  }
  const absl::StatusOr<absl::Time> at = logs_.See(partner, seen);
  if (absl::IsAborted(at.status())) {
    ASSIGN_OR_RETURN(const std::optional<store::SeenRow> now, logs_.Seen(partner.checkpoint.origin));
    return Conflict(now);
  }
  RETURN_IF_ERROR(at.status());
  const ledger::NoteSignature line = ledger::Cosign(ledger::FormatCheckpoint(partner.checkpoint), key_,
                                                    static_cast<uint64_t>(absl::ToUnixSeconds(*at)), sign_);
  return WitnessAnswer{200, kText, ledger::FormatSignature(line), ""};
}

WitnessAnswer Witness::AnswerHttp(absl::string_view body) {
  absl::StatusOr<WitnessAnswer> answer = AddCheckpoint(body, "");
  if (answer.ok()) return *std::move(answer);
  Log(Severity::kError, "checkpoint not cosigned", {{"detail", std::string(answer.status().message())}});
  return Refusal(503, "try again later");
}

}  // namespace tamga::witness
