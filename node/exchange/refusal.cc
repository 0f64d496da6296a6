#include "node/exchange/refusal.h"

#include <map>
#include <string>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "node/base/error.h"
#include "node/base/text.h"

namespace tamga::exchange {
namespace {

// The explanation, then what would have to differ, each a sentence; but not what the explanation says itself.
template <typename Clauses>
std::string WithMissing(std::string explanation, const Clauses& missing) {
  for (const std::string& clause : missing) {
    if (absl::StrContains(explanation, clause)) continue;
    absl::StrAppend(&explanation, absl::EndsWith(explanation, ".") ? " " : ". ", Sentence(clause));
  }
  return explanation;
}

bool MayTell(absl::StatusCode code) {
  switch (code) {
    case absl::StatusCode::kInvalidArgument:
    case absl::StatusCode::kNotFound:
    case absl::StatusCode::kAlreadyExists:
    case absl::StatusCode::kPermissionDenied:
    case absl::StatusCode::kFailedPrecondition:
    case absl::StatusCode::kOutOfRange:
      return true;
    default:
      return false;
  }
}

absl::StatusCode CodeOf(const v1::Refusal& refusal) {
  const uint32_t code = refusal.grpc_code();
  return code >= 1 && code <= 16 ? static_cast<absl::StatusCode>(code) : absl::StatusCode::kUnknown;
}

}  // namespace

absl::Status NotServed() {
  return Error(absl::StatusCode::kPermissionDenied, "NOT_SERVED",
               "the request cannot be served; where officers there must agree first, it can be once they have");
}

v1::Refusal RefusalToPeer(const policy::Decision& decision) {
  if (!decision.may_be_told) return RefusalToPeer(NotServed());
  v1::Refusal refusal;
  refusal.set_grpc_code(static_cast<uint32_t>(absl::StatusCode::kPermissionDenied));
  refusal.set_reason(decision.reason);
  if (decision.reason == "APPROVAL_REQUIRED") {
    refusal.set_explanation("officers there must agree first; ask again once they have");
    return refusal;
  }
  refusal.set_explanation(decision.explanation);
  for (const std::string& missing : decision.missing) refusal.add_missing(missing);
  for (const std::string& article : decision.articles) refusal.add_citations(article);
  return refusal;
}

v1::Refusal RefusalToPeer(const absl::Status& status) {
  v1::Refusal refusal;
  const std::string reason = ReasonOf(status);
  // What has no reason was not written for a partner to read: it may name a file of this machine.
  if (!MayTell(status.code()) || reason.empty()) {
    refusal.set_grpc_code(static_cast<uint32_t>(absl::StatusCode::kInternal));
    refusal.set_reason("FAILED");
    refusal.set_explanation("the partner's node could not carry out the request; its operator finds why in its log");
    return refusal;
  }
  refusal.set_grpc_code(static_cast<uint32_t>(status.code()));
  refusal.set_reason(reason);
  refusal.set_explanation(std::string(status.message()));
  return refusal;
}

bool ShowsOtherTreaties(const v1::Refusal& refusal) {
  for (const char* reason : {"TREATY_TEXT_DIFFERS", "TREATY_ACTS_DIFFER", "TREATY_UNKNOWN", "TREATY_NOT_IN_FORCE"}) {
    if (refusal.reason() == reason) return true;
  }
  return false;
}

absl::Status DenialToCaller(const policy::Decision& decision) {
  std::map<std::string, std::string> metadata;
  if (!decision.articles.empty()) metadata["articles"] = absl::StrJoin(decision.articles, "; ");
  const std::string missing = absl::StrJoin(decision.missing, "; ");
  if (!missing.empty()) metadata["missing"] = missing;
  return Error(absl::StatusCode::kPermissionDenied, decision.reason,
               WithMissing(decision.explanation, decision.missing), metadata);
}

absl::Status RefusalToCaller(const v1::Refusal& refusal, const std::string& partner) {
  std::map<std::string, std::string> metadata = {{"refused_by", partner}};
  const std::string missing = absl::StrJoin(refusal.missing(), "; ");
  if (!missing.empty()) metadata["missing"] = missing;
  if (refusal.citations_size() > 0) metadata["articles"] = absl::StrJoin(refusal.citations(), "; ");
  const std::string message =
      WithMissing(absl::StrCat(partner, " refused: ", refusal.explanation()), refusal.missing());
  return Error(CodeOf(refusal), refusal.reason(), message, metadata);
}

}  // namespace tamga::exchange
