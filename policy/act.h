// Acts of States as they are signed, and how to know that one is its State's.
#pragma once

#include <cstdint>
#include <string>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "tamga/v1/instrument.pb.h"

namespace tamga::policy {

// No single person is to say whom the others believe.
inline constexpr uint32_t kKeysForRoots = 2;

// The five lines that are signed. Only of an act that CheckActForm lets in are they unambiguous.
std::string ActLines(const v1::SignedAct& act);

// The bytes that a treaty office signs: the DSSE pre-authentication encoding of the lines, as
// certs::kActType.
std::string ActMessage(const v1::SignedAct& act);

// SHA-256 of the lines, 64 lower-case hexadecimal digits: what the next act names as the one before it.
std::string ActSha256(const v1::SignedAct& act);

// An act that is its State's. Made by VerifyAct alone.
struct VerifiedAct {
  std::string state;
  uint32_t number = 0;  // in the State's register, from 1
  std::string sha256;   // as ActSha256 gives it
  v1::Instrument instrument;
};

// Whether `signature` (128 lower-case hexadecimal digits) is the Ed25519 signature of `message` by `key` (64).
using SignatureCheck =
    absl::FunctionRef<bool(absl::string_view key, absl::string_view message, absl::string_view signature)>;

// OK if state, number, hash, keys and signatures have their forms, and there are no more than 64 signatures; otherwise
// InvalidArgument, ACT_MALFORMED.
absl::Status CheckActForm(const v1::SignedAct& act);

// OK if at least `office.threshold` different keys of the office signed the act. Signatures by other keys do not count,
// and a key counts once. Otherwise Unauthenticated, with reason
// - ACT_UNSIGNED: there is no signature at all;
// - ACT_WRONG_KEY: none is by a key of the office;
// - ACT_SIGNATURE_INVALID: one that names a key of the office is not over this act;
// - ACT_TOO_FEW_SIGNATURES.
// `office` is one that ReadTreatyOffice or ReadInstrument let in. `least`: as many keys at least, whatever its
// threshold.
absl::Status CheckActSignatures(const v1::SignedAct& act, const v1::TreatyOffice& office, SignatureCheck check,
                                uint32_t least = 1);

// Form, signatures under `office`, and the instrument's text, in this order: what nobody signed is not parsed. A change
// of keys must be signed under the new keys as well; it and a change of roots by kKeysForRoots different keys at least,
// or for the keys by the only one that there is. Errors
// are those of CheckActForm, CheckActSignatures and ReadInstrument, and ACT_OTHER_STATE (InvalidArgument) if the office
// or the instrument is another State's.
absl::StatusOr<VerifiedAct> VerifyAct(const v1::SignedAct& act, const v1::TreatyOffice& office, SignatureCheck check);

}  // namespace tamga::policy
