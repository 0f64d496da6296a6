// Transit operations as this node holds them: the file with its steps, in a record.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "node/base/clock.h"
#include "node/readmission/case_law.h"
#include "node/store/records.h"
#include "tamga/v1/transit.pb.h"

namespace tamga::transit {

// Kind of the records that hold transit operations.
inline constexpr char kTransitKind[] = "transit";

// Thread-safe. Reads at once; changes are effects, to be committed with what caused them.
class TransitStore {
 public:
  // All references outlive the store.
  TransitStore(std::string own_agency, store::Records& records, const readmission::LawBook& laws, const Clock& clock);

  struct Stored {
    v1::TransitFile file;
    std::optional<store::Origin> origin;
  };
  struct Page {
    std::vector<Stored> cases;
    std::string next_page_token;
  };

  // CASE_UNKNOWN (NotFound) if this node holds no such case.
  absl::StatusOr<Stored> Load(const std::string& case_id) const;
  // Last changed first. INVALID_FIELD for a token that is none.
  absl::StatusOr<Page> List(size_t page_size, const std::string& page_token) const;

  // Stores the file as the successor of the version that it was loaded as (version 0: a new one). Committing fails with
  // Aborted (VERSION_CONFLICT) if it was changed meanwhile. `origin`: what it now holds of the partner came by that
  // exchange.
  store::Effects Save(v1::TransitFile changed, const std::optional<store::Origin>& origin = std::nullopt) const;
  // Deletes the case in the version that it was loaded as.
  store::Effects Remove(const v1::TransitFile& file) const;

  // The case as the own agency sees it by now. TREATY_TEXT_MISSING (Internal) if its treaty's text is gone.
  absl::StatusOr<v1::TransitCase> Fold(const v1::TransitFile& file) const;

 private:
  const std::string own_agency_;
  store::Records& records_;
  const readmission::LawBook& laws_;
  const Clock& clock_;
};

}  // namespace tamga::transit
