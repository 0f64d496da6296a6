// Safeguards as they are stored: each a record whose body is sealed, filed under tokens of what its person is found by.
#pragma once

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "node/base/clock.h"
#include "node/safeguard/safeguard_gate.h"
#include "node/store/effects.h"
#include "node/store/records.h"
#include "tamga/v1/safeguard.pb.h"

namespace tamga::safeguard {

struct SafeguardPage {
  std::vector<v1::Safeguard> safeguards;
  std::string next_page_token;  // empty on the last page
};

// Thread-safe. Changes are effects; committing them fails with Aborted (VERSION_CONFLICT) if another change came first.
class SafeguardBook final : public SafeguardGate {
 public:
  // Both outlive this.
  SafeguardBook(store::Records& records, const Clock& clock) : records_(records), clock_(clock) {}

  absl::StatusOr<v1::ReadmissionSafeguards> Standing(const v1::ReadmissionApplication& application,
                                                     const std::string& case_id) const override;

  // NotFound (SAFEGUARD_UNKNOWN) if there is none.
  absl::StatusOr<v1::Safeguard> Find(const std::string& safeguard_id) const;
  // Last changed first. INVALID_FIELD for a foreign page token.
  absl::StatusOr<SafeguardPage> List(size_t page_size, const std::string& page_token) const;

  // Stores a new safeguard and files it.
  absl::StatusOr<store::Effects> File(v1::Safeguard* fresh) const;
  // Stores the safeguard as the successor of the version that it was found as, and counts the version on.
  store::Effects Save(v1::Safeguard* changed) const;
  // Nothing leads to the safeguard any more but its identifier.
  absl::StatusOr<store::Effects> Unfile(const v1::Safeguard& safeguard) const;

 private:
  struct Filing {
    v1::SafeguardFiling body;
    int64_t version = 0;  // 0: there is none
  };
  absl::StatusOr<Filing> FindFiling(const std::string& key) const;

  store::Records& records_;
  const Clock& clock_;
};

}  // namespace tamga::safeguard
