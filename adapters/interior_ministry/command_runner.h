// Commands of the ministry's case system, done at its node.
#pragma once

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "adapters/interior_ministry/case_numbers.h"
#include "adapters/interior_ministry/desk.h"
#include "tamga/v1/ministry.pb.h"

namespace tamga::adapters {

// Does the command, under `idempotency_key`, so that doing it again, with the same content, has one effect and leads to
// the same case. Remembers the case under the ministry's file number. Beside the node's errors: NotFound
// (FILE_NUMBER_UNKNOWN) and FailedPrecondition (FILE_NUMBER_AMBIGUOUS) for a step whose file number stands for no case,
// or for more than one, and Unavailable (FILE_NUMBERS_UNAVAILABLE) where `numbers` fails, so that it is done again.
absl::StatusOr<v1::MinistryAcknowledgement> RunMinistryCommand(const v1::MinistryCommand& command,
                                                               const std::string& idempotency_key, MinistryDesk& desk,
                                                               CaseNumbers& numbers);

// What commands must share for their order to matter: file number and case id, as far as they are known.
std::vector<std::string> OrderKeysOf(const v1::MinistryCommand& command);

// What an error means for those who wait.
enum class Trouble {
  kNone,
  kOfCommand,  // it will not be done as it stands: set it aside
  kOfCase,     // later: it and what follows it in its case wait, others go on
  kOfNode,     // the node does not answer, or not to us: all wait
};
Trouble TroubleOf(const absl::Status& status);

}  // namespace tamga::adapters
