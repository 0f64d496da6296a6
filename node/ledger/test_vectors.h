// Published vectors of tests/data/tlog. For tests only.
#pragma once

#include <string>
#include <vector>

#include "google/protobuf/struct.pb.h"
#include "google/protobuf/util/json_util.h"
#include "node/base/check.h"
#include "node/base/encoding.h"
#include "node/base/file.h"
#include "node/ledger/hash.h"

namespace tamga::ledger {

inline std::string VectorPath(absl::string_view name) {
  return std::string(TAMGA_SOURCE_DIR) + "/tests/data/tlog/" + std::string(name);
}

inline std::string ReadVector(absl::string_view name) {
  absl::StatusOr<std::string> content = ReadFile(VectorPath(name));
  TAMGA_CHECK(content.ok());
  return *content;
}

inline google::protobuf::Struct ParseJson(const std::string& json) {
  google::protobuf::Struct parsed;
  TAMGA_CHECK(google::protobuf::util::JsonStringToMessage(json, &parsed).ok());
  return parsed;
}

// Decodes hashes, or says that one has not 32 bytes.
inline absl::StatusOr<Hash> HashFromBase64(absl::string_view text) {
  absl::StatusOr<std::string> bytes = Base64Decode(text);
  if (!bytes.ok()) return bytes.status();
  return Hash::FromBytes(*bytes);
}

inline Hash HashFromHex(absl::string_view hex) { return Hash::FromBytes(HexDecode(hex).value()).value(); }

}  // namespace tamga::ledger
