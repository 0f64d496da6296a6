// Answers of another engine as a file of text: who gave them, to which cases, and one short word a case.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "tests/oracle/answer.h"

namespace tamga::policy::oracle {

struct Vectors {
  std::string engine;  // "@cedar-policy/cedar-wasm 4.13.0"
  std::string sample;
  uint64_t seed = 0;
  std::string input_sha256;  // hex, of what the engine was given
  std::vector<Answer> answers;
};

std::string TextOf(const Vectors& vectors);
absl::StatusOr<Vectors> ReadVectors(absl::string_view text);

}  // namespace tamga::policy::oracle
