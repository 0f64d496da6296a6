#include "policy/act.h"

#include <algorithm>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "certs/purposes.h"
#include "certs/seal.h"
#include "certs/trust_domain.h"
#include "node/base/encoding.h"
#include "node/base/error.h"
#include "node/base/status_macros.h"
#include "policy/treaty_document.h"
#include "policy/validate_forms.h"

namespace tamga::policy {
namespace {

constexpr size_t kHashDigits = 64;
constexpr size_t kKeyDigits = 64;
constexpr size_t kSignatureDigits = 128;
// Each may have to be tried.
constexpr int kMostSignatures = 64;

std::string NameOf(const v1::SignedAct& act) { return absl::StrCat("act ", act.number(), " of ", act.state()); }

absl::Status Malformed(absl::string_view field, absl::string_view what) {
  return Error(absl::StatusCode::kInvalidArgument, "ACT_MALFORMED", absl::StrCat(field, ": ", what));
}

absl::Status NotSigned(absl::string_view reason, const v1::SignedAct& act, absl::string_view what) {
  return Error(absl::StatusCode::kUnauthenticated, reason, absl::StrCat(NameOf(act), " ", what));
}

absl::Status OtherState(const v1::SignedAct& act, absl::string_view what) {
  return Error(absl::StatusCode::kInvalidArgument, "ACT_OTHER_STATE", absl::StrCat(NameOf(act), " ", what));
}

}  // namespace

std::string ActLines(const v1::SignedAct& act) {
  return absl::StrCat("tamga act v1\n", act.state(), "\n", act.number(), "\n",
                      act.previous_sha256().empty() ? "-" : act.previous_sha256(), "\n",
                      HexEncode(Sha256(act.instrument())), "\n");
}

std::string ActMessage(const v1::SignedAct& act) { return certs::PreAuthEncode(certs::kActType, ActLines(act)); }

std::string ActSha256(const v1::SignedAct& act) { return HexEncode(Sha256(ActLines(act))); }

absl::Status CheckActForm(const v1::SignedAct& act) {
  if (!certs::IsStateCode(act.state())) {
    return Malformed("state", "must be an ISO 3166 alpha-3 code in capitals, such as KAZ");
  }
  if (act.number() == 0) return Malformed("number", "is required; count from 1");
  const bool is_first = act.number() == 1;
  if (is_first != act.previous_sha256().empty() || (!is_first && !IsHex(act.previous_sha256(), kHashDigits))) {
    return Malformed("previous_sha256",
                     "must be empty in the first act, and 64 lower-case hexadecimal digits in the others");
  }
  if (act.signatures_size() > kMostSignatures) {
    return Malformed("signatures", absl::StrCat("are more than ", kMostSignatures));
  }
  for (int i = 0; i < act.signatures_size(); ++i) {
    const v1::ActSignature& signature = act.signatures(i);
    if (!IsHex(signature.key(), kKeyDigits)) {
      return Malformed(absl::StrCat("signatures[", i, "].key"), "must be 64 lower-case hexadecimal digits");
    }
    if (!IsHex(signature.value(), kSignatureDigits)) {
      return Malformed(absl::StrCat("signatures[", i, "].value"), "must be 128 lower-case hexadecimal digits");
    }
  }
  return absl::OkStatus();
}

absl::Status CheckActSignatures(const v1::SignedAct& act, const v1::TreatyOffice& office, SignatureCheck check,
                                uint32_t least) {
  if (act.signatures().empty()) return NotSigned("ACT_UNSIGNED", act, "is not signed");
  const std::string message = ActMessage(act);
  std::set<std::string> signers;
  for (const v1::ActSignature& signature : act.signatures()) {
    if (std::count(office.keys().begin(), office.keys().end(), signature.key()) == 0) continue;
    if (!check(signature.key(), message, signature.value())) {
      return NotSigned("ACT_SIGNATURE_INVALID", act,
                       absl::StrCat("has a signature by key ", signature.key(), " that is not over this act"));
    }
    signers.insert(signature.key());
  }
  if (signers.empty()) {
    return NotSigned("ACT_WRONG_KEY", act, absl::StrCat("is signed by no key of ", office.state(), "'s treaty office"));
  }
  const uint32_t needed = std::max(least, office.threshold());
  if (signers.size() < needed) {
    return NotSigned("ACT_TOO_FEW_SIGNATURES", act,
                     absl::StrCat("is signed by ", signers.size(), " of the ", needed,
                                  " keys that it takes; have the others sign it"));
  }
  return absl::OkStatus();
}

absl::StatusOr<VerifiedAct> VerifyAct(const v1::SignedAct& act, const v1::TreatyOffice& office, SignatureCheck check) {
  RETURN_IF_ERROR(CheckActForm(act));
  if (act.state() != office.state()) {
    return OtherState(act, absl::StrCat("is not one of ", office.state(), ", whose keys are at hand"));
  }
  RETURN_IF_ERROR(CheckActSignatures(act, office, check));
  ASSIGN_OR_RETURN(v1::Instrument instrument, ReadInstrument(act.instrument(), NameOf(act)));
  if (instrument.state() != act.state()) {
    return OtherState(act, absl::StrCat("holds an instrument of ", instrument.state()));
  }
  if (instrument.has_change_keys()) {
    // Or else one of them would make himself an office of two, which then changes the roots.
    const uint32_t least = std::min(kKeysForRoots, static_cast<uint32_t>(office.keys_size()));
    RETURN_IF_ERROR(CheckActSignatures(act, office, check, least));
    const absl::Status under_new = CheckActSignatures(act, instrument.change_keys().office(), check);
    if (!under_new.ok()) return Annotate(under_new, "under the new keys");
  }
  if (instrument.has_change_roots()) RETURN_IF_ERROR(CheckActSignatures(act, office, check, kKeysForRoots));
  return VerifiedAct{act.state(), act.number(), ActSha256(act), std::move(instrument)};
}

}  // namespace tamga::policy
