// Two nodes that work one case, and the line between them, for tests: steps are taken, delivered, lost and answered
// one by one.
#pragma once

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "node/readmission/case_filing.h"
#include "node/readmission/case_fold.h"
#include "tamga/v1/readmission.pb.h"
#include "tamga/v1/readmission_file.pb.h"

namespace tamga::readmission {

class TwoDesks {
 public:
  // Nothing is signed yet. `law` outlives this.
  TwoDesks(const CaseLaw& law, v1::ReadmissionProcedure procedure, absl::Time now);

  // The requesting side applies, or gives notice; the message is queued.
  absl::Status Begin();
  // The side takes a step; it is queued.
  absl::Status Take(bool requesting, const v1::ReadmissionStep& step);

  // What becomes of a message that is sent.
  enum class Line {
    kWhole,       // it arrives, and its answer comes back
    kAnswerLost,  // it arrives, and the answer does not come back
  };
  // Sends the side's oldest step that is not answered yet. NotFound if there is none; the other side's refusal
  // otherwise, after which the step has failed.
  absl::Status Send(bool requesting, Line line = Line::kWhole);
  // What the other side makes of a step of that side that arrives now; nothing changes.
  absl::StatusOr<Filed> Arrive(bool requesting, const v1::FiledStep& sent) const;
  // Gives the side's oldest step that is not answered yet up, or has the other side's door refuse it. False if there
  // is none.
  bool Fail(bool requesting, v1::DeliveryState delivery);
  // Sends all that is queued until nothing is.
  void Drain();

  // Null: nothing is queued. The file's.
  const v1::FiledStep* Oldest(bool requesting) const;
  // Whether the side's oldest step has arrived, its answer lost.
  bool HasArrived(bool requesting) const;

  FoldedCase Fold(bool requesting) const;
  v1::ReadmissionState StateOf(bool requesting) const;

  const CaseLaw& law() const { return *law_; }
  const v1::ReadmissionFile& file(bool requesting) const { return files_[requesting]; }
  absl::Time now = absl::InfinitePast();

 private:
  absl::Status SendFirst(Line line);
  std::string NextExchange(bool requesting) const;

  const CaseLaw* law_;
  v1::ReadmissionFile files_[2];  // [1] is the requesting side's
};

}  // namespace tamga::readmission
