#include "certs/pem.h"

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "node/base/encoding.h"

namespace tamga::certs {
namespace {

constexpr size_t kMaxBlocks = 64;
constexpr size_t kLineLength = 64;

std::string BeginLine(absl::string_view label) { return absl::StrCat("-----BEGIN ", label, "-----"); }
std::string EndLine(absl::string_view label) { return absl::StrCat("-----END ", label, "-----"); }

}  // namespace

absl::StatusOr<std::vector<std::string>> ParsePem(absl::string_view text, absl::string_view label) {
  const std::string begin = BeginLine(label);
  const std::string end = EndLine(label);
  std::vector<std::string> blocks;
  std::string body;
  bool inside = false;
  for (absl::string_view line : absl::StrSplit(text, '\n')) {
    absl::ConsumeSuffix(&line, "\r");
    if (!inside) {
      if (line.empty() || absl::StartsWith(line, "#")) continue;
      if (line != begin) {
        return absl::InvalidArgumentError(absl::StrCat("PEM: only ", label, " blocks and # comments are allowed"));
      }
      inside = true;
      body.clear();
    } else if (line != end) {
      absl::StrAppend(&body, line);
    } else {
      if (blocks.size() == kMaxBlocks) return absl::InvalidArgumentError("PEM: more than 64 blocks");
      absl::StatusOr<std::string> der = Base64Decode(body);
      if (!der.ok() || der->empty()) {
        return absl::InvalidArgumentError(absl::StrCat("PEM: a ", label, " block is not canonical base64"));
      }
      blocks.push_back(*std::move(der));
      inside = false;
    }
  }
  if (inside) return absl::InvalidArgumentError(absl::StrCat("PEM: the line ", end, " is missing"));
  if (blocks.empty()) return absl::InvalidArgumentError(absl::StrCat("PEM: there is no ", label, " block"));
  return blocks;
}

std::string WritePem(absl::string_view label, absl::string_view der) {
  std::string pem = absl::StrCat(BeginLine(label), "\n");
  const std::string body = Base64Encode(der);
  for (size_t i = 0; i < body.size(); i += kLineLength) {
    absl::StrAppend(&pem, absl::string_view(body).substr(i, kLineLength), "\n");
  }
  absl::StrAppend(&pem, EndLine(label), "\n");
  return pem;
}

}  // namespace tamga::certs
