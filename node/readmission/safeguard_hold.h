// Puts running cases on hold when a protection officer sets a safeguard for their person, and releases them when
// nothing stands any more. The node does it as itself; what it has to do is on record until it is done. The step names
// no ground and no officer.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "node/base/clock.h"
#include "node/base/rng.h"
#include "node/safeguard/case_holder.h"
#include "node/safeguard/safeguard_gate.h"
#include "node/store/effects.h"
#include "node/store/records.h"
#include "tamga/v1/readmission.pb.h"
#include "tamga/v1/safeguard.pb.h"

namespace tamga::readmission {

// What a hold has to know of a case.
struct HoldableCase {
  std::string case_id;
  v1::ReadmissionApplication application;
  bool is_own = false;  // the own agency requests
  bool has_ended = false;
  // Why the own side holds the case; UNSPECIFIED: it does not.
  v1::HoldCode held_for = v1::HOLD_CODE_UNSPECIFIED;
  // What completed the application, by which the person may be found as well.
  std::vector<v1::ReadmissionApplication> later = {};
};

// The desk, as far as holds need it (desk_cases.h). Thread-safe.
class HoldableCases {
 public:
  virtual ~HoldableCases() = default;
  // CASE_UNKNOWN (NotFound) if this node holds no such case.
  virtual absl::StatusOr<HoldableCase> Find(const std::string& case_id) const = 0;
  // Calls `fn` for all that each case says of its person, once for each application, until it returns an error, which
  // is handed on.
  virtual absl::Status ForEach(
      const std::function<absl::Status(const std::string& case_id, const v1::ReadmissionApplication&)>& fn) const = 0;
  // Takes a step of the own side in the node's own name, once for each `key`. Errors as of ReadmissionDesk::Act.
  virtual absl::Status Take(const v1::ReadmissionStep& step, const std::string& key, absl::Time deadline) = 0;
};

// Thread-safe. Whoever else does the same at the same time is noticed by the records' versions, and by the keys of the
// steps.
class SafeguardHold final : public safeguard::CaseHolder {
 public:
  // All references outlive this.
  struct Parts {
    HoldableCases& cases;
    const safeguard::SafeguardGate& gate;
    store::Records& records;
    store::EffectWriter& writer;
    const Clock& clock;
    Rng& rng;
  };
  explicit SafeguardHold(Parts parts) : parts_(parts) {}

  absl::StatusOr<std::optional<v1::ProtectedPerson>> PersonOfCase(const std::string& case_id) const override;
  absl::StatusOr<std::vector<std::string>> LookAgain(const v1::ProtectedPerson& person) override;
  absl::Status CarryOut(absl::Time deadline) override;

 private:
  struct Stored {
    v1::ProtectionHold hold;
    int64_t version = 0;  // 0: there is none
  };

  absl::StatusOr<std::vector<Stored>> AllHolds() const;
  absl::StatusOr<Stored> FindHold(const std::string& case_id) const;
  absl::StatusOr<std::vector<std::string>> CasesOf(const v1::ProtectedPerson& person) const;
  // Something stands for the person of the case.
  absl::StatusOr<bool> Stands(const HoldableCase& record) const;
  // Whether the case runs; if it does, and something stands, it is noted that it is to be held.
  absl::StatusOr<bool> LookAtCase(const std::string& case_id);
  absl::Status NoteHold(const std::string& case_id);
  absl::Status LookAtHold(Stored stored);
  absl::Status Make(Stored stored, absl::Time deadline);
  absl::Status Release(const Stored& stored, absl::Time deadline);
  absl::Status Put(Stored stored, v1::ProtectionHoldState state);
  absl::Status Forget(const Stored& stored);

  const Parts parts_;
};

}  // namespace tamga::readmission
