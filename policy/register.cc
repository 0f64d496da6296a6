#include "policy/register.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "node/base/error.h"
#include "node/base/status_macros.h"
#include "policy/findings.h"
#include "policy/validate.h"

namespace tamga::policy {
namespace {

absl::Status Misplaced(absl::string_view reason, const v1::SignedAct& act, absl::string_view what) {
  return Error(absl::StatusCode::kFailedPrecondition, reason,
               absl::StrCat("act ", act.number(), " of ", act.state(), " ", what));
}

}  // namespace

Register::Register(v1::TreatyOffice anchor) : office_(std::move(anchor)) {}

absl::StatusOr<Register> Register::Create(v1::TreatyOffice anchor) {
  Findings findings("treaty office", "TREATY_OFFICE_INVALID");
  ValidateTreatyOffice(anchor, Place(v1::TreatyOffice::descriptor(), nullptr), &findings);
  RETURN_IF_ERROR(findings.ToStatus());
  return Register(std::move(anchor));
}

RegisterHead Register::head() const {
  return acts_.empty() ? RegisterHead() : RegisterHead{acts_.back().number, acts_.back().sha256};
}

absl::Status Register::Append(const v1::SignedAct& act, SignatureCheck check) {
  // First where it belongs, which is cheap to say.
  if (act.state() != state()) {
    return Error(absl::StatusCode::kInvalidArgument, "ACT_OTHER_STATE",
                 absl::StrCat("an act of another State does not belong in the register of ", state()));
  }
  RETURN_IF_ERROR(CheckActForm(act));
  const RegisterHead newest = head();
  if (act.number() <= newest.number) {
    if (acts_[act.number() - 1].sha256 != ActSha256(act)) {
      return Misplaced("ACT_CONTRADICTED", act, "is another one than the register holds under this number");
    }
    return Error(absl::StatusCode::kAlreadyExists, "ACT_REPLAYED",
                 absl::StrCat("act ", act.number(), " of ", act.state(), " is in the register already"));
  }
  if (act.number() != newest.number + 1) {
    return Misplaced("ACT_OUT_OF_ORDER", act, absl::StrCat("cannot follow act ", newest.number, "; acts are missing"));
  }
  if (act.previous_sha256() != newest.sha256) {
    return Misplaced("ACT_CHAIN_BROKEN", act, absl::StrCat("does not follow the register's act ", newest.number));
  }
  ASSIGN_OR_RETURN(VerifiedAct verified, VerifyAct(act, office_, check));
  if (verified.instrument.has_change_keys()) office_ = verified.instrument.change_keys().office();
  acts_.push_back(std::move(verified));
  return absl::OkStatus();
}

absl::StatusOr<RegisterReading> ReadRegister(v1::TreatyOffice anchor, absl::Span<const v1::SignedAct> acts,
                                             SignatureCheck check) {
  ASSIGN_OR_RETURN(Register good, Register::Create(std::move(anchor)));
  absl::Status stopped;
  for (const v1::SignedAct& act : acts) {
    stopped = good.Append(act, check);
    if (!stopped.ok()) break;
  }
  return RegisterReading{std::move(good), std::move(stopped)};
}

absl::Status CheckContinues(const Register& now, const RegisterHead& remembered) {
  if (remembered.number == 0) return absl::OkStatus();
  const auto say = [&](absl::string_view reason, absl::string_view what) {
    return Error(absl::StatusCode::kDataLoss, reason, absl::StrCat("the register of ", now.state(), " ", what));
  };
  if (now.acts().size() < remembered.number) {
    return say("REGISTER_ROLLED_BACK",
               absl::StrCat("ends with act ", now.acts().size(), "; act ", remembered.number, " was seen before"));
  }
  if (now.acts()[remembered.number - 1].sha256 != remembered.sha256) {
    return say("REGISTER_FORKED", absl::StrCat("has another act ", remembered.number, " than was seen before"));
  }
  return absl::OkStatus();
}

}  // namespace tamga::policy
