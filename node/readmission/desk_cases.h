// The desk's cases as holds see them: steps are taken through the desk and its door, as those of officers are, by the
// node's own certificate.
#pragma once

#include <functional>
#include <string>
#include <utility>

#include "certs/principal.h"
#include "node/readmission/case_store.h"
#include "node/readmission/readmission_desk.h"
#include "node/readmission/safeguard_hold.h"
#include "node/store/records.h"

namespace tamga::readmission {

// Thread-safe.
class DeskCases final : public HoldableCases {
 public:
  // `node` is the own node's principal. All references outlive this.
  DeskCases(certs::Principal node, ReadmissionDesk& desk, const CaseStore& cases, store::Records& records)
      : node_(std::move(node)), desk_(desk), cases_(cases), records_(records) {}

  absl::StatusOr<HoldableCase> Find(const std::string& case_id) const override;
  absl::Status ForEach(const std::function<absl::Status(const std::string& case_id, const v1::ReadmissionApplication&)>&
                           fn) const override;
  absl::Status Take(const v1::ReadmissionStep& step, const std::string& key, absl::Time deadline) override;

 private:
  const certs::Principal node_;
  ReadmissionDesk& desk_;
  const CaseStore& cases_;
  store::Records& records_;
};

}  // namespace tamga::readmission
