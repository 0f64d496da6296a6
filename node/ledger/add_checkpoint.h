// What a witness is asked (c2sp.org/tlog-witness, add-checkpoint): a checkpoint, and the proof that the log has only
// grown since the one that the witness has seen.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "node/ledger/hash.h"

namespace tamga::ledger {

// Below the witness's URL.
inline constexpr char kAddCheckpointPath[] = "/add-checkpoint";
// Content type of an answer 409, which holds a size.
inline constexpr char kSizeContentType[] = "text/x.tlog.size";

struct AddCheckpoint {
  uint64_t old_size = 0;  // of the checkpoint that the witness has seen; 0: none
  std::vector<Hash> proof;
  std::string checkpoint;  // signed note
};

std::string FormatAddCheckpoint(const AddCheckpoint& request);
// Each request has exactly one text; InvalidArgument for any other. The checkpoint is not looked into.
absl::StatusOr<AddCheckpoint> ParseAddCheckpoint(absl::string_view body);

}  // namespace tamga::ledger
