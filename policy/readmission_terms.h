// What a treaty says of how readmission cases are worked under it: steps, limits, groups of persons, evidence,
// attachments.
#pragma once

#include "absl/status/status.h"
#include "tamga/v1/readmission.pb.h"
#include "tamga/v1/treaty.pb.h"

namespace tamga::policy {

class ReadmissionTerms {
 public:
  // `treaty` is valid and outlives this.
  explicit ReadmissionTerms(const v1::Treaty& treaty) : treaty_(treaty) {}

  // The rule that knows the step. Null: the step is not possible.
  const v1::StepRule* FindStep(v1::ReadmissionStepKind kind) const;

  // The limit of just this procedure, otherwise the one of all procedures without a limit of their own. Null: there is
  // no limit. A procedure that is not said is the normal one.
  const v1::TimeLimit* FindLimit(v1::CaseClock clock, v1::ReadmissionProcedure procedure) const;

  // Null: persons of the group are not taken back.
  const v1::CategoryRule* FindCategory(v1::PersonCategory category) const;

  // InvalidArgument INVALID_FIELD for the first piece of evidence whose tier the treaty names without its kind; it
  // names the field, the treaty and the article. Of a tier that the treaty does not name any kind will do.
  absl::Status CheckEvidence(const v1::ReadmissionApplication& application) const;

  // Null: attachments of the kind must not cross.
  const v1::AttachmentRule* FindAttachment(v1::AttachmentKind kind) const;

  const v1::Treaty& treaty() const { return treaty_; }

 private:
  const v1::Treaty& treaty_;
};

}  // namespace tamga::policy
