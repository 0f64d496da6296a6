// Published test vectors in JSON (tests/data, each folder with its SOURCE.md). For tests only.
#pragma once

#include <functional>
#include <map>
#include <string>

#include "nlohmann/json.hpp"
#include "node/base/check.h"
#include "node/base/encoding.h"
#include "node/base/file.h"

namespace tamga {

// The file below tests/data. Ends the program if it cannot be read.
inline nlohmann::json ReadVectors(const std::string& file) {
  const absl::StatusOr<std::string> text = ReadFile(std::string(TAMGA_SOURCE_DIR "/tests/data/") + file);
  TAMGA_CHECK(text.ok());
  nlohmann::json vectors = nlohmann::json::parse(*text, nullptr, /*allow_exceptions=*/false);
  TAMGA_CHECK(!vectors.is_discarded());
  return vectors;
}

// What a hex string stands for. Ends the program if it is none.
inline std::string Unhex(const nlohmann::json& value) {
  const absl::StatusOr<std::string> bytes = HexDecode(value.get<std::string>());
  TAMGA_CHECK(bytes.ok());
  return *bytes;
}

// Calls `check` with the group and the test for each test of tests/data/wycheproof/<name>_test.json, after all of them
// compares how many there were with what the file says, and counts them by result: "valid", "invalid", "acceptable".
inline std::map<std::string, int> ForEachWycheproof(
    const std::string& name, const std::function<void(const nlohmann::json&, const nlohmann::json&)>& check) {
  const nlohmann::json file = ReadVectors("wycheproof/" + name + "_test.json");
  std::map<std::string, int> counts;
  int total = 0;
  for (const nlohmann::json& group : file.at("testGroups")) {
    for (const nlohmann::json& test : group.at("tests")) {
      check(group, test);
      ++counts[test.at("result").get<std::string>()];
      ++total;
    }
  }
  TAMGA_CHECK(total == file.at("numberOfTests").get<int>());
  return counts;
}

}  // namespace tamga
