// Cases of certificate paths in the JSON form of C2SP's x509-limbo suite, and the line that answers one.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "certs/algorithms.h"
#include "certs/expected_name.h"

namespace tamga::cli {

struct LimboCase {
  bool peer_is_server = true;  // validation_kind CLIENT: who verifies is the client
  // PEM texts of one certificate or list each.
  std::vector<std::string> trusted_certs;
  std::vector<std::string> untrusted_intermediates;
  std::string peer_certificate;
  std::vector<std::string> crls;
  std::optional<absl::Time> validation_time;
  std::vector<std::string> signature_algorithms;  // as written
  uint32_t key_usage = 0;                         // KU_ bits of OpenSSL; 0: not said
  std::vector<std::string> purposes;              // extended_key_usage, in dotted decimal
  std::vector<certs::ExpectedName> names;         // expected_peer_name and expected_peer_names
  std::optional<size_t> max_intermediates;        // max_chain_depth
};

struct ReadCase {
  std::string id;  // "" if it has none
  // InvalidArgument (CASE_MALFORMED), naming the field, if it cannot be read: a field is missing, of another type, has
  // a value that is not known, or there are more than 512 certificates or lists, or one of more than 64 KiB (a list: 2
  // MiB).
  absl::StatusOr<LimboCase> content;
};

inline constexpr size_t kMaxLimboBytes = 64 << 20;
inline constexpr char kCaseMalformed[] = "CASE_MALFORMED";

// A suite, {"version": 1, "testcases": [...]}, or one case a line; empty lines are skipped. Whatever a case expects is
// not looked at. InvalidArgument (INVALID_FIELD) naming the line or field if the text is no JSON, has a key twice, is
// more than 32 deep, or is a suite of another version.
absl::StatusOr<std::vector<ReadCase>> ReadLimboCases(absl::string_view text);

// {"id":"…","verdict":"SUCCESS","reason":""}, or FAILURE with the status's reason; no line feed.
std::string LimboLine(const std::string& id, const absl::Status& verdict);

}  // namespace tamga::cli
