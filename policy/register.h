// All acts of one State, in their order. Whatever a partner, a backup or a mirror hands over is believed only as far as
// the State's own signatures carry it.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "policy/act.h"
#include "tamga/v1/instrument.pb.h"

namespace tamga::policy {

// The newest act of a register.
struct RegisterHead {
  uint32_t number = 0;  // 0: there is none
  std::string sha256;   // as ActSha256 gives it; empty if there is none

  friend bool operator==(const RegisterHead&, const RegisterHead&) = default;
};

class Register {
 public:
  // An empty register of the State whose first treaty office is `anchor`, which comes from the node's configuration.
  // InvalidArgument, TREATY_OFFICE_INVALID, if the office is not valid.
  static absl::StatusOr<Register> Create(v1::TreatyOffice anchor);

  // Adds the act if it is the next one. The register stays as it was on an error: those of VerifyAct, and
  // - ACT_OTHER_STATE (InvalidArgument): another State's act;
  // - ACT_REPLAYED (AlreadyExists): the register holds it;
  // - ACT_CONTRADICTED (FailedPrecondition): the register holds another act with this number;
  // - ACT_OUT_OF_ORDER (FailedPrecondition): acts before it are missing;
  // - ACT_CHAIN_BROKEN (FailedPrecondition): it follows another act than the register's newest.
  absl::Status Append(const v1::SignedAct& act, SignatureCheck check);

  const std::string& state() const { return office_.state(); }
  // Whose keys the next act must be signed with.
  const v1::TreatyOffice& office() const { return office_; }
  // By number, from 1, without gaps.
  const std::vector<VerifiedAct>& acts() const { return acts_; }
  RegisterHead head() const;

 private:
  explicit Register(v1::TreatyOffice anchor);

  v1::TreatyOffice office_;
  std::vector<VerifiedAct> acts_;
};

// A register as far as it is good.
struct RegisterReading {
  Register good;
  absl::Status stopped;  // why the act after the last good one was not added; OK if all were
};

// Adds the acts one by one and stops at the first that fails, so that a bad act can do no more than keep out what
// follows it. InvalidArgument, TREATY_OFFICE_INVALID, if the anchor is not valid.
absl::StatusOr<RegisterReading> ReadRegister(v1::TreatyOffice anchor, absl::Span<const v1::SignedAct> acts,
                                             SignatureCheck check);

// Whether the register goes on from a head that was seen before. Otherwise DataLoss: REGISTER_ROLLED_BACK if it ends
// before that head, REGISTER_FORKED if it has another act in the head's place.
absl::Status CheckContinues(const Register& now, const RegisterHead& remembered);

}  // namespace tamga::policy
