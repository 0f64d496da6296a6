// Cases as this node holds them: the file with its steps in a record, and the row that lists, clocks and watches find
// it by. Both change together.
#pragma once

#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "node/base/clock.h"
#include "node/readmission/case_fold.h"
#include "node/readmission/case_law.h"
#include "node/store/records.h"
#include "tamga/v1/readmission_file.pb.h"

namespace tamga::readmission {

// Kind of the records that hold cases.
inline constexpr char kCaseKind[] = "readmission";

// Thread-safe. Reads at once; changes are effects, to be committed with what caused them.
class CaseStore {
 public:
  // All references outlive the store.
  CaseStore(std::string own_agency, store::Records& records, const LawBook& laws, const Clock& clock);

  struct Stored {
    v1::ReadmissionFile file;
    std::optional<store::Origin> origin;
  };

  // CASE_UNKNOWN (NotFound) if this node holds no such case.
  absl::StatusOr<Stored> Load(const std::string& case_id) const;

  // Stores the file as the successor of the version that it was loaded as (version 0: a new one), with the row that
  // follows from it by now. Committing fails with Aborted (VERSION_CONFLICT) if it was changed meanwhile, and with
  // TREATY_TEXT_MISSING if its treaty's text is gone. `origin`: what it now holds of the partner came by that exchange.
  store::Effects Save(v1::ReadmissionFile changed, const std::optional<store::Origin>& origin = std::nullopt) const;
  // The same as of the time `now`, at which the clock has been asked.
  store::Effects SaveAt(v1::ReadmissionFile changed, absl::Time now,
                        const std::optional<store::Origin>& origin = std::nullopt) const;
  // Deletes the case in the version that it was loaded as.
  store::Effects Remove(const v1::ReadmissionFile& file) const;

  // The case as it stands by now, or, if the clock was set back, by the last that it did. TREATY_TEXT_MISSING
  // (Internal) if its treaty's text is gone.
  absl::StatusOr<FoldedCase> Fold(const v1::ReadmissionFile& file) const;
  absl::StatusOr<FoldedCase> FoldAt(const v1::ReadmissionFile& file, absl::Time now) const;

  // What the case is found by, as of `now`.
  absl::StatusOr<store::CaseRow> RowAt(const v1::ReadmissionFile& file, absl::Time now) const;

  const std::string& own_agency() const { return own_agency_; }

 private:
  const std::string own_agency_;
  store::Records& records_;
  const LawBook& laws_;
  const Clock& clock_;
};

}  // namespace tamga::readmission
